//! What pointers, wheel and keys do to a plot.

use gloo::events::{EventListener, EventListenerOptions};
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, WheelEvent};

use super::cursor::{Command, Cursor, nearest, stepped};
use super::display::report;
use super::frame::MARGIN;
use super::gesture::{Action, Gesture, Press};
use super::palette::LIGHT;
use super::scale::View;
use super::state::Chart;
use super::wheel::wheeled;
use crate::erased::on_load;
use crate::markup::AnyNode;
use crate::order::within;

/// The wheel zooms at the pointer. The listener must be able to keep the page from scrolling, which
/// passive ones are not.
pub(super) fn zoom_by_wheel(chart: Chart, hit: AnyNode) {
    let listener = StoredValue::new_local(None);
    on_load(hit, move |element| {
        let options = EventListenerOptions::enable_prevent_default();
        let on_wheel = move |event: &Event| {
            let Some(event) = event.dyn_ref::<WheelEvent>() else {
                return;
            };
            if let Some(share) = share_of(chart, event.offset_x()) {
                wheeled(&chart.group, event, share);
            }
        };
        listener.set_value(Some(EventListener::new_with_options(
            &element, "wheel", options, on_wheel,
        )));
    });
}

/// Where in the view a pointer is, from its distance to the plot's left edge.
fn share_of(chart: Chart, offset_x: i32) -> Option<f64> {
    let frame = chart.frame.get_untracked()?;
    let x = (f64::from(offset_x) + MARGIN.left) * frame.scale;
    Some((x - frame.left) / (frame.right - frame.left))
}

fn point_at(chart: Chart, t: f64, spoken: bool) {
    let cursor = chart.series.with_untracked(|series| Cursor {
        spoken,
        ..Cursor::at(series, t, chart.id)
    });
    if chart.group.cursor.get_untracked() != Some(cursor) {
        chart.group.cursor.set(Some(cursor));
    }
}

/// Where there are more tracks than colours, the pointer shows which line is which.
fn highlight_nearest(chart: Chart, t: f64, event: &PointerEvent) {
    let Some(frame) = chart.frame.get_untracked() else {
        return;
    };
    let y = (f64::from(event.offset_y()) + MARGIN.top) * frame.scale;
    let name = chart.series.with_untracked(|series| {
        let many = series.len() > LIGHT.tracks.len();
        many.then(|| nearest(series, &frame, t, y).map(str::to_owned))
            .flatten()
    });
    highlight(chart, name);
}

fn highlight(chart: Chart, name: Option<String>) {
    if chart
        .group
        .highlighted
        .with_untracked(|before| *before != name)
    {
        chart.group.highlighted.set(name);
    }
}

/// The pointers that are down on a plot.
pub(super) type Gestures = StoredValue<Gesture, LocalStorage>;

pub(super) fn on_press(chart: Chart, gesture: Gestures, event: &PointerEvent) {
    let Some(share) = share_of(chart, event.offset_x()) else {
        return;
    };
    if event.pointer_type() == "mouse" && event.button() != 0 {
        return;
    }
    if let Some(element) = event
        .current_target()
        .and_then(|target| target.dyn_into::<Element>().ok())
    {
        // Without capture a drag ends at the plot's edge, which is bearable.
        if let Err(reason) = element.set_pointer_capture(event.pointer_id()) {
            report(reason);
        }
    }
    let press = Press {
        view: chart.group.view().get_untracked(),
        zoomed: untrack(|| chart.group.is_zoomed()),
        shift: event.shift_key(),
        touch: event.pointer_type() != "mouse",
    };
    gesture.update_value(|gesture| gesture.press(event.pointer_id(), share, press));
    point_at(chart, press.view.at(share), false);
}

pub(super) fn on_move(
    chart: Chart,
    gesture: Gestures,
    selection: RwSignal<Option<(f64, f64)>>,
    event: &PointerEvent,
) {
    let Some(share) = share_of(chart, event.offset_x()) else {
        return;
    };
    let mut action = Action::None;
    gesture.update_value(|gesture| action = gesture.moved(event.pointer_id(), share));
    let view = chart.group.view().get_untracked();
    match action {
        Action::None | Action::Take(..) => {}
        Action::Point(share) => {
            point_at(chart, view.at(share), false);
            highlight_nearest(chart, view.at(share), event);
        }
        Action::Show(view) => {
            chart.group.glide(view);
            point_at(chart, chart.group.view().get_untracked().at(share), false);
        }
        Action::Mark(a, b) => {
            selection.set(Some((a.max(0.0), b.min(1.0))));
            point_at(chart, view.at(share), false);
        }
    }
}

pub(super) fn on_release(
    chart: Chart,
    gesture: Gestures,
    selection: RwSignal<Option<(f64, f64)>>,
    event: &PointerEvent,
) {
    let Some(share) = share_of(chart, event.offset_x()) else {
        return;
    };
    let mut action = Action::None;
    gesture.update_value(|gesture| action = gesture.release(event.pointer_id(), share));
    selection.set(None);
    if let Action::Take(a, b) = action {
        let view = chart.group.view().get_untracked();
        if let Some(part) = View::new(view.at(a), view.at(b)) {
            chart.group.show(part);
        }
    }
}

/// The crosshair goes with a mouse that leaves; a finger leaves it where it was, to be read.
pub(super) fn on_leave(chart: Chart, gesture: Gestures, event: &PointerEvent) {
    if event.pointer_type() == "mouse" && !gesture.with_value(Gesture::is_active) {
        chart.group.cursor.set(None);
        highlight(chart, None);
    }
}

pub(super) fn on_key(chart: Chart, event: &KeyboardEvent) {
    // Shortcuts of the browser stay its own.
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let Some(command) = Command::of(&event.key(), event.shift_key()) else {
        return;
    };
    event.prevent_default();
    let group = chart.group;
    let view = group.view().get_untracked();
    let at = group.cursor.get_untracked().map(|cursor| cursor.t);
    let t = match command {
        Command::Step(steps) => chart
            .series
            .with_untracked(|series| stepped(series, view, at, steps)),
        Command::First => view.t0,
        Command::Last => view.t1,
        Command::Zoom(factor) => {
            let middle = at
                .filter(|t| view.contains(*t))
                .unwrap_or_else(|| view.at(0.5));
            group.show(view.zoomed(middle, factor));
            return;
        }
        Command::Reset => {
            group.cursor.set(None);
            group.reset();
            return;
        }
    };
    let extent = group.extent().get_untracked();
    let t = within(t, extent.t0, extent.t1);
    // Past an edge the view comes along.
    group.show(view.panned((t - view.t0).min(0.0) + (t - view.t1).max(0.0)));
    point_at(chart, t, true);
}
