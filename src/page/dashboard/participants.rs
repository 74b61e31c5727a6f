//! Participants over time, by what they use.

use std::sync::Arc;

use callscope_core::to_fixed;

use super::charts::{HEIGHT, layer, lead, no_steps, plate, say, steps_of};
use super::{Board, skeleton_chart};
use crate::chart::{Ink, Kind, Layer, Measure, Pattern, Spot, Tone, Usage, usage_chart};
use crate::erased::{Button, all, fixed, when};
use crate::markup::*;
use crate::place::{Place, link};
use crate::stored::words::count_of;
use crate::stored::{Asked, Dashboard};
use crate::view::one_of;

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
    (ALL, "All together"),
];

/// The segment without values.
const ALL: &str = "all";

/// Which participants, as the address and the read API have it.
const FILTERS: [(&str, &str); 3] = [
    ("", "All participants"),
    ("with", "With issues"),
    ("without", "Without issues"),
];

/// Participants by what they use, with or without issues.
pub(super) fn participants(board: Board) -> AnyView {
    let Board { place, span, .. } = board;
    let path = move || {
        let span = span.get();
        if !span.period.can_filter() {
            return Some(span.path(span.step(), &format!("&segment={ALL}")));
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
        let steps = answer.read(|answer| {
            let mut steps = steps_of(&span, Kind::Areas, Measure::Count, answer);
            steps.layers = layers(answer);
            steps
        });
        steps.unwrap_or_else(|| no_steps(Kind::Areas, Measure::Count))
    };
    let draw = plate(draw);
    let all = |answer: &Dashboard| {
        let people = count_of(answer.totals.participants, "participant", "participants");
        format!("{people}. Choose a part for the rooms that they joined.")
    };
    let part = move |answer: &Dashboard, spot: Spot| {
        let counts = answer.counts.get(spot.column);
        let all = counts.map_or(0.0, |counts| counts.iter().sum::<f64>());
        let all = count_of(all, "participant", "participants");
        let sheet = draw.with(|plate| plate.keys(Some(spot)));
        let part = spot.row.and_then(|row| sheet.into_iter().nth(row));
        match part.and_then(|key| Some((key.value?, key.name))) {
            Some((value, part)) => format!("{part}, {} of {all}", to_fixed(value, 0)),
            None => all,
        }
    };
    let say = say(board, answer, all, part);
    let chart = move || {
        usage_chart(Usage {
            group: board.group,
            title: "Participants".to_owned(),
            id: "participants",
            plate: draw,
            tools: tools(board),
            say: Arc::clone(&say),
            lead: lead(board, answer, move |answer, spot, counted| {
                joined(board, answer, spot, counted)
            }),
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

/// Whom a layer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Everybody.
    All,
    /// Those with the value at that place.
    Value(usize),
    /// Those with a value that has no layer of its own.
    Other,
}

/// Whom the layer at a row counts, in the order of [`layers`].
fn part(answer: &Dashboard, row: Option<usize>) -> Part {
    let Some(row) = row.filter(|_| answer.segment != ALL) else {
        return Part::All;
    };
    let count = answer.values.len().min(MOST_VALUES);
    if row >= count {
        return Part::Other;
    }
    let unknown = answer.values.iter().take(count).position(Option::is_none);
    Part::Value(match unknown {
        Some(unknown) if row + 1 == count => unknown,
        Some(unknown) if row >= unknown => row + 1,
        _ => row,
    })
}

/// The most frequent values, and the others together.
fn layers(answer: &Dashboard) -> Vec<Layer> {
    let of_value = |place: usize| -> Vec<f64> {
        let of_step = |counts: &Vec<f64>| counts.get(place).copied().unwrap_or_default();
        answer.counts.iter().map(of_step).collect()
    };
    if answer.segment == ALL {
        let ink = Ink::solid(Tone::Track(0));
        return vec![layer("Participants", ink, of_value(0))];
    }
    let mut inks = (0..).map(Ink::of_place);
    let mut layers: Vec<Layer> = Vec::new();
    let mut unknown = None;
    for (place, value) in answer.values.iter().take(MOST_VALUES).enumerate() {
        let values = of_value(place);
        match value {
            Some(value) => {
                let ink = inks.next().unwrap_or(Ink::solid(Tone::Other));
                layers.push(layer(value, ink, values));
            }
            None => {
                let ink = Ink::solid(Tone::Other).with(Pattern::Striped);
                unknown = Some(layer(UNKNOWN, ink, values));
            }
        }
    }
    // The unknown says least, so it lies on top.
    layers.extend(unknown);
    if answer.values.len() > MOST_VALUES {
        let rest = |counts: &Vec<f64>| counts.iter().skip(MOST_VALUES).sum();
        let values = answer.counts.iter().map(rest).collect();
        layers.push(layer("Other", Ink::solid(Tone::Other), values));
    }
    layers
}

/// The rooms of those who are counted in a part: they joined then, use that, and have issues or not.
fn joined(board: Board, answer: &Dashboard, spot: Spot, (from, to): (f64, f64)) -> String {
    let issues = known(board.place.query("issues"), &FILTERS);
    let can_filter = board.span.with(|span| span.period.can_filter());
    let (from, to) = (to_fixed(from, 0).to_string(), to_fixed(to, 0).to_string());
    let mut query = vec![("joined_after", from.as_str()), ("joined_before", &to)];
    let issues = issues.filter(|_| can_filter);
    query.extend(issues.map(|issues| ("participant_issues", issues)));
    query.extend(of_part(answer, part(answer, spot.row)));
    link(&["rooms"], &query)
}

/// What the address of the rooms has of a part.
fn of_part(answer: &Dashboard, part: Part) -> Vec<(&'static str, &str)> {
    let (skipped, count) = match part {
        Part::All => return Vec::new(),
        Part::Value(place) => (place, 1),
        Part::Other => (0, MOST_VALUES),
    };
    let mut query = vec![("segment", answer.segment.as_str())];
    for value in answer.values.iter().skip(skipped).take(count) {
        query.push(match value {
            Some(value) => ("value", value),
            None => ("unknown", "true"),
        });
    }
    if part == Part::Other {
        query.push(("other", "true"));
    }
    query
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
            segment: "browser".to_owned(),
            ..Dashboard::default()
        }
    }

    #[test]
    fn six_values_have_a_layer_each_and_the_rest_one_together() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"].map(Some);
        let answer = answer(&names);
        let layers = layers(&answer);
        let named: Vec<&str> = layers.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(named, ["a", "b", "c", "d", "e", "f", "Other"]);
        assert_eq!(layers[6].values, [2.0 + 1.0]);
        let sum: f64 = layers.iter().map(|it| it.values[0]).sum();
        assert_eq!(sum, 36.0, "nobody is left out");
    }

    #[test]
    fn the_unknown_has_a_name_and_takes_no_colour_from_the_others() {
        let answer = answer(&[Some("Chrome"), None, Some("Firefox")]);
        let layers = layers(&answer);
        let named: Vec<&str> = layers.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(named, ["Chrome", "Firefox", UNKNOWN]);
        assert_eq!(layers[1].ink, Ink::of_place(1));
        assert_eq!(layers[2].values, [2.0]);
    }

    #[test]
    fn unsegmented_participants_are_one_layer() {
        let answer = Dashboard {
            segment: ALL.to_owned(),
            ..answer(&[None])
        };
        let layers = layers(&answer);
        assert_eq!(layers.len(), 1);
        assert_eq!(layers[0].name, "Participants");
    }

    #[test]
    fn parts_lead_to_those_whom_they_count() {
        let names = ["a", "Unknown", "c", "d", "e", "f"].map(Some);
        let names = [&names[..1], &[None], &names[1..]].concat();
        let answer = answer(&names);
        let of_row = |row: usize| of_part(&answer, part(&answer, Some(row)));
        let segment = ("segment", "browser");
        assert_eq!(of_row(0), [segment, ("value", "a")]);
        assert_eq!(of_row(1), [segment, ("value", "Unknown")]);
        assert_eq!(of_row(5), [segment, ("unknown", "true")]);
        let other = of_row(6);
        assert_eq!(other.len(), 8);
        assert_eq!(
            other[1..4],
            [("value", "a"), ("unknown", "true"), ("value", "Unknown")]
        );
        assert_eq!(other[7], ("other", "true"));
        let names: Vec<String> = layers(&answer).into_iter().map(|it| it.name).collect();
        for (row, name) in names.iter().enumerate().take(5) {
            assert_eq!(of_row(row)[1], ("value", name.as_str()));
        }
        assert_eq!(of_part(&answer, part(&answer, None)), []);
    }
}
