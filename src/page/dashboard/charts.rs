//! Rooms, participants and minutes over time.

use std::sync::Arc;

use callscope_core::to_fixed;

use super::Board;
use super::cards::{compared, percent_words};
use super::period::{Period, Span};
use crate::chart::{
    Ink, Kind, Layer, Lead, Measure, Offsets, Pattern, Plate, Say, Spot, Steps, Tone, Usage, View,
    step_name, usage_chart,
};
use crate::erased::{effect, nothing};
use crate::markup::*;
use crate::place::link;
use crate::stored::words::count_of;
use crate::stored::{Asked, Dashboard};

/// In CSS pixels, axes included.
pub(super) const HEIGHT: u32 = 240;

/// What links to the rooms of a part are called.
pub(super) const TO_ROOMS: &str = "Show the rooms";

/// What is drawn, whenever the answer changes.
pub(super) fn plate<P: Plate + 'static>(make: impl Fn() -> P + 'static) -> Signal<Arc<dyn Plate>> {
    fn erased(make: Box<dyn Fn() -> Arc<dyn Plate>>) -> Signal<Arc<dyn Plate>> {
        let plate = RwSignal::new(untrack(&make));
        effect(move || plate.set(make()));
        plate.into()
    }
    erased(Box::new(move || Arc::new(make())))
}

/// A link to the rooms that were created in a time.
pub(super) fn rooms_link((from, to): (f64, f64), issues: Option<&str>) -> String {
    let ms = |t: f64| to_fixed(t, 0).to_string();
    let (from, to) = (ms(from), ms(to));
    let mut query = vec![("from", from.as_str()), ("to", to.as_str())];
    query.extend(issues.map(|issues| ("issues", issues)));
    link(&["rooms"], &query)
}

/// An answer and what it is of.
pub(super) fn steps_of(span: &Span, kind: Kind, measure: Measure, answer: &Dashboard) -> Steps {
    Steps {
        kind,
        measure,
        spans: span.steps(&answer.steps),
        layers: Vec::new(),
        offsets: span.offsets,
        is_open: true,
    }
}

pub(super) fn layer(name: &str, ink: Ink, values: Vec<f64>) -> Layer {
    Layer {
        name: name.to_owned(),
        ink,
        values,
    }
}

/// Nothing, until there is an answer.
pub(super) fn no_steps(kind: Kind, measure: Measure) -> Steps {
    Steps {
        kind,
        measure,
        spans: Vec::new(),
        layers: Vec::new(),
        offsets: Offsets::fixed(0.0),
        is_open: false,
    }
}

/// The step at a column of an answer, and how it is called. Tracks.
pub(super) fn step_at(
    board: Board,
    answer: Asked<Dashboard>,
    column: usize,
) -> Option<(View, String)> {
    let span = board.span.get();
    answer.read(|answer| {
        let steps = span.steps(&answer.steps);
        let step = *steps.get(column)?;
        let mut name = step_name(step, &span.offsets);
        if column + 1 == steps.len() {
            name.push_str(", so far");
        }
        Some((step, name))
    })?
}

/// Leads to the rooms that were created in the step of a column.
fn lead(
    board: Board,
    answer: Asked<Dashboard>,
    issues: impl Fn(Spot) -> Option<&'static str> + Send + Sync + 'static,
) -> Lead {
    Arc::new(move |spot| {
        let (step, _) = step_at(board, answer, spot.column)?;
        let span = board.span.get();
        Some(rooms_link(span.counted(step), issues(spot)))
    })
}

/// Rooms with and without issues.
pub(super) fn rooms(board: Board) -> AnyView {
    let answer = board.figures;
    let draw = move || {
        let span = board.span.get_untracked();
        let steps = answer.read(|answer| {
            let mut steps = steps_of(&span, Kind::Bars, Measure::Count, answer);
            let (with, without) = answer.rooms.iter().copied().unzip();
            steps.layers = vec![
                layer("With issues", Ink::solid(Tone::Poor), with),
                layer("Without issues", Ink::solid(Tone::Track(0)), without),
            ];
            steps
        });
        steps.unwrap_or_else(|| no_steps(Kind::Bars, Measure::Count))
    };
    let issues = |spot: Spot| match spot.row {
        Some(0) => Some("with"),
        Some(_) => Some("without"),
        None => None,
    };
    let say: Say = Arc::new(move |spot| {
        let Some(spot) = spot else {
            let said = answer.read(|answer| {
                let rooms = count_of(answer.totals.rooms(), "room", "rooms");
                let with = to_fixed(answer.totals.rooms_with_issues, 0);
                format!("{rooms}, {with} of them with issues. Choose a bar for its rooms.")
            });
            return said.unwrap_or_default();
        };
        let Some((_, name)) = step_at(board, answer, spot.column) else {
            return String::new();
        };
        let at = |answer: &Dashboard| answer.rooms.get(spot.column).copied();
        let (with, without) = answer.read(at).flatten().unwrap_or_default();
        match spot.row {
            Some(0) => format!("{name}: {} with issues", count_of(with, "room", "rooms")),
            Some(_) => format!(
                "{name}: {} without issues",
                count_of(without, "room", "rooms")
            ),
            None => {
                let rooms = with + without;
                let share = if rooms > 0.0 {
                    format!(" ({} %)", to_fixed(100.0 * with / rooms, 1))
                } else {
                    String::new()
                };
                let rooms = count_of(rooms, "room", "rooms");
                format!("{name}: {rooms}, {} with issues{share}", to_fixed(with, 0))
            }
        }
    });
    usage_chart(Usage {
        group: board.group,
        title: "Rooms".to_owned(),
        id: "rooms",
        plate: plate(draw),
        tools: nothing(),
        say,
        lead: lead(board, answer, issues),
        lead_name: TO_ROOMS,
        height: HEIGHT,
    })
}

/// The minutes of participants.
pub(super) fn minutes(board: Board) -> AnyView {
    of_minutes(board, "Participant minutes", "participant-minutes", |it| {
        it.0
    })
}

/// The minutes of recordings.
pub(super) fn recordings(board: Board) -> AnyView {
    of_minutes(board, "Recording minutes", "recording-minutes", |it| it.1)
}

/// What the two lines are called.
fn names(period: Period) -> [&'static str; 2] {
    match period {
        Period::Day => ["Last 24 hours", "Day before"],
        Period::Week => ["Last 7 days", "Week before"],
        Period::Fortnight => ["Last 14 days", "Two weeks before"],
    }
}

/// Minutes, and behind them those of the period before.
fn of_minutes(
    board: Board,
    title: &'static str,
    id: &'static str,
    which: fn(&(f64, f64)) -> f64,
) -> AnyView {
    let answer = board.figures;
    let of = move |pairs: &[(f64, f64)]| -> Vec<f64> { pairs.iter().map(which).collect() };
    let draw = move || {
        let span = board.span.get_untracked();
        let steps = answer.read(|answer| {
            let mut steps = steps_of(&span, Kind::Lines, Measure::Minutes, answer);
            let [now, before] = names(span.period);
            steps.layers = vec![layer(now, Ink::solid(Tone::Track(0)), of(&answer.minutes))];
            // Minutes that are not kept any more are not drawn as none.
            let kept = |it: &Dashboard| (!it.totals.is_empty()).then(|| of(&it.minutes));
            if let Some(values) = board.before.read(kept).flatten() {
                let ink = Ink::solid(Tone::Other).with(Pattern::Dashed);
                steps.layers.push(layer(before, ink, values));
            }
            steps
        });
        steps.unwrap_or_else(|| no_steps(Kind::Lines, Measure::Minutes))
    };
    let total = move |answer: &Dashboard| {
        let totals = &answer.totals;
        which(&(totals.participant_minutes, totals.recording_minutes))
    };
    let say: Say = Arc::new(move |spot| {
        let period = board.span.get().period;
        let Some(spot) = spot else {
            let now = answer.read(total).unwrap_or_default();
            let said = Measure::Minutes.format(now);
            return match board.before.read(total).filter(|before| *before > 0.0) {
                Some(before) => {
                    let change = percent_words(100.0 * (now - before) / before);
                    format!("{said}, {change} {}", compared(period))
                }
                None => said,
            };
        };
        let Some((_, name)) = step_at(board, answer, spot.column) else {
            return String::new();
        };
        let at = |answer: &Dashboard| {
            let pair = answer.minutes.get(spot.column);
            (!answer.totals.is_empty()).then(|| pair.map_or(0.0, which))
        };
        let now = answer.read(at).flatten().unwrap_or_default();
        let mut said = format!("{name}: {}", Measure::Minutes.format(now));
        if let Some(before) = board.before.read(at).flatten() {
            let words = Measure::Minutes.format(before);
            said.push_str(&format!(", {words} the {}", before_words(period)));
            if before > 0.0 {
                let change = percent_words(100.0 * (now - before) / before);
                said.push_str(&format!(" ({change})"));
            }
        }
        said
    });
    usage_chart(Usage {
        group: board.group,
        title: title.to_owned(),
        id,
        plate: plate(draw),
        tools: nothing(),
        say,
        lead: lead(board, answer, |_| None),
        lead_name: TO_ROOMS,
        height: HEIGHT,
    })
}

fn before_words(period: Period) -> &'static str {
    match period {
        Period::Day => "day before",
        Period::Week => "week before",
        Period::Fortnight => "two weeks before",
    }
}
