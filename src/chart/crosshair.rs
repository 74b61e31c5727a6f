//! The crosshair: elements over the canvas, moved without painting it again.

use leptos::prelude::*;

use super::frame::MARGIN;
use super::group::ChartGroup;
use super::model::Point;
use super::palette::track_property;
use super::state::Chart;

/// Half the width of the pill's text, which must not leave the card, in CSS pixels.
const HALF_PILL: f64 = 72.0;

/// The line through all charts, a dot on each track, and the time under the chart that is looked
/// at.
#[component]
pub(super) fn Crosshair(chart: Chart) -> impl IntoView {
    let group = chart.group;
    // Where the line is, in CSS pixels; none while nothing in view is looked at.
    let x = Memo::new(move |_| {
        let (cursor, frame) = (group.cursor.get()?, chart.frame.get()?);
        let t = cursor.t.clamp(frame.view.t0, frame.view.t1);
        // The middle of an interval that is only half in view is still looked at.
        let near = cursor.interval.map_or(cursor.t == t, |(start, end)| {
            start <= frame.view.t1 && end >= frame.view.t0
        });
        near.then(|| frame.x(t) / frame.scale)
    });
    let line = move || x.get().map(|x| format!("translateX({x:.2}px)"));
    let pill = move || {
        let (x, frame) = (x.get()?, chart.frame.get()?);
        let right = (frame.right + 1.0) / frame.scale + MARGIN.right;
        let x = x.clamp(HALF_PILL, (right - HALF_PILL).max(HALF_PILL));
        Some(format!("translateX({x:.2}px) translateX(-50%)"))
    };
    let label = move || {
        let cursor = group.cursor.get();
        cursor.map(|cursor| cursor.label(ChartGroup::offset(cursor.t)))
    };
    let is_here = move || {
        group
            .cursor
            .get()
            .is_some_and(|cursor| cursor.chart == chart.id)
    };
    let tracks = move || {
        chart.series.with(|series| {
            let keys = series
                .iter()
                .map(|track| (track.name.clone(), track.colour));
            keys.enumerate().collect::<Vec<_>>()
        })
    };
    view! {
        <div
            class="chart-cross"
            style:transform=line
            style:display=move || if x.get().is_some() { "" } else { "none" }
            style:top=format!("{}px", MARGIN.top)
            style:bottom=format!("{}px", MARGIN.bottom)
        ></div>
        <For each=tracks key=Clone::clone let((index, (name, colour)))>
            <Dot chart index name colour x />
        </For>
        <div
            class="chart-pill"
            style:transform=pill
            style:display=move || if is_here() && x.get().is_some() { "" } else { "none" }
        >
            {label}
        </div>
    }
}

#[component]
fn Dot(
    chart: Chart,
    index: usize,
    name: String,
    colour: usize,
    x: Memo<Option<f64>>,
) -> impl IntoView {
    let place = Memo::new(move |_| {
        let (x, cursor, frame) = (x.get()?, chart.group.cursor.get()?, chart.frame.get()?);
        let value = chart
            .series
            .with(|series| series.get(index)?.at(cursor.t).and_then(Point::value))?;
        chart
            .shows(&name)
            .then(|| (x, frame.y(value) / frame.scale))
    });
    view! {
        <i
            class="chart-dot"
            style:background=track_property(colour)
            style:transform=move || place.get().map(|(x, y)| format!("translate({x:.2}px, {y:.2}px)"))
            style:display=move || if place.get().is_some() { "" } else { "none" }
        ></i>
    }
}
