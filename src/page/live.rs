//! The call going on now.

use wasm_bindgen::JsCast;
use web_sys::{HtmlVideoElement, MediaStream};

use super::alert;
use super::watched::{call_choice, watch_note, watched_source, who};
use crate::erased::{Button, all, dynamic, fixed, on_load, text, when};
use crate::live::{Live, Stage};
use crate::markup::*;
use crate::view::{Icon, Shown, both_ways, choice, connection_choice, icon, summary};

/// Starts a call, shows it while it goes on, and keeps what it was when it is over.
pub(crate) fn live_page(live: Live) -> AnyView {
    let call = move || {
        // The charts begin anew with each call.
        let shown = Shown::new(live.call, live.connection);
        all([
            call_bar(live, shown),
            when(
                move || live.stage.get() == Stage::Ended,
                move || summary(shown),
            ),
            both_ways(shown),
        ])
    };
    // Another call of another page is another view.
    let chosen = move || {
        live.chosen.get();
        when(move || live.has_call(), call)
    };
    view! {
        <div class="page">
            <h1 class=move || if live.has_call() { "visually-hidden" } else { "" }>"Live"</h1>
            {alert("live-error", live.error)}
            {watch_note(live)}
            {dynamic(chosen)}
            {when(move || !live.has_call(), move || invitation(live))}
        </div>
    }
    .into_any()
}

fn invitation(live: Live) -> AnyView {
    let is_starting = move || live.stage.get() == Stage::Starting;
    let label = move || {
        let label = if is_starting() {
            "Starting\u{2026}"
        } else {
            "Start a demo call"
        };
        label.to_owned()
    };
    let hint = move || {
        let hint = if is_starting() {
            "If the browser asks for the camera and the microphone, allow or refuse them: the call starts either way."
        } else {
            "The browser may ask for your camera and microphone. Without them, picture and sound are generated."
        };
        hint.to_owned()
    };
    let start = Button::new(all([icon(Icon::Start), text(label)]), move || live.start())
        .class("button primary large")
        .testid("start-call")
        .disabled(is_starting);
    view! {
        <p class="lead">
            "Call yourself and watch the call as it is measured: bitrate, packet loss and round trip time of every track, and the issues found on the way."
        </p>
        <section class="card start" aria-labelledby="start-title">
            <h2 id="start-title">"A demo call"</h2>
            <fieldset disabled=is_starting>
                <legend class="visually-hidden">"What to send"</legend>
                {choice(
                    "Simulcast",
                    "Send the camera in three layers, as to a media server",
                    live.simulcast,
                    "option-simulcast",
                )}
                {choice("Screen share", "Send generated slides beside the camera", live.screen, "option-screen")}
            </fieldset>
            {start.view()}
            <p class="hint" role="status">{text(hint)}</p>
        </section>
        <ul class="promises">
            <li>
                <b>"The page calls itself."</b>
                " Two real connections, real encoders. Only a collector that serves this page is told of it."
            </li>
            <li>
                <b>"Figures after two seconds."</b>
                " Every ten seconds an interval closes and becomes a point of the charts."
            </li>
            <li>
                <b>"Every figure says where it comes from."</b>
                " What the browser does not report is a dash with the reason, never a zero."
            </li>
        </ul>
    }
    .into_any()
}

/// The state of the call in one line, its previews and its controls.
fn call_bar(live: Live, shown: Shown) -> AnyView {
    let is_watched = live.chosen.get_untracked() > 0;
    let previews = move || {
        let you = move || {
            if live.is_camera_off.get() {
                "You \u{b7} off"
            } else {
                "You"
            }
        };
        view! {
            <div class="previews">
                {preview(live.local_stream(), text(move || you().to_owned()))}
                {preview(live.remote_stream(), fixed("Other side"))}
            </div>
        }
        .into_any()
    };
    let issues = move || {
        let issues = live.issues();
        let (class, words) = if issues.is_empty() {
            ("good", "none".to_owned())
        } else {
            ("poor-text", issues.join(", "))
        };
        view! { <span class=class>{words}</span> }.into_any()
    };
    let state =
        move || view! { <span class=live.state_class()>{live.state_in_words()}</span> }.into_any();
    let issues_label = move || {
        let label = if live.is_running() {
            "Issues now"
        } else {
            "Issues"
        };
        label.to_owned()
    };
    let source = move || {
        view! {
            <p class="muted source" data-testid="media-source">
                {text(move || live.source.get())}
            </p>
        }
        .into_any()
    };
    let controls = move || {
        if is_watched {
            return all([connection_choice(shown), save_button(live)]);
        }
        all([
            when(move || live.is_running(), move || running_controls(live)),
            when(move || !live.is_running(), move || ended_controls(live)),
        ])
    };
    let source = if is_watched {
        watched_source(live)
    } else {
        when(move || live.is_running(), source)
    };
    view! {
        <section class="card call-bar" aria-label="The call">
            {when(move || live.is_running() && !is_watched, previews)}
            <div class="state">
                {is_watched.then(|| call_choice(live))}
                <dl class="headline" data-testid="headline">
                    {is_watched.then(|| who(live))}
                    {item(fixed("Call"), "connection-state", dynamic(state))}
                    {item(fixed("Elapsed"), "elapsed", text(move || live.elapsed()))}
                    {item(fixed("Path"), "path", text(move || live.path()))}
                    {item(text(issues_label), "issues-now", dynamic(issues))}
                </dl>
                {source}
                <div class="controls" role="group" aria-label="Controls">
                    {controls()}
                </div>
            </div>
        </section>
    }
    .into_any()
}

pub(super) fn item(term: AnyView, testid: &'static str, description: AnyView) -> AnyView {
    view! {
        <div>
            <dt>{term}</dt>
            <dd data-testid=testid>{description}</dd>
        </div>
    }
    .into_any()
}

fn running_controls(live: Live) -> AnyView {
    let label = |is: RwSignal<bool>, on: &'static str, off: &'static str| {
        text(move || if is.get() { on } else { off }.to_owned())
    };
    let toggle = |picture, testid, is: RwSignal<bool>, words, act: fn(Live)| {
        Button::new(all([icon(picture), words]), move || act(live))
            .testid(testid)
            .pressed(move || is.get())
    };
    let Live {
        is_muted,
        is_camera_off,
        is_sharing,
        is_changing,
        ..
    } = live;
    all([
        toggle(
            Icon::Microphone,
            "mute-microphone",
            is_muted,
            label(is_muted, "Unmute", "Mute"),
            Live::toggle_microphone,
        )
        .view(),
        toggle(
            Icon::Camera,
            "toggle-camera",
            is_camera_off,
            label(is_camera_off, "Camera on", "Camera off"),
            Live::toggle_camera,
        )
        .view(),
        toggle(
            Icon::Screen,
            "toggle-screen",
            is_sharing,
            label(is_sharing, "Stop sharing", "Share screen"),
            Live::toggle_screen,
        )
        .disabled(move || is_changing.get())
        .view(),
        Button::new(all([icon(Icon::Stop), fixed("Stop")]), move || live.stop())
            .class("button danger")
            .testid("stop-call")
            .view(),
    ])
}

fn ended_controls(live: Live) -> AnyView {
    all([
        Button::new(all([icon(Icon::Start), fixed("Start again")]), move || {
            live.clear()
        })
        .class("button primary")
        .testid("start-again")
        .view(),
        save_button(live),
        Button::new(fixed("See it in Rooms"), || {
            // That leads there as any link does.
            let _unknown = window().location().set_hash("/rooms");
        })
        .view(),
    ])
}

fn save_button(live: Live) -> AnyView {
    let label = all([icon(Icon::Save), fixed("Save as JSON")]);
    Button::new(label, move || live.save())
        .testid("export-json")
        .view()
}

fn preview(stream: Option<MediaStream>, label: AnyView) -> AnyView {
    let video = AnyNode::new();
    on_load(video, move |video| {
        let video: HtmlVideoElement = video.unchecked_into();
        // Muted: what is said must not come back.
        video.set_muted(true);
        video.set_src_object(stream.as_ref());
    });
    view! {
        <figure class="preview">
            <video node_ref=video autoplay playsinline muted width="208" height="117"></video>
            <figcaption>{label}</figcaption>
        </figure>
    }
    .into_any()
}
