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

/// `N` counters of one stream: the last readings, and what they advanced by in the interval.
///
/// NaN stands for "not reported" inside; it never leaves, the sums are read as options.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counters<const N: usize> {
    last: [f64; N],
    sums: [f64; N],
    /// The first so many may fall without meaning a reset (`packetsLost`: late packets are un-lost).
    may_fall: usize,
    met: bool,
    /// Whether anything could be subtracted in this interval.
    advanced: bool,
}

impl<const N: usize> Counters<N> {
    pub(crate) const fn new(may_fall: usize) -> Self {
        Self {
            last: [f64::NAN; N],
            sums: [f64::NAN; N],
            may_fall,
            met: false,
            advanced: false,
        }
    }

    /// Takes what a report says now. What it does not say keeps its last reading.
    pub(crate) fn read(&mut self, mut now: [f64; N], odd: &mut Oddities) -> Step {
        clean(&mut now, self.may_fall, odd);
        if !self.met {
            self.rebase(now);
            return Step::Baseline;
        }
        let fell = self
            .last
            .iter()
            .zip(&now)
            .skip(self.may_fall)
            .any(|(last, now)| now < last);
        if fell {
            odd.count(Oddity::CounterFell);
            self.rebase(now);
            return Step::Fell;
        }
        self.advanced = true;
        for ((last, sum), now) in self.last.iter_mut().zip(&mut self.sums).zip(now) {
            let advance = now - *last;
            if !advance.is_nan() {
                *sum = known_or_zero(*sum) + advance;
            }
            if !now.is_nan() {
                *last = now;
            }
        }
        Step::Progress
    }

    /// Makes the next reading a baseline.
    pub(crate) fn forget(&mut self) {
        self.met = false;
        self.last = [f64::NAN; N];
    }

    /// Makes zero the baseline: for counters that are known to start now.
    pub(crate) fn start_at_zero(&mut self) {
        self.met = true;
        self.last = [0.0; N];
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
        self.sums.get(counter).copied().unwrap_or(f64::NAN)
    }

    /// Starts the next interval.
    pub(crate) fn next_interval(&mut self) {
        self.sums = [f64::NAN; N];
        self.advanced = false;
    }

    fn rebase(&mut self, now: [f64; N]) {
        self.met = true;
        self.last = now;
    }
}

/// Makes unknown what cannot be a counter.
fn clean(now: &mut [f64], may_fall: usize, odd: &mut Oddities) {
    for (place, value) in now.iter_mut().enumerate() {
        if value.is_infinite() {
            odd.count(Oddity::NotFinite);
            *value = f64::NAN;
        } else if *value < 0.0 && place >= may_fall {
            odd.count(Oddity::NegativeCounter);
            *value = f64::NAN;
        }
    }
}

/// The value, or zero where there is none yet: for sums only.
pub(crate) const fn known_or_zero(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value }
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

    fn sums(counters: &Counters<2>) -> [Option<f64>; 2] {
        [0, 1].map(|place| Some(counters.sum(place)).filter(|sum| !sum.is_nan()))
    }

    #[test]
    fn first_sight_counts_nothing() {
        let mut counters = Counters::<2>::new(0);
        assert_eq!(
            counters.read([5.0, 7.0], &mut Oddities::default()),
            Step::Baseline
        );
        assert_eq!(sums(&counters), [None, None]);
        assert_eq!(
            counters.read([6.0, 7.0], &mut Oddities::default()),
            Step::Progress
        );
        assert_eq!(sums(&counters), [Some(1.0), Some(0.0)]);
    }

    #[test]
    fn a_fall_is_a_new_baseline_and_keeps_what_was_counted() {
        let mut odd = Oddities::default();
        let mut counters = Counters::<2>::new(0);
        for reading in [[10.0, 10.0], [15.0, 12.0]] {
            counters.read(reading, &mut odd);
        }
        assert_eq!(counters.read([1.0, 13.0], &mut odd), Step::Fell);
        counters.read([4.0, 14.0], &mut odd);
        assert_eq!(sums(&counters), [Some(8.0), Some(3.0)]);
        assert_eq!(odd.of(Oddity::CounterFell), 1);
    }

    #[test]
    fn a_counter_that_may_fall_lowers_its_sum() {
        let mut counters = Counters::<2>::new(1);
        for reading in [[10.0, 1.0], [14.0, 2.0], [12.0, 3.0]] {
            counters.read(reading, &mut Oddities::default());
        }
        assert_eq!(sums(&counters), [Some(2.0), Some(2.0)]);
    }

    #[test]
    fn what_is_not_reported_stays_unknown_and_resumes_from_its_last_reading() {
        let mut odd = Oddities::default();
        let mut counters = Counters::<2>::new(0);
        for reading in [
            [1.0, f64::NAN],
            [2.0, 9.0],
            [f64::NAN, f64::INFINITY],
            [5.0, -1.0],
        ] {
            counters.read(reading, &mut odd);
        }
        assert_eq!(sums(&counters), [Some(4.0), None]);
        assert_eq!(
            (odd.of(Oddity::NotFinite), odd.of(Oddity::NegativeCounter)),
            (1, 1)
        );
    }
}
