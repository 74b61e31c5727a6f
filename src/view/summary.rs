//! The whole call in figures: the distribution of each track's metrics over its intervals.

use callscope_core::{Distribution, Metric, Scope};

use super::shown::Shown;
use crate::erased::{all, dynamic, each, text};
use crate::markup::*;
use crate::model::{format_or_unknown, label, sums};

const SENT: [Metric; 5] = [
    Metric::Bitrate,
    Metric::PacketLoss,
    Metric::RoundTripTime,
    Metric::Jitter,
    Metric::FramesPerSecond,
];
const RECEIVED: [Metric; 5] = [
    Metric::Bitrate,
    Metric::PacketLoss,
    Metric::IceRoundTripTime,
    Metric::Jitter,
    Metric::FramesPerSecond,
];

const HEADS: [&str; 9] = [
    "Metric",
    "Intervals",
    "Average",
    "Min",
    "p25",
    "p50",
    "p75",
    "p99",
    "Max",
];

/// A table of distributions for each published track and each connection.
pub(crate) fn summary(shown: Shown) -> AnyView {
    let places = move || {
        let mut places = shown.places(Scope::Track);
        places.extend(shown.places(Scope::Connection));
        places
    };
    view! {
        <section class="card" aria-labelledby="summary" data-testid="summary">
            <h2 id="summary">"Summary"</h2>
            <p class="hint">
                "Over the ten-second intervals of each track and connection. Averages are weighted by the intervals' length; percentiles are within 1.6 %."
            </p>
            {each(places, move |place| distributions(shown, place))}
        </section>
    }
    .into_any()
}

fn distributions(shown: Shown, place: usize) -> AnyView {
    let id = format!("summary-{place}");
    let title = move || {
        let is_track = shown.read(place, |_, subject| subject.scope == Scope::Track);
        let direction = if is_track == Some(true) {
            "sent"
        } else {
            "received"
        };
        format!("{}, {direction}", shown.name(place))
    };
    let sums = move || {
        shown
            .read(place, |_, subject| sums(subject))
            .unwrap_or_default()
    };
    let rows = move || {
        let rows = shown.read(place, |_, subject| {
            let metrics = if subject.scope == Scope::Track {
                SENT
            } else {
                RECEIVED
            };
            metrics
                .into_iter()
                .filter_map(|metric| Some(row(metric, subject.totals.distribution(metric)?)))
                .collect::<Vec<_>>()
        });
        let rows = rows.unwrap_or_default();
        if rows.is_empty() {
            let empty = view! {
                <tr>
                    <td colspan="9" class="muted">"No interval has closed yet."</td>
                </tr>
            };
            return empty.into_any();
        }
        all(rows)
    };
    let head = |head: &'static str| view! { <th scope="col">{head}</th> }.into_any();
    view! {
        <div class="scroll" role="region" aria-labelledby=id.clone() tabindex="0">
            <table class="distribution">
                <caption id=id.clone()>
                    <b>{text(title)}</b>
                    <span class="muted">{text(sums)}</span>
                </caption>
                <thead>
                    <tr>{all(HEADS.map(head))}</tr>
                </thead>
                <tbody>{dynamic(rows)}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(metric: Metric, distribution: &Distribution) -> AnyView {
    let values = [
        distribution.average(),
        distribution.min(),
        distribution.percentile(25),
        distribution.percentile(50),
        distribution.percentile(75),
        distribution.percentile(99),
        distribution.max(),
    ];
    let count = distribution.count().to_string();
    let texts = std::iter::once(count).chain(values.map(|value| format_or_unknown(metric, value)));
    let cell = |text: String| view! { <td>{text}</td> }.into_any();
    view! {
        <tr>
            <th scope="row">{label(metric)}</th>
            {all(texts.map(cell))}
        </tr>
    }
    .into_any()
}
