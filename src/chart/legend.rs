//! The legend: which line is which, and its value at the crosshair or now.

use super::model::{Point, Series};
use super::palette::track_property;
use super::state::Chart;
use crate::erased::{all, attribute, class_while, dynamic, each, handler, text};
use crate::markup::*;

/// A key for each track and for each threshold. A click on a track's key isolates it in all charts
/// of the group; the pointer or the focus on it highlights it.
pub(super) fn legend(chart: Chart) -> AnyView {
    let thresholds = move || {
        all(chart
            .backdrop
            .get()
            .thresholds
            .into_iter()
            .map(|threshold| {
                let class = format!(
                    "chart-key chart-key-threshold {}",
                    threshold.severity.class()
                );
                view! { <li class=class><i class="chart-dash"></i>{threshold.label}</li> }
                    .into_any()
            }))
    };
    view! {
        <ul class="chart-legend">
            {each(move || chart.places(), move |place| track_key(chart, place))} {dynamic(thresholds)}
        </ul>
    }
    .into_any()
}

fn track_key(chart: Chart, place: usize) -> AnyView {
    let group = chart.group;
    let value = move || {
        let cursor = group.cursor.get();
        chart.track_at(place, |track| {
            let point = match cursor {
                Some(cursor) => track.at(cursor.t),
                None => track.latest(),
            };
            point.and_then(Point::value)
        })?
    };
    let name = move || chart.track_at(place, |track| track.name.clone());
    let is_isolated = move || {
        let only = group.isolated.get();
        only.is_some() && only == name()
    };
    let toggle = move || {
        let next = untrack(name).filter(|_| !untrack(is_isolated));
        group.isolated.set(next);
        group.highlighted.set(None);
    };
    let highlight = move || {
        let alone = chart.series.with_untracked(|series| series.len() < 2)
            || group.isolated.with_untracked(Option::is_some);
        if !alone {
            group.highlighted.set(untrack(name));
        }
    };
    let calm = move || {
        if group.highlighted.with_untracked(Option::is_some) {
            group.highlighted.set(None);
        }
    };
    let colour = move || chart.track_at(place, |track: &Series| track_property(track.colour));
    view! {
        <li
            class="chart-key"
            class:chart-key-hidden=class_while(move || name().is_some_and(|name| !chart.shows(&name)))
        >
            <button
                type="button"
                aria-pressed=attribute(move || Some(is_isolated().to_string()))
                title="Show this track alone"
                on:click=handler(move |_| toggle())
                on:pointerenter=handler(move |_| highlight())
                on:pointerleave=handler(move |_| calm())
                on:focus=handler(move |_| highlight())
                on:blur=handler(move |_| calm())
            >
                <i
                    class="chart-swatch"
                    style=attribute(move || colour().map(|colour| format!("background: {colour}")))
                ></i>
                <span class="chart-name">{text(move || name().unwrap_or_default())}</span>
                <b class="chart-value">{text(move || chart.unit.format_or_unknown(value()))}</b>
            </button>
        </li>
    }
    .into_any()
}
