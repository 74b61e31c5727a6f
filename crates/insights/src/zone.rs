//! Where days and hours begin for who asks. Their browser knows when clocks are set; here a few offsets are enough.

use crate::problem::Problem;
use crate::query::Parameters;

const NAME: &str = "utc_offset_minutes";

/// No clock is further from UTC.
const MOST_MINUTES: i64 = 14 * 60;

/// Offsets east of UTC with the time from which on each holds, in milliseconds and in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Zone(Vec<(i64, i64)>);

impl Zone {
    /// Of `utc_offset_minutes`, which may come several times: `60` holds from the beginning, `120@1774746000000` from that time on.
    pub(crate) fn new(parameters: &Parameters) -> Result<Self, Problem> {
        let wrong = || {
            let what = format!(
                "must be from -{MOST_MINUTES} to {MOST_MINUTES}, and such minutes, `@` and milliseconds since the epoch where a clock is set then"
            );
            Problem::parameter(NAME, &what)
        };
        let read = |text: &str| -> Option<(i64, i64)> {
            let (minutes, from) = text.split_once('@').unwrap_or((text, ""));
            let minutes: i64 = minutes.parse().ok()?;
            let from = if from.is_empty() {
                i64::MIN
            } else {
                from.parse().ok()?
            };
            (minutes.abs() <= MOST_MINUTES).then_some((from, minutes * 60_000))
        };
        let offsets = parameters
            .all(NAME)
            .map(|text| read(text).ok_or_else(wrong));
        let mut offsets = offsets.collect::<Result<Vec<_>, _>>()?;
        offsets.sort_by_key(|(from, _)| *from);
        Ok(Self(offsets))
    }

    /// The time that clocks show, as if it were UTC.
    pub(crate) fn local(&self, at: i64) -> i64 {
        at + self.offset(at)
    }

    /// The first moment at which clocks show a time of a day, when they show it on the day of `near`.
    pub(crate) fn utc(&self, local: i64, near: i64) -> i64 {
        let guess = local - self.offset(near);
        // It may have been set in between.
        local - self.offset(guess)
    }

    /// The first moment at which clocks show a time, on whatever day they show it; where they are set past it, the moment after.
    pub(crate) fn first(&self, local: i64) -> i64 {
        let mut since = i64::MIN;
        let mut offset = self.offset(i64::MIN);
        for (from, next) in &self.0 {
            let at = (local - offset).max(since);
            if at < *from {
                return at;
            }
            (since, offset) = (*from, *next);
        }
        (local - offset).max(since)
    }

    fn offset(&self, at: i64) -> i64 {
        let mut past = self.0.iter().rev().filter(|(from, _)| *from <= at);
        let held = past.next().or_else(|| self.0.first());
        held.map_or(0, |(_, offset)| *offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_clocks_skip_begins_when_they_are_set() {
        const HOUR: i64 = 3_600_000;
        // As in Havana, from midnight to one o'clock at 05:00 UTC on 8 March 2026.
        let set = 1_772_946_000_000;
        let query = format!("{NAME}=-300&{NAME}=-240@{set}");
        let zone = Zone::new(&Parameters::new(Some(&query))).unwrap();
        let midnight = set - 5 * HOUR;
        assert_eq!(zone.first(midnight), set);
        assert_eq!(zone.first(midnight + HOUR), set);
        assert_eq!(zone.first(midnight - HOUR), set - HOUR);
        assert_eq!(zone.first(midnight + 24 * HOUR), set + 23 * HOUR);
        assert_eq!(Zone(Vec::new()).first(7), 7);
    }
}
