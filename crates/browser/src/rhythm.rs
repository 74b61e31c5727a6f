//! When the next sample is due, and whether samples were missed.

use callscope_core::{Millis, Timestamp};

/// The shortest wait, in periods. A timer may wake a little early, and two samples must not follow each other at once
/// for that.
const SHORTEST_WAIT: f64 = 0.5;
/// The shortest and longest periods, in milliseconds. Browsers give the same report again for 50 ms and longer.
const PERIODS: (f64, f64) = (100.0, 3_600_000.0);

/// How long after the end of an interval it is sampled, in milliseconds. The statistics have a clock of their own: where that is behind
/// the page's, a sample at the very end would leave the interval open for a period longer.
const LATE: f64 = 50.0;

/// Milliseconds to wait from `now` to just after the next multiple of the period, so that samples fall on the ends of intervals and
/// a slow sample delays none but itself.
pub(crate) fn wait(now: f64, period: Millis) -> f64 {
    let period = period.as_f64().clamp(PERIODS.0, PERIODS.1);
    let since = Timestamp::new(now - LATE).zip(Millis::new(period));
    let wait = period - since.map_or(0.0, |(now, period)| (now - now.aligned(period)).as_f64());
    if wait < SHORTEST_WAIT * period {
        wait + period
    } else {
        wait
    }
}

/// Remembers when the timer woke last.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rhythm {
    last: Option<[f64; 2]>,
}

impl Rhythm {
    /// Takes that the timer woke, with the time on both clocks (see [`crate::ears::Ears::clocks`]), and tells whether samples
    /// were missed: a page that is throttled wakes late but soon enough for intervals of true length, a page that was
    /// frozen or a machine that was asleep does not. Some clocks stand still in sleep and some can be set, so the one
    /// that went further counts.
    pub(crate) fn woke(&mut self, now: [f64; 2], missed_after: Millis) -> bool {
        let Some(last) = self.last.replace(now) else {
            return false;
        };
        let passed = (now[0] - last[0]).max(now[1] - last[1]);
        passed > missed_after.as_f64()
    }

    /// The timer was stopped on purpose, or what was missed is known already.
    pub(crate) const fn forget(&mut self) {
        self.last = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Millis = Millis::whole(1_000);
    const MISSED: Millis = Millis::whole(30_000);

    #[test]
    fn the_next_sample_falls_just_after_a_multiple_of_the_period() {
        for (now, due) in [
            (10_050.0, 11_050.0),
            (10_400.0, 11_050.0),
            (10_600.0, 12_050.0),
        ] {
            assert_eq!(now + wait(now, SECOND), due, "{now}");
        }
    }

    #[test]
    fn a_timer_that_wakes_early_is_not_woken_again_at_once() {
        assert_eq!(wait(10_049.0, SECOND), 1_001.0);
    }

    #[test]
    fn a_period_of_nothing_does_not_keep_the_page_busy() {
        assert_eq!(wait(0.0, Millis::ZERO), 100.0);
    }

    #[test]
    fn a_throttled_page_misses_nothing() {
        let mut rhythm = Rhythm::default();
        for now in [0.0, 1_000.0, 26_000.0, 56_000.0] {
            assert!(!rhythm.woke([now, now], MISSED), "{now}");
        }
    }

    #[test]
    fn a_frozen_page_and_a_sleeping_machine_miss_samples() {
        for late in [
            [31_001.0, 31_001.0],
            [1_000.0, 90_000.0],
            [90_000.0, 1_000.0],
        ] {
            let mut rhythm = Rhythm::default();
            assert!(!rhythm.woke([0.0, 0.0], MISSED));
            assert!(rhythm.woke(late, MISSED), "{late:?}");
            assert!(!rhythm.woke([late[0] + 1_000.0, late[1] + 1_000.0], MISSED));
        }
    }

    #[test]
    fn a_clock_that_is_set_back_misses_nothing() {
        let mut rhythm = Rhythm::default();
        rhythm.woke([5_000.0, 5_000.0], MISSED);
        assert!(!rhythm.woke([6_000.0, -3_600_000.0], MISSED));
    }

    #[test]
    fn a_pause_on_purpose_misses_nothing() {
        let mut rhythm = Rhythm::default();
        rhythm.woke([0.0, 0.0], MISSED);
        rhythm.forget();
        assert!(!rhythm.woke([600_000.0, 600_000.0], MISSED));
    }
}
