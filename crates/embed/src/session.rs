//! What JavaScript calls, for one attachment to a call each: see `measuring.js`. Sessions go by numbers, and so do names.
#![expect(
    unsafe_code,
    reason = "names of exports must be unique in the program: they are, for it has no others; and see `Alone`"
)]

use alloc::vec::Vec;
use core::cell::RefCell;

use callscope_core::signal::{ConnectionState, SignalSet};
use callscope_core::{Atom, Config, Engine, LossRatio, Millis, Output, Timestamp};

use crate::numbers::Numbers;

/// What is given to the other side. `session.js` has the same numbers, and two more.
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

/// All sessions, and the numbers that cross.
struct State {
    sessions: Vec<Option<Engine>>,
    numbers: Numbers,
}

struct Alone(RefCell<State>);

// SAFETY: the module is built without threads.
unsafe impl Sync for Alone {}

static STATE: Alone = Alone(RefCell::new(State {
    sessions: Vec::new(),
    numbers: Numbers::new(),
}));

/// Does something with a session, and tells how many numbers are to be read.
fn with(session: usize, act: &mut dyn FnMut(&mut Engine, &mut Numbers)) -> usize {
    let mut state = STATE.0.borrow_mut();
    let State { sessions, numbers } = &mut *state;
    match sessions.get_mut(session) {
        Some(Some(engine)) => act(engine, numbers),
        _ => numbers.clear(),
    }
    numbers.as_slice().len()
}

/// Opens a session without connections and gives its number. The thresholds are percent, milliseconds and packets; of `signals`
/// each bit stands for a signal. With `published_only`, only what is published is a track.
#[unsafe(no_mangle)]
pub extern "C" fn open(
    loss_pct: f64,
    rtt_ms: f64,
    min_packets: f64,
    signals: u16,
    published_only: bool,
) -> usize {
    let usual = Config::default();
    let engine = Engine::new(Config {
        high_loss: LossRatio::of(loss_pct, 100.0 - loss_pct).unwrap_or(usual.high_loss),
        high_round_trip_time: Millis::new(rtt_ms).unwrap_or(usual.high_round_trip_time),
        min_packets,
        signals: SignalSet::of_bits(signals),
        published_only,
        ..usual
    });
    let sessions = &mut STATE.0.borrow_mut().sessions;
    let free = sessions.iter().position(Option::is_none);
    let place = free.unwrap_or_else(|| {
        sessions.push(None);
        sessions.len() - 1
    });
    if let Some(session) = sessions.get_mut(place) {
        *session = Some(engine);
    }
    place
}

/// The session goes away.
#[unsafe(no_mangle)]
pub extern "C" fn close(session: usize) {
    if let Some(place) = STATE.0.borrow_mut().sessions.get_mut(session) {
        *place = None;
    }
}

/// Where so many numbers are read or written.
#[unsafe(no_mangle)]
pub extern "C" fn room(numbers: usize) -> *const f64 {
    STATE.0.borrow_mut().numbers.room(numbers).as_ptr()
}

/// Takes a report, packed, of so many numbers.
#[unsafe(no_mangle)]
pub extern "C" fn sample(session: usize, pc: u32, length: usize) {
    with(session, &mut |engine, numbers| {
        engine.sample(Atom::new(pc), numbers.room(length));
    });
}

/// A sample is taken so many milliseconds after the last.
#[unsafe(no_mangle)]
pub extern "C" fn woke(session: usize, passed: f64) {
    with(session, &mut |engine, _| {
        if passed > engine.config().missed_after.as_f64() {
            engine.samples_missed();
        }
    });
}

/// A connection's ICE is in that state, by its place among W3C's.
#[unsafe(no_mangle)]
pub extern "C" fn state(session: usize, pc: u32, state: f64, at: f64) {
    with(session, &mut |engine, _| {
        if let (Some(state), Some(at)) = (ConnectionState::unpack(state), Timestamp::new(at)) {
            engine.connection_state(Atom::new(pc), state, at);
        }
    });
}

/// A connection is over.
#[unsafe(no_mangle)]
pub extern "C" fn closed(session: usize, pc: u32) {
    with(session, &mut |engine, _| {
        engine.connection_closed(Atom::new(pc))
    });
}

/// Under which sid goes out what has that ssrc on that connection.
#[unsafe(no_mangle)]
pub extern "C" fn publish(session: usize, pc: u32, ssrc: u32, sid: u32) {
    with(session, &mut |engine, _| {
        engine.publish(Atom::new(pc), ssrc, Atom::new(sid));
    });
}

/// The track of that sid goes out no more.
#[unsafe(no_mangle)]
pub extern "C" fn unpublish(session: usize, sid: u32) {
    with(session, &mut |engine, _| engine.unpublish(Atom::new(sid)));
}

/// The call is over.
#[unsafe(no_mangle)]
pub extern "C" fn finish(session: usize) {
    with(session, &mut |engine, _| engine.finish());
}

/// Writes what has come, and the running intervals, too, if they are watched; nothing, unless something has come or it is asked
/// for the first time.
#[unsafe(no_mangle)]
pub extern "C" fn take(session: usize, is_first: bool, watched: bool) -> usize {
    with(session, &mut |engine, numbers| {
        numbers.clear();
        let outputs = engine.take();
        if outputs.is_empty() && !is_first {
            return;
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
        numbers.end();
    })
}

/// Writes the summary so far, track by track, then the issues that stand.
#[unsafe(no_mangle)]
pub extern "C" fn summarize(session: usize) -> usize {
    with(session, &mut |engine, numbers| {
        numbers.clear();
        for track in engine.tracks() {
            numbers.begin(given::TRACK);
            numbers.summary(&track);
        }
        for issue in engine.issues() {
            numbers.begin(given::STANDING);
            numbers.standing(&issue);
        }
        numbers.end();
    })
}
