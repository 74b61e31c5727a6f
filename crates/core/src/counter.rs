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

/// `N` counters of one stream: their readings when the interval opened, and the latest since.
///
/// NaN stands for "not reported" inside; it never leaves, the sums are read as options. A sample costs two comparisons and
/// a store for each counter: what a counter advanced by is computed when it is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counters<const N: usize> {
    opened: [f64; N],
    /// The latest readings of this interval; NaN until there is one after the opening's.
    latest: [f64; N],
    /// What was counted in this interval before a counter fell.
    before: [f64; N],
    /// The first so many may fall without meaning a reset (`packetsLost`: late packets are un-lost).
    may_fall: usize,
    met: bool,
    /// Whether anything could be subtracted in this interval.
    advanced: bool,
}

const fn unknown<const N: usize>() -> [f64; N] {
    [f64::NAN; N]
}

impl<const N: usize> Counters<N> {
    pub(crate) const fn new(may_fall: usize) -> Self {
        Self {
            opened: unknown(),
            latest: unknown(),
            before: unknown(),
            may_fall,
            met: false,
            advanced: false,
        }
    }

    /// Takes what a report says now. What it does not say keeps its last reading.
    pub(crate) fn read(&mut self, mut now: [f64; N], odd: &mut Oddities) -> Step {
        let fell = check(&mut now, &self.latest, &self.opened, self.may_fall, odd);
        if !self.met {
            self.rebase(now);
            return Step::Baseline;
        }
        if fell {
            odd.count(Oddity::CounterFell);
            self.keep();
            self.rebase(now);
            return Step::Fell;
        }
        self.advanced = true;
        progress(&mut self.opened, &mut self.latest, &now);
        Step::Progress
    }

    /// Makes the next reading a baseline. What was counted in the interval is kept.
    pub(crate) fn forget(&mut self) {
        self.keep();
        self.met = false;
        self.opened = unknown();
        self.latest = unknown();
    }

    /// Makes zero the baseline: for counters that are known to start now.
    pub(crate) fn start_at_zero(&mut self) {
        self.rebase([0.0; N]);
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
        sum(counter, &self.opened, &self.latest, &self.before)
    }

    /// Starts the next interval.
    pub(crate) fn next_interval(&mut self) {
        go_on(&mut self.opened, &self.latest);
        self.latest = unknown();
        self.before = unknown();
        self.advanced = false;
    }

    /// Puts what was counted aside, before the readings that it is counted from go.
    fn keep(&mut self) {
        keep(&mut self.before, &self.latest, &self.opened);
    }

    const fn rebase(&mut self, now: [f64; N]) {
        self.met = true;
        self.opened = now;
        self.latest = unknown();
    }
}

// What follows is done to blocks of any length, once in the program for all of them.

/// Makes unknown what cannot be a reading, and tells whether a counter fell.
fn check(
    now: &mut [f64],
    latest: &[f64],
    opened: &[f64],
    may_fall: usize,
    odd: &mut Oddities,
) -> bool {
    let mut fell = false;
    for (place, ((now, latest), opened)) in now.iter_mut().zip(latest).zip(opened).enumerate() {
        let may_fall = place < may_fall;
        if *now >= 0.0 && *now < f64::INFINITY {
            fell |= !may_fall && (*now < *latest || *now < *opened);
        } else if !(now.is_nan() || may_fall && now.is_finite()) {
            odd.count(if now.is_finite() {
                Oddity::NegativeCounter
            } else {
                Oddity::NotFinite
            });
            *now = f64::NAN;
        }
    }
    fell
}

fn progress(opened: &mut [f64], latest: &mut [f64], now: &[f64]) {
    for ((opened, latest), &now) in opened.iter_mut().zip(latest).zip(now) {
        if !now.is_nan() {
            // A member that turns up only now has a first reading.
            *(if opened.is_nan() { opened } else { latest }) = now;
        }
    }
}

fn sum(counter: usize, opened: &[f64], latest: &[f64], before: &[f64]) -> f64 {
    let of = |readings: &[f64]| readings.get(counter).copied().unwrap_or(f64::NAN);
    add_known(of(before), of(latest) - of(opened))
}

fn go_on(opened: &mut [f64], latest: &[f64]) {
    for (opened, latest) in opened.iter_mut().zip(latest) {
        if !latest.is_nan() {
            *opened = *latest;
        }
    }
}

fn keep(before: &mut [f64], latest: &[f64], opened: &[f64]) {
    for ((before, latest), opened) in before.iter_mut().zip(latest).zip(opened) {
        *before = add_known(*before, latest - opened);
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
