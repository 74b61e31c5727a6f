//! What becomes of a batch: what an answer to it means, when it is sent again, and when it is given up.
//!
//! Delivery is at least once: a batch waits in an outbox until it is answered, and carries an id by which whoever keeps it knows it again.
//! Time and chance come in; whoever asks does the sending.

use crate::Millis;

/// The longest wait after a first failure; it doubles with each that follows.
pub const FIRST_WAIT: Millis = Millis::whole(1_000);
/// The longest wait there is.
pub const LONGEST_WAIT: Millis = Millis::whole(300_000);

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    /// It is kept: forget it.
    Delivered,
    /// The token is not good any more: send it with a new one.
    Renew,
    /// It will never be taken: give it up.
    Refused,
    /// Send it again, after so long.
    Again(Millis),
}

impl Answer {
    /// Of an HTTP status, `None` if there was no answer, after so many failures in a row. `retry_after` is what the other side asked for
    /// ([RFC 9110, 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)); `chance` is between 0 and 1.
    ///
    /// The wait is anything up to the longest ("full jitter"), so that those who failed together do not come back together; after what was
    /// asked for, where something was.
    #[must_use]
    pub fn of(
        status: Option<u16>,
        failures: u32,
        retry_after: Option<Millis>,
        chance: f64,
    ) -> Self {
        match status {
            Some(200..=299) => Self::Delivered,
            Some(401) => Self::Renew,
            Some(300..=407 | 409..=428 | 430..=499) => Self::Refused,
            // No answer, 408, 429, 5xx, and what is none.
            _ => {
                let longest = FIRST_WAIT.as_f64() * f64::from(1_u32 << failures.min(16));
                let longest = longest.min(LONGEST_WAIT.as_f64());
                let asked = retry_after.unwrap_or(Millis::ZERO).as_f64();
                let wait = Millis::new(asked + chance * longest);
                Self::Again(wait.unwrap_or(LONGEST_WAIT))
            }
        }
    }
}

/// How much may wait in an outbox, and for how long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Bytes of all that waits.
    pub bytes: f64,
    /// How long one may wait.
    pub age: Millis,
}

impl Default for Limits {
    /// 5 MiB and a day.
    fn default() -> Self {
        Self {
            bytes: 5_242_880.0,
            age: Millis::whole(86_400_000),
        }
    }
}

/// Why a batch that waits is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// It waited for too long.
    Expired,
    /// It and those after it are too much: the oldest goes first.
    Full,
}

impl Limits {
    /// Whether a batch is given up that has waited for so long, where it and those after it take so many bytes.
    #[must_use]
    pub fn drop(&self, waited: Millis, bytes: f64) -> Option<Dropped> {
        if waited > self.age {
            Some(Dropped::Expired)
        } else {
            (bytes > self.bytes).then_some(Dropped::Full)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    fn wait(status: Option<u16>, failures: u32, retry_after: Option<Millis>, chance: f64) -> f64 {
        match Answer::of(status, failures, retry_after, chance) {
            Answer::Again(wait) => wait.as_f64(),
            other => panic!("{status:?} is {other:?}"),
        }
    }

    #[test]
    fn each_status_has_its_meaning() {
        for status in 100..=599 {
            let answer = Answer::of(Some(status), 0, None, 0.5);
            let expected = match status {
                200..=299 => Answer::Delivered,
                401 => Answer::Renew,
                100..=199 | 408 | 429 | 500.. => Answer::Again(Millis::whole(500)),
                _ => Answer::Refused,
            };
            assert_eq!(answer, expected, "{status}");
        }
        assert_eq!(wait(None, 0, None, 0.5), 500.0);
    }

    #[test]
    fn waits_double_up_to_the_longest_and_chance_takes_any_part() {
        let longest: Vec<_> = (0..12)
            .map(|failures| wait(None, failures, None, 1.0))
            .collect();
        assert_eq!(
            longest[..10],
            [1e3, 2e3, 4e3, 8e3, 16e3, 32e3, 64e3, 128e3, 256e3, 300e3]
        );
        assert_eq!(wait(None, u32::MAX, None, 1.0), 300e3);
        assert_eq!(wait(None, 5, None, 0.0), 0.0);
        assert_eq!(wait(None, 5, None, 0.25), 8e3);
    }

    #[test]
    fn what_was_asked_for_comes_before_chance() {
        assert_eq!(
            wait(Some(429), 0, Some(Millis::whole(60_000)), 0.5),
            60_500.0
        );
        assert_eq!(wait(Some(503), 2, Some(Millis::whole(7_000)), 0.0), 7_000.0);
    }

    #[test]
    fn the_oldest_goes_first() {
        let limits = Limits::default();
        let hour = |hours: f64| Millis::new(hours * 3_600_000.0).unwrap();
        assert_eq!(limits.drop(hour(24.0), 5_242_880.0), None);
        assert_eq!(limits.drop(hour(24.1), 1.0), Some(Dropped::Expired));
        assert_eq!(limits.drop(hour(1.0), 5_242_881.0), Some(Dropped::Full));
    }
}
