//! The Receive tab: the inbound bitrate of each connection, and the received tracks.

use callscope_core::{Metric, Scope};
use leptos::prelude::*;

use super::figure::{now, text_or_reason};
use super::findings::Findings;
use super::shown::Shown;
use crate::chart::{TimeSeriesChart, Timeline, Unit};
use crate::model::{lanes, path_of, picture, series, sums};

/// What is received, by connection.
#[component]
pub(super) fn Received(shown: Shown) -> impl IntoView {
    let lines = move |metric| {
        Signal::derive(move || {
            let connection = shown.connection.get();
            shown
                .call
                .with(|call| series(call, Scope::Connection, metric, connection))
        })
    };
    let spans = Signal::derive(move || {
        let connection = shown.connection.get();
        shown.call.with(|call| lanes(call, connection))
    });
    let charts = shown.charts;
    view! {
        <Timeline group=charts rows=spans empty="Nothing was found so far. Issues are judged per track over its whole duration; signals are shorter-lived." />
        <TimeSeriesChart
            group=charts
            title="Bitrate received"
            unit=Unit::BitsPerSecond
            series=lines(Metric::Bitrate)
            empty="Nothing has been received yet"
        />
        <p class="hint">
            "A point is everything that arrives on a connection in ten seconds. Choose one, by a click or with Enter, to see where "
            "its figures come from."
        </p>
        <Connections shown />
        <Tracks shown />
        <Findings shown />
    }
}

#[component]
fn Connections(shown: Shown) -> impl IntoView {
    let heads = [
        "Connection",
        "Path",
        "Bitrate received",
        "ICE round trip",
        "Available to send",
        "Packets",
    ];
    view! {
        <section class="card" aria-labelledby="connections">
            <h3 id="connections">"Connections"</h3>
            <p class="hint">{move || shown.which_interval()}</p>
            <div class="scroll" role="region" aria-labelledby="connections" tabindex="0">
                <table class="tracks" data-testid="connections">
                    <thead>
                        <tr>{heads.map(|head| view! { <th scope="col">{head}</th> }).collect_view()}</tr>
                    </thead>
                    <tbody>
                        <For each=move || shown.places(Scope::Connection) key=|place| *place let(place)>
                            <tr>
                                <th scope="row" data-label="Connection">
                                    <span class="track-name">{move || shown.name(place)}</span>
                                </th>
                                <td data-label="Path">
                                    {move || shown.read(place, |_, subject| path_of(subject)).map(text_or_reason)}
                                </td>
                                <td data-label="Bitrate received">{now(shown, place, Metric::Bitrate)}</td>
                                <td data-label="ICE round trip">{now(shown, place, Metric::IceRoundTripTime)}</td>
                                <td data-label="Available to send">
                                    {now(shown, place, Metric::AvailableOutgoingBitrate)}
                                </td>
                                <td data-label="Packets">{move || shown.read(place, |_, subject| sums(subject))}</td>
                            </tr>
                        </For>
                    </tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn Tracks(shown: Shown) -> impl IntoView {
    let heads = [
        "Track",
        "Picture",
        "Bitrate",
        "Packet loss",
        "Jitter",
        "Jitter buffer",
        "Frozen",
        "Concealed",
        "Packets",
    ];
    view! {
        <section class="card" aria-labelledby="received-tracks">
            <h3 id="received-tracks">"Received tracks"</h3>
            <p class="hint">{move || shown.which_interval()}</p>
            <div class="scroll" role="region" aria-labelledby="received-tracks" tabindex="0">
                <table class="tracks" data-testid="received-tracks">
                    <thead>
                        <tr>{heads.map(|head| view! { <th scope="col">{head}</th> }).collect_view()}</tr>
                    </thead>
                    <tbody>
                        <For each=move || shown.places(Scope::Received) key=|place| *place let(place)>
                            <tr>
                                <th scope="row" data-label="Track">
                                    <span class="track-name">{move || shown.name(place)}</span>
                                    <span class="muted">
                                        {move || shown.read(place, |call, subject| subject.about(call))}
                                    </span>
                                </th>
                                <td data-label="Picture">
                                    {move || {
                                        shown.read(place, |_, subject| picture(subject)).flatten().map(text_or_reason)
                                    }}
                                </td>
                                <td data-label="Bitrate">{now(shown, place, Metric::Bitrate)}</td>
                                <td data-label="Packet loss">{now(shown, place, Metric::PacketLoss)}</td>
                                <td data-label="Jitter">{now(shown, place, Metric::Jitter)}</td>
                                <td data-label="Jitter buffer">{now(shown, place, Metric::JitterBuffer)}</td>
                                <td data-label="Frozen">{of_video(shown, place, Metric::FreezeTime)}</td>
                                <td data-label="Concealed">{of_audio(shown, place, Metric::Concealed)}</td>
                                <td data-label="Packets">{move || shown.read(place, |_, subject| sums(subject))}</td>
                            </tr>
                        </For>
                    </tbody>
                </table>
            </div>
            <Show when=move || shown.places(Scope::Received).is_empty()>
                <p class="empty">"No track has been received yet."</p>
            </Show>
        </section>
    }
}

fn of_video(shown: Shown, place: usize, metric: Metric) -> impl IntoView {
    let is_video = Memo::new(move |_| shown.read(place, |_, subject| subject.is_video()));
    move || (is_video.get() == Some(true)).then(|| now(shown, place, metric))
}

fn of_audio(shown: Shown, place: usize, metric: Metric) -> impl IntoView {
    let is_video = Memo::new(move |_| shown.read(place, |_, subject| subject.is_video()));
    move || (is_video.get() == Some(false)).then(|| now(shown, place, metric))
}
