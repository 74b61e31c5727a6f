//! Rooms, participants and minutes over time.

use std::sync::Arc;

use callscope_core::to_fixed;

use super::Board;
use super::cards::{compared, percent_words};
use super::period::{Period, Span};
use crate::chart::{
    Ink, Kind, Layer, Lead, Measure, Offsets, Pattern, Plate, Say, Spot, Steps, Tone, Usage, View,
    Way, step_name, usage_chart,
};
use crate::erased::{effect, nothing};
use crate::markup::*;
use crate::place::link;
use crate::stored::words::{count_of, moment};
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
    let spans = span.steps(&answer.steps);
    let is_known = |step: &View| is_kept(span, answer, *step);
    Steps {
        kind,
        measure,
        unknown: spans.iter().position(is_known).unwrap_or(spans.len()),
        spans,
        layers: Vec::new(),
        offsets: span.offsets,
        is_open: true,
    }
}

/// Whether all that was counted in a step is kept.
pub(super) fn is_kept(span: &Span, answer: &Dashboard, step: View) -> bool {
    span.counted(step).0 >= answer.kept_from
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
        unknown: 0,
        layers: Vec::new(),
        offsets: Offsets::fixed(0.0),
        is_open: false,
    }
}

/// A step of an answer.
struct Step {
    at: View,
    name: String,
    /// Whether its figures are kept.
    is_kept: bool,
    /// From when on its rooms are kept, if some are not.
    rooms_from: Option<f64>,
    /// Whether all of them are gone.
    has_no_rooms: bool,
}

/// The step at a column of an answer. Tracks.
fn step_at(board: Board, answer: &Dashboard, column: usize) -> Option<Step> {
    let span = board.span.get();
    let steps = span.steps(&answer.steps);
    let at = *steps.get(column)?;
    let mut name = step_name(at, &span.offsets);
    if column + 1 == steps.len() {
        name.push_str(", so far");
    }
    let (from, to) = span.counted(at);
    let kept_from = answer.rooms_kept_from;
    Some(Step {
        at,
        name,
        is_kept: is_kept(&span, answer, at),
        rooms_from: (from < kept_from).then_some(kept_from),
        has_no_rooms: to <= kept_from,
    })
}

/// Says `all` of no part, and `part` of one, with what is not kept of it.
pub(super) fn say(
    board: Board,
    answer: Asked<Dashboard>,
    all: impl Fn(&Dashboard) -> String + Send + Sync + 'static,
    part: impl Fn(&Dashboard, Spot) -> String + Send + Sync + 'static,
) -> Say {
    type Part = Box<dyn Fn(&Dashboard, Spot) -> String + Send + Sync>;
    fn erased(
        board: Board,
        answer: Asked<Dashboard>,
        all: Box<dyn Fn(&Dashboard) -> String + Send + Sync>,
        part: Part,
    ) -> Say {
        let say = move |answer: &Dashboard, spot: Option<Spot>| {
            let Some(spot) = spot else {
                return all(answer);
            };
            let Some(step) = step_at(board, answer, spot.column) else {
                return String::new();
            };
            let mut said = step.name;
            said.push_str(": ");
            if !step.is_kept {
                said.push_str("not kept any more");
                return said;
            }
            said.push_str(&part(answer, spot));
            if let Some(from) = step.rooms_from.filter(|_| has_any(answer, spot.column)) {
                said.push_str("; its rooms are ");
                if step.has_no_rooms {
                    said.push_str("not kept any more");
                } else {
                    said.push_str(&format!("kept from {} on", moment(from)));
                }
            }
            said
        };
        Arc::new(move |spot| {
            let said = answer.read(|answer| say(answer, spot));
            said.unwrap_or_default()
        })
    }
    erased(board, answer, Box::new(all), Box::new(part))
}

/// Whether there was anybody in a step.
fn has_any(answer: &Dashboard, column: usize) -> bool {
    let (with, without) = answer.rooms.get(column).copied().unwrap_or_default();
    let (minutes, _) = answer.minutes.get(column).copied().unwrap_or_default();
    with + without + minutes > 0.0
}

/// Leads to the rooms of a part, where there are any still: to the address that is made of the answer, the part, and from when to when that is counted.
pub(super) fn lead(
    board: Board,
    answer: Asked<Dashboard>,
    href: impl Fn(&Dashboard, Spot, (f64, f64)) -> String + Send + Sync + 'static,
) -> Lead {
    type Href = Box<dyn Fn(&Dashboard, Spot, (f64, f64)) -> String + Send + Sync>;
    fn erased(board: Board, answer: Asked<Dashboard>, href: Href) -> Lead {
        let way = move |answer: &Dashboard, spot: Spot| {
            let step = step_at(board, answer, spot.column)?;
            if !step.is_kept || step.has_no_rooms {
                return None;
            }
            let counted = board.span.with(|span| span.counted(step.at));
            Some(to_rooms(href(answer, spot, counted)))
        };
        Arc::new(move |spot| {
            let way = answer.read(|answer| way(answer, spot));
            way.flatten().into_iter().collect()
        })
    }
    erased(board, answer, Box::new(href))
}

pub(super) fn to_rooms(href: String) -> Way {
    Way {
        name: TO_ROOMS.to_owned(),
        href,
    }
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
    let href = |_: &Dashboard, spot: Spot, counted: (f64, f64)| {
        let issues = match spot.row {
            Some(0) => Some("with"),
            Some(_) => Some("without"),
            None => None,
        };
        rooms_link(counted, issues)
    };
    let all = |answer: &Dashboard| {
        let rooms = count_of(answer.totals.rooms(), "room", "rooms");
        let with = to_fixed(answer.totals.rooms_with_issues, 0);
        format!("{rooms}, {with} of them with issues. Choose a bar for its rooms.")
    };
    let part = |answer: &Dashboard, spot: Spot| {
        let (with, without) = answer.rooms.get(spot.column).copied().unwrap_or_default();
        match spot.row {
            Some(0) => format!("{} with issues", count_of(with, "room", "rooms")),
            Some(_) => format!("{} without issues", count_of(without, "room", "rooms")),
            None => {
                let rooms = with + without;
                let share = if rooms > 0.0 {
                    format!(" ({} %)", to_fixed(100.0 * with / rooms, 1))
                } else {
                    String::new()
                };
                let rooms = count_of(rooms, "room", "rooms");
                format!("{rooms}, {} with issues{share}", to_fixed(with, 0))
            }
        }
    };
    usage_chart(Usage {
        group: board.group,
        title: "Rooms".to_owned(),
        id: "rooms",
        plate: plate(draw),
        tools: nothing(),
        say: say(board, answer, all, part),
        lead: lead(board, answer, href),
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
            let earlier = |it: &Dashboard| it.compared(|it| of(&it.minutes));
            if let Some(Ok(values)) = board.before.read(earlier) {
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
    let change = |now: f64, before: f64| percent_words(100.0 * (now - before) / before);
    let all = move |answer: &Dashboard| {
        let now = total(answer);
        let said = Measure::Minutes.format(now);
        match board.before.read(|it| it.compared(total)) {
            Some(Ok(before)) if before > 0.0 => {
                let period = board.span.with(|span| span.period);
                format!("{said}, {} {}", change(now, before), compared(period))
            }
            _ => said,
        }
    };
    let part = move |answer: &Dashboard, spot: Spot| {
        let at = |answer: &Dashboard| answer.minutes.get(spot.column).map_or(0.0, which);
        let now = at(answer);
        let mut said = Measure::Minutes.format(now);
        if let Some(Ok(before)) = board.before.read(|it| it.compared(at)) {
            let period = board.span.with(|span| span.period);
            let words = Measure::Minutes.format(before);
            said.push_str(&format!(", {words} the {}", before_words(period)));
            if before > 0.0 {
                said.push_str(&format!(" ({})", change(now, before)));
            }
        }
        said
    };
    usage_chart(Usage {
        group: board.group,
        title: title.to_owned(),
        id,
        plate: plate(draw),
        tools: nothing(),
        say: say(board, answer, all, part),
        lead: lead(board, answer, |_, _, counted| rooms_link(counted, None)),
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
