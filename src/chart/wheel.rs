//! The wheel over a plot.

use leptos::prelude::*;
use web_sys::WheelEvent;

use super::group::ChartGroup;

/// How much a pixel of scrolling zooms: about a tenth for a notch of a wheel.
const ZOOM_PER_PIXEL: f64 = 0.0015;

/// What a line and a page of scrolling count for, in pixels, where the browser counts in those.
const LINE: f64 = 16.0;
const PAGE: f64 = 400.0;

/// Zooms at the share of the plot under the pointer, or pans by a sideways wheel. Scrolling out of
/// a whole call is left to the page.
pub(super) fn wheeled(group: &ChartGroup, event: &WheelEvent, share: f64) {
    let unit = match event.delta_mode() {
        WheelEvent::DOM_DELTA_LINE => LINE,
        WheelEvent::DOM_DELTA_PAGE => PAGE,
        _ => 1.0,
    };
    let (dx, dy) = (event.delta_x() * unit, event.delta_y() * unit);
    let zoomed = untrack(|| group.is_zoomed());
    if !zoomed && (dy >= 0.0 || dx.abs() > dy.abs()) {
        return;
    }
    event.prevent_default();
    let view = group.view().get_untracked();
    if dx.abs() > dy.abs() {
        group.glide(view.panned(dx * ZOOM_PER_PIXEL * view.span()));
    } else {
        group.glide(view.zoomed(view.at(share), js_sys::Math::exp(dy * ZOOM_PER_PIXEL)));
    }
}
