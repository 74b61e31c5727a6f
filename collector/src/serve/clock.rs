//! The collector's own clock, which may be wrong as well: somebody sets it, or it is set when the network is there.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// By how much it may differ from the time that passed, before it was set.
const STEP_MS: i64 = 60_000;

/// How long it is not relied upon after that: who set it wrongly sets it right.
const DOUBT: Duration = Duration::from_secs(3600);

/// A clock that knows when it was set.
#[derive(Debug, Default)]
pub struct Clock(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    last: Option<(i64, Instant)>,
    set_at: Option<Instant>,
}

impl Clock {
    /// The time, in milliseconds since the epoch.
    #[must_use]
    pub fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let ms = since
            .ok()
            .and_then(|it| i64::try_from(it.as_millis()).ok())
            .unwrap_or_default();
        self.seen().look(ms, Instant::now());
        ms
    }

    /// Whether it was set not long before it was looked at last: then nothing that it says is a reason to give something up.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        self.seen().is_in_doubt(Instant::now())
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn look(&mut self, ms: i64, at: Instant) {
        if let Some((last, then)) = self.last {
            let passed = at.saturating_duration_since(then).as_millis();
            let passed = i64::try_from(passed).unwrap_or(i64::MAX);
            let by = ms.saturating_sub(last).saturating_sub(passed);
            if by.saturating_abs() > STEP_MS {
                tracing::warn!(
                    by_s = by / 1000,
                    "the clock was set: for an hour nothing is deleted, and nothing refused for good because of its time"
                );
                self.set_at = Some(at);
            }
        }
        self.last = Some((ms, at));
    }

    fn is_in_doubt(&self, at: Instant) -> bool {
        self.set_at
            .is_some_and(|it| at.saturating_duration_since(it) < DOUBT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at a clock after so many seconds each; what it says then.
    fn seen(looks: &[(u64, i64)]) -> (Seen, Instant) {
        let begun = Instant::now();
        let mut seen = Seen::default();
        let mut at = begun;
        for &(after, ms) in looks {
            at += Duration::from_secs(after);
            seen.look(ms, at);
        }
        (seen, at)
    }

    #[test]
    fn a_clock_that_goes_is_relied_upon() {
        let (seen, at) = seen(&[
            (0, 1_000),
            (7_200, 7_201_000),
            (1, 7_202_500),
            (1, 7_150_000),
        ]);
        assert!(!seen.is_in_doubt(at));
    }

    #[test]
    fn one_that_was_set_is_not_for_an_hour() {
        for step in [3_600_000, -3_600_000, -1_795_000_000_000] {
            let (seen, at) = seen(&[(0, 1_795_428_000_000), (10, 1_795_428_010_000 + step)]);
            assert!(seen.is_in_doubt(at), "{step}");
            assert!(seen.is_in_doubt(at + DOUBT / 2));
            assert!(!seen.is_in_doubt(at + DOUBT));
        }
    }

    #[test]
    fn set_wrong_and_right_again_it_is_doubted_from_the_last_time() {
        let (seen, at) = seen(&[(0, 0), (10, 9_999_999), (1_800, 1_810_000)]);
        assert!(seen.is_in_doubt(at + DOUBT - Duration::from_secs(1)));
        assert!(!seen.is_in_doubt(at + DOUBT));
    }
}
