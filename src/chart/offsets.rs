//! How far clocks are ahead of UTC, and when they are set.

/// In milliseconds: no clock is set twice in it.
const DAY: f64 = 86_400_000.0;

/// Offsets in milliseconds, each from some time on. It is given by who can ask a platform.
#[derive(Clone, Debug, PartialEq)]
pub struct Offsets {
    first: f64,
    /// When clocks are set, and the offset from then on.
    set: Vec<(f64, f64)>,
}

impl Offsets {
    /// Of clocks that are never set.
    #[must_use]
    pub const fn fixed(offset: f64) -> Self {
        Self {
            first: offset,
            set: Vec::new(),
        }
    }

    /// Those of a time, of whole milliseconds, by a look at each of its days.
    #[must_use]
    pub fn between(from: f64, to: f64, offset: &dyn Fn(f64) -> f64) -> Self {
        let mut this = Self::fixed(offset(from));
        let mut at = from;
        while at < to {
            let next = at + DAY;
            let after = offset(next);
            if after != this.at(at) {
                let mut span = (at, next);
                while span.1 - span.0 > 1.0 {
                    let middle = (0.5 * (span.0 + span.1)).floor();
                    if offset(middle) == after {
                        span.1 = middle;
                    } else {
                        span.0 = middle;
                    }
                }
                this.set.push((span.1, after));
            }
            at = next;
        }
        this
    }

    /// The one that holds at a time.
    #[must_use]
    pub fn at(&self, t: f64) -> f64 {
        let past = self.set.iter().rev().find(|(from, _)| *from <= t);
        past.map_or(self.first, |(_, offset)| *offset)
    }

    /// When clocks are set, with the offsets before and from then on.
    pub fn set(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        let before = std::iter::once(self.first).chain(self.set.iter().map(|it| it.1));
        let set = self.set.iter().zip(before);
        set.map(|((at, after), before)| (*at, before, *after))
    }

    /// The first moment at which clocks show a time, or a later one where they are set past it. The time is as if it were UTC.
    #[must_use]
    pub fn utc(&self, local: f64) -> f64 {
        let mut from = f64::NEG_INFINITY;
        let mut offset = self.first;
        for (until, next) in &self.set {
            let t = (local - offset).max(from);
            if t < *until {
                return t;
            }
            (from, offset) = (*until, *next);
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
            let set: Vec<_> = offsets.set().collect();
            assert_eq!(set, [(AUTUMN, 2.0 * HOUR, HOUR)], "{days}");
        }
        let never = Offsets::between(AUTUMN + 1.0, AUTUMN + DAY, &zurich);
        assert_eq!(never, Offsets::fixed(HOUR));
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
