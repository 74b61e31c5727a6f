//! The dashboard: rooms, participants and minutes over time, from roll-ups.

use std::collections::BTreeMap;

use callscope_core::wire::RoomType;
use serde_json::{Value, json};

use crate::answer::Settings;
use crate::history::{RollUpQuery, RollUps};
use crate::model::{HOUR_MS, Segment};
use crate::problem::Problem;
use crate::query::Parameters;
use crate::zone::Zone;

const DAY_MS: i64 = 24 * HOUR_MS;

/// The longest period, in days: half of what a dashboard keeps is for comparison, but who keeps more may ask for more.
const LONGEST_DAYS: i64 = 400;

/// Browsers know no later time.
const LAST_TIME: i64 = 8_640_000_000_000_000;

/// Periods with names.
const PERIODS: [(&str, i64); 3] = [("24h", DAY_MS), ("7d", 7 * DAY_MS), ("14d", 14 * DAY_MS)];

/// What is asked of the dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    from: i64,
    to: i64,
    step: i64,
    zone: Zone,
    kept_from: i64,
    rooms_kept_from: i64,
    segment: Segment,
    types: Vec<RoomType>,
    has_issues: Option<bool>,
}

impl Asked {
    /// Of a query. Periods are whole hours; without `from`, `to` and `period` it is the last seven days.
    ///
    /// # Errors
    ///
    /// If a parameter is none.
    pub fn new(
        parameters: &Parameters,
        types: Vec<RoomType>,
        now: i64,
        settings: Settings,
    ) -> Result<Self, Problem> {
        let (from, to) = span(parameters, now)?;
        let step = match parameters.text("step") {
            Some("hour") => HOUR_MS,
            Some("day") => DAY_MS,
            None if to - from <= 2 * DAY_MS => HOUR_MS,
            None => DAY_MS,
            Some(_) => return Err(Problem::parameter("step", "must be one of hour, day")),
        };
        let words: Vec<&str> = Segment::ALL.iter().map(|it| it.name()).collect();
        let named = |word: &str| Segment::ALL.into_iter().find(|it| it.name() == word);
        let segment = parameters.words("segment", named, &words)?.pop();
        let filter = |word: &str| match word {
            "with" => Some(true),
            "without" => Some(false),
            _ => None,
        };
        Ok(Self {
            from,
            to,
            step,
            zone: Zone::new(parameters)?,
            kept_from: next_hour(now - settings.dashboard_ms),
            rooms_kept_from: next_hour(now - settings.rooms_ms),
            segment: segment.unwrap_or(Segment::All),
            types,
            has_issues: parameters
                .words("issues", filter, &["with", "without"])?
                .pop(),
        })
    }

    /// What to ask a store for: the period, and the one before.
    #[must_use]
    pub fn queries(&self) -> (RollUpQuery, RollUpQuery) {
        let query = |from: i64, to: i64| RollUpQuery {
            from: from / HOUR_MS,
            to: to / HOUR_MS,
            segment: self.segment,
            types: self.types.clone(),
        };
        let length = self.to - self.from;
        (
            query(self.from, self.to),
            query(self.from - length, self.from),
        )
    }

    /// How many of participants are asked for, of all and of those with issues.
    const fn chosen(&self, all: i64, with_issues: i64) -> i64 {
        match self.has_issues {
            None => all,
            Some(true) => with_issues,
            Some(false) => all - with_issues,
        }
    }

    /// Whether all of the period before is kept still.
    const fn has_previous(&self) -> bool {
        self.from - (self.to - self.from) >= self.kept_from
    }

    /// The beginning of the step that an hour lies in: of a day the first, where clocks are set back at midnight and show it twice.
    fn step_of(&self, hour: i64) -> i64 {
        let at = hour * HOUR_MS;
        let local = self.zone.local(at).div_euclid(self.step) * self.step;
        match self.step {
            HOUR_MS => self.zone.utc(local, at),
            _ => self.zone.first(local),
        }
    }

    /// All steps from one time to another: when each begins and ends.
    fn steps(&self, from: i64, to: i64) -> Vec<(i64, i64)> {
        let hours = from.div_euclid(HOUR_MS)..to.div_euclid(HOUR_MS);
        let mut starts: Vec<i64> = hours.map(|hour| self.step_of(hour)).collect();
        starts.dedup();
        let last = starts.last().map(|last| last + self.step);
        // A day has 24 hours as a rule: the next begins at its midnight.
        let next = last.map(|next| {
            let local = self.zone.local(next + HOUR_MS + HOUR_MS / 2);
            let local = local.div_euclid(self.step) * self.step;
            if self.step == HOUR_MS {
                next
            } else {
                self.zone.first(local)
            }
        });
        let ends = starts.iter().skip(1).copied().chain(next);
        starts.iter().copied().zip(ends).collect()
    }

    /// The day of the week, 0 for Monday, and the hour of the day, as clocks show them.
    fn clock(&self, hour: i64) -> (usize, usize) {
        let local = self.zone.local(hour * HOUR_MS).div_euclid(HOUR_MS);
        // The epoch began on a Thursday.
        let day = (local.div_euclid(24) + 3).rem_euclid(7);
        let hour = local.rem_euclid(24);
        (
            usize::try_from(day).unwrap_or_default(),
            usize::try_from(hour).unwrap_or_default(),
        )
    }
}

/// The first full hour from a time on: what is kept is deleted from its beginning.
const fn next_hour(at: i64) -> i64 {
    (at + HOUR_MS - 1).div_euclid(HOUR_MS) * HOUR_MS
}

/// From when to when: `period` up to `to`, or `from` and `to`.
fn span(parameters: &Parameters, now: i64) -> Result<(i64, i64), Problem> {
    let time = |name: &str| -> Result<Option<i64>, Problem> {
        let time = parameters.time(name)?;
        Ok(time.map(|it| it.clamp(-LAST_TIME, LAST_TIME)))
    };
    let to = time("to")?.unwrap_or(next_hour(now));
    let to = to.div_euclid(HOUR_MS) * HOUR_MS;
    let named = |word: &str| PERIODS.iter().find(|it| it.0 == word).map(|it| it.1);
    let period = parameters.words("period", named, &PERIODS.map(|it| it.0))?;
    let (period, from) = (period.last(), time("from")?);
    if period.is_some() && from.is_some() {
        return Err(Problem::parameter(
            "period",
            "says what `from` does: say one of them",
        ));
    }
    let from = from.unwrap_or_else(|| to - period.unwrap_or(&(7 * DAY_MS)));
    let from = from.div_euclid(HOUR_MS) * HOUR_MS;
    if from >= to {
        return Err(Problem::parameter("from", "must be an hour before `to`"));
    }
    if to - from > LONGEST_DAYS * DAY_MS {
        let what = format!("must be no more than {LONGEST_DAYS} days before `to`");
        return Err(Problem::parameter("from", &what));
    }
    Ok((from, to))
}

/// What it comes to.
#[must_use]
pub fn answer(asked: &Asked, current: &RollUps, previous: &RollUps) -> Value {
    let length = asked.to - asked.from;
    // What is not kept is unknown, which is not nothing.
    let previous = asked.has_previous().then_some(previous);
    json!({
        "from": asked.from,
        "to": asked.to,
        "kept_from": asked.kept_from,
        "rooms_kept_from": asked.rooms_kept_from,
        "step_ms": asked.step,
        "rooms": rooms(asked, current),
        "participants": participants(asked, current),
        "minutes": {
            "current": minutes(asked, current, asked.from, asked.to),
            "previous": previous.map(|it| minutes(asked, it, asked.from - length, asked.from)),
        },
        "totals": {
            "current": totals(current),
            "previous": previous.map(totals),
        },
        "by_day_of_week": by_clock(asked, current, previous, 7, |(day, _)| day),
        "by_hour_of_day": by_clock(asked, current, previous, 24, |(_, hour)| hour),
    })
}

fn rooms(asked: &Asked, roll_ups: &RollUps) -> Value {
    let mut steps = BTreeMap::<i64, (i64, i64)>::new();
    for &(hour, has_issues, n) in &roll_ups.rooms {
        let (with, without) = steps.entry(asked.step_of(hour)).or_default();
        *(if has_issues { with } else { without }) += n;
    }
    let each = asked
        .steps(asked.from, asked.to)
        .into_iter()
        .map(|(start, end)| {
            let (with, without) = steps.get(&start).copied().unwrap_or_default();
            json!({"start": start, "end": end, "with_issues": with, "without_issues": without})
        });
    each.collect()
}

/// Values with the most participants first.
fn participants(asked: &Asked, roll_ups: &RollUps) -> Value {
    let mut sums = BTreeMap::<Option<&str>, i64>::new();
    let mut steps = BTreeMap::<(i64, Option<&str>), i64>::new();
    for (hour, value, all, with_issues) in &roll_ups.participants {
        let (value, n) = (value.as_deref(), asked.chosen(*all, *with_issues));
        if n == 0 {
            continue;
        }
        *sums.entry(value).or_default() += n;
        *steps.entry((asked.step_of(*hour), value)).or_default() += n;
    }
    let mut values: Vec<(Option<&str>, i64)> = sums.into_iter().collect();
    values.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let of_step = |start: i64| -> Vec<i64> {
        let each = values
            .iter()
            .map(|(value, _)| steps.get(&(start, *value)).copied());
        each.map(Option::unwrap_or_default).collect()
    };
    let each = asked.steps(asked.from, asked.to).into_iter();
    let points: Vec<Value> = each
        .map(|(start, end)| json!({"start": start, "end": end, "counts": of_step(start)}))
        .collect();
    let values: Vec<Value> = values
        .iter()
        .map(|(value, n)| json!({"value": value, "count": n}))
        .collect();
    json!({"segment": asked.segment.name(), "values": values, "points": points})
}

fn minutes(asked: &Asked, roll_ups: &RollUps, from: i64, to: i64) -> Value {
    let mut steps = BTreeMap::<i64, (i64, i64)>::new();
    for &(hour, present, recorded) in &roll_ups.time {
        let sum = steps.entry(asked.step_of(hour)).or_default();
        sum.0 += present;
        sum.1 += recorded;
    }
    let each = asked.steps(from, to).into_iter().map(|(start, end)| {
        let (present, recorded) = steps.get(&start).copied().unwrap_or_default();
        json!({
            "start": start,
            "end": end,
            "participant_minutes": in_minutes(present),
            "recording_minutes": in_minutes(recorded),
        })
    });
    each.collect()
}

fn totals(roll_ups: &RollUps) -> Value {
    let rooms = |issues: bool| -> i64 {
        let each = roll_ups.rooms.iter().filter(|it| it.1 == issues);
        each.map(|it| it.2).sum()
    };
    let participants = roll_ups.participants.iter();
    json!({
        "rooms": rooms(true) + rooms(false),
        "rooms_with_issues": rooms(true),
        "rooms_without_issues": rooms(false),
        "participants": participants.clone().map(|it| it.2).sum::<i64>(),
        "participants_with_issues": participants.map(|it| it.3).sum::<i64>(),
        "participant_minutes": in_minutes(roll_ups.time.iter().map(|it| it.1).sum()),
        "recording_minutes": in_minutes(roll_ups.time.iter().map(|it| it.2).sum()),
    })
}

fn by_clock(
    asked: &Asked,
    current: &RollUps,
    previous: Option<&RollUps>,
    length: usize,
    place: fn((usize, usize)) -> usize,
) -> Value {
    let sums = |roll_ups: &RollUps| {
        let mut sums = vec![(0, 0); length];
        for &(hour, present, recorded) in &roll_ups.time {
            if let Some(sum) = sums.get_mut(place(asked.clock(hour))) {
                sum.0 += present;
                sum.1 += recorded;
            }
        }
        sums
    };
    let before = previous.map(sums);
    let each = sums(current).into_iter().enumerate().map(|(place, now)| {
        let before = before.as_ref().and_then(|it| it.get(place));
        json!({
            "participant_minutes": in_minutes(now.0),
            "recording_minutes": in_minutes(now.1),
            "previous_participant_minutes": before.map(|it| in_minutes(it.0)),
            "previous_recording_minutes": before.map(|it| in_minutes(it.1)),
        })
    });
    each.collect()
}

/// To a thousandth.
#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn in_minutes(ms: i64) -> f64 {
    (ms as f64 / 60.0).round() / 1000.0
}

#[cfg(test)]
#[path = "dashboard_tests.rs"]
mod tests;
