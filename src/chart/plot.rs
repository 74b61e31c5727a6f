//! The plot: a canvas, what lies over it, and what pointers and keys do to it.

use gloo::timers::callback::Timeout;

use super::crosshair::crosshair;
use super::frame::{MARGIN, share_style};
use super::gesture::Gesture;
use super::group::ChartGroup;
use super::input::{on_key, on_leave, on_move, on_press, on_release, zoom_by_wheel};
use super::paint::paint_tracks;
use super::state::Chart;
use super::time::clock;
use crate::erased::{attribute, class_while, dynamic, effect, fixed, handler, text, when};
use crate::markup::*;

/// How long the keyboard has to rest before values are spoken, in milliseconds.
const SPEAK_AFTER_MS: u32 = 300;

/// The plot of a chart, `height` CSS pixels high with its axes. `canvas` is where its canvas will
/// be found. `empty` stands where no track has any value.
pub(super) fn plot(chart: Chart, canvas: AnyNode, empty: String, height: u32) -> AnyView {
    let hit = AnyNode::new();
    let selection = RwSignal::new(None::<(f64, f64)>);
    paint_tracks(chart, canvas);
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
    let is_empty = move || {
        chart.series.with(|series| {
            let mut points = series.iter().flat_map(|track| track.points());
            points.all(|point| point.value().is_none())
        })
    };
    let selected = move || {
        let Some((a, b)) = selection.get() else {
            return ().into_any();
        };
        let style = share_style(a, b - a);
        view! { <div class="chart-selection" style=style></div> }.into_any()
    };
    let inset = format!("{}; {}", MARGIN.columns(), MARGIN.rows());
    let gesture = StoredValue::new_local(Gesture::default());
    let spoken = spoken(chart);
    view! {
        <div
            class="chart-plot"
            style=format!("height: {height}px")
            tabindex="0"
            role="group"
            aria-label=attribute(move || Some(label()))
            on:keydown=handler(move |event| on_key(chart, &event))
            on:blur=handler(move |_| group.cursor.set(None))
        >
            <canvas class="chart-canvas" aria-hidden="true" node_ref=canvas></canvas>
            {crosshair(chart)}
            <div
                class="chart-hit"
                class:chart-hit-zoomed=class_while(move || group.is_zoomed())
                style=inset
                node_ref=hit
                on:pointerdown=handler(move |event| on_press(chart, gesture, &event))
                on:pointermove=handler(move |event| on_move(chart, gesture, selection, &event))
                on:pointerup=handler(move |event| on_release(chart, gesture, selection, &event))
                on:pointercancel=handler(move |event| on_release(chart, gesture, selection, &event))
                on:pointerleave=handler(move |event| on_leave(chart, gesture, &event))
                on:dblclick=handler(move |_| group.reset())
            >
                {dynamic(selected)}
            </div>
            {when(is_empty, move || empty_text(empty.clone()))}
            <p class="chart-spoken" aria-live="polite">{text(move || spoken.get())}</p>
        </div>
    }
    .into_any()
}

fn empty_text(empty: String) -> AnyView {
    view! { <p class="chart-empty">{fixed(empty)}</p> }.into_any()
}

/// The crosshair in words once the keyboard rests.
fn spoken(chart: Chart) -> RwSignal<String> {
    let text = RwSignal::new(String::new());
    let waiting = StoredValue::new_local(None);
    effect(move || {
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
