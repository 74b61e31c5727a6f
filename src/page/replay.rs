//! A recording, with the charts and tables of a live call.

use callscope_core::to_fixed;
use leptos::ev::DragEvent;
use wasm_bindgen::JsCast;
use web_sys::{FileList, HtmlInputElement};

use super::alert;
use crate::erased::{Button, all, attribute, dynamic, fixed, text, when};
use crate::markup::*;
use crate::order::within;
use crate::replay::{Replay, Stage};
use crate::view::{Icon, Shown, both_ways, connection_choice, icon, summary};

/// What of the warnings is shown before one asks for all.
const SHOWN_WARNINGS: usize = 5;

/// Takes a recording, reads it, shows it.
pub(crate) fn replay_page(replay: Replay) -> AnyView {
    let is_over = RwSignal::new(false);
    let on_drop = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(false);
        open(
            replay,
            event.data_transfer().and_then(|transfer| transfer.files()),
        );
    };
    let on_over = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(true);
    };
    let content = move || match replay.stage.get() {
        Stage::Empty => invitation(replay, is_over),
        Stage::Reading => progress(replay),
        Stage::Done => recording(replay),
    };
    view! {
        <div class="page" on:dragover=on_over on:dragleave=move |_| is_over.set(false) on:drop=on_drop>
            <h1>"Replay"</h1>
            {alert("replay-error", replay.error)}
            {dynamic(content)}
        </div>
    }
    .into_any()
}

fn open(replay: Replay, files: Option<FileList>) {
    if let Some(file) = files.and_then(|files| files.get(0)) {
        let name = file.name();
        replay.open(file.into(), name);
    }
}

fn invitation(replay: Replay, is_over: RwSignal<bool>) -> AnyView {
    let input = AnyNode::new();
    let on_change = move |_| {
        open(
            replay,
            input
                .get_untracked()
                .and_then(|input| input.unchecked_into::<HtmlInputElement>().files()),
        );
    };
    let title = move || {
        let title = if is_over.get() {
            "Let go to open it"
        } else {
            "Drop a recording here"
        };
        title.to_owned()
    };
    let sample = Button::new(fixed("Try with a sample recording"), move || {
        replay.open_sample()
    })
    .testid("open-sample");
    view! {
        <p class="lead">
            "Open a recording of a call: it is measured as a live call is, and shown with the same charts. It stays in this browser."
        </p>
        <section class="drop" class:over=is_over aria-label="Open a recording">
            <h2>{text(title)}</h2>
            <div class="actions">
                <input
                    type="file"
                    id="recording-file"
                    data-testid="recording-file"
                    accept=".json,.jsonl,.gz,.txt,application/json,application/gzip"
                    node_ref=input
                    on:change=on_change
                />
                <label for="recording-file" class="button primary">
                    "Choose a file"
                </label>
                {sample.view()}
            </div>
            <p class="hint">
                "The sample is a minute of a call between two browsers with 8 % loss and 150 ms of delay each way."
            </p>
        </section>
        <div>
            <h2>"What can be opened"</h2>
            <ul class="formats">
                <li>
                    "A " <code>"webrtc_internals_dump"</code> ": in Chrome, open " <code>"chrome://webrtc-internals"</code>
                    " during a call and choose \u{201c}Create a WebRTC-Internals dump\u{201d}"
                </li>
                <li>"A dump of rtcstats, versions 1 to 3"</li>
                <li>"Lines of reports, one " <code>"{\"pc\", \"at\", \"stats\"}"</code> " each"</li>
                <li>"An export of a room or a participant, as their pages save it"</li>
                <li>"Any of them packed with gzip"</li>
            </ul>
        </div>
    }
    .into_any()
}

fn progress(replay: Replay) -> AnyView {
    let share = move || {
        let size = replay.size.get();
        (size > 0.0).then(|| to_fixed(within(replay.read.get() / size, 0.0, 1.0), 3).to_string())
    };
    let cancel = Button::new(fixed("Cancel"), move || replay.clear()).testid("cancel-reading");
    view! {
        <section class="card recording" aria-label="Reading" data-testid="reading">
            <div class="name">
                <h2>{text(move || format!("Reading {}", replay.name.get()))}</h2>
                <p class="hint digits">
                    {text(move || format!("{} of {}", bytes(replay.read.get()), bytes(replay.size.get())))}
                </p>
            </div>
            {cancel.view()}
            <progress max="1" value=attribute(share) aria-label="How much was read"></progress>
        </section>
    }
    .into_any()
}

fn recording(replay: Replay) -> AnyView {
    let shown = Shown::new(replay.call, replay.connection);
    let about = move || {
        let count = replay.call.with(|call| call.connections().len());
        let connections = if count == 1 {
            "connection"
        } else {
            "connections"
        };
        format!("{}, {count} {connections}", bytes(replay.size.get()))
    };
    let save = all([icon(Icon::Save), fixed("Save as JSON")]);
    let save = Button::new(save, move || replay.save()).testid("export-json");
    let another = Button::new(fixed("Open another"), move || replay.clear()).testid("open-another");
    let is_empty = replay.call.with_untracked(|call| call.subjects.is_empty());
    let content = if is_empty {
        view! {
            <p class="empty">
                "No report of a connection is in it, so nothing was measured. Record a call while it goes on, and open that."
            </p>
        }
        .into_any()
    } else {
        all([both_ways(shown), summary(shown)])
    };
    view! {
        <section class="card recording" aria-label="The recording" data-testid="recording">
            <div class="name">
                <h2>{text(move || replay.name.get())}</h2>
                <p class="hint">{text(about)}</p>
            </div>
            {connection_choice(shown)}
            <div class="actions">{save.view()} {another.view()}</div>
        </section>
        {warnings(replay)}
        {content}
    }
    .into_any()
}

fn warnings(replay: Replay) -> AnyView {
    let is_all = RwSignal::new(false);
    let count = move || replay.warnings.with(Vec::len);
    let list = move || {
        let most = if is_all.get() {
            usize::MAX
        } else {
            SHOWN_WARNINGS
        };
        let line = |words: String| view! { <li>{words}</li> }.into_any();
        replay.warnings.with(|warnings| {
            let words = warnings.iter().take(most).map(ToString::to_string);
            all(words.map(line))
        })
    };
    let more = move || {
        let label = text(move || format!("Show all {}", count()));
        Button::new(label, move || is_all.set(true))
            .class("button small")
            .view()
    };
    let content = move || {
        view! {
            <section class="card warnings" aria-labelledby="warnings" data-testid="warnings">
                <h2 id="warnings">"What could not be read"</h2>
                <p class="hint">"The rest is measured as if these were not there."</p>
                <ul>{dynamic(list)}</ul>
                {when(move || count() > SHOWN_WARNINGS && !is_all.get(), more)}
            </section>
        }
        .into_any()
    };
    when(move || count() > 0, content)
}

/// A number of bytes as people read it.
fn bytes(count: f64) -> String {
    if count >= 1e9 {
        format!("{} GB", to_fixed(count / 1e9, 2))
    } else if count >= 1e6 {
        format!("{} MB", to_fixed(count / 1e6, 1))
    } else if count >= 1e3 {
        format!("{} kB", to_fixed(count / 1e3, 0))
    } else {
        format!("{} bytes", to_fixed(count, 0))
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn bytes_are_read_by_people() {
        for (count, text) in [
            (12.0, "12 bytes"),
            (81_274.0, "81 kB"),
            (1_245_175.0, "1.2 MB"),
            (2.5e9, "2.50 GB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }
}
