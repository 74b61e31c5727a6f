//! The crosshair: elements over the canvas, moved without painting it again.

use callscope_core::to_fixed;

use super::frame::MARGIN;
use super::group::ChartGroup;
use super::model::Point;
use super::palette::track_property;
use super::state::Chart;
use crate::erased::{attribute, each, text};
use crate::markup::*;
use crate::order::within;

/// Half the width of the pill's text, which must not leave the card, in CSS pixels.
const HALF_PILL: f64 = 72.0;

/// The style of what is not to be seen.
const HIDDEN: &str = "display: none";

/// The line through all charts, a dot on each track, and the time under the chart that is looked
/// at.
pub(super) fn crosshair(chart: Chart) -> AnyView {
    let group = chart.group;
    // Where the line is, in CSS pixels; none while nothing in view is looked at.
    let x = Memo::new(move |_| {
        let (cursor, frame) = (group.cursor.get()?, chart.frame.get()?);
        let t = within(cursor.t, frame.view.t0, frame.view.t1);
        // The middle of an interval that is only half in view is still looked at.
        let near = cursor.interval.map_or(cursor.t == t, |(start, end)| {
            start <= frame.view.t1 && end >= frame.view.t0
        });
        near.then(|| frame.x(t) / frame.scale)
    });
    let is_here = move || {
        group
            .cursor
            .get()
            .is_some_and(|cursor| cursor.chart == chart.id)
    };
    let pill = move || {
        let (x, frame) = (x.get()?, chart.frame.get()?);
        let right = (frame.right + 1.0) / frame.scale + MARGIN.right;
        let x = within(x, HALF_PILL, (right - HALF_PILL).max(HALF_PILL));
        is_here().then(|| {
            format!(
                "transform: translateX({}px) translateX(-50%)",
                to_fixed(x, 2)
            )
        })
    };
    let label = move || {
        let cursor = group.cursor.get();
        let label = cursor.map(|cursor| cursor.label(ChartGroup::offset(cursor.t)));
        label.unwrap_or_default()
    };
    let line = move || {
        let place = x
            .get()
            .map(|x| format!("transform: translateX({}px)", to_fixed(x, 2)));
        let place = place.unwrap_or_else(|| HIDDEN.to_owned());
        Some(format!("{}; {place}", MARGIN.rows()))
    };
    view! {
        <div class="chart-cross" style=attribute(line)></div>
        {each(move || chart.places(), move |place| dot(chart, place, x))}
        <div class="chart-pill" style=attribute(move || pill().or_else(|| Some(HIDDEN.to_owned())))>
            {text(label)}
        </div>
    }
    .into_any()
}

fn dot(chart: Chart, place: usize, x: Memo<Option<f64>>) -> AnyView {
    let at = move || {
        let (x, cursor, frame) = (x.get()?, chart.group.cursor.get()?, chart.frame.get()?);
        let (name, colour, value) = chart.track_at(place, |track| {
            let value = track.at(cursor.t).and_then(Point::value);
            (track.name.clone(), track.colour, value)
        })?;
        let y = frame.y(value?) / frame.scale;
        chart.shows(&name).then(|| {
            let colour = track_property(colour);
            let (x, y) = (to_fixed(x, 2), to_fixed(y, 2));
            format!("background: {colour}; transform: translate({x}px, {y}px)")
        })
    };
    view! {
        <i class="chart-dot" style=attribute(move || at().or_else(|| Some(HIDDEN.to_owned())))></i>
    }
    .into_any()
}
