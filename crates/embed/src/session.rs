//! What JavaScript calls, for one attachment to a call each: see `measuring.js`. Names are numbers here.
//!
//! A session is given out as its address, and everything else takes that: it is good from [`open`] to [`close`].
#![expect(
    unsafe_code,
    reason = "names of exports must be unique in the program: they are, for it has no others"
)]

use alloc::boxed::Box;

use callscope_core::signal::{ConnectionState, SignalSet};
use callscope_core::{Atom, Config, Engine, LossRatio, Millis, Output, Timestamp};

use crate::numbers::Numbers;

/// What is given to the other side. `values.js` and `session.js` have the same order.
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
}

/// What is measured of one call, and the numbers that cross.
#[derive(Debug)]
pub struct Session {
    engine: Engine,
    numbers: Numbers,
}

/// Opens a session without connections. The thresholds are percent, milliseconds and packets; of `signals` each bit stands for a
/// signal. With `published_only`, only what is published is a track.
#[unsafe(no_mangle)]
pub extern "C" fn open(
    loss_pct: f64,
    rtt_ms: f64,
    min_packets: f64,
    signals: u16,
    published_only: bool,
) -> Box<Session> {
    let usual = Config::default();
    Box::new(Session {
        engine: Engine::new(Config {
            high_loss: LossRatio::of(loss_pct, 100.0 - loss_pct).unwrap_or(usual.high_loss),
            high_round_trip_time: Millis::new(rtt_ms).unwrap_or(usual.high_round_trip_time),
            min_packets,
            signals: SignalSet::of_bits(signals),
            published_only,
            ..usual
        }),
        numbers: Numbers::new(),
    })
}

/// The session goes away.
#[unsafe(no_mangle)]
pub extern "C" fn close(session: Box<Session>) {
    drop(session);
}

/// Where so many numbers are read or written.
#[unsafe(no_mangle)]
pub extern "C" fn room(session: &mut Session, numbers: usize) -> *const f64 {
    session.numbers.room(numbers).as_ptr()
}

/// Takes a report, packed, of so many numbers.
#[unsafe(no_mangle)]
pub extern "C" fn sample(session: &mut Session, pc: u32, length: usize) {
    let report = session.numbers.room(length);
    session.engine.sample(Atom::new(pc), report);
}

/// A sample is taken so many milliseconds after the last.
#[unsafe(no_mangle)]
pub extern "C" fn woke(session: &mut Session, passed: f64) {
    if passed > session.engine.config().missed_after.as_f64() {
        session.engine.samples_missed();
    }
}

/// A connection's ICE is in that state, by its place among W3C's.
#[unsafe(no_mangle)]
pub extern "C" fn state(session: &mut Session, pc: u32, state: f64, at: f64) {
    if let (Some(state), Some(at)) = (ConnectionState::unpack(state), Timestamp::new(at)) {
        session.engine.connection_state(Atom::new(pc), state, at);
    }
}

/// A connection is over.
#[unsafe(no_mangle)]
pub extern "C" fn closed(session: &mut Session, pc: u32) {
    session.engine.connection_closed(Atom::new(pc));
}

/// Under which sid goes out what has that ssrc on that connection.
#[unsafe(no_mangle)]
pub extern "C" fn publish(session: &mut Session, pc: u32, ssrc: u32, sid: u32) {
    session.engine.publish(Atom::new(pc), ssrc, Atom::new(sid));
}

/// The track of that sid goes out no more.
#[unsafe(no_mangle)]
pub extern "C" fn unpublish(session: &mut Session, sid: u32) {
    session.engine.unpublish(Atom::new(sid));
}

/// The call is over.
#[unsafe(no_mangle)]
pub extern "C" fn finish(session: &mut Session) {
    session.engine.finish();
}

/// Writes what has come, and the running intervals, too, if they are watched, and tells how many numbers that took; none, unless
/// something has come or it is asked for the first time.
#[unsafe(no_mangle)]
pub extern "C" fn take(session: &mut Session, is_first: bool, watched: bool) -> usize {
    let Session { engine, numbers } = session;
    let outputs = engine.take();
    numbers.clear();
    if outputs.is_empty() && !is_first {
        return 0;
    }
    for output in &outputs {
        match output {
            Output::Interval(interval) => {
                numbers.begin(given::INTERVAL);
                numbers.interval(interval);
            }
            Output::Issue(change) => {
                numbers.begin(given::ISSUE);
                numbers.issue(change);
            }
            Output::Signal(change) => {
                numbers.begin(given::SIGNAL);
                numbers.signal(change);
            }
        }
    }
    if watched {
        for interval in engine.in_progress() {
            numbers.begin(given::RUNNING);
            numbers.interval(&interval);
        }
    }
    numbers.begin(given::SAMPLED);
    numbers.flag(engine.sends_anew());
    numbers.as_slice().len()
}

/// Writes the summary so far, track by track, then the issues that stand, and tells how many numbers that took.
#[unsafe(no_mangle)]
pub extern "C" fn summarize(session: &mut Session) -> usize {
    let Session { engine, numbers } = session;
    numbers.clear();
    for track in engine.tracks() {
        numbers.begin(given::TRACK);
        numbers.summary(&track);
    }
    for issue in engine.issues() {
        numbers.begin(given::STANDING);
        numbers.standing(&issue);
    }
    numbers.as_slice().len()
}
