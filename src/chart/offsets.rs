//! How far clocks are ahead of UTC, and when they are set.

/// In milliseconds: no clock is set twice in it.
const DAY: f64 = 86_400_000.0;

/// So often are clocks set in the time that is looked at, at most: a month and a bit.
const MOST: usize = 2;

/// Offsets in milliseconds, each from some time on. It is given by who can ask a platform.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offsets {
    first: f64,
    /// When clocks are set, and the offset from then on; never, as a rule.
    set: [(f64, f64); MOST],
}

impl Offsets {
    /// Of clocks that are never set.
    #[must_use]
    pub const fn fixed(offset: f64) -> Self {
        Self {
            first: offset,
            set: [(f64::INFINITY, offset); MOST],
        }
    }

    /// Those of a time of whole milliseconds, by a look at each of its days.
    #[must_use]
    pub fn between(from: f64, to: f64, offset: &dyn Fn(f64) -> f64) -> Self {
        let mut this = Self::fixed(offset(from));
        let (mut at, mut now) = (from, this.first);
        for place in &mut this.set {
            while at < to && offset(at + DAY) == now {
                at += DAY;
            }
            if at >= to {
                break;
            }
            let after = offset(at + DAY);
            let (mut early, mut late) = (at, at + DAY);
            while late - early > 1.0 {
                let middle = (0.5 * (early + late)).floor();
                if offset(middle) == after {
                    late = middle;
                } else {
                    early = middle;
                }
            }
            *place = (late, after);
            (at, now) = (at + DAY, after);
        }
        this
    }

    /// The one that holds at a time.
    #[must_use]
    pub fn at(&self, t: f64) -> f64 {
        let mut now = self.first;
        for (from, offset) in self.set {
            if t >= from {
                now = offset;
            }
        }
        now
    }

    /// When clocks are set between two times, with the offsets before and from then on.
    pub fn set(self, from: f64, to: f64) -> impl Iterator<Item = (f64, f64, f64)> {
        let set = self.set.into_iter();
        let set = set.filter(move |(at, _)| *at > from && *at < to);
        set.map(move |(at, after)| (at, self.at(at - 1.0), after))
    }

    /// The first moment at which clocks show a time, or a later one where they are set past it. The time is as if it were UTC.
    #[must_use]
    pub fn utc(&self, local: f64) -> f64 {
        let (mut from, mut offset) = (f64::NEG_INFINITY, self.first);
        for (until, next) in self.set {
            let t = (local - offset).max(from);
            if t < until {
                return t;
            }
            (from, offset) = (until, next);
        }
        (local - offset).max(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: f64 = 3_600_000.0;
    /// 01:00 UTC on 25 October 2026, when summer time ended in Europe.
    const AUTUMN: f64 = 1_792_890_000_000.0;

    fn zurich(t: f64) -> f64 {
        if t < AUTUMN { 2.0 * HOUR } else { HOUR }
    }

    #[test]
    fn the_moment_is_found_at_which_clocks_are_set() {
        for days in [0.3, 1.0, 6.5] {
            let from = AUTUMN - days * DAY;
            let offsets = Offsets::between(from, AUTUMN + 9.0 * DAY, &zurich);
            let set: Vec<_> = offsets.set(from, AUTUMN + DAY).collect();
            assert_eq!(set, [(AUTUMN, 2.0 * HOUR, HOUR)], "{days}");
            assert_eq!(offsets.set(AUTUMN, AUTUMN + DAY).count(), 0);
        }
        let never = Offsets::between(AUTUMN + 1.0, AUTUMN + DAY, &zurich);
        assert_eq!(never, Offsets::fixed(HOUR));
    }

    #[test]
    fn clocks_may_be_set_twice_in_a_month() {
        // As in Morocco for the Ramadan.
        let back = AUTUMN + 29.0 * DAY;
        let morocco = |t: f64| {
            if (AUTUMN..back).contains(&t) {
                0.0
            } else {
                HOUR
            }
        };
        let offsets = Offsets::between(AUTUMN - DAY, AUTUMN + 31.0 * DAY, &morocco);
        let set: Vec<_> = offsets.set(AUTUMN - DAY, back + DAY).collect();
        assert_eq!(set, [(AUTUMN, HOUR, 0.0), (back, 0.0, HOUR)]);
        assert_eq!(offsets.at(back), HOUR);
        assert_eq!(offsets.utc(back), back);
    }

    #[test]
    fn midnights_are_those_of_the_day() {
        let offsets = Offsets::between(AUTUMN - 3.0 * DAY, AUTUMN + 3.0 * DAY, &zurich);
        // Midnight of that Sunday, as if it were UTC.
        let midnight = AUTUMN - HOUR;
        assert_eq!(offsets.utc(midnight), AUTUMN - 3.0 * HOUR);
        assert_eq!(offsets.utc(midnight + DAY), AUTUMN + 22.0 * HOUR);
        // Clocks show two o'clock twice.
        assert_eq!(offsets.utc(midnight + 2.0 * HOUR), AUTUMN - HOUR);
    }

    #[test]
    fn a_midnight_that_is_skipped_is_the_moment_after() {
        // As in Havana: at midnight it is one o'clock.
        let set = AUTUMN + 4.0 * HOUR;
        let havana = |t: f64| if t < set { -5.0 * HOUR } else { -4.0 * HOUR };
        let offsets = Offsets::between(AUTUMN - DAY, AUTUMN + DAY, &havana);
        let midnight = set - 5.0 * HOUR;
        assert_eq!(offsets.utc(midnight), set);
        assert_eq!(offsets.utc(midnight + HOUR), set);
        assert_eq!(offsets.utc(midnight + 2.0 * HOUR), set + HOUR);
        assert_eq!(offsets.utc(midnight - HOUR), set - HOUR);
    }
}
