//! The whole call in figures: the distribution of each track's metrics over its intervals.

use callscope_core::{Distribution, Metric, Scope};
use leptos::prelude::*;

use super::shown::Shown;
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

/// A table of distributions for each published track and each connection.
#[component]
pub fn Summary(shown: Shown) -> impl IntoView {
    let places = move || {
        let mut places = shown.places(Scope::Track);
        places.extend(shown.places(Scope::Connection));
        places
    };
    view! {
        <section class="card" aria-labelledby="summary" data-testid="summary">
            <h2 id="summary">"Summary"</h2>
            <p class="hint">
                "Over the ten-second intervals of each track and connection. Averages are weighted by the intervals' length; "
                "percentiles are within 1.6 %."
            </p>
            <For each=places key=|place| *place let(place)>
                <SubjectSummary shown place />
            </For>
        </section>
    }
}

#[component]
fn SubjectSummary(shown: Shown, place: usize) -> impl IntoView {
    let id = format!("summary-{place}");
    let heads = [
        "",
        "Intervals",
        "Average",
        "Min",
        "p25",
        "p50",
        "p75",
        "p99",
        "Max",
    ];
    let title = move || {
        let is_track = shown.read(place, |_, subject| subject.scope == Scope::Track);
        let direction = if is_track == Some(true) {
            "sent"
        } else {
            "received"
        };
        format!("{}, {direction}", shown.name(place))
    };
    let rows = move || {
        shown.read(place, |_, subject| {
            let metrics = if subject.scope == Scope::Track {
                SENT
            } else {
                RECEIVED
            };
            let rows: Vec<_> = metrics
                .into_iter()
                .filter_map(|metric| Some(row(metric, subject.totals.distribution(metric)?)))
                .collect();
            if rows.is_empty() {
                view! {
                    <tr>
                        <td colspan="9" class="muted">"No interval has closed yet."</td>
                    </tr>
                }
                .into_any()
            } else {
                rows.into_any()
            }
        })
    };
    view! {
        <div class="scroll" role="region" aria-labelledby=id.clone() tabindex="0">
            <table class="distribution">
                <caption id=id.clone()>
                    <b>{title}</b>
                    <span class="muted">{move || shown.read(place, |_, subject| sums(subject))}</span>
                </caption>
                <thead>
                    <tr>
                        {heads
                            .map(|head| {
                                let head = if head.is_empty() {
                                    view! { <span class="visually-hidden">"Metric"</span> }.into_any()
                                } else {
                                    head.into_any()
                                };
                                view! { <th scope="col">{head}</th> }
                            })
                            .collect_view()}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row(metric: Metric, distribution: &Distribution) -> impl IntoView + use<> {
    let values = [
        distribution.average(),
        distribution.min(),
        distribution.percentile(25),
        distribution.percentile(50),
        distribution.percentile(75),
        distribution.percentile(99),
        distribution.max(),
    ];
    view! {
        <tr>
            <th scope="row">{label(metric)}</th>
            <td>{distribution.count()}</td>
            {values.map(|value| view! { <td>{format_or_unknown(metric, value)}</td> }).collect_view()}
        </tr>
    }
}
