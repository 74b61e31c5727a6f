//! The Receive tab: the inbound bitrate of each connection, and the received tracks.

use callscope_core::{Metric, Scope};

use super::figure::{fact, now};
use super::findings::findings_view;
use super::shown::{CHART_HEIGHT, Shown};
use super::table::{cell, row, table};
use crate::chart::{TimeSeries, Unit, time_series_chart};
use crate::erased::{all, each, text};
use crate::markup::*;
use crate::model::{path_of, picture, sums};

const CONNECTION_HEADS: [&str; 6] = [
    "Connection",
    "Path",
    "Bitrate",
    "ICE round trip",
    "Available to send",
    "In all",
];

const TRACK_HEADS: [&str; 9] = [
    "Track",
    "Picture",
    "Bitrate",
    "Packet loss",
    "Jitter",
    "Jitter buffer",
    "Frozen",
    "Concealed",
    "In all",
];

/// What is received, by connection.
pub(crate) fn received(shown: Shown) -> AnyView {
    all([
        shown.timeline(),
        received_chart(shown),
        received_tables(shown),
    ])
}

/// The connections and received tracks, and what was found.
pub(crate) fn received_tables(shown: Shown) -> AnyView {
    let hint = move || text(move || shown.which_interval().to_owned());
    let rows = move |scope, row: fn(Shown, usize) -> AnyView| {
        let rows = each(move || shown.places(scope), move |place| row(shown, place));
        view! { <tbody>{rows}</tbody> }.into_any()
    };
    all([
        view! {
            <p class="hint">
                "A point is everything that arrives on a connection in ten seconds. Choose one, by a click or with Enter, to see where its figures come from."
            </p>
        }
        .into_any(),
        table(
            "connections",
            "Connections",
            hint(),
            &CONNECTION_HEADS,
            rows(Scope::Connection, connection),
            shown.none_of(Scope::Connection, "There is no connection yet."),
        ),
        table(
            "received-tracks",
            "Received tracks",
            hint(),
            &TRACK_HEADS,
            rows(Scope::Received, track),
            shown.none_of(Scope::Received, "No track has been received yet."),
        ),
        findings_view(shown),
    ])
}

/// The inbound bitrate over time.
pub(crate) fn received_chart(shown: Shown) -> AnyView {
    time_series_chart(TimeSeries {
        group: shown.charts,
        title: shown.titled("Bitrate received"),
        unit: Unit::BitsPerSecond,
        series: shown.series(Scope::Connection, Metric::Bitrate),
        backdrop: shown.backdrop(None),
        beside: shown.beside(Scope::Connection, Metric::Bitrate),
        empty: "Nothing has been received yet".to_owned(),
        height: CHART_HEIGHT,
    })
}

fn connection(shown: Shown, place: usize) -> AnyView {
    let heads = CONNECTION_HEADS;
    let cells = [
        (
            heads[1],
            fact(shown, place, |subject| Some(path_of(subject))),
        ),
        (heads[2], now(shown, place, Metric::Bitrate)),
        (heads[3], now(shown, place, Metric::IceRoundTripTime)),
        (
            heads[4],
            now(shown, place, Metric::AvailableOutgoingBitrate),
        ),
        (
            heads[5],
            fact(shown, place, |subject| Some(Ok(sums(subject)))),
        ),
    ];
    row("", shown.heading(place), all(cells.map(cell)))
}

fn track(shown: Shown, place: usize) -> AnyView {
    let heads = TRACK_HEADS;
    let is_video = shown.read(place, |_, subject| subject.is_video()) == Some(true);
    // What sound cannot have is no unknown.
    let only = |applies: bool, metric| {
        if applies {
            now(shown, place, metric)
        } else {
            ().into_any()
        }
    };
    let cells = [
        (heads[1], fact(shown, place, picture)),
        (heads[2], now(shown, place, Metric::Bitrate)),
        (heads[3], now(shown, place, Metric::PacketLoss)),
        (heads[4], now(shown, place, Metric::Jitter)),
        (heads[5], now(shown, place, Metric::JitterBuffer)),
        (heads[6], only(is_video, Metric::FreezeTime)),
        (heads[7], only(!is_video, Metric::Concealed)),
        (
            heads[8],
            fact(shown, place, |subject| Some(Ok(sums(subject)))),
        ),
    ];
    row("", shown.heading(place), all(cells.map(cell)))
}
