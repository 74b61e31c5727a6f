//! Cumulative counters: the one place where one reading is subtracted from another.

use crate::{Oddities, Oddity};

/// How a block of counters moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// First sight: the readings are the baseline, nothing is counted.
    Baseline,
    /// The readings were added to the interval.
    Progress,
    /// A counter fell: the readings are a new baseline.
    Fell,
}

/// The most counters that a stream has.
const MOST: usize = 13;

const UNKNOWN: [f64; MOST] = [f64::NAN; MOST];

/// The counters of one stream: their readings when the interval opened, and the latest since.
///
/// NaN stands for "not reported" inside; it never leaves, the sums are read as options. A sample costs two comparisons and
/// a store for each counter: what a counter advanced by is computed when it is asked for. All streams have room for as many
/// counters, so that there is one of each function in the program.
#[derive(Clone, Debug)]
pub(crate) struct Counters {
    opened: [f64; MOST],
    /// The latest readings of this interval; NaN until there is one after the opening's.
    latest: [f64; MOST],
    /// What was counted in this interval before a counter fell.
    before: [f64; MOST],
    /// The first so many may fall without meaning a reset (`packetsLost`: late packets are un-lost).
    may_fall: usize,
    met: bool,
    /// Whether anything could be subtracted in this interval.
    advanced: bool,
}

impl Counters {
    #[inline(never)]
    pub(crate) fn new(may_fall: usize) -> Self {
        Self {
            opened: UNKNOWN,
            latest: UNKNOWN,
            before: UNKNOWN,
            may_fall,
            met: false,
            advanced: false,
        }
    }

    /// Takes what a report says now. What it does not say keeps its last reading.
    pub(crate) fn read(&mut self, now: &[f64], odd: &mut Oddities) -> Step {
        let mut readings = UNKNOWN;
        let fell = self.check(now, &mut readings, odd);
        if fell {
            odd.count(Oddity::CounterFell);
            self.keep();
        }
        if fell || !self.met {
            let step = if self.met { Step::Fell } else { Step::Baseline };
            self.rebase(&readings);
            return step;
        }
        self.advanced = true;
        for (place, &now) in readings.iter().enumerate() {
            if !now.is_nan() {
                // A member that turns up only now has a first reading.
                let readings = if self.opened[place].is_nan() {
                    &mut self.opened
                } else {
                    &mut self.latest
                };
                readings[place] = now;
            }
        }
        Step::Progress
    }

    /// Makes the next reading a baseline. What was counted in the interval is kept.
    pub(crate) fn forget(&mut self) {
        self.keep();
        self.rebase(&UNKNOWN);
        self.met = false;
    }

    /// Makes zero the baseline: for counters that are known to start now.
    pub(crate) fn start_at_zero(&mut self) {
        self.rebase(&[0.0; MOST]);
    }

    /// Whether there is a baseline.
    pub(crate) const fn met(&self) -> bool {
        self.met
    }

    /// Whether anything could be subtracted in this interval.
    pub(crate) const fn advanced(&self) -> bool {
        self.advanced
    }

    /// What a counter advanced by in this interval; NaN if that is unknown.
    pub(crate) fn sum(&self, counter: usize) -> f64 {
        let of = |readings: &[f64]| readings.get(counter).copied().unwrap_or(f64::NAN);
        add_known(of(&self.before), of(&self.latest) - of(&self.opened))
    }

    /// Starts the next interval.
    pub(crate) fn next_interval(&mut self) {
        for (opened, latest) in self.opened.iter_mut().zip(&self.latest) {
            if !latest.is_nan() {
                *opened = *latest;
            }
        }
        self.latest = UNKNOWN;
        self.before = UNKNOWN;
        self.advanced = false;
    }

    /// Takes over what can be a reading, and tells whether a counter fell.
    fn check(&self, now: &[f64], readings: &mut [f64; MOST], odd: &mut Oddities) -> bool {
        let mut fell = false;
        for (place, reading) in readings.iter_mut().enumerate() {
            let now = now.get(place).copied().unwrap_or(f64::NAN);
            let may_fall = place < self.may_fall;
            if (0.0..f64::INFINITY).contains(&now) {
                fell |= !may_fall && (now < self.latest[place] || now < self.opened[place]);
            } else if !(now.is_nan() || may_fall && now.is_finite()) {
                odd.count(if now.is_finite() {
                    Oddity::NegativeCounter
                } else {
                    Oddity::NotFinite
                });
                continue;
            }
            *reading = now;
        }
        // Until there is a baseline, there is nothing to fall from.
        fell && self.met
    }

    /// Puts what was counted aside, before the readings that it is counted from go.
    fn keep(&mut self) {
        for (place, before) in self.before.iter_mut().enumerate() {
            *before = add_known(*before, self.latest[place] - self.opened[place]);
        }
    }

    const fn rebase(&mut self, now: &[f64; MOST]) {
        self.met = true;
        self.opened = *now;
        self.latest = UNKNOWN;
    }
}

/// The value, or zero where there is none yet: for sums only.
pub(crate) const fn known_or_zero(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value }
}

/// The value; NaN if it is negative.
pub(crate) const fn not_negative(value: f64) -> f64 {
    if value >= 0.0 { value } else { f64::NAN }
}

/// The sum of what is known; NaN if nothing is.
pub(crate) const fn add_known(a: f64, b: f64) -> f64 {
    if a.is_nan() {
        b
    } else if b.is_nan() {
        a
    } else {
        a + b
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(counters: &Counters) -> [Option<f64>; 2] {
        [0, 1].map(|place| Some(counters.sum(place)).filter(|sum| !sum.is_nan()))
    }

    #[test]
    fn first_sight_counts_nothing() {
        let mut counters = Counters::new(0);
        assert_eq!(
            counters.read(&[5.0, 7.0], &mut Oddities::default()),
            Step::Baseline
        );
        assert_eq!(sums(&counters), [None, None]);
        assert_eq!(
            counters.read(&[6.0, 7.0], &mut Oddities::default()),
            Step::Progress
        );
        assert_eq!(sums(&counters), [Some(1.0), Some(0.0)]);
    }

    #[test]
    fn a_fall_is_a_new_baseline_and_keeps_what_was_counted() {
        let mut odd = Oddities::default();
        let mut counters = Counters::new(0);
        for reading in [[10.0, 10.0], [15.0, 12.0]] {
            counters.read(&reading, &mut odd);
        }
        assert_eq!(counters.read(&[1.0, 13.0], &mut odd), Step::Fell);
        counters.read(&[4.0, 14.0], &mut odd);
        assert_eq!(sums(&counters), [Some(8.0), Some(3.0)]);
        assert_eq!(odd.of(Oddity::CounterFell), 1);
    }

    #[test]
    fn a_counter_that_may_fall_lowers_its_sum() {
        let mut counters = Counters::new(1);
        for reading in [[10.0, 1.0], [14.0, 2.0], [12.0, 3.0]] {
            counters.read(&reading, &mut Oddities::default());
        }
        assert_eq!(sums(&counters), [Some(2.0), Some(2.0)]);
    }

    #[test]
    fn what_is_not_reported_stays_unknown_and_resumes_from_its_last_reading() {
        let mut odd = Oddities::default();
        let mut counters = Counters::new(0);
        for reading in [
            [1.0, f64::NAN],
            [2.0, 9.0],
            [f64::NAN, f64::INFINITY],
            [5.0, -1.0],
        ] {
            counters.read(&reading, &mut odd);
        }
        assert_eq!(sums(&counters), [Some(4.0), None]);
        assert_eq!(
            (odd.of(Oddity::NotFinite), odd.of(Oddity::NegativeCounter)),
            (1, 1)
        );
    }
}
