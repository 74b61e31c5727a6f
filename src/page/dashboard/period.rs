//! Which time the dashboard looks at.

use crate::chart::{Offsets, View};

pub(super) const HOUR: f64 = 3_600_000.0;
pub(super) const DAY: f64 = 24.0 * HOUR;

/// How much of the past.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Period {
    /// The last 24 hours, by hours.
    Day,
    /// Today and the six days before, by days.
    #[default]
    Week,
    /// Today and the thirteen days before, by days.
    Fortnight,
}

/// A period at some time, in milliseconds since the epoch; its bounds are whole hours, as those of the read API are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) period: Period,
    /// Where it begins.
    pub(super) from: f64,
    /// Where its last step ends: today's midnight, or the hour's end.
    pub(super) to: f64,
    /// The end of the hour that is going on.
    pub(super) until: f64,
    /// How far the clock that is shown is ahead of UTC.
    pub(super) offsets: Offsets,
}

impl Period {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Fortnight];

    /// The one that the address names.
    pub(super) fn named(word: Option<&str>) -> Self {
        match word {
            Some("24h") => Self::Day,
            Some("14d") => Self::Fortnight,
            _ => Self::Week,
        }
    }

    /// What the address has for it; nothing for the one that is looked at first.
    pub(super) fn word(self) -> Option<String> {
        match self {
            Self::Day => Some("24h".to_owned()),
            Self::Week => None,
            Self::Fortnight => Some("14d".to_owned()),
        }
    }

    /// What it is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Day => "24 hours",
            Self::Week => "7 days",
            Self::Fortnight => "14 days",
        }
    }

    /// Whether its participants can be segmented and filtered: the read API keeps what that takes for 7 days.
    pub(super) fn can_filter(self) -> bool {
        self != Self::Fortnight
    }

    /// How long it is.
    pub(super) fn length(self) -> f64 {
        match self {
            Self::Day => DAY,
            Self::Week => 7.0 * DAY,
            Self::Fortnight => 14.0 * DAY,
        }
    }

    /// The period that ends now. Days begin at midnight of a clock.
    pub(super) fn at(self, now: f64, offsets: Offsets) -> Span {
        let until = next_hour(now);
        let (from, to) = match self {
            Self::Day => (until - DAY, until),
            Self::Week | Self::Fortnight => {
                let midnight = ((now + offsets.at(now)) / DAY).floor() * DAY + DAY;
                let at = |local: f64| next_hour(offsets.utc(local));
                (at(midnight - self.length()), at(midnight))
            }
        };
        Span {
            period: self,
            from,
            to,
            until,
            offsets,
        }
    }
}

/// The first full hour from a time on.
pub(super) fn next_hour(t: f64) -> f64 {
    (t / HOUR).ceil() * HOUR
}

impl Span {
    /// The path of the read API that has its figures by steps; `more` is added to the query.
    pub(super) fn path(&self, step: &str, more: &str) -> String {
        self.path_of(self.from, self.to, step, more)
    }

    /// The path that has the figures of the same time in the period before: today only up to this hour.
    pub(super) fn path_before(&self) -> String {
        let length = self.period.length();
        let earlier = |t: f64| match self.period {
            Period::Day => t - length,
            // By the clock: a week has an hour more where it is set back.
            _ => next_hour(self.offsets.utc(t + self.offsets.at(t) - length)),
        };
        self.path_of(earlier(self.from), earlier(self.until), self.step(), "")
    }

    fn path_of(&self, from: f64, to: f64, step: &str, more: &str) -> String {
        let whole = |number: f64| callscope_core::to_fixed(number, 0);
        let minutes = |offset: f64| whole(offset / 60_000.0);
        let mut path = format!(
            "/v1/insights/dashboard?from={}&to={}&step={step}&utc_offset_minutes={}",
            whole(from),
            whole(to),
            minutes(self.offsets.at(from)),
        );
        for (at, _, offset) in self.offsets.set(from, to) {
            path.push_str(&format!(
                "&utc_offset_minutes={}@{}",
                minutes(offset),
                whole(at)
            ));
        }
        path.push_str(more);
        path
    }

    /// By what its figures are.
    pub(super) fn step(&self) -> &'static str {
        match self.period {
            Period::Day => "hour",
            Period::Week | Period::Fortnight => "day",
        }
    }

    /// The steps that begin and end there. Where the clock is half an hour off UTC's, the read API has one more behind the last, of no hour.
    pub(super) fn steps(&self, steps: &[(f64, f64)]) -> Vec<View> {
        let step = |(start, end): &(f64, f64)| View::new(*start, *end);
        let has_hours = |step: &View| {
            let (from, to) = self.counted(*step);
            from < to
        };
        steps.iter().filter_map(step).filter(has_hours).collect()
    }

    /// The first and the last time of the rooms that are counted in a step, which is by the hours of UTC.
    pub(super) fn counted(&self, step: View) -> (f64, f64) {
        (
            next_hour(step.t0).max(self.from),
            next_hour(step.t1).min(self.to),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday, 23 November 2026, 10:20 UTC.
    const NOW: f64 = 1_795_429_200_000.0;
    /// That day's midnight.
    const MIDNIGHT: f64 = 1_795_392_000_000.0;

    #[test]
    fn a_day_is_the_last_24_hours_and_the_one_going_on() {
        let span = Period::Day.at(NOW, Offsets::fixed(0.0));
        assert_eq!(span.to, MIDNIGHT + 11.0 * HOUR);
        assert_eq!((span.to - span.from, span.until), (DAY, span.to));
    }

    #[test]
    fn a_week_is_today_and_six_days() {
        let span = Period::Week.at(NOW, Offsets::fixed(0.0));
        assert_eq!((span.from, span.to), (MIDNIGHT - 6.0 * DAY, MIDNIGHT + DAY));
        assert_eq!(span.until, MIDNIGHT + 11.0 * HOUR);
        let path = span.path(span.step(), "&segment=browser");
        assert!(path.ends_with("&step=day&utc_offset_minutes=0&segment=browser"));
        assert_eq!(
            span.path_before(),
            "/v1/insights/dashboard?from=1794268800000&to=1794826800000&step=day&utc_offset_minutes=0"
        );
    }

    #[test]
    fn midnight_is_that_of_the_clock() {
        // Half an hour into the 24th there.
        let offset = 13.5 * HOUR + 40.0 * 60_000.0;
        let span = Period::Week.at(NOW, Offsets::fixed(offset));
        assert!(span.to - span.from >= 7.0 * DAY);
        let india = Period::Week.at(NOW, Offsets::fixed(5.5 * HOUR));
        // 18:30 UTC, which the read API counts from 19:00 on.
        assert_eq!(india.to, MIDNIGHT + 19.0 * HOUR);
        let step = View {
            t0: MIDNIGHT - 5.5 * HOUR,
            t1: MIDNIGHT + 18.5 * HOUR,
        };
        let steps = [(step.t0, step.t1), (step.t1, step.t1 + DAY)];
        assert_eq!(india.steps(&steps), [step], "not the day after");
        assert_eq!(
            india.counted(step),
            (MIDNIGHT - 5.0 * HOUR, MIDNIGHT + 19.0 * HOUR)
        );
    }

    #[test]
    fn a_week_in_which_the_clock_is_set_has_an_hour_more() {
        // Summer time ended in Europe at 01:00 UTC on 25 October 2026, a Sunday; it is Tuesday, ten past nine.
        const SET: f64 = 1_792_890_000_000.0;
        let zurich = |t: f64| if t < SET { 2.0 * HOUR } else { HOUR };
        let now = SET + 2.0 * DAY + 7.2 * HOUR;
        let offsets = Offsets::between(now - 30.0 * DAY, now + 2.0 * DAY, &zurich);
        let span = Period::Week.at(now, offsets);
        assert_eq!(span.to - span.from, 7.0 * DAY + HOUR);
        assert_eq!(span.to, SET + 2.0 * DAY + 22.0 * HOUR, "midnight there");
        let path = span.path("day", "&segment=sdk");
        let zone = "&utc_offset_minutes=120&utc_offset_minutes=60@1792890000000&segment=sdk";
        assert!(path.ends_with(zone), "{path}");
        // The week before had none, and ended at ten as this one does.
        let (from, to) = (span.from - 7.0 * DAY, SET - 5.0 * DAY + 7.0 * HOUR);
        assert_eq!(
            span.path_before(),
            format!("/v1/insights/dashboard?from={from}&to={to}&step=day&utc_offset_minutes=120")
        );
    }

    #[test]
    fn words_of_addresses_come_back() {
        for period in Period::ALL {
            assert_eq!(Period::named(period.word().as_deref()), period);
        }
        assert_eq!(Period::named(Some("3y")), Period::Week);
    }
}
