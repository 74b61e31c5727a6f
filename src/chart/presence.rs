//! Who was there when: a bar for each participant of a room, on one time axis.
//!
//! They are links in the page and nothing is painted, so that two hundred of them are found by the keyboard and by a screen reader, and
//! the browser lays out those in sight alone.

use std::sync::Arc;

use wasm_bindgen::JsCast;

use super::display::report;
use super::frame::share_style;
use super::group::ChartGroup;
use super::scale::{Axis, View};
use super::timeline::TimelineSpan;
use super::watch::SizeWatch;
use crate::erased::{all, dynamic, each_named, nothing, on_load};
use crate::markup::*;
use crate::order::within;

/// The least share of the axis that a bar or a mark is wide, so that it is seen.
const LEAST: f64 = 0.004;

/// How far the last label may reach past the axis, in CSS pixels.
const MARGIN: f64 = 8.0;

/// Somebody who was there.
#[derive(Clone, Debug, PartialEq)]
pub struct PresenceRow {
    /// Who.
    pub label: String,
    /// Where a click leads to.
    pub href: String,
    /// When they came, in milliseconds since the epoch.
    pub t0: f64,
    /// When they left; `None` while they are there.
    pub t1: Option<f64>,
    /// Whether an issue stands with them.
    pub is_poor: bool,
    /// What was with them meanwhile.
    pub marks: Vec<TimelineSpan>,
    /// All of it in words.
    pub words: String,
}

/// A row by its name. Tracks.
type RowOf = dyn Fn(&str) -> Option<PresenceRow> + Send + Sync;

/// Where a span lies on the axis: the share that it starts at, and the share that it is wide.
#[must_use]
fn place(view: View, t0: f64, t1: Option<f64>) -> (f64, f64) {
    let from = within(view.share(t0), 0.0, 1.0 - LEAST);
    let to = t1.map_or(1.0, |t1| view.share(t1)).min(1.0);
    (from, (to - from).max(LEAST))
}

/// The bars, and above them the axis from the start to the end of `view`. `names` tells the rows, in their order: one of them stays the same
/// element while it is told, so that it keeps the keyboard.
#[must_use]
pub fn presence(
    view: impl Fn() -> Option<View> + Send + Sync + 'static,
    names: impl Fn() -> Vec<String> + Send + Sync + 'static,
    row: impl Fn(&str) -> Option<PresenceRow> + Send + Sync + 'static,
) -> AnyView {
    let view = Memo::new(move |_| view());
    let row: Arc<RowOf> = Arc::new(row);
    let axis = AnyNode::new();
    let width = RwSignal::new(0.0);
    let watch = StoredValue::new_local(None);
    on_load(axis, move |element| {
        let on_size = move |(now, _): (f64, f64)| {
            if width
                .try_get_untracked()
                .is_some_and(|before| before != now)
            {
                width.set(now);
            }
        };
        let watched = SizeWatch::new(element.unchecked_ref(), on_size);
        watch.set_value(watched.map_err(report).ok());
    });
    let ticks = move || match view.get() {
        Some(view) if width.get() > 0.0 => ticks(view, width.get()),
        _ => ().into_any(),
    };
    let bars = move |name: &str| {
        let (row, name) = (Arc::clone(&row), name.to_owned());
        dynamic(move || match (view.get(), row(&name)) {
            (Some(view), Some(row)) => bar(view, &row),
            _ => nothing(),
        })
    };
    view! {
        <div class="presence">
            <div class="presence-axis" aria-hidden="true">
                <div node_ref=axis>{dynamic(ticks)}</div>
            </div>
            <ul class="presence-rows" data-testid="presence">
                {each_named(names, bars)}
            </ul>
        </div>
    }
    .into_any()
}

fn ticks(view: View, width: f64) -> AnyView {
    let axis = Axis::time(view, width, MARGIN, &ChartGroup::offset);
    let tick = |at: f64, label: String| {
        let style = share_style(view.share(at), 0.0);
        view! { <span style=style>{label}</span> }.into_any()
    };
    all(axis.ticks().iter().map(|it| tick(it.at, it.label.clone())))
}

fn bar(view: View, row: &PresenceRow) -> AnyView {
    let (from, length) = place(view, row.t0, row.t1);
    let marks = row.marks.iter().map(|mark| {
        let (from, length) = place(view, mark.t0, mark.t1.or(row.t1));
        let class = format!("presence-mark {}", mark.severity.class());
        view! { <i class=class style=share_style(from, length)></i> }.into_any()
    });
    let marks = all(marks);
    let class = match (row.is_poor, row.t1) {
        (true, _) => "presence-bar chart-poor",
        (false, None) => "presence-bar presence-there",
        (false, Some(_)) => "presence-bar",
    };
    view! {
        <li>
            <a href=row.href.clone() title=row.words.clone() aria-label=row.words.clone()>
                <span class="presence-label">{row.label.clone()}</span>
                <span class="presence-track">
                    <i class=class style=share_style(from, length)></i>
                    {marks}
                </span>
            </a>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_lie_where_their_times_are() {
        let view = View {
            t0: 0.0,
            t1: 1_000.0,
        };
        assert_eq!(place(view, 250.0, Some(750.0)), (0.25, 0.5));
        assert_eq!(place(view, 250.0, None), (0.25, 0.75));
    }

    #[test]
    fn what_lasted_a_moment_is_seen_and_nothing_leaves_the_axis() {
        let view = View {
            t0: 0.0,
            t1: 1_000.0,
        };
        for (t0, t1) in [
            (500.0, 500.0),
            (1_000.0, 1_000.0),
            (-50.0, -20.0),
            (990.0, 4_000.0),
        ] {
            let (from, length) = place(view, t0, Some(t1));
            assert!(
                length >= LEAST && from >= 0.0 && from + length <= 1.0 + 1e-9,
                "{t0}: {from} {length}"
            );
        }
    }
}
