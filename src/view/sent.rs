//! The Send tab: bitrate, packet loss and round trip time of each published track.

use callscope_core::issue::{Issue, packet_loss, round_trip_time};
use callscope_core::{Metric, Scope};
use leptos::prelude::*;

use super::figure::{now, text_or_reason};
use super::findings::Findings;
use super::layers::Layers;
use super::shown::Shown;
use crate::chart::{Severity, Threshold, TimeSeriesChart, Timeline, Unit};
use crate::model::{What, bands, finding_name, lanes, limitation, picture, series, sums};

/// What is sent, by track.
#[component]
pub(super) fn Sent(shown: Shown) -> impl IntoView {
    let lines = move |metric| {
        Signal::derive(move || {
            let connection = shown.connection.get();
            shown
                .call
                .with(|call| series(call, Scope::Track, metric, connection))
        })
    };
    let issues = move |issue| {
        Signal::derive(move || {
            let connection = shown.connection.get();
            shown.call.with(|call| bands(call, issue, connection))
        })
    };
    let spans = Signal::derive(move || {
        let connection = shown.connection.get();
        shown.call.with(|call| lanes(call, connection))
    });
    let loss = packet_loss::HIGH_LOSS.as_percent();
    let round_trip = round_trip_time::HIGH_ROUND_TRIP_TIME.as_f64();
    let threshold = |value: f64, label: String| Threshold {
        value,
        label,
        severity: Severity::Poor,
    };
    let charts = shown.charts;
    view! {
        <Timeline group=charts rows=spans empty="Nothing was found so far. Issues are judged per track over its whole duration; signals are shorter-lived." />
        <TimeSeriesChart
            group=charts
            title="Bitrate sent"
            unit=Unit::BitsPerSecond
            series=lines(Metric::Bitrate)
            empty="No track has been sent yet"
        />
        <TimeSeriesChart
            group=charts
            title="Packet loss"
            unit=Unit::Percent
            series=lines(Metric::PacketLoss)
            threshold=threshold(loss, format!("High from {loss:.0} %"))
            bands=issues(Issue::PacketLoss)
            empty="No RTCP report has told of loss yet"
        />
        <TimeSeriesChart
            group=charts
            title="Round trip time"
            unit=Unit::Milliseconds
            series=lines(Metric::RoundTripTime)
            threshold=threshold(round_trip, format!("High above {round_trip:.0} ms"))
            bands=issues(Issue::RoundTripTime)
            empty="No RTCP report has told of the round trip time yet"
        />
        <p class="hint">
            "A point is ten seconds of a track, its simulcast layers together. Choose one, by a click or with Enter, to see where "
            "its figures come from."
        </p>
        <Tracks shown />
        <Findings shown />
    }
}

#[component]
fn Tracks(shown: Shown) -> impl IntoView {
    let heads = [
        "Track",
        "Picture",
        "Bitrate",
        "Packet loss",
        "Round trip",
        "Jitter",
        "Encoder",
        "In all",
        "Issues",
    ];
    view! {
        <section class="card" aria-labelledby="sent-tracks">
            <h3 id="sent-tracks">"Published tracks"</h3>
            <p class="hint">{move || shown.which_interval()}</p>
            <div class="scroll" role="region" aria-labelledby="sent-tracks" tabindex="0">
                <table class="tracks" data-testid="sent-tracks">
                    <thead>
                        <tr>{heads.map(|head| view! { <th scope="col">{head}</th> }).collect_view()}</tr>
                    </thead>
                    <For each=move || shown.places(Scope::Track) key=|place| *place let(place)>
                        <TrackRow shown place />
                    </For>
                </table>
            </div>
            <Show when=move || shown.places(Scope::Track).is_empty()>
                <p class="empty">"No track has been sent yet."</p>
            </Show>
        </section>
    }
}

#[component]
fn TrackRow(shown: Shown, place: usize) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let layers = Memo::new(move |_| {
        shown
            .read(place, |_, subject| subject.layers_now().len())
            .unwrap_or(0)
    });
    let about = move || shown.read(place, |call, subject| subject.about(call));
    let state = move || {
        shown
            .read(place, |call, subject| subject.ended(call))
            .flatten()
    };
    let issues = move || {
        let issues = shown.read(place, |_, subject| subject.totals.issues.clone())?;
        Some(if issues.is_empty() {
            view! { <span class="muted">"none"</span> }.into_any()
        } else {
            view! { <span class="badges">{issues
                .into_iter()
                .map(|issue| view! { <span class="badge poor">{finding_name(What::Issue(issue))}</span> })
                .collect_view()}</span> }
                .into_any()
        })
    };
    view! {
        <tbody>
            <tr>
                <th scope="row" data-label="Track">
                    <span class="track-name">{move || shown.name(place)}</span>
                    <span class="muted" title=about>{about}</span>
                    {move || state().map(|ended| view! { <span class="badge">{ended}</span> })}
                    <Show when=move || { layers.get() > 1 }>
                        <button
                            type="button"
                            class="disclosure"
                            aria-expanded=move || is_open.get().to_string()
                            on:click=move |_| is_open.update(|open| *open = !*open)
                        >
                            {move || format!("{} layers", layers.get())}
                        </button>
                    </Show>
                </th>
                <td data-label="Picture">
                    {move || shown.read(place, |_, subject| picture(subject)).flatten().map(text_or_reason)}
                </td>
                <td data-label="Bitrate">{now(shown, place, Metric::Bitrate)}</td>
                <td data-label="Packet loss">{now(shown, place, Metric::PacketLoss)}</td>
                <td data-label="Round trip">{now(shown, place, Metric::RoundTripTime)}</td>
                <td data-label="Jitter">{now(shown, place, Metric::Jitter)}</td>
                <td data-label="Encoder">
                    {move || shown.read(place, |_, subject| limitation(subject)).flatten().map(text_or_reason)}
                </td>
                <td data-label="In all">{move || shown.read(place, |_, subject| sums(subject))}</td>
                <td data-label="Issues">{issues}</td>
            </tr>
            <Show when=move || is_open.get() && { layers.get() > 1 }>
                <Layers shown place />
            </Show>
        </tbody>
    }
}
