//! Issues and signals as spans on the time axis that the charts have.

use callscope_core::to_fixed;
use gloo::events::{EventListener, EventListenerOptions};
use leptos::ev::PointerEvent;
use wasm_bindgen::JsCast;
use web_sys::{Event, MouseEvent, WheelEvent};

use super::cursor::Cursor;
use super::frame::share_style;
use super::group::ChartGroup;
use super::model::Severity;
use super::scale::View;
use super::time::clock;
use super::wheel::wheeled;
use crate::erased::{all, attribute, dynamic, each, handler, on_load, when};
use crate::markup::*;
use crate::order::by_number;

/// One line of a timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineRow {
    /// What the spans are, short enough for the charts' left margin.
    pub label: String,
    /// When it was so.
    pub spans: Vec<TimelineSpan>,
}

/// When something was so.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineSpan {
    /// In milliseconds since the epoch.
    pub t0: f64,
    /// In milliseconds since the epoch; `None` while it goes on.
    pub t1: Option<f64>,
    /// The span's colour.
    pub severity: Severity,
    /// What it says.
    pub title: String,
}

/// A strip of spans, its time axis and crosshair those of the charts of `group`. A click on a span
/// zooms to it; for the keyboard a page has to list what they say. `empty` is what to say when there is no row.
#[must_use]
pub fn timeline(
    group: ChartGroup,
    rows: Signal<Vec<TimelineRow>>,
    title: &str,
    empty: String,
) -> AnyView {
    let id = group.join();
    let lanes = AnyNode::new();
    zoom_by_wheel(group, lanes);
    let cross = move || {
        let view = group.view().get();
        let share = group.cursor.get().map(|cursor| view.share(cursor.t));
        share.filter(|share| (0.0..=1.0).contains(share))
    };
    let on_move = move |event: PointerEvent| {
        if let Some(share) = share_of(&event, lanes) {
            let t = group.view().get_untracked().at(share);
            group.cursor.set(Some(Cursor::at(&[], t, id)));
        }
    };
    let hidden = move || cross().is_none().then(|| "display: none".to_owned());
    let place = move || cross().map(|share| format!("left: {}%", to_fixed(share * 100.0, 3)));
    let none = move || {
        let empty = empty.clone();
        view! { <p class="chart-none">{empty}</p> }.into_any()
    };
    view! {
        <section class="chart-card chart-timeline" aria-label=title.to_owned()>
            <header class="chart-header"><h3 class="chart-title">{title.to_owned()}</h3></header>
            {when(move || rows.with(Vec::is_empty), none)}
            <div
                class="chart-lanes"
                node_ref=lanes
                on:pointermove=handler(on_move)
                on:pointerleave=handler(move |_| group.cursor.set(None))
            >
                {each(move || (0..rows.with(Vec::len)).collect(), move |place| lane(group, rows, place))}
                <div class="chart-lane-cross" style=attribute(hidden)>
                    <div style=attribute(place)></div>
                </div>
            </div>
        </section>
    }
    .into_any()
}

fn lane(group: ChartGroup, rows: Signal<Vec<TimelineRow>>, place: usize) -> AnyView {
    // Most seconds add nothing to it.
    let row = Memo::new(move |_| rows.with(|rows| rows.get(place).cloned()));
    let content = move || {
        let Some(TimelineRow { label, spans }) = row.get() else {
            return ().into_any();
        };
        let spans = with_room(&spans).into_iter();
        view! {
            <div class="chart-lane" role="group" aria-label=label.clone()>
                <span class="chart-lane-label" title=label.clone()>{label.clone()}</span>
                <div class="chart-lane-spans">{all(spans.map(|(span, room)| span_view(group, span, room)))}</div>
            </div>
        }
        .into_any()
    };
    dynamic(content)
}

/// The spans from the left, each with the time up to which its text has room: the next one's start.
fn with_room(spans: &[TimelineSpan]) -> Vec<(TimelineSpan, Option<f64>)> {
    let spans = by_number(spans.to_vec(), |span| span.t0);
    let next: Vec<Option<f64>> = (1..=spans.len())
        .map(|i| spans.get(i).map(|span| span.t0))
        .collect();
    spans.into_iter().zip(next).collect()
}

fn span_view(group: ChartGroup, span: TimelineSpan, room: Option<f64>) -> AnyView {
    let TimelineSpan {
        t0,
        t1,
        severity,
        title,
    } = span;
    let end = move || t1.unwrap_or_else(|| group.extent().get().t1.max(t0));
    // From the span's start, or the plot's edge, to the next span.
    let reach = move || {
        let view = group.view().get();
        let visible = t0 <= view.t1 && end() >= view.t0;
        let from = view.share(t0).max(0.0);
        let to = room
            .map_or(1.0, |next| view.share(next))
            .max(view.share(end()))
            .min(1.0);
        visible.then_some((from, (to - from).max(0.0)))
    };
    let place = move || match reach() {
        Some((from, length)) => share_style(from, length),
        None => "display: none".to_owned(),
    };
    let width = move || {
        let (from, length) = reach()?;
        let own = group.view().get().share(end()).min(1.0) - from;
        (length > 0.0).then(|| format!("width: {}%", to_fixed(own / length * 100.0, 3)))
    };
    let zoom = move || {
        // What lasted no time at all is still looked at with what was around it.
        let least = super::view::LEAST_SPAN / 2.0;
        let end = untrack(end);
        let part = View {
            t0: t0.min(end - least),
            t1: end.max(t0 + least),
        };
        group.show(part.with_surroundings());
    };
    let open = if t1.is_none() { " chart-span-open" } else { "" };
    let class = format!("chart-span {}{open}", severity.class());
    let time = |t| clock(t, ChartGroup::offset(t), true);
    let when = match t1 {
        Some(t1) => format!("{title}, {} \u{2013} {}", time(t0), time(t1)),
        None => format!("{title}, since {}", time(t0)),
    };
    let what = format!("{when}, zoom to it");
    view! {
        <div class="chart-span-room" style=attribute(move || Some(place()))>
            // No stop of the keyboard, of which a long call would have hundreds: the lists below the charts zoom alike.
            <button
                type="button"
                tabindex="-1"
                class=class
                style=attribute(width)
                title=when
                aria-label=what
                on:click=handler(move |_| zoom())
            >
                <span>{title}</span>
            </button>
        </div>
    }
    .into_any()
}

fn zoom_by_wheel(group: ChartGroup, lanes: AnyNode) {
    let listener = StoredValue::new_local(None);
    on_load(lanes, move |element| {
        let options = EventListenerOptions::enable_prevent_default();
        let on_wheel = move |event: &Event| {
            let Some(event) = event.dyn_ref::<WheelEvent>() else {
                return;
            };
            if let Some(share) = share_of(event, lanes) {
                wheeled(&group, event, share);
            }
        };
        listener.set_value(Some(EventListener::new_with_options(
            &element, "wheel", options, on_wheel,
        )));
    });
}

/// Where on the time axis a pointer is; `None` outside of it.
fn share_of(event: &MouseEvent, lanes: AnyNode) -> Option<f64> {
    let bounds = lanes.get_untracked()?.get_bounding_client_rect();
    let (left, right) = (super::frame::MARGIN.left, super::frame::MARGIN.right);
    let width = bounds.width() - left - right;
    let share = (f64::from(event.client_x()) - bounds.left() - left) / width;
    (width > 0.0 && (0.0..=1.0).contains(&share)).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_room_up_to_the_next_span() {
        let span = |t0: f64| TimelineSpan {
            t0,
            t1: Some(t0 + 1.0),
            severity: Severity::Poor,
            title: String::new(),
        };
        let room: Vec<Option<f64>> = with_room(&[span(50.0), span(10.0)])
            .into_iter()
            .map(|(_, room)| room)
            .collect();
        assert_eq!(room, [Some(50.0), None]);
    }
}
