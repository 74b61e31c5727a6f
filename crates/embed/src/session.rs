//! A session: what is measured of one call, for one attachment.

use callscope_browser::{Sampled, Sampler};
use callscope_core::signal::SignalSet;
use callscope_core::{Atom, Config, LossRatio, Millis, Output};
use wasm_bindgen::prelude::*;
use web_sys::RtcPeerConnection;

use crate::numbers::Numbers;

#[wasm_bindgen]
extern "C" {
    /// The other side of a session: see `session.js`.
    #[derive(Clone, Debug)]
    pub type Host;

    /// Takes what came; the numbers are gone when it returns. It does not throw.
    #[wasm_bindgen(method)]
    fn take(this: &Host, what: u32, numbers: &[f64]);
}

/// What is given to the other side. `session.js` has the same numbers.
mod given {
    /// An interval that closed.
    pub(super) const INTERVAL: u32 = 0;
    /// An interval that is running.
    pub(super) const RUNNING: u32 = 1;
    /// An issue that was raised or cleared.
    pub(super) const ISSUE: u32 = 2;
    /// A signal that started or ended.
    pub(super) const SIGNAL: u32 = 3;
    /// The summary of a track, a received track or a connection.
    pub(super) const TRACK: u32 = 4;
    /// An issue that stands.
    pub(super) const STANDING: u32 = 5;
    /// That a sample was taken, and whether tracks may have been published.
    pub(super) const SAMPLED: u32 = 6;
    /// That an awaited sample is over, by the number that it was given.
    pub(super) const DONE: u32 = 7;
    /// That a connection gave no report, by its name.
    pub(super) const FAILED: u32 = 8;
}

/// Measures one call, and gives what comes of it to its host, the object in JavaScript that it is made with.
///
/// Names are numbers here; the object that keeps them is [`Session::names`].
#[wasm_bindgen]
#[derive(Debug)]
pub struct Session {
    sampler: Sampler,
    host: Host,
}

#[wasm_bindgen]
impl Session {
    /// A session without connections. The thresholds are percent, milliseconds and packets; of `signals` each bit stands for a
    /// signal. With `published_only`, only what is published is a track.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(
        host: Host,
        loss_pct: f64,
        rtt_ms: f64,
        min_packets: f64,
        signals: u16,
        published_only: bool,
    ) -> Self {
        let usual = Config::default();
        let sampler = Sampler::new(Config {
            high_loss: LossRatio::of(loss_pct, 100.0 - loss_pct).unwrap_or(usual.high_loss),
            high_round_trip_time: Millis::new(rtt_ms).unwrap_or(usual.high_round_trip_time),
            min_packets,
            signals: callscope_core::signal::Signal::ALL
                .into_iter()
                .filter(|&signal| signals & 1 << signal as u8 != 0)
                .fold(SignalSet::NONE, SignalSet::with),
            published_only,
            ..usual
        });
        Self { sampler, host }
    }

    /// The object that keeps the strings: `intern(name)`, `name(number)`.
    #[must_use]
    pub fn names(&self) -> JsValue {
        self.sampler.names()
    }

    /// Measures a connection under that name.
    pub fn attach(&self, connection: &RtcPeerConnection, name: u32) {
        self.sampler.attach_as(connection, Atom::new(name));
    }

    /// Measures the connection of that name no more.
    pub fn detach(&self, name: u32) {
        self.sampler.detach(Atom::new(name));
    }

    /// Says under which sid goes out what has that ssrc on that connection.
    pub fn publish(&self, connection: u32, ssrc: u32, sid: u32) {
        self.sampler
            .engine_mut(|engine| engine.publish(Atom::new(connection), ssrc, Atom::new(sid)));
    }

    /// The track of that sid goes out no more.
    pub fn unpublish(&self, sid: u32) {
        self.sampler
            .engine_mut(|engine| engine.unpublish(Atom::new(sid)));
    }

    /// Samples now and then at every multiple of the period; gives running intervals, too, if they are watched.
    pub fn start(&self, period_ms: f64, watched: bool) {
        let host = self.host.clone();
        let period = Millis::new(period_ms).unwrap_or(Millis::ZERO);
        self.sampler
            .start(period, move |sampled| give(&host, sampled, watched));
    }

    /// Samples now; `DONE` with that number says when the answers have been given.
    pub fn sample(&self, number: u32) {
        let host = self.host.clone();
        self.sampler
            .sample_now(move || host.take(given::DONE, &[f64::from(number)]));
    }

    /// The call is over: what is open is given.
    pub fn finish(&self) {
        self.sampler.finish();
    }

    /// Gives the summary so far, track by track, then the issues that stand.
    pub fn summarize(&self) {
        self.sampler.engine(|engine| {
            for track in engine.tracks() {
                self.host
                    .take(given::TRACK, Numbers::of_track(&track).as_slice());
            }
            for issue in engine.issues() {
                self.host
                    .take(given::STANDING, Numbers::of_standing(&issue).as_slice());
            }
        });
    }
}

fn give(host: &Host, sampled: &Sampled, watched: bool) {
    for output in &sampled.outputs {
        let (what, numbers) = match output {
            Output::Interval(interval) => (given::INTERVAL, Numbers::of_interval(interval)),
            Output::Issue(change) => (given::ISSUE, Numbers::of_issue(change)),
            Output::Signal(change) => (given::SIGNAL, Numbers::of_signal(change)),
        };
        host.take(what, numbers.as_slice());
    }
    for failure in &sampled.failures {
        host.take(given::FAILED, &[f64::from(failure.pc.number())]);
    }
    if watched {
        sampled.sampler.engine(|engine| {
            for interval in engine.in_progress() {
                host.take(given::RUNNING, Numbers::of_interval(&interval).as_slice());
            }
        });
    }
    host.take(given::SAMPLED, &[f64::from(u8::from(sampled.sends_anew))]);
}
