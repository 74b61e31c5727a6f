//! The plot: a canvas, what lies over it, and what pointers and keys do to it.

use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::logging::error;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlCanvasElement, WheelEvent};

use super::canvas::Canvas;
use super::chart::Chart;
use super::crosshair::Crosshair;
use super::cursor::{Command, Cursor, stepped};
use super::display::report;
use super::draw::draw;
use super::frame::{MARGIN, whole};
use super::frames::Pace;
use super::gesture::{Action, Gesture, Press};
use super::group::ChartGroup;
use super::time::clock;
use super::watch::{SizeWatch, VisibilityWatch};
use super::wheel::wheeled;

/// How long the keyboard has to rest before values are spoken, in milliseconds.
const SPEAK_AFTER_MS: u32 = 300;

/// Charts this near to the viewport are painted, so that scrolling does not show a blank one.
const NEAR_VIEWPORT: &str = "200px";

/// The plot of a chart, `height` CSS pixels high with its axes. `canvas` is where its canvas will be found. `empty` stands where
/// no track has any value.
#[component]
pub(super) fn Plot(
    chart: Chart,
    canvas: NodeRef<html::Canvas>,
    empty: String,
    height: u32,
) -> impl IntoView {
    let hit = NodeRef::<html::Div>::new();
    let selection = RwSignal::new(None::<(f64, f64)>);
    paint_when_needed(chart, canvas);
    zoom_by_wheel(chart, hit);

    let group = chart.group;
    let label = move || {
        let view = group.view().get();
        let time = |t| clock(t, ChartGroup::offset(t), true);
        let title = chart.title.get_value();
        format!(
            "{title}, chart from {} to {}. Arrow keys read values, plus and minus zoom, Escape shows all.",
            time(view.t0),
            time(view.t1)
        )
    };
    let is_empty = Memo::new(move |_| {
        chart.series.with(|series| {
            let mut points = series.iter().flat_map(|track| track.points());
            points.all(|point| point.value().is_none())
        })
    });
    let selected = move |(a, b): (f64, f64)| {
        format!("left: {:.3}%; width: {:.3}%", a * 100.0, (b - a) * 100.0)
    };
    let inset = format!(
        "left: {}px; right: {}px; top: {}px; bottom: {}px",
        MARGIN.left, MARGIN.right, MARGIN.top, MARGIN.bottom
    );
    let gesture = StoredValue::new_local(Gesture::default());
    let spoken = spoken(chart);
    view! {
        <div
            class="chart-plot"
            style:height=format!("{height}px")
            tabindex="0"
            role="group"
            aria-label=label
            on:keydown=move |event| on_key(chart, &event)
            on:blur=move |_| group.cursor.set(None)
        >
            <canvas class="chart-canvas" aria-hidden="true" node_ref=canvas></canvas>
            <Crosshair chart />
            <div
                class="chart-hit"
                class:chart-hit-zoomed=move || group.is_zoomed()
                style=inset
                node_ref=hit
                on:pointerdown=move |event| on_press(chart, gesture, &event)
                on:pointermove=move |event| on_move(chart, gesture, selection, &event)
                on:pointerup=move |event| on_release(chart, gesture, selection, &event)
                on:pointercancel=move |event| on_release(chart, gesture, selection, &event)
                on:pointerleave=move |event| {
                    if event.pointer_type() == "mouse" && !gesture.with_value(Gesture::is_active) {
                        group.cursor.set(None);
                    }
                }
                on:dblclick=move |_| group.reset()
            >
                {move || selection.get().map(|range| view! { <div class="chart-selection" style=selected(range)></div> })}
            </div>
            <Show when=move || is_empty.get()>
                <p class="chart-empty">{empty.clone()}</p>
            </Show>
            <p class="chart-spoken" aria-live="polite">{spoken}</p>
        </div>
    }
}

/// Paints at most once per animation frame, only when what is shown has changed, and only near the viewport.
fn paint_when_needed(chart: Chart, node: NodeRef<html::Canvas>) {
    let group = chart.group;
    let size = RwSignal::new((0.0, 0.0));
    let visible = RwSignal::new(true);
    let watches = StoredValue::new_local(None);

    node.on_load(move |element: HtmlCanvasElement| {
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
    Effect::new(move |was_moving: Option<bool>| {
        chart.track();
        let moving = group.moving.get();
        let (width, height) = size.get();
        if visible.get() && width > 0.0 && height > 0.0 {
            let pace = match was_moving {
                Some(true) if !moving => Pace::Apart,
                _ => Pace::Together,
            };
            group
                .frames
                .with_value(|frames| frames.request(chart.id, pace));
        }
        moving
    });
    Effect::new(move |_| {
        let extent = chart.series.with(|series| {
            let extents = series.iter().filter_map(super::model::Series::extent);
            extents.reduce(super::scale::View::union)
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
            "the chart {:?} cannot be drawn: {reason}",
            chart.title.get_value()
        ),
    }
}

/// The crosshair in words once the keyboard rests.
fn spoken(chart: Chart) -> RwSignal<String> {
    let text = RwSignal::new(String::new());
    let waiting = StoredValue::new_local(None);
    Effect::new(move |_| {
        let cursor = chart.group.cursor.get();
        let cursor = cursor.filter(|cursor| cursor.spoken && cursor.chart == chart.id);
        waiting.set_value(cursor.map(|cursor| {
            Timeout::new(SPEAK_AFTER_MS, move || {
                let offset = ChartGroup::offset(cursor.t);
                let words = chart
                    .series
                    .try_with_untracked(|series| cursor.spoken(series, chart.unit, offset));
                if let Some(words) = words {
                    text.set(words);
                }
            })
        }));
    });
    text
}

/// The wheel zooms at the pointer. The listener must be able to keep the page from scrolling, which passive ones are not.
fn zoom_by_wheel(chart: Chart, hit: NodeRef<html::Div>) {
    let listener = StoredValue::new_local(None);
    hit.on_load(move |element| {
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

type Gestures = StoredValue<Gesture, LocalStorage>;

fn on_press(chart: Chart, gesture: Gestures, event: &PointerEvent) {
    let Some(share) = share_of(chart, event.offset_x()) else {
        return;
    };
    if event.pointer_type() == "mouse" && event.button() != 0 {
        return;
    }
    if let Some(element) = event
        .current_target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
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

fn on_move(
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
        Action::Point(share) => point_at(chart, view.at(share), false),
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

fn on_release(
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
        if let Some(part) = super::scale::View::new(view.at(a), view.at(b)) {
            chart.group.show(part);
        }
    }
}

fn on_key(chart: Chart, event: &KeyboardEvent) {
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
    match command {
        Command::Step(steps) => {
            let t = chart
                .series
                .with_untracked(|series| stepped(series, view, at, steps));
            point_at(chart, t, true);
        }
        Command::First => point_at(chart, view.t0, true),
        Command::Last => point_at(chart, view.t1, true),
        Command::Zoom(factor) => {
            let middle = at
                .filter(|t| view.contains(*t))
                .unwrap_or_else(|| view.at(0.5));
            group.show(view.zoomed(middle, factor));
        }
        Command::Reset => {
            group.cursor.set(None);
            group.reset();
        }
    }
}
