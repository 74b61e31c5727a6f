//! The engine: reports in, intervals, issues and signals out.

use alloc::vec::Vec;

use crate::connection::Connection;
use crate::interval::{Interval, Scope, TrackId};
use crate::issue::{Issue, IssueChange};
use crate::ledger::Ledger;
use crate::report::Rows;
use crate::signal::{ConnectionState, SignalChange};
use crate::summary::{IssueSummary, TrackSummary};
use crate::{Atom, Config, Oddities, Oddity, Timestamp};

/// What the engine gives out.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all of them are intervals, and none is kept"
)]
pub enum Output {
    /// An interval closed.
    Interval(Interval),
    /// An issue was raised or cleared.
    Issue(IssueChange),
    /// A signal started or ended.
    Signal(SignalChange),
}

/// Measures the calls of one participant.
///
/// Give it each connection's report with [`Engine::sample`], at whatever pace: the intervals do not depend on it. Take
/// what comes of it with [`Engine::drain`]. At the end call [`Engine::finish`].
///
/// Memory is bounded by the number of tracks, not by the length of the call.
#[derive(Clone, Debug)]
pub struct Engine {
    connections: Vec<Connection>,
    ledger: Ledger,
}

impl Engine {
    /// An engine that has seen nothing yet.
    #[must_use]
    pub const fn new(config: Config) -> Self {
        Self {
            connections: Vec::new(),
            ledger: Ledger::new(config),
        }
    }

    /// The settings.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.ledger.config
    }

    /// Takes one report of one connection, packed as [`crate::report`] says. Nothing in it can be wrong enough to fail:
    /// what is odd is counted ([`Engine::oddities`]), and what is unknown stays unknown.
    pub fn sample(&mut self, pc: Atom, report: &[f64]) {
        let rows = Rows::new(report);
        if let Some(at) = Connection::time_of(&rows, &mut self.ledger.odd) {
            self.with(pc, &mut |connection, ledger| {
                connection.measure(&rows, at, ledger);
            });
        }
    }

    /// Says under which sid the application published what goes out with that ssrc on that connection. A track of one
    /// sid may go out on several connections: its figures are merged. The same ssrc under another sid is another track.
    pub fn publish(&mut self, pc: Atom, ssrc: u32, sid: Atom) {
        self.ledger.publish(pc, ssrc, sid);
    }

    /// The application unpublished that track: its last interval closes now, and what goes on with it ends.
    pub fn unpublish(&mut self, sid: Atom) {
        self.ledger.forget(&|known| known.sid == sid);
        let track = TrackId::Named(sid);
        for connection in &mut self.connections {
            for leg in connection.legs.iter_mut().filter(|leg| leg.track == track) {
                leg.cut(&mut self.ledger);
            }
        }
        // Not before all have closed theirs: they are merged.
        for connection in &mut self.connections {
            connection.retain_legs(&mut self.ledger, &|leg| leg.track != track);
        }
    }

    /// Says how a connection's ICE is doing. Counts only where the reports do not say it (Firefox has no `transport`): one that
    /// was made before an event and arrives after it would take the event back.
    pub fn connection_state(&mut self, pc: Atom, state: ConnectionState, at: Timestamp) {
        self.with(pc, &mut |connection, ledger| {
            connection.hear(state, at, ledger);
        });
    }

    /// The connection is over: its open intervals close with what they have.
    pub fn connection_closed(&mut self, pc: Atom) {
        self.connections.retain_mut(|connection| {
            let is_over = connection.pc == pc;
            if is_over {
                connection.cut(&mut self.ledger);
                connection.end(&mut self.ledger);
            }
            !is_over
        });
        self.ledger.forget(&|known| known.pc == pc);
    }

    /// Nobody took samples for a while (the page was frozen): open intervals close with what they have, and what was
    /// counted meanwhile belongs to none.
    pub fn samples_missed(&mut self) {
        self.ledger.odd.count(Oddity::SamplesMissed);
        self.cut();
    }

    /// The call is over: open intervals close with what they have, and what goes on ends.
    pub fn finish(&mut self) {
        self.cut();
        for connection in &self.connections {
            connection.end(&mut self.ledger);
        }
        self.connections.clear();
    }

    /// What came of it since the last time, in order.
    pub fn drain(&mut self) -> impl Iterator<Item = Output> + '_ {
        self.ledger.out.drain(..)
    }

    /// As [`Engine::drain`], as it is.
    pub fn take(&mut self) -> Vec<Output> {
        core::mem::take(&mut self.ledger.out)
    }

    /// Whether a connection sends with other ssrcs than before, since this was asked: tracks may have been published.
    pub fn sends_anew(&mut self) -> bool {
        core::mem::take(&mut self.ledger.sends_anew)
    }

    /// The intervals that are running, with their figures so far. A track on several connections is merged, as it will be.
    pub fn in_progress(&self) -> impl Iterator<Item = Interval> + use<> {
        let mut running = Vec::new();
        for connection in &self.connections {
            for leg in &connection.legs {
                go_on(&mut running, leg.interval());
            }
        }
        for connection in &self.connections {
            go_on(&mut running, connection.interval());
        }
        running.into_iter()
    }

    /// The tracks so far, in order of appearance: published, received, and what each connection receives.
    pub fn tracks(&self) -> impl Iterator<Item = TrackSummary<'_>> + '_ {
        self.ledger.subjects.iter().map(TrackSummary::new)
    }

    /// The issues that stand. After [`Engine::finish`] these are the participant's final tags.
    pub fn issues(&self) -> impl Iterator<Item = IssueSummary> + '_ {
        let Ledger {
            subjects, config, ..
        } = &self.ledger;
        Issue::ALL
            .into_iter()
            .filter_map(|issue| IssueSummary::of(issue, subjects, config))
    }

    /// What was odd about the reports.
    #[must_use]
    pub const fn oddities(&self) -> &Oddities {
        &self.ledger.odd
    }

    /// Does something with the connection of that name; a new one is added.
    fn with(&mut self, pc: Atom, act: &mut dyn FnMut(&mut Connection, &mut Ledger)) {
        let place = self.connections.iter().position(|known| known.pc == pc);
        let place = place.unwrap_or_else(|| {
            let subject = self.ledger.join(Scope::Connection, Some(pc), None);
            self.connections.push(Connection::new(pc, subject));
            self.connections.len() - 1
        });
        if let Some(connection) = self.connections.get_mut(place) {
            act(connection, &mut self.ledger);
        }
    }

    fn cut(&mut self) {
        for connection in &mut self.connections {
            connection.cut(&mut self.ledger);
        }
    }
}

/// Adds an interval to those that are running; one of the same track is merged.
fn go_on(running: &mut Vec<Interval>, interval: Option<Interval>) {
    let Some(mut interval) = interval else {
        return;
    };
    interval.notes.open = true;
    let subject = interval.subject;
    match running.iter_mut().find(|other| other.subject == subject) {
        Some(merged) => {
            merged.merge(interval);
            merged.notes.open = true;
        }
        None => running.push(interval),
    }
}
