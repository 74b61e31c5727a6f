//! When a chart's canvas is painted, and with what.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::logging::error;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;

use super::backend::OpList;
use super::canvas::Canvas;
use super::display::report;
use super::draw::draw;
use super::frame::whole;
use super::frames::Pace;
use super::group::ChartGroup;
use super::model::Series;
use super::scale::View;
use super::state::Chart;
use super::watch::{SizeWatch, VisibilityWatch};
use crate::erased::{effect, on_load};
use crate::markup::AnyNode;

/// Charts this near to the viewport are painted, so that scrolling does not show a blank one.
const NEAR_VIEWPORT: &str = "200px";

type Paint = dyn Fn(&Rc<RefCell<OpList>>) -> Result<(), String>;

/// A chart's canvas, as far as its group is concerned.
pub(super) struct Painting {
    pub(super) group: ChartGroup,
    pub(super) id: u32,
    /// Subscribes to what the painting shows.
    pub(super) track: Box<dyn Fn()>,
    /// Draws on an empty list of the canvas's size.
    pub(super) paint: Box<Paint>,
}

/// Paints the tracks of a chart.
pub(super) fn paint_tracks(chart: Chart, node: AnyNode) {
    let group = chart.group;
    let painting = Painting {
        group,
        id: chart.id,
        track: Box::new(move || chart.track()),
        paint: Box::new(move |list| paint(chart, list)),
    };
    paint_when_needed(painting, node);
    effect(move || {
        let extent = chart.series.with(|series| {
            let extents = series.iter().filter_map(Series::extent);
            extents.reduce(View::union)
        });
        group.set_extent(chart.id, extent);
    });
}

/// Paints at most once per animation frame, only when what is shown has changed, and only near the
/// viewport.
pub(super) fn paint_when_needed(painting: Painting, node: AnyNode) {
    let Painting {
        group,
        id,
        track,
        paint,
    } = painting;
    let size = RwSignal::new((0.0, 0.0));
    let visible = RwSignal::new(true);
    let watches = StoredValue::new_local(None);

    on_load(node, move |element| {
        let element: HtmlCanvasElement = element.unchecked_into();
        let canvas = Canvas::new(element.clone());
        let painter = move || {
            let (width, height) = size.get_untracked();
            let scale = group.display.scale.get_untracked();
            let device = |css: f64| whole(css * scale).unsigned_abs();
            let list = canvas.prepare((device(width), device(height)));
            canvas.take_font_of(canvas.element());
            match paint(list) {
                Ok(()) => canvas.show(),
                Err(reason) => error!("a chart cannot be drawn: {reason}"),
            }
        };
        group.frames.with_value(|frames| frames.add(id, painter));
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
        track();
        group.display.dark.track();
        group.display.scale.track();
        group.display.fonts.track();
        let was_moving = std::mem::replace(&mut moving, group.moving.get());
        let (width, height) = size.get();
        if visible.get() && width > 0.0 && height > 0.0 {
            let pace = match was_moving {
                true if !moving => Pace::Apart,
                _ => Pace::Together,
            };
            group.frames.with_value(|frames| frames.request(id, pace));
        }
    });
    on_cleanup(move || group.leave(id));
}

fn paint(chart: Chart, list: &Rc<RefCell<OpList>>) -> Result<(), String> {
    let draft = chart.group.moving.get_untracked();
    match chart.with_scene(draft, |scene| draw(list, scene)) {
        Ok(frame) => {
            if chart.frame.get_untracked() != frame {
                chart.frame.set(frame);
            }
            Ok(())
        }
        Err(reason) => Err(reason.to_string()),
    }
}
