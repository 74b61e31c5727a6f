//! The time of one interval: when it opened, how long it has run, when it is due.

use crate::config::INTERVAL;
use crate::ledger::Ledger;
use crate::{Millis, Oddity, Timestamp};

/// How the clock took a sample's timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tick {
    /// The first of all: a baseline.
    First,
    /// Time went on.
    On,
    /// Same time as before, or a little earlier: nothing can be measured, the sample counts for nothing.
    Stale,
    /// Samples were missed, or the clock was set back: close what is open, take a new baseline.
    Broken,
}

/// The interval that is open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    opened: Timestamp,
    last: Timestamp,
    /// Time in which nothing could be measured: a counter fell.
    lost: Millis,
}

impl Span {
    pub(crate) const fn open(at: Timestamp) -> Self {
        Self {
            opened: at,
            last: at,
            lost: Millis::ZERO,
        }
    }

    /// Judges the next timestamp without taking it.
    pub(crate) fn tick(&self, now: Timestamp, ledger: &mut Ledger) -> Tick {
        let (missed_after, odd) = (ledger.config.missed_after, &mut ledger.odd);
        let step = now - self.last;
        if step > missed_after {
            odd.count(Oddity::SamplesMissed);
            Tick::Broken
        } else if step > Millis::ZERO {
            Tick::On
        } else if step == Millis::ZERO {
            odd.count(Oddity::TimeStoodStill);
            Tick::Stale
        } else {
            odd.count(Oddity::TimeWentBack);
            if self.last - now > INTERVAL {
                Tick::Broken
            } else {
                Tick::Stale
            }
        }
    }

    /// Takes a timestamp that went on; `measured` tells whether anything could be counted since the last.
    pub(crate) fn advance(&mut self, now: Timestamp, measured: bool) {
        if !measured {
            self.lost = self.lost + (now - self.last);
        }
        self.last = now;
    }

    /// Whether the interval is over: its last sample lies at or after its end.
    pub(crate) fn is_due(&self) -> bool {
        self.last >= self.start() + INTERVAL
    }

    /// The epoch-aligned start.
    pub(crate) fn start(&self) -> Timestamp {
        self.opened.aligned(INTERVAL)
    }

    /// The first sample of the interval.
    pub(crate) const fn opened(&self) -> Timestamp {
        self.opened
    }

    /// The last sample so far.
    pub(crate) const fn last(&self) -> Timestamp {
        self.last
    }

    /// The true length so far.
    pub(crate) fn duration(&self) -> Millis {
        self.last - self.opened
    }

    /// Seconds in which something was counted; NaN if there were none, so that no rate comes of it.
    pub(crate) fn measured_seconds(&self) -> f64 {
        let seconds = (self.duration().as_f64() - self.lost.as_f64()) / 1000.0;
        if seconds > 0.0 { seconds } else { f64::NAN }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: f64) -> Timestamp {
        Timestamp::new(ms).unwrap()
    }

    #[test]
    fn an_interval_is_due_with_the_first_sample_at_or_after_its_end() {
        let mut span = Span::open(at(13_200.0));
        for (now, due) in [(19_999.0, false), (20_000.0, true), (20_400.0, true)] {
            span.advance(at(now), true);
            assert_eq!(span.is_due(), due, "{now}");
        }
        assert_eq!(span.start(), at(10_000.0));
        assert_eq!(span.duration(), Millis::whole(7_200));
    }

    #[test]
    fn time_that_stands_still_or_jumps_is_told_apart() {
        let span = Span::open(at(100_000.0));
        let mut ledger = Ledger::new(crate::Config::default());
        let mut tick = |now| span.tick(at(now), &mut ledger);
        assert_eq!(tick(101_000.0), Tick::On);
        assert_eq!(tick(100_000.0), Tick::Stale);
        assert_eq!(tick(99_000.0), Tick::Stale);
        assert_eq!(tick(89_000.0), Tick::Broken);
        assert_eq!(tick(131_000.0), Tick::Broken);
    }
}
