//! Rooms, participants and minutes over time.

use std::sync::Arc;

use callscope_core::to_fixed;

use super::cards::{compared, percent_words};
use super::period::{Period, Span};
use super::{Board, skeleton_chart};
use crate::chart::{
    Ink, Kind, Layer, Lead, Measure, Pattern, Plate, Say, Spot, Steps, Tone, Usage, View,
    step_name, usage_chart,
};
use crate::erased::{Button, all, effect, fixed, nothing, when};
use crate::markup::*;
use crate::order::by_number;
use crate::place::{Place, link};
use crate::stored::words::count_of;
use crate::stored::{Asked, Dashboard};
use crate::view::one_of;

/// In CSS pixels, axes included.
const HEIGHT: u32 = 240;

/// So many values have a layer of their own; the rest is one together.
const MOST_VALUES: usize = 6;

/// What the legend of a chart calls a value that the browser did not tell.
const UNKNOWN: &str = "Unknown";

/// What participants can be told apart by, as the address and the read API have it. The first one is looked at first.
const SEGMENTS: [(&str, &str); 5] = [
    ("", "Browser"),
    ("operating_system", "Operating system"),
    ("device_manufacturer", "Device manufacturer"),
    ("sdk", "SDK"),
    ("all", "All together"),
];

/// Which participants, as the address and the read API have it.
const FILTERS: [(&str, &str); 3] = [
    ("", "All participants"),
    ("with", "With issues"),
    ("without", "Without issues"),
];

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
fn steps_of(span: &Span, kind: Kind, measure: Measure, answer: &Dashboard) -> Steps {
    Steps {
        kind,
        measure,
        spans: span.steps(&answer.starts, answer.step_ms),
        layers: Vec::new(),
        offset: span.offset,
        is_open: true,
    }
}

fn layer(name: &str, ink: Ink, values: Vec<f64>) -> Layer {
    Layer {
        name: name.to_owned(),
        ink,
        values,
    }
}

/// Nothing, until there is an answer.
fn no_steps(kind: Kind, measure: Measure) -> Steps {
    Steps {
        kind,
        measure,
        spans: Vec::new(),
        layers: Vec::new(),
        offset: 0.0,
        is_open: false,
    }
}

/// The step at a column of an answer, and how it is called. Tracks.
fn step_at(board: Board, answer: Asked<Dashboard>, column: usize) -> Option<(View, String)> {
    let span = board.span.get();
    answer.read(|answer| {
        let steps = span.steps(&answer.starts, answer.step_ms);
        let step = *steps.get(column)?;
        let mut name = step_name(step, span.offset);
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

/// Participants by what they use, with or without issues.
pub(super) fn participants(board: Board) -> AnyView {
    let Board { place, span, .. } = board;
    let path = move || {
        let span = span.get();
        if !span.period.can_filter() {
            return Some(span.path(span.step(), "&segment=all"));
        }
        let segment = known(place.query("segment"), &SEGMENTS).unwrap_or("browser");
        let filter = known(place.query("issues"), &FILTERS);
        let filter = filter.map_or_else(String::new, |filter| format!("&issues={filter}"));
        Some(span.path(span.step(), &format!("&segment={segment}{filter}")))
    };
    let answer = Asked::new(path, Dashboard::read);
    board.keep_fresh(answer);
    let draw = move || {
        let span = span.get_untracked();
        let is_segmented = untrack(|| {
            span.period.can_filter() && place.query("segment").as_deref() != Some("all")
        });
        let steps = answer.read(|answer| {
            let mut steps = steps_of(&span, Kind::Areas, Measure::Count, answer);
            steps.layers = segments(answer, is_segmented);
            steps
        });
        steps.unwrap_or_else(|| no_steps(Kind::Areas, Measure::Count))
    };
    let draw = plate(draw);
    let say: Say = Arc::new(move |spot| {
        let Some(spot) = spot else {
            let said = answer.read(|answer| {
                let people = count_of(answer.totals.participants, "participant", "participants");
                format!("{people}. Choose a time for the rooms that were created then.")
            });
            return said.unwrap_or_default();
        };
        let Some((_, name)) = step_at(board, answer, spot.column) else {
            return String::new();
        };
        let of_step = |answer: &Dashboard| {
            let counts = answer.counts.get(spot.column);
            counts.map_or(0.0, |counts| counts.iter().sum::<f64>())
        };
        let all = answer.read(of_step).unwrap_or_default();
        let all = count_of(all, "participant", "participants");
        let sheet = draw.with(|plate| plate.keys(Some(spot)));
        let part = spot.row.and_then(|row| sheet.into_iter().nth(row));
        match part.and_then(|key| Some((key.value?, key.name))) {
            Some((value, part)) => format!("{name}: {part}, {} of {all}", to_fixed(value, 0)),
            None => format!("{name}: {all}"),
        }
    });
    let chart = move || {
        // Somebody with an issue makes their room one with issues; somebody without may be in either.
        let issues = move |_: Spot| {
            let is_with = place.query("issues").as_deref() == Some("with");
            (is_with && span.get().period.can_filter()).then_some("with")
        };
        usage_chart(Usage {
            group: board.group,
            title: "Participants".to_owned(),
            id: "participants",
            plate: draw,
            tools: tools(board),
            say: Arc::clone(&say),
            lead: lead(board, answer, issues),
            lead_name: TO_ROOMS,
            height: HEIGHT,
        })
    };
    answer.view(skeleton_chart, chart)
}

/// The word of an address that is one of these; none for the first.
fn known(word: Option<String>, words: &[(&'static str, &str)]) -> Option<&'static str> {
    let word = word?;
    let found = words.iter().find(|(known, _)| *known == word);
    found.map(|(known, _)| *known).filter(|it| !it.is_empty())
}

/// The most frequent values, and the others together.
fn segments(answer: &Dashboard, is_segmented: bool) -> Vec<Layer> {
    let of_value = |place: usize| -> Vec<f64> {
        let of_step = |counts: &Vec<f64>| counts.get(place).copied().unwrap_or_default();
        answer.counts.iter().map(of_step).collect()
    };
    let mut inks = (0..).map(Ink::of_place);
    let mut layers: Vec<Layer> = Vec::new();
    for (place, value) in answer.values.iter().take(MOST_VALUES).enumerate() {
        let (name, ink) = match value {
            _ if !is_segmented => ("Participants", Ink::solid(Tone::Track(0))),
            Some(value) => (
                value.as_str(),
                inks.next().unwrap_or(Ink::solid(Tone::Other)),
            ),
            None => (UNKNOWN, Ink::solid(Tone::Other).with(Pattern::Striped)),
        };
        layers.push(layer(name, ink, of_value(place)));
    }
    // The unknown says least, so it lies on top.
    layers = by_number(layers, |layer| f64::from(layer.name == UNKNOWN));
    if answer.values.len() > MOST_VALUES {
        let rest = |counts: &Vec<f64>| counts.iter().skip(MOST_VALUES).sum();
        let values = answer.counts.iter().map(rest).collect();
        layers.push(layer("Other", Ink::solid(Tone::Other), values));
    }
    layers
}

/// What participants are told apart by, and which of them are counted.
fn tools(board: Board) -> AnyView {
    let Board { place, span, .. } = board;
    let can_filter = Memo::new(move |_| span.get().period.can_filter());
    let segment = one_of(
        "Segment by",
        "segment",
        &SEGMENTS,
        move || place.query("segment"),
        move |segment| place.go(&[("segment", segment)]),
    );
    let filter = all(FILTERS.map(|(word, label)| filter_button(place, word, label)));
    let note = || {
        view! {
            <p class="hint" data-testid="no-filters">
                "Segments and filters reach back 7 days: choose 24 hours or 7 days to use them."
            </p>
        }
        .into_any()
    };
    view! {
        <fieldset class="chart-tools" disabled=move || !can_filter.get()>
            <legend class="visually-hidden">"Which participants"</legend>
            {segment}
            <div class="field">
                <span class="label" id="which-issues">"Only"</span>
                <div class="segmented" role="group" aria-labelledby="which-issues">{filter}</div>
            </div>
            {when(move || !can_filter.get(), note)}
        </fieldset>
    }
    .into_any()
}

fn filter_button(place: Place, word: &'static str, label: &'static str) -> AnyView {
    let value = (!word.is_empty()).then(|| word.to_owned());
    let pressed = move || place.query("issues").unwrap_or_default() == word;
    let testid = match word {
        "with" => "filter-with",
        "without" => "filter-without",
        _ => "filter-all",
    };
    Button::new(fixed(label), move || place.go(&[("issues", value.clone())]))
        .class("")
        .testid(testid)
        .pressed(pressed)
        .view()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(values: &[Option<&str>]) -> Dashboard {
        let count = f64::from(u32::try_from(values.len()).unwrap_or_default());
        let counts = (0..values.len())
            .map(|place| count - f64::from(u32::try_from(place).unwrap_or_default()));
        Dashboard {
            values: values.iter().map(|it| it.map(str::to_owned)).collect(),
            counts: vec![counts.collect()],
            ..Dashboard::default()
        }
    }

    #[test]
    fn six_values_have_a_layer_each_and_the_rest_one_together() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"].map(Some);
        let layers = segments(&answer(&names), true);
        let named: Vec<&str> = layers.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(named, ["a", "b", "c", "d", "e", "f", "Other"]);
        assert_eq!(layers[6].values, [2.0 + 1.0]);
        let sum: f64 = layers.iter().map(|it| it.values[0]).sum();
        assert_eq!(sum, 36.0, "nobody is left out");
    }

    #[test]
    fn the_unknown_has_a_name_and_takes_no_colour_from_the_others() {
        let layers = segments(&answer(&[Some("Chrome"), None, Some("Firefox")]), true);
        let named: Vec<&str> = layers.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(named, ["Chrome", "Firefox", UNKNOWN]);
        assert_eq!(layers[1].ink, Ink::of_place(1));
        assert_eq!(layers[2].values, [2.0]);
    }

    #[test]
    fn unsegmented_participants_are_one_layer() {
        let layers = segments(&answer(&[None]), false);
        assert_eq!(layers.len(), 1);
        assert_eq!(layers[0].name, "Participants");
    }
}
