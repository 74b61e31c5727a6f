//! A recording, with the charts and tables of a live call.

use callscope_core::Atom;
use leptos::ev::DragEvent;
use leptos::html;
use leptos::prelude::*;
use web_sys::{File, FileList};

use crate::replay::{Replay, Stage};
use crate::view::{Icon, Media, Shown, Summary, icon};

/// What of the warnings is shown before one asks for all.
const SHOWN_WARNINGS: usize = 5;

/// Takes a recording, reads it, shows it.
#[component]
pub fn ReplayPage(replay: Replay) -> impl IntoView {
    let is_over = RwSignal::new(false);
    let take = move |files: Option<FileList>| {
        if let Some(file) = files.and_then(|files| files.get(0)) {
            open(replay, file);
        }
    };
    let on_drop = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(false);
        take(event.data_transfer().and_then(|transfer| transfer.files()));
    };
    let content = move || match replay.stage.get() {
        Stage::Empty => view! { <Invitation replay is_over /> }.into_any(),
        Stage::Reading => view! { <Progress replay /> }.into_any(),
        Stage::Done => view! { <Recording replay /> }.into_any(),
    };
    view! {
        <div
            class="page"
            on:dragover=move |event: DragEvent| {
                event.prevent_default();
                is_over.set(true);
            }
            on:dragleave=move |_| is_over.set(false)
            on:drop=on_drop
        >
            <h1>"Replay"</h1>
            {move || {
                replay
                    .error
                    .get()
                    .map(|error| {
                        view! {
                            <div class="alert" role="alert" data-testid="replay-error">
                                {error}
                            </div>
                        }
                    })
            }}
            {content}
        </div>
    }
}

fn open(replay: Replay, file: File) {
    let name = file.name();
    replay.open(file.into(), name);
}

#[component]
fn Invitation(replay: Replay, is_over: RwSignal<bool>) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let on_change = move |_| {
        let files = input.get_untracked().and_then(|input| input.files());
        if let Some(file) = files.and_then(|files| files.get(0)) {
            open(replay, file);
        }
    };
    view! {
        <p class="lead">
            "Open a recording of a call: it is measured as a live call is, and shown with the same charts. It stays in this browser."
        </p>
        <section class=move || if is_over.get() { "drop over" } else { "drop" } aria-label="Open a recording">
            <h2>{move || if is_over.get() { "Let go to open it" } else { "Drop a recording here" }}</h2>
            <div class="actions">
                <input
                    type="file"
                    id="recording-file"
                    data-testid="recording-file"
                    accept=".json,.jsonl,.gz,.txt,application/json,application/gzip"
                    node_ref=input
                    on:change=on_change
                />
                <label for="recording-file" class="button primary">"Choose a file"</label>
                <button
                    type="button"
                    class="button"
                    data-testid="open-sample"
                    on:click=move |_| replay.open_sample()
                >
                    "Try with a sample recording"
                </button>
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
                <li>
                    "Lines of reports, one " <code>"{\"pc\", \"at\", \"stats\"}"</code> " each"
                </li>
                <li>"Any of them packed with gzip"</li>
            </ul>
        </div>
    }
}

#[component]
fn Progress(replay: Replay) -> impl IntoView {
    let share = move || {
        let size = replay.size.get();
        (size > 0.0).then(|| (replay.read.get() / size).clamp(0.0, 1.0))
    };
    view! {
        <section class="card recording" aria-label="Reading" data-testid="reading">
            <div class="name">
                <h2>{move || format!("Reading {}", replay.name.get())}</h2>
                <p class="hint digits">
                    {move || format!("{} of {}", bytes(replay.read.get()), bytes(replay.size.get()))}
                </p>
            </div>
            <button type="button" class="button" data-testid="cancel-reading" on:click=move |_| replay.clear()>
                "Cancel"
            </button>
            <progress
                max="1"
                value=move || share().map(|share| format!("{share:.3}"))
                aria-label="How much was read"
            ></progress>
        </section>
    }
}

#[component]
fn Recording(replay: Replay) -> impl IntoView {
    let shown = Shown::new(replay.call, replay.connection);
    let is_empty = move || replay.call.with(|call| call.subjects.is_empty());
    let about = move || {
        let count = replay.call.with(|call| call.connections().len());
        let connections = if count == 1 {
            "connection"
        } else {
            "connections"
        };
        format!("{}, {count} {connections}", bytes(replay.size.get()))
    };
    view! {
        <section class="card recording" aria-label="The recording" data-testid="recording">
            <div class="name">
                <h2>{move || replay.name.get()}</h2>
                <p class="hint">{about}</p>
            </div>
            <ConnectionChoice replay />
            <div class="actions">
                <button type="button" class="button" data-testid="export-json" on:click=move |_| replay.save()>
                    {icon(Icon::Save)}
                    "Save as JSON"
                </button>
                <button type="button" class="button" data-testid="open-another" on:click=move |_| replay.clear()>
                    "Open another"
                </button>
            </div>
        </section>
        <Warnings replay />
        <Show
            when=move || !is_empty()
            fallback=|| {
                view! {
                    <p class="empty">
                        "No report of a connection is in it, so nothing was measured. Record a call while it goes on, and open that."
                    </p>
                }
            }
        >
            <Media shown />
            <Summary shown />
        </Show>
    }
}

#[component]
fn ConnectionChoice(replay: Replay) -> impl IntoView {
    let connections = Memo::new(move |_| {
        replay.call.with(|call| {
            let named = call
                .connections()
                .into_iter()
                .map(|pc| (pc, call.names.connection(pc)));
            named.collect::<Vec<_>>()
        })
    });
    let choose = move |event| {
        let number: Option<u32> = event_target_value(&event).parse().ok();
        replay.connection.set(number.map(Atom::new));
    };
    view! {
        <Show when=move || { connections.with(Vec::len) > 1 }>
            <div class="connection-choice">
                <label for="connection">"Connection"</label>
                <select id="connection" data-testid="connection" on:change=choose>
                    <option value="" prop:selected=move || replay.connection.get().is_none()>"All"</option>
                    {move || {
                        connections
                            .get()
                            .into_iter()
                            .map(|(pc, name)| {
                                view! {
                                    <option
                                        value=pc.number()
                                        prop:selected=move || replay.connection.get() == Some(pc)
                                    >
                                        {name}
                                    </option>
                                }
                            })
                            .collect_view()
                    }}
                </select>
            </div>
        </Show>
    }
}

#[component]
fn Warnings(replay: Replay) -> impl IntoView {
    let all = RwSignal::new(false);
    let count = move || replay.warnings.with(Vec::len);
    let list = move || {
        let most = if all.get() {
            usize::MAX
        } else {
            SHOWN_WARNINGS
        };
        replay.warnings.with(|warnings| {
            warnings
                .iter()
                .take(most)
                .map(|warning| view! { <li>{warning.to_string()}</li> })
                .collect_view()
        })
    };
    view! {
        <Show when=move || { count() > 0 }>
            <section class="card warnings" aria-labelledby="warnings" data-testid="warnings">
                <h2 id="warnings">"What could not be read"</h2>
                <p class="hint">"The rest is measured as if these were not there."</p>
                <ul>{list}</ul>
                <Show when=move || { count() > SHOWN_WARNINGS } && !all.get()>
                    <button type="button" class="button small" on:click=move |_| all.set(true)>
                        {move || format!("Show all {}", count())}
                    </button>
                </Show>
            </section>
        </Show>
    }
}

/// A number of bytes as people read it.
fn bytes(count: f64) -> String {
    if count >= 1e9 {
        format!("{:.2} GB", count / 1e9)
    } else if count >= 1e6 {
        format!("{:.1} MB", count / 1e6)
    } else if count >= 1e3 {
        format!("{:.0} kB", count / 1e3)
    } else {
        format!("{count:.0} bytes")
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
