//! The Send tab: bitrate, packet loss and round trip time of each published track.

use callscope_core::issue::Issue;
use callscope_core::{Metric, Scope};

use super::figure::{fact, now, of_interval, text_or_reason};
use super::findings::findings_view;
use super::shown::{CHART_HEIGHT, Shown};
use super::table::{cell, row, table};
use crate::chart::{TimeSeries, Unit, time_series_chart};
use crate::erased::{Button, all, dynamic, each, fixed, nothing, text, when};
use crate::markup::*;
use crate::model::{What, finding_name, frame_size, layer_name, limitation, picture, sums};

const HEADS: [&str; 9] = [
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

/// What is sent, by track.
pub(crate) fn sent(shown: Shown) -> AnyView {
    all([
        shown.timeline(),
        all(sent_charts(shown)),
        sent_tables(shown),
    ])
}

/// Bitrate, packet loss and round trip time over time.
pub(crate) fn sent_charts(shown: Shown) -> [AnyView; 3] {
    let chart = |title: &str, unit, metric, issue: Option<Issue>, empty: &str| {
        time_series_chart(TimeSeries {
            group: shown.charts,
            title: shown.titled(title),
            unit,
            series: shown.series(Scope::Track, metric),
            backdrop: shown.backdrop(issue),
            beside: shown.beside(Scope::Track, metric),
            empty: empty.to_owned(),
            height: CHART_HEIGHT,
        })
    };
    [
        chart(
            "Bitrate sent",
            Unit::BitsPerSecond,
            Metric::Bitrate,
            None,
            "No track has been sent yet",
        ),
        chart(
            "Packet loss",
            Unit::Percent,
            Metric::PacketLoss,
            Some(Issue::PacketLoss),
            "No RTCP report has told of loss yet",
        ),
        chart(
            "Round trip time",
            Unit::Milliseconds,
            Metric::RoundTripTime,
            Some(Issue::RoundTripTime),
            "No RTCP report has told of the round trip time yet",
        ),
    ]
}

/// The published tracks, and what was found.
pub(crate) fn sent_tables(shown: Shown) -> AnyView {
    all([
        view! {
            <p class="hint">
                "A point is ten seconds of a track, its simulcast layers together. Choose one, by a click or with Enter, to see where its figures come from."
            </p>
        }
        .into_any(),
        table(
            "sent-tracks",
            "Published tracks",
            text(move || shown.which_interval().to_owned()),
            &HEADS,
            each(move || shown.places(Scope::Track), move |place| track(shown, place)),
            shown.none_of(Scope::Track, "No track has been sent yet."),
        ),
        findings_view(shown),
    ])
}

fn track(shown: Shown, place: usize) -> AnyView {
    let is_open = RwSignal::new(false);
    let layers = move || {
        shown
            .read(place, |_, subject| subject.layers_now().len())
            .unwrap_or(0)
    };
    let disclosure = when(
        move || layers() > 1,
        move || {
            Button::new(text(move || format!("{} layers", layers())), move || {
                is_open.update(|open| *open = !*open);
            })
            .class("disclosure")
            .expanded(move || is_open.get())
            .view()
        },
    );
    let cells = [
        (HEADS[1], fact(shown, place, picture)),
        (HEADS[2], now(shown, place, Metric::Bitrate)),
        (HEADS[3], now(shown, place, Metric::PacketLoss)),
        (HEADS[4], now(shown, place, Metric::RoundTripTime)),
        (HEADS[5], now(shown, place, Metric::Jitter)),
        (HEADS[6], fact(shown, place, limitation)),
        (
            HEADS[7],
            fact(shown, place, |subject| Some(Ok(sums(subject)))),
        ),
        (HEADS[8], issues(shown, place)),
    ];
    view! {
        <tbody>
            {row("", all([shown.heading(place), disclosure]), all(cells.map(cell)))}
            {when(move || is_open.get() && layers() > 1, move || dynamic(move || layer_rows(shown, place)))}
        </tbody>
    }
    .into_any()
}

fn issues(shown: Shown, place: usize) -> AnyView {
    let names = move || {
        let issues = shown.read(place, |_, subject| subject.totals.issues.clone());
        let issues = issues.unwrap_or_default().into_iter();
        issues
            .map(|issue| finding_name(What::Issue(issue)))
            .collect::<Vec<_>>()
    };
    dynamic(move || {
        let names = names();
        if names.is_empty() {
            return fixed("none");
        }
        let badge =
            |name: &'static str| view! { <span class="badge poor">{name}</span> }.into_any();
        view! { <span class="badges">{all(names.into_iter().map(badge))}</span> }.into_any()
    })
}

/// The figures of each layer, in the columns of the track's.
fn layer_rows(shown: Shown, place: usize) -> AnyView {
    let rows = shown.read(place, |call, subject| {
        let layers = subject.layers_now().into_iter();
        let rows = layers.map(|layer| {
            let cells = [
                (HEADS[1], text_or_reason(frame_size(layer))),
                (HEADS[2], of_interval(layer, Metric::Bitrate)),
                (HEADS[3], of_interval(layer, Metric::PacketLoss)),
                (HEADS[4], of_interval(layer, Metric::RoundTripTime)),
                (HEADS[5], of_interval(layer, Metric::Jitter)),
                // What is said of the track as a whole.
                (HEADS[6], nothing()),
                (HEADS[7], nothing()),
                (HEADS[8], nothing()),
            ];
            row(
                "layer",
                fixed(layer_name(call, layer)),
                all(cells.map(cell)),
            )
        });
        all(rows)
    });
    rows.unwrap_or_else(|| ().into_any())
}
