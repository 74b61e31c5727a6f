//! Signals: told at their start, and again at their end. The thresholds are those of the engine (docs/metrics.md).

use callscope_core::wire::{Event, Kind, Signal, SignalType};

/// How a rule compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    AtLeast,
    Below,
    AtMost,
}

/// What is judged of an interval.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finding<'a> {
    pub(super) signal: SignalType,
    pub(super) pc: Option<&'a str>,
    pub(super) track: Option<&'a str>,
    pub(super) kind: Option<Kind>,
    /// `None` leaves the signal as it is.
    pub(super) value: Option<f64>,
}

/// The signals of one call.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    active: Vec<(Signal, i64)>,
}

const fn rule(signal: SignalType) -> (Test, f64) {
    match signal {
        SignalType::FrozenVideo => (Test::AtLeast, 1000.0),
        SignalType::StalledVideo => (Test::Below, 0.5),
        SignalType::LowFrameRate => (Test::Below, 12.0),
        SignalType::CpuLimited | SignalType::BandwidthLimited => (Test::AtLeast, 50.0),
        SignalType::NoMedia | SignalType::ConnectionLost => (Test::AtMost, 0.0),
        SignalType::SilentMicrophone => (Test::Below, 0.001),
        SignalType::ConcealedAudio => (Test::AtLeast, 5.0),
        SignalType::RelayedOverTcp => (Test::AtLeast, 1.0),
    }
}

impl Watch {
    /// Judges an interval from `from` to `to`.
    pub(super) fn judge(
        &mut self,
        finding: Finding<'_>,
        from: i64,
        to: i64,
        events: &mut Vec<Event>,
    ) {
        let Some(value) = finding.value else { return };
        let (test, threshold) = rule(finding.signal);
        let (holds, is_worse): (bool, fn(f64, f64) -> bool) = match test {
            Test::AtLeast => (value >= threshold, |new, old| new > old),
            Test::Below => (value < threshold, |new, old| new < old),
            Test::AtMost => (value <= threshold, |new, old| new < old),
        };
        let place = self.active.iter().position(|(it, _)| {
            it.r#type == finding.signal
                && it.track.as_deref() == finding.track
                && it.pc.as_deref() == finding.pc
        });
        match (place, holds) {
            (Some(place), true) => {
                if let Some((signal, until)) = self.active.get_mut(place) {
                    *until = to;
                    if is_worse(value, signal.value) {
                        signal.value = value;
                    }
                }
            }
            (None, true) => {
                let signal = Signal {
                    r#type: finding.signal,
                    pc: finding.pc.map(ToOwned::to_owned),
                    track: finding.track.map(ToOwned::to_owned),
                    kind: finding.kind,
                    start: from,
                    end: None,
                    value,
                    threshold,
                };
                events.push(Event::Signal(signal.clone()));
                self.active.push((signal, to));
            }
            (Some(place), false) => {
                let (signal, until) = self.active.swap_remove(place);
                events.push(ended(signal, until));
            }
            (None, false) => {}
        }
    }

    /// Ends those that go on.
    pub(super) fn finish(&mut self, events: &mut Vec<Event>) {
        events.extend(
            self.active
                .drain(..)
                .map(|(signal, until)| ended(signal, until)),
        );
    }
}

fn ended(signal: Signal, until: i64) -> Event {
    Event::Signal(Signal {
        end: Some(until),
        ..signal
    })
}
