//! The call going on now.

use leptos::html;
use leptos::prelude::*;
use web_sys::MediaStream;

use crate::live::{Live, Stage};
use crate::view::{Choice, Icon, Media, Shown, Summary, icon};

/// Starts a call, shows it while it goes on, and keeps what it was when it is over.
#[component]
pub fn LivePage(live: Live) -> impl IntoView {
    // Its charts begin anew with each call.
    let calls = live.calls();
    let media = move || {
        calls.track();
        let shown = Shown::new(live.call, live.connection);
        view! {
            <Show when=move || live.stage.get() == Stage::Ended>
                <Summary shown />
            </Show>
            <Media shown />
        }
    };
    view! {
        <div class="page">
            <h1 class=move || if live.has_call() { "visually-hidden" } else { "" }>"Live"</h1>
            {move || {
                live.error
                    .get()
                    .map(|error| {
                        view! {
                            <div class="alert" role="alert" data-testid="live-error">
                                {error}
                            </div>
                        }
                    })
            }}
            <Show when=move || live.has_call() fallback=move || view! { <Invitation live /> }>
                <CallBar live />
                {media}
            </Show>
        </div>
    }
}

#[component]
fn Invitation(live: Live) -> impl IntoView {
    let is_starting = move || live.stage.get() == Stage::Starting;
    view! {
        <p class="lead">
            "Call yourself and watch the call as it is measured: bitrate, packet loss and round trip time of every track, "
            "and the issues found on the way."
        </p>
        <section class="card start" aria-labelledby="start-title">
            <h2 id="start-title">"A demo call"</h2>
            <fieldset disabled=is_starting>
                <legend class="visually-hidden">"What to send"</legend>
                <Choice
                    label="Simulcast"
                    hint="Send the camera in three layers, as to a media server"
                    on=live.simulcast
                    testid="option-simulcast"
                />
                <Choice
                    label="Screen share"
                    hint="Send generated slides beside the camera"
                    on=live.screen
                    testid="option-screen"
                />
            </fieldset>
            <button
                type="button"
                class="button primary large"
                data-testid="start-call"
                disabled=is_starting
                on:click=move |_| live.start()
            >
                {icon(Icon::Start)}
                {move || if is_starting() { "Starting\u{2026}" } else { "Start a demo call" }}
            </button>
            <p class="hint" role="status">
                {move || {
                    if is_starting() {
                        "If the browser asks for the camera and the microphone, allow or refuse them: the call starts either way."
                    } else {
                        "The browser may ask for your camera and microphone. Without them, picture and sound are generated."
                    }
                }}
            </p>
        </section>
        <ul class="promises">
            <li>
                <b>"Nothing leaves this computer."</b>
                " The page calls itself: two real connections, real encoders, no server."
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
}

/// The state of the call in one line, its previews and its controls.
#[component]
fn CallBar(live: Live) -> impl IntoView {
    view! {
        <section class="card call-bar" aria-label="The call">
            <Show when=move || live.is_running()>
                <div class="previews">
                    <Preview
                        stream=live.local_stream()
                        label="You"
                        is_dark=Signal::derive(move || live.is_camera_off.get())
                    />
                    <Preview stream=live.remote_stream() label="Other side" is_dark=Signal::derive(|| false) />
                </div>
            </Show>
            <div class="state">
                <dl class="headline" data-testid="headline">
                    <div>
                        <dt>"Call"</dt>
                        <dd data-testid="connection-state" class=move || live.state_class()>
                            {move || live.state_in_words()}
                        </dd>
                    </div>
                    <div>
                        <dt>"Elapsed"</dt>
                        <dd class="digits" data-testid="elapsed">{move || live.elapsed()}</dd>
                    </div>
                    <div>
                        <dt>"Path"</dt>
                        <dd>{move || live.path()}</dd>
                    </div>
                    <div>
                        <dt>{move || if live.is_running() { "Issues now" } else { "Issues" }}</dt>
                        <dd data-testid="issues-now" class=move || if live.issues().is_empty() { "good" } else { "poor-text" }>
                            {move || {
                                let issues = live.issues();
                                if issues.is_empty() { "none".to_owned() } else { issues.join(", ") }
                            }}
                        </dd>
                    </div>
                </dl>
                <Show when=move || live.is_running()>
                    <p class="muted source" data-testid="media-source">{move || live.source.get()}</p>
                </Show>
                <Controls live />
            </div>
        </section>
    }
}

#[component]
fn Controls(live: Live) -> impl IntoView {
    let running = move || {
        view! {
            <button
                type="button"
                class="button"
                data-testid="mute-microphone"
                aria-pressed=move || live.is_muted.get().to_string()
                on:click=move |_| live.toggle_microphone()
            >
                {icon(Icon::Microphone)}
                {move || if live.is_muted.get() { "Unmute" } else { "Mute" }}
            </button>
            <button
                type="button"
                class="button"
                data-testid="toggle-camera"
                aria-pressed=move || live.is_camera_off.get().to_string()
                on:click=move |_| live.toggle_camera()
            >
                {icon(Icon::Camera)}
                {move || if live.is_camera_off.get() { "Camera on" } else { "Camera off" }}
            </button>
            <button
                type="button"
                class="button"
                data-testid="toggle-screen"
                aria-pressed=move || live.is_sharing.get().to_string()
                disabled=move || live.is_changing.get()
                on:click=move |_| live.toggle_screen()
            >
                {icon(Icon::Screen)}
                {move || if live.is_sharing.get() { "Stop sharing" } else { "Share screen" }}
            </button>
            <button type="button" class="button danger" data-testid="stop-call" on:click=move |_| live.stop()>
                {icon(Icon::Stop)}
                "Stop"
            </button>
        }
    };
    let ended = move || {
        view! {
            <button type="button" class="button primary" data-testid="start-again" on:click=move |_| live.clear()>
                {icon(Icon::Start)}
                "Start again"
            </button>
            <button type="button" class="button" data-testid="export-json" on:click=move |_| live.save()>
                {icon(Icon::Save)}
                "Save as JSON"
            </button>
        }
    };
    view! {
        <div class="controls" role="group" aria-label="Controls">
            <Show when=move || live.is_running() fallback=ended>
                {running()}
            </Show>
        </div>
    }
}

#[component]
fn Preview(
    stream: Option<MediaStream>,
    label: &'static str,
    is_dark: Signal<bool>,
) -> impl IntoView {
    let video = NodeRef::<html::Video>::new();
    video.on_load(move |video| {
        // Muted: what is said must not come back.
        video.set_muted(true);
        video.set_src_object(stream.as_ref());
    });
    view! {
        <figure class="preview">
            <video node_ref=video autoplay playsinline muted width="160" height="90" aria-label=label></video>
            <figcaption>{move || if is_dark.get() { format!("{label} \u{b7} off") } else { label.to_owned() }}</figcaption>
        </figure>
    }
}
