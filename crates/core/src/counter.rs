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

/// One counter. NaN stands for "not reported" inside; it never leaves, the sums are read as options.
#[derive(Clone, Copy, Debug)]
struct Counter {
    /// Its reading when the interval opened.
    opened: f64,
    /// The latest reading of this interval; NaN until there is one after the opening's.
    latest: f64,
    /// What was counted in this interval before a counter fell.
    before: f64,
}

impl Counter {
    const UNKNOWN: Self = Self {
        opened: f64::NAN,
        latest: f64::NAN,
        before: f64::NAN,
    };

    fn fell(&self, now: f64) -> bool {
        now < self.latest || now < self.opened
    }

    /// What is not reported keeps its last reading.
    const fn go_on(&mut self, now: f64) {
        if self.opened.is_nan() {
            // A member that turns up only now has a first reading.
            self.opened = now;
        } else if !now.is_nan() {
            self.latest = now;
        }
    }

    /// Takes a new baseline, and puts aside what was counted.
    const fn rebase(&mut self, now: f64) {
        self.before = self.sum();
        self.opened = now;
        self.latest = f64::NAN;
    }

    const fn sum(&self) -> f64 {
        add_known(self.before, self.latest - self.opened)
    }
}

/// The most counters that a stream has.
const MOST: usize = 13;

/// The counters of one stream.
///
/// A sample costs two comparisons and a store for each counter: what a counter advanced by is computed when it is asked for.
/// All streams have room for as many counters, so that there is one of each function in the program.
#[derive(Clone, Debug)]
pub(crate) struct Counters {
    counters: [Counter; MOST],
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
            counters: [Counter::UNKNOWN; MOST],
            may_fall,
            met: false,
            advanced: false,
        }
    }

    /// Takes what a report says now.
    pub(crate) fn read(&mut self, now: &[f64], odd: &mut Oddities) -> Step {
        let mut readings = [f64::NAN; MOST];
        let mut fell = false;
        for (place, (reading, counter)) in readings.iter_mut().zip(&self.counters).enumerate() {
            let may_fall = place < self.may_fall;
            let now = now.get(place).copied().unwrap_or(f64::NAN);
            if now.abs() <= f64::MAX && (now >= 0.0 || may_fall) {
                *reading = now;
                fell |= !may_fall && counter.fell(now);
            } else if !now.is_nan() {
                odd.count(if now.abs() <= f64::MAX {
                    Oddity::NegativeCounter
                } else {
                    Oddity::NotFinite
                });
            }
        }
        let step = match (self.met, fell) {
            (false, _) => Step::Baseline,
            (true, true) => Step::Fell,
            (true, false) => Step::Progress,
        };
        if step == Step::Fell {
            odd.count(Oddity::CounterFell);
        }
        self.advanced |= step == Step::Progress;
        self.met = true;
        for (counter, now) in self.counters.iter_mut().zip(&readings) {
            if step == Step::Progress {
                counter.go_on(*now);
            } else {
                counter.rebase(*now);
            }
        }
        step
    }

    /// Makes the next reading a baseline. What was counted in the interval is kept.
    pub(crate) fn forget(&mut self) {
        self.rebase(f64::NAN);
        self.met = false;
    }

    /// Makes zero the baseline: for counters that are known to start now.
    pub(crate) fn start_at_zero(&mut self) {
        self.rebase(0.0);
        self.met = true;
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
        self.counters.get(counter).map_or(f64::NAN, Counter::sum)
    }

    /// Starts the next interval.
    pub(crate) fn next_interval(&mut self) {
        for counter in &mut self.counters {
            if !counter.latest.is_nan() {
                counter.opened = counter.latest;
            }
            counter.latest = f64::NAN;
            counter.before = f64::NAN;
        }
        self.advanced = false;
    }

    fn rebase(&mut self, now: f64) {
        for counter in &mut self.counters {
            counter.rebase(now);
        }
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
