//! Signals: shorter-lived findings on the timeline, each with a start, an end and evidence. They never count as issues.
//!
//! All but one are judged on intervals, so that they do not depend on how often samples are taken: a signal starts with
//! the first interval in which its rule holds and ends with the first in which it does not. What an interval does not
//! know leaves a signal as it is.

mod concealed_audio;
pub(crate) mod connection_lost;
mod frozen_video;
mod limited;
mod low_frame_rate;
mod no_media;
mod relayed;
mod silent_microphone;
mod stalled_video;
mod written;

use alloc::vec::Vec;

pub use connection_lost::ConnectionState;

use crate::interval::{Interval, Scope, TrackId};
use crate::{Atom, Kind, Metric, Output, Timestamp, Transport};

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Signal {
    /// A received picture was frozen for a good part of the interval.
    FrozenVideo,
    /// Packets of a received video arrive, pictures do not.
    StalledVideo,
    /// A published video is sent with few frames.
    LowFrameRate,
    /// The encoder is limited by the processor.
    CpuLimited,
    /// The encoder is limited by bandwidth.
    BandwidthLimited,
    /// Nothing arrives on the connection.
    NoMedia,
    /// The microphone gives silence.
    SilentMicrophone,
    /// Much of the sound is made up.
    ConcealedAudio,
    /// ICE lost the connection.
    ConnectionLost,
    /// Media goes through a relay over TCP or TLS.
    RelayedOverTcp,
}

impl Signal {
    /// All signals.
    pub const ALL: [Self; 10] = [
        Self::FrozenVideo,
        Self::StalledVideo,
        Self::LowFrameRate,
        Self::CpuLimited,
        Self::BandwidthLimited,
        Self::NoMedia,
        Self::SilentMicrophone,
        Self::ConcealedAudio,
        Self::ConnectionLost,
        Self::RelayedOverTcp,
    ];

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FrozenVideo => "frozen_video",
            Self::StalledVideo => "stalled_video",
            Self::LowFrameRate => "low_frame_rate",
            Self::CpuLimited => "cpu_limited",
            Self::BandwidthLimited => "bandwidth_limited",
            Self::NoMedia => "no_media",
            Self::SilentMicrophone => "silent_microphone",
            Self::ConcealedAudio => "concealed_audio",
            Self::ConnectionLost => "connection_lost",
            Self::RelayedOverTcp => "relayed_over_tcp",
        }
    }

    /// What its value is measured against, in the unit of that; 0 for [`Self::ConnectionLost`], which is told by its connection's state.
    #[must_use]
    pub fn threshold(self) -> f64 {
        let mut rules = RULES.iter();
        let rule = rules.find(|rule| rule.signal == self);
        rule.map_or(0.0, |rule| rule.threshold)
    }
}

/// Which signals to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalSet(u16);

impl SignalSet {
    /// Every signal.
    pub const ALL: Self = Self(u16::MAX);
    /// No signal.
    pub const NONE: Self = Self(0);

    /// This set with one more.
    #[must_use]
    pub const fn with(self, signal: Signal) -> Self {
        Self(self.0 | 1 << signal as u8)
    }

    /// This set without one.
    #[must_use]
    pub const fn without(self, signal: Signal) -> Self {
        Self(self.0 & !(1 << signal as u8))
    }

    /// The set of those whose bits are set, by their places.
    #[must_use]
    pub const fn of_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// Whether it is in the set.
    #[must_use]
    pub const fn has(self, signal: Signal) -> bool {
        self.0 & 1 << signal as u8 != 0
    }
}

/// What a rule judges of an interval.
#[derive(Clone, Copy, Debug)]
enum Judged {
    /// A metric.
    Value(Metric),
    /// The share of the interval that so many seconds are, in percent.
    Share(Metric),
    /// 1 where media goes through a relay over TCP or TLS, else 0.
    RelayedOverTcp,
}

impl Judged {
    /// NaN where that is not known.
    fn of(self, interval: &Interval) -> f64 {
        match self {
            Self::Value(metric) => metric.figure(&interval.tally),
            Self::Share(metric) => {
                100_000.0 * metric.figure(&interval.tally) / interval.duration.as_f64()
            }
            Self::RelayedOverTcp => {
                match interval.path.map(|path| (path.transport, path.relayed())) {
                    Some((Some(transport), Some(relayed))) => {
                        f64::from(u8::from(relayed && transport != Transport::Udp))
                    }
                    _ => f64::NAN,
                }
            }
        }
    }
}

/// How it is compared with the threshold, which also says what is worse.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Test {
    AtLeast,
    Below,
    AtMost,
}

/// One signal's rule.
#[derive(Clone, Copy, Debug)]
struct Rule {
    signal: Signal,
    scope: Scope,
    judged: Judged,
    test: Test,
    threshold: f64,
    /// Of other media nothing is said.
    kind: Option<Kind>,
    /// Whether something is said of shared screens.
    or_screen: bool,
    /// Without any of these it does not hold.
    only_with: Option<Metric>,
}

impl Rule {
    /// One that holds below the threshold.
    const fn new(signal: Signal, scope: Scope, judged: Judged, threshold: f64) -> Self {
        Self {
            signal,
            scope,
            judged,
            test: Test::Below,
            threshold,
            kind: None,
            or_screen: true,
            only_with: None,
        }
    }

    /// The value that it judges, and whether it holds; `None` where that is not known.
    fn judge(&self, interval: &Interval) -> Option<(f64, bool)> {
        if self.kind.is_some() && self.kind != interval.kind
            || interval.screen_share && !self.or_screen
        {
            return None;
        }
        let value = self.judged.of(interval);
        let with = self
            .only_with
            .map_or(1.0, |metric| metric.figure(&interval.tally));
        if value.is_nan() || with.is_nan() {
            return None;
        }
        let holds = match self.test {
            Test::AtLeast => value >= self.threshold,
            Test::Below => value < self.threshold,
            Test::AtMost => value <= self.threshold,
        };
        Some((value, holds && with > 0.0))
    }
}

static RULES: [Rule; 9] = [
    frozen_video::RULE,
    stalled_video::RULE,
    low_frame_rate::RULE,
    limited::CPU,
    limited::BANDWIDTH,
    no_media::RULE,
    silent_microphone::RULE,
    concealed_audio::RULE,
    relayed::RULE,
];

/// A signal that started or ended.
#[derive(Clone, Debug)]
pub struct SignalChange {
    /// Which.
    pub signal: Signal,
    /// The connection, where there is only one.
    pub pc: Option<Atom>,
    /// The track, where it is about one.
    pub track: Option<TrackId>,
    /// The track's media.
    pub kind: Option<Kind>,
    /// When it started.
    pub start: Timestamp,
    /// When it ended; `None` while it goes on.
    pub end: Option<Timestamp>,
    /// The worst value met.
    pub value: f64,
    /// What it is measured against, in the same unit.
    pub threshold: f64,
}

/// A signal that goes on.
#[derive(Clone, Copy, Debug)]
struct Active {
    rule: &'static Rule,
    start: Timestamp,
    worst: f64,
    /// The end of the last interval in which it held.
    until: Timestamp,
}

/// The signals of one track, received track or connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch(Vec<Active>);

impl Watch {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Judges one interval.
    pub(crate) fn judge(&mut self, interval: &Interval, set: SignalSet, out: &mut Vec<Output>) {
        let (pc, track, kind) = (interval.pc, interval.track, interval.kind);
        for rule in &RULES {
            if rule.scope != interval.scope || !set.has(rule.signal) {
                continue;
            }
            let Some((value, holds)) = rule.judge(interval) else {
                continue;
            };
            let is_this = |active: &Active| active.rule.signal == rule.signal;
            let place = self.0.iter().position(is_this);
            let (active, end) = match place {
                Some(place) if holds => {
                    let active = &mut self.0[place];
                    if (value > active.worst) == (rule.test == Test::AtLeast) {
                        active.worst = value;
                    }
                    active.until = interval.end();
                    continue;
                }
                Some(place) => {
                    let active = self.0.swap_remove(place);
                    (active, Some(active.until))
                }
                None if holds => {
                    let active = Active {
                        rule,
                        start: interval.opened,
                        worst: value,
                        until: interval.end(),
                    };
                    self.0.push(active);
                    (active, None)
                }
                None => continue,
            };
            out.push(active.change(pc, track, kind, end));
        }
    }

    /// Ends all that goes on: what it is about went away.
    pub(crate) fn end(
        &mut self,
        pc: Option<Atom>,
        track: Option<TrackId>,
        kind: Option<Kind>,
        out: &mut Vec<Output>,
    ) {
        for active in self.0.drain(..) {
            out.push(active.change(pc, track, kind, Some(active.until)));
        }
    }
}

impl Active {
    fn change(
        &self,
        pc: Option<Atom>,
        track: Option<TrackId>,
        kind: Option<Kind>,
        end: Option<Timestamp>,
    ) -> Output {
        let Self {
            rule, start, worst, ..
        } = *self;
        Output::Signal(SignalChange {
            signal: rule.signal,
            pc,
            track,
            kind,
            start,
            end,
            value: worst,
            threshold: rule.threshold,
        })
    }
}
