//! When calls are made: by day of the week and hour of the day.

use std::sync::Arc;

use callscope_core::to_fixed;

use super::charts::{is_kept, plate, rooms_link, to_rooms};
use super::period::{Period, Span};
use super::{Board, skeleton_chart};
use crate::chart::{
    Heat, Lead, Measure, Offsets, Say, Spot, Usage, View, WEEKDAYS, clock, date, day_of_week,
    hour_name, usage_chart,
};
use crate::erased::{Button, all, fixed};
use crate::markup::*;
use crate::place::Place;
use crate::stored::words::count_of;
use crate::stored::{Asked, Dashboard};

/// In CSS pixels: seven rows that a finger hits.
const HEIGHT: u32 = 232;

/// What is counted, as the address has it. The first one is looked at first.
const COUNTED: [(&str, &str); 3] = [
    ("", "Participant minutes"),
    ("rooms", "Rooms"),
    ("recording", "Recording minutes"),
];

/// An hour of the period, and where on the map it is.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Hour {
    at: View,
    day: usize,
    hour: usize,
    rooms: f64,
    with_issues: f64,
    minutes: f64,
    recording: f64,
    /// Whether that is kept.
    is_kept: bool,
    /// Whether its rooms are.
    has_rooms: bool,
}

/// The hours of a period that have begun.
fn hours(span: &Span, answer: &Dashboard) -> Vec<Hour> {
    let steps = span.steps(&answer.steps);
    let begun = steps.into_iter().enumerate();
    let begun = begun.filter(|(_, at)| at.t0 < span.until);
    let hour = |(place, at): (usize, View)| {
        let (with, without) = answer.rooms.get(place).copied().unwrap_or_default();
        let (minutes, recording) = answer.minutes.get(place).copied().unwrap_or_default();
        Hour {
            at,
            day: day_of_week(at.t0, span.offsets.at(at.t0)),
            hour: hour_of_day(at.t0, span.offsets.at(at.t0)),
            rooms: with + without,
            with_issues: with,
            minutes,
            recording,
            is_kept: is_kept(span, answer, at),
            has_rooms: span.counted(at).0 >= answer.rooms_kept_from,
        }
    };
    begun.map(hour).collect()
}

fn hour_of_day(t: f64, offset: f64) -> usize {
    let text = clock(t, offset, false);
    let hour = text.split(':').next().and_then(|hour| hour.parse().ok());
    hour.unwrap_or_default()
}

/// The mean of what is counted in the hours of a cell; unknown where there is none yet, or none is kept.
fn map(hours: &[Hour], measure: Measure, counted: fn(&Hour) -> f64) -> Heat {
    let mut sums = vec![(0.0, 0.0); 7 * 24];
    for hour in hours.iter().filter(|it| it.is_kept) {
        if let Some((sum, count)) = sums.get_mut(hour.day * 24 + hour.hour) {
            *sum += counted(hour);
            *count += 1.0;
        }
    }
    let mean = |(sum, count): (f64, f64)| (count > 0.0).then(|| sum / count);
    Heat {
        measure,
        values: sums.into_iter().map(mean).collect(),
    }
}

/// The hours of a cell whose rooms can be looked at, the newest first: those in which rooms were created, or the newest, if none was.
fn leading(hours: &[Hour], spot: Spot) -> Vec<&Hour> {
    let is_there = |it: &&Hour| Some(it.day) == spot.row && it.hour == spot.column;
    let is_kept = |it: &&Hour| it.is_kept && it.has_rooms;
    let of_cell = || hours.iter().rev().filter(is_there).filter(is_kept);
    let with_rooms: Vec<&Hour> = of_cell().filter(|it| it.rooms > 0.0).collect();
    if with_rooms.is_empty() {
        return of_cell().take(1).collect();
    }
    with_rooms
}

/// A week at least: of a day alone no week could be read.
fn span_of(board: Board) -> Span {
    let span = board.span.get();
    match span.period {
        Period::Day => Period::Week.at(span.until - 1.0, span.offsets),
        _ => span,
    }
}

/// The map.
pub(super) fn heat(board: Board) -> AnyView {
    let place = board.place;
    let span = Memo::new(move |_| span_of(board));
    let answer = Asked::new(
        move || Some(span.with(|span| span.path("hour", ""))),
        Dashboard::read,
    );
    board.keep_fresh(answer);
    let hours = Memo::new(move |_| {
        let span = span.get();
        answer
            .read(|answer| hours(&span, answer))
            .unwrap_or_default()
    });
    let draw = plate(move || {
        let word = place.query("usage").unwrap_or_default();
        hours.with(|all| match word.as_str() {
            "rooms" => map(all, Measure::Count, |it| it.rooms),
            "recording" => map(all, Measure::Minutes, |it| it.recording),
            _ => map(all, Measure::Minutes, |it| it.minutes),
        })
    });
    let say: Say = Arc::new(move |spot| {
        let is_long = span.with(|span| span.period == Period::Fortnight);
        match spot {
            Some(spot) => hours.with(|all| words(all, spot, &span.get().offsets)),
            None => {
                let is_whole = hours.with(|all| all.iter().all(|it| it.is_kept));
                let of = match (is_whole, is_long) {
                    (false, _) => "The mean of what is kept",
                    (true, true) => "The mean of two weeks",
                    (true, false) => "The last 7 days",
                };
                format!("{of}. Choose an hour for its rooms.")
            }
        }
    });
    let lead: Lead = Arc::new(move |spot| {
        let span = span.get();
        hours.with(|all| {
            let found = leading(all, spot);
            let is_one = found.len() < 2;
            let way = |hour: &Hour| {
                let mut way = to_rooms(rooms_link(span.counted(hour.at), None));
                if !is_one {
                    let day = date(hour.at.t0, span.offsets.at(hour.at.t0));
                    way.name.push_str(&format!(" of {day}"));
                }
                way
            };
            found.into_iter().map(way).collect()
        })
    });
    let chart = move || {
        usage_chart(Usage {
            group: board.group,
            title: "Usage by day and hour".to_owned(),
            id: "usage",
            plate: draw,
            tools: tools(place),
            say: Arc::clone(&say),
            lead: Arc::clone(&lead),
            height: HEIGHT,
        })
    };
    answer.view(skeleton_chart, chart)
}

/// What is known of a cell, in words.
fn words(hours: &[Hour], spot: Spot, offsets: &Offsets) -> String {
    let Some(day) = spot.row else {
        return String::new();
    };
    let weekday = WEEKDAYS.get(day).copied().unwrap_or_default();
    let name = format!("{weekday}, {}", hour_name(spot.column));
    let of_cell = |it: &&Hour| it.day == day && it.hour == spot.column;
    let of_hour = |it: &Hour| {
        let day = date(it.at.t0, offsets.at(it.at.t0));
        if !it.is_kept {
            return format!("{day}: not kept any more");
        }
        let gone = if it.rooms > 0.0 && !it.has_rooms {
            " (not kept any more)"
        } else {
            ""
        };
        format!(
            "{day}: {}, {}{gone}, {} with issues, {} recorded",
            Measure::Minutes.format(it.minutes),
            count_of(it.rooms, "room", "rooms"),
            to_fixed(it.with_issues, 0),
            Measure::Minutes.format(it.recording),
        )
    };
    let said: Vec<String> = hours.iter().filter(of_cell).map(of_hour).collect();
    if said.is_empty() {
        // An hour that clocks skip begins when they are set forward.
        let is_skipped = |(at, before, after): (f64, f64, f64)| {
            after > before
                && day_of_week(at, before) == day
                && hour_of_day(at, before) == spot.column
        };
        let when = if offsets.set(0.0, f64::INFINITY).any(is_skipped) {
            "no such hour: clocks were set forward"
        } else {
            "still to come"
        };
        return format!("{name}: {when}");
    }
    format!("{name}. {}", said.join("; "))
}

/// What is counted.
fn tools(place: Place) -> AnyView {
    let button = |(word, label): (&'static str, &'static str)| {
        let value = (!word.is_empty()).then(|| word.to_owned());
        let pressed = move || place.query("usage").unwrap_or_default() == word;
        let testid = match word {
            "rooms" => "usage-rooms",
            "recording" => "usage-recording",
            _ => "usage-minutes",
        };
        Button::new(fixed(label), move || place.go(&[("usage", value.clone())]))
            .class("")
            .testid(testid)
            .pressed(pressed)
            .view()
    };
    view! {
        <div class="chart-tools">
            <div class="segmented" role="group" aria-label="What is counted">{all(COUNTED.map(button))}</div>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::super::period::HOUR;
    use super::*;

    /// Monday, 23 November 2026, 10:20 UTC.
    const NOW: f64 = 1_795_429_200_000.0;

    fn week(period: Period, offset: f64, rooms: fn(usize) -> f64) -> (Span, Dashboard) {
        let span = period.at(NOW, Offsets::fixed(offset));
        let starts = std::iter::successors(Some(span.from), |t| Some(t + HOUR));
        let steps = starts.take_while(|t| *t < span.to).map(|t| (t, t + HOUR));
        let steps: Vec<(f64, f64)> = steps.collect();
        let answer = Dashboard {
            rooms: (0..steps.len()).map(|it| (0.0, rooms(it))).collect(),
            minutes: (0..steps.len()).map(|it| (10.0 * rooms(it), 0.0)).collect(),
            steps,
            ..Dashboard::default()
        };
        (span, answer)
    }

    #[test]
    fn what_is_still_to_come_is_unknown() {
        let (span, answer) = week(Period::Week, 0.0, |_| 1.0);
        let hours = hours(&span, &answer);
        let map = map(&hours, Measure::Count, |it| it.rooms);
        assert_eq!(map.value(0, 10), Some(1.0), "the hour that is going on");
        assert_eq!(map.value(0, 11), None);
        assert_eq!(map.value(6, 23), Some(1.0));
        let known = map.values.iter().flatten().count();
        assert_eq!(known, 6 * 24 + 11);
    }

    #[test]
    fn two_weeks_are_one_with_means() {
        let (span, answer) = week(Period::Fortnight, 3.0 * HOUR, |it| {
            if it < 24 { 3.0 } else { 1.0 }
        });
        let hours = hours(&span, &answer);
        let map = map(&hours, Measure::Count, |it| it.rooms);
        // The first of fourteen days is a Tuesday.
        assert_eq!(map.value(1, 0), Some(2.0));
        assert_eq!(map.value(2, 0), Some(1.0));
        let spot = Spot {
            column: 0,
            row: Some(1),
        };
        let starts: Vec<f64> = leading(&hours, spot).iter().map(|it| it.at.t0).collect();
        let newest = span.from + 7.0 * 24.0 * HOUR;
        assert_eq!(starts, [newest, span.from], "both can be looked at");
    }

    #[test]
    fn a_cell_leads_to_an_hour_that_has_rooms() {
        let (span, answer) = week(Period::Fortnight, 0.0, |it| if it == 5 { 2.0 } else { 0.0 });
        let hours = hours(&span, &answer);
        let spot = Spot {
            column: 5,
            row: Some(1),
        };
        let found = leading(&hours, spot);
        assert_eq!(found.iter().map(|it| it.rooms).collect::<Vec<_>>(), [2.0]);
        assert!(words(&hours, spot, &Offsets::fixed(0.0)).contains("2 rooms"));
    }

    #[test]
    fn hours_that_are_not_kept_are_unknown_and_lead_nowhere() {
        let (span, mut answer) = week(Period::Fortnight, 0.0, |_| 1.0);
        // Both hours of the first cell; of the second, the rooms of the older one.
        let week = 7.0 * 24.0 * HOUR;
        answer.kept_from = span.from + HOUR;
        answer.rooms_kept_from = span.from + 2.0 * HOUR;
        let spot = |column| Spot {
            column,
            row: Some(1),
        };
        let starts = |answer: &Dashboard, column| -> Vec<f64> {
            let hours = hours(&span, answer);
            let found = leading(&hours, spot(column));
            found.iter().map(|it| it.at.t0 - span.from).collect()
        };
        let said =
            |answer: &Dashboard, column| words(&hours(&span, answer), spot(column), &span.offsets);
        let all = hours(&span, &answer);
        assert_eq!(
            map(&all, Measure::Count, |it| it.rooms).value(1, 0),
            Some(1.0)
        );
        assert_eq!(starts(&answer, 0), [week]);
        assert!(said(&answer, 0).contains("10 Nov: not kept any more; 17 Nov: 10 min, 1 room, "));
        assert_eq!(starts(&answer, 1), [week + HOUR]);
        assert!(said(&answer, 1).contains("10 Nov: 10 min, 1 room (not kept any more), 0 with"));
        assert_eq!(starts(&answer, 2), [week + 2.0 * HOUR, 2.0 * HOUR]);
        answer.kept_from = span.from + week + HOUR;
        answer.rooms_kept_from = answer.kept_from;
        let all = hours(&span, &answer);
        assert_eq!(map(&all, Measure::Count, |it| it.rooms).value(1, 0), None);
        assert_eq!(starts(&answer, 0), [0.0; 0]);
        assert!(said(&answer, 0).ends_with("17 Nov: not kept any more"));
    }
}
