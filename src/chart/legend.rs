//! The legend: which line is which, and its value at the crosshair or now.

use leptos::prelude::*;

use super::model::{Point, Severity};
use super::palette::track_property;
use super::state::Chart;

/// A key for each track and for the threshold. A click on a track's key isolates it in all charts
/// of the group; the pointer or the focus on it highlights it.
#[component]
pub(super) fn Legend(chart: Chart) -> impl IntoView {
    let keys = move || {
        chart.series.with(|series| {
            let named = series
                .iter()
                .map(|track| (track.name.clone(), track.colour));
            named.enumerate().collect::<Vec<_>>()
        })
    };
    view! {
        <ul class="chart-legend">
            <For each=keys key=Clone::clone let((index, (name, colour)))>
                <TrackKey chart index name colour />
            </For>
            {move || {
                chart.threshold.get().map(|threshold| {
                    let class = match threshold.severity {
                        Severity::Warning => "chart-key chart-key-threshold chart-warning",
                        Severity::Poor => "chart-key chart-key-threshold chart-poor",
                    };
                    view! { <li class=class><i class="chart-dash"></i>{threshold.label}</li> }
                })
            }}
        </ul>
    }
}

#[component]
fn TrackKey(chart: Chart, index: usize, name: String, colour: usize) -> impl IntoView {
    let group = chart.group;
    let value = move || {
        let cursor = group.cursor.get();
        chart.series.with(|series| {
            let track = series.get(index)?;
            match cursor {
                Some(cursor) => track.at(cursor.t),
                None => track.latest(),
            }
            .and_then(Point::value)
        })
    };
    let name = StoredValue::new(name);
    let is_isolated = move || group.isolated.with(|only| *only == Some(name.get_value()));
    let toggle = move |_| {
        let next = (!group
            .isolated
            .with_untracked(|only| *only == Some(name.get_value())))
        .then(|| name.get_value());
        group.isolated.set(next);
        group.highlighted.set(None);
    };
    let highlight = move || {
        let alone = chart.series.with_untracked(|series| series.len() < 2)
            || group.isolated.with_untracked(Option::is_some);
        if !alone {
            group.highlighted.set(Some(name.get_value()));
        }
    };
    let calm = move || {
        if group.highlighted.with_untracked(Option::is_some) {
            group.highlighted.set(None);
        }
    };
    view! {
        <li class="chart-key" class:chart-key-hidden=move || !chart.shows(&name.get_value())>
            <button
                type="button"
                aria-pressed=move || is_isolated().to_string()
                title="Show this track alone"
                on:click=toggle
                on:pointerenter=move |_| highlight()
                on:pointerleave=move |_| calm()
                on:focus=move |_| highlight()
                on:blur=move |_| calm()
            >
                <i class="chart-swatch" style:background=track_property(colour)></i>
                <span class="chart-name">{name.get_value()}</span>
                <b class="chart-value">{move || chart.unit.format_or_unknown(value())}</b>
            </button>
        </li>
    }
}
