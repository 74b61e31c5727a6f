//! When a chart's canvas is painted, and with what.

use leptos::logging::error;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;

use super::canvas::Canvas;
use super::display::report;
use super::draw::draw;
use super::frame::whole;
use super::frames::Pace;
use super::model::Series;
use super::scale::View;
use super::state::Chart;
use super::watch::{SizeWatch, VisibilityWatch};
use crate::erased::{effect, on_load};
use crate::markup::AnyNode;

/// Charts this near to the viewport are painted, so that scrolling does not show a blank one.
const NEAR_VIEWPORT: &str = "200px";

/// Paints at most once per animation frame, only when what is shown has changed, and only near the
/// viewport.
pub(super) fn paint_when_needed(chart: Chart, node: AnyNode) {
    let group = chart.group;
    let size = RwSignal::new((0.0, 0.0));
    let visible = RwSignal::new(true);
    let watches = StoredValue::new_local(None);

    on_load(node, move |element| {
        let element: HtmlCanvasElement = element.unchecked_into();
        let canvas = Canvas::new(element.clone());
        let painter = move || paint(chart, &canvas, size.get_untracked());
        group
            .frames
            .with_value(|frames| frames.add(chart.id, painter));
        let on_size = move |now| {
            if size.try_get_untracked().is_some_and(|before| before != now) {
                size.set(now);
            }
        };
        let on_visible = move |now| {
            if visible
                .try_get_untracked()
                .is_some_and(|before| before != now)
            {
                visible.set(now);
            }
        };
        watches.set_value(Some((
            SizeWatch::new(&element, on_size).map_err(report).ok(),
            VisibilityWatch::new(&element, NEAR_VIEWPORT, on_visible)
                .map_err(report)
                .ok(),
        )));
    });
    let mut moving = false;
    effect(move || {
        chart.track();
        let was_moving = std::mem::replace(&mut moving, group.moving.get());
        let (width, height) = size.get();
        if visible.get() && width > 0.0 && height > 0.0 {
            let pace = match was_moving {
                true if !moving => Pace::Apart,
                _ => Pace::Together,
            };
            group
                .frames
                .with_value(|frames| frames.request(chart.id, pace));
        }
    });
    effect(move || {
        let extent = chart.series.with(|series| {
            let extents = series.iter().filter_map(Series::extent);
            extents.reduce(View::union)
        });
        group.set_extent(chart.id, extent);
    });
    on_cleanup(move || group.leave(chart.id));
}

fn paint(chart: Chart, canvas: &Canvas, (width, height): (f64, f64)) {
    let scale = chart.group.display.scale.get_untracked();
    let device = |css: f64| whole(css * scale).unsigned_abs();
    let list = canvas.prepare((device(width), device(height)));
    canvas.take_font_of(canvas.element());
    let draft = chart.group.moving.get_untracked();
    match chart.with_scene(draft, |scene| draw(list, scene)) {
        Ok(frame) => {
            canvas.show();
            if chart.frame.get_untracked() != frame {
                chart.frame.set(frame);
            }
        }
        Err(reason) => error!(
            "the chart {} cannot be drawn: {reason}",
            chart.title.get_value()
        ),
    }
}
