//! Signals: told at their start, and again at their end. The thresholds are the engine's.

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
pub(crate) struct Finding<'a> {
    pub(crate) signal: SignalType,
    pub(crate) pc: Option<&'a str>,
    pub(crate) track: Option<&'a str>,
    pub(crate) kind: Option<Kind>,
    /// `None` leaves the signal as it is.
    pub(crate) value: Option<f64>,
}

/// The signals of one call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch {
    active: Vec<(Signal, i64)>,
}

const fn test(signal: SignalType) -> Test {
    match signal {
        SignalType::StalledVideo | SignalType::LowFrameRate | SignalType::SilentMicrophone => {
            Test::Below
        }
        SignalType::NoMedia | SignalType::ConnectionLost => Test::AtMost,
        _ => Test::AtLeast,
    }
}

/// The engine's own.
fn threshold(signal: SignalType) -> f64 {
    let mut signals = callscope_core::signal::Signal::ALL.into_iter();
    let same = signals.find(|it| it.name() == signal.name());
    same.map_or(0.0, callscope_core::signal::Signal::threshold)
}

impl Watch {
    /// Judges an interval from `from` to `to`.
    pub(crate) fn judge(
        &mut self,
        finding: Finding<'_>,
        from: i64,
        to: i64,
        events: &mut Vec<Event>,
    ) {
        let Some(value) = finding.value else { return };
        let threshold = threshold(finding.signal);
        let (holds, is_worse): (bool, fn(f64, f64) -> bool) = match test(finding.signal) {
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
    pub(crate) fn finish(&mut self, events: &mut Vec<Event>) {
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
