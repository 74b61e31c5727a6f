//! The engine: reports in, intervals, issues and signals out.

use alloc::vec::Vec;

use crate::connection::Connection;
use crate::interval::{Interval, Scope, TrackId, whole};
use crate::issue::{Issue, IssueChange};
use crate::leg::Leg;
use crate::report::{Row, Rows, inbound, outbound, remote_inbound, transport};
use crate::signal::{ConnectionState, Signal, SignalChange};
use crate::span::Tick;
use crate::subject::Subject;
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

/// A track that the application published under a sid.
#[derive(Clone, Copy, Debug)]
struct Publication {
    pc: Atom,
    ssrc: u32,
    sid: Atom,
}

/// Measures the calls of one participant.
///
/// Give it each connection's report with [`Engine::sample`], at whatever pace: the intervals do not depend on it. Take
/// what comes of it with [`Engine::drain`]. At the end call [`Engine::finish`].
///
/// Memory is bounded by the number of tracks, not by the length of the call.
#[derive(Clone, Debug)]
pub struct Engine {
    config: Config,
    connections: Vec<Connection>,
    subjects: Vec<Subject>,
    publications: Vec<Publication>,
    out: Vec<Output>,
    odd: Oddities,
    sends_anew: bool,
}

impl Engine {
    /// An engine that has seen nothing yet.
    #[must_use]
    pub const fn new(config: Config) -> Self {
        Self {
            config,
            connections: Vec::new(),
            subjects: Vec::new(),
            publications: Vec::new(),
            out: Vec::new(),
            odd: Oddities::new(),
            sends_anew: false,
        }
    }

    /// The settings.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Takes one report of one connection, packed as [`crate::report`] says. Nothing in it can be wrong enough to fail:
    /// what is odd is counted ([`Engine::oddities`]), and what is unknown stays unknown.
    pub fn sample(&mut self, pc: Atom, report: &[f64]) {
        let rows = Rows::new(report);
        let Some(at) = Connection::time_of(&rows, &mut self.odd) else {
            return;
        };
        let place = self.connection(pc);
        self.with(place, &|engine, connection| {
            engine.measure(connection, &rows, at);
        });
    }

    /// Says under which sid the application published what goes out with that ssrc on that connection. A track of one
    /// sid may go out on several connections: its figures are merged. The same ssrc under another sid is another track.
    pub fn publish(&mut self, pc: Atom, ssrc: u32, sid: Atom) {
        match self
            .publications
            .iter_mut()
            .find(|known| known.pc == pc && known.ssrc == ssrc)
        {
            Some(known) => known.sid = sid,
            None => self.publications.push(Publication { pc, ssrc, sid }),
        }
    }

    /// The application unpublished that track: its last interval closes now, and what goes on with it ends.
    pub fn unpublish(&mut self, sid: Atom) {
        self.publications.retain(|known| known.sid != sid);
        let track = TrackId::Named(sid);
        self.each_connection(&|engine, connection| {
            let of_track = connection.legs.iter_mut().filter(|leg| leg.track == track);
            let closed = of_track.map(|leg| (leg.subject, leg.cut())).collect();
            engine.close_tracks(connection, closed);
        });
        for connection in &mut self.connections {
            connection.legs.retain(|leg| leg.track != track);
        }
        for subject in self
            .subjects
            .iter_mut()
            .filter(|subject| subject.track == Some(track))
        {
            subject.end(&self.config, &mut self.out);
        }
    }

    /// Says how a connection's ICE is doing. Counts only where the reports do not say it (Firefox has no `transport`): one that
    /// was made before an event and arrives after it would take the event back.
    pub fn connection_state(&mut self, pc: Atom, state: ConnectionState, at: Timestamp) {
        let place = self.connection(pc);
        if let Some(connection) = self.connections.get_mut(place)
            && !connection.tells_state
        {
            turn(connection, state, at, &self.config, &mut self.out);
        }
    }

    /// The connection is over: its open intervals close with what they have.
    pub fn connection_closed(&mut self, pc: Atom) {
        if let Some(place) = self
            .connections
            .iter()
            .position(|connection| connection.pc == pc)
        {
            let mut connection = self.connections.swap_remove(place);
            self.cut(&mut connection);
            self.end(connection);
        }
        self.publications.retain(|known| known.pc != pc);
    }

    /// Nobody took samples for a while (the page was frozen): open intervals close with what they have, and what was
    /// counted meanwhile belongs to none.
    pub fn samples_missed(&mut self) {
        self.odd.count(Oddity::SamplesMissed);
        self.each_connection(&Self::cut);
    }

    /// The call is over: open intervals close with what they have, and what goes on ends.
    pub fn finish(&mut self) {
        self.each_connection(&Self::cut);
        for connection in core::mem::take(&mut self.connections) {
            self.end(connection);
        }
        for subject in &mut self.subjects {
            subject.end(&self.config, &mut self.out);
        }
    }

    /// What came of it since the last time, in order.
    pub fn drain(&mut self) -> impl Iterator<Item = Output> + '_ {
        self.out.drain(..)
    }

    /// As [`Engine::drain`], as it is.
    pub fn take(&mut self) -> Vec<Output> {
        core::mem::take(&mut self.out)
    }

    /// Whether a connection sends with other ssrcs than before, since this was asked: tracks may have been published.
    pub fn sends_anew(&mut self) -> bool {
        core::mem::take(&mut self.sends_anew)
    }

    /// The intervals that are running, with their figures so far. A track on several connections is merged, as it will be.
    pub fn in_progress(&self) -> impl Iterator<Item = Interval> + use<> {
        let mut running: Vec<(usize, Interval)> = Vec::new();
        for connection in &self.connections {
            for leg in &connection.legs {
                let Some(mut interval) = leg.interval() else {
                    continue;
                };
                interval.on(connection.pc);
                match running
                    .iter_mut()
                    .find(|(subject, _)| *subject == leg.subject)
                {
                    Some((_, merged)) => merged.merge(interval),
                    None => running.push((leg.subject, interval)),
                }
            }
        }
        for connection in &self.connections {
            if let Some(interval) = connection.interval() {
                running.push((connection.subject, interval));
            }
        }
        running.into_iter().map(|(_, mut interval)| {
            interval.notes.open = true;
            interval
        })
    }

    /// The tracks so far, in order of appearance: published, received, and what each connection receives.
    pub fn tracks(&self) -> impl Iterator<Item = TrackSummary<'_>> + '_ {
        self.subjects.iter().map(TrackSummary::new)
    }

    /// The issues that stand. After [`Engine::finish`] these are the participant's final tags.
    pub fn issues(&self) -> impl Iterator<Item = IssueSummary> + '_ {
        Issue::ALL
            .into_iter()
            .filter_map(|issue| IssueSummary::of(issue, self.subjects.iter(), &self.config))
    }

    /// What was odd about the reports.
    #[must_use]
    pub const fn oddities(&self) -> &Oddities {
        &self.odd
    }

    fn measure(&mut self, connection: &mut Connection, rows: &Rows<'_>, at: Timestamp) {
        let tick = connection.tick(at, &self.config, &mut self.odd);
        if tick == Tick::Broken
            && let Some(interval) = connection.cut()
        {
            self.close_connection(connection, interval);
        }
        let mut sending = 0.0;
        connection.tells_state = false;
        for row in rows.clone() {
            match row.tag() {
                outbound::TAG => {
                    // A sum of whole numbers is exact, whatever their order; what is unknown adds nothing.
                    sending += row.raw(outbound::SSRC).max(0.0);
                    self.read_outbound(connection, row, at);
                }
                inbound::TAG if tick != Tick::Stale => {
                    let place = connection
                        .find_inbound(row)
                        .unwrap_or_else(|| self.add_inbound(connection, row));
                    connection.read_inbound(place, row, at, &self.config, &mut self.odd);
                }
                transport::TAG => {
                    if let Some(state) = ConnectionState::unpack(row.raw(transport::ICE_STATE)) {
                        connection.tells_state = true;
                        turn(connection, state, at, &self.config, &mut self.out);
                    }
                }
                _ => {}
            }
        }
        self.sends_anew |= core::mem::replace(&mut connection.sending, sending) != sending;
        for row in rows.clone().filter(|row| row.tag() == remote_inbound::TAG) {
            connection.read_remote(row, &mut self.odd);
        }
        let mut closed = Vec::new();
        for leg in &mut connection.legs {
            if leg.is_current() {
                leg.read_source(rows, &mut self.odd);
            }
            let interval = leg.settle(at, rows);
            if interval.is_some() {
                closed.push((leg.subject, interval));
            }
        }
        self.close_tracks(connection, closed);
        if tick != Tick::Stale {
            connection.read_path(rows, &mut self.odd);
        }
        if let Some(interval) = connection.settle(tick, at) {
            self.close_connection(connection, interval);
        }
        self.let_go(connection, at);
    }

    fn read_outbound(&mut self, connection: &mut Connection, row: Row<'_>, at: Timestamp) {
        let ssrc = whole(row.raw(outbound::SSRC));
        let of_this = |known: &&Publication| known.pc == connection.pc && Some(known.ssrc) == ssrc;
        let published = self
            .publications
            .iter()
            .find(of_this)
            .map(|known| TrackId::Named(known.sid));
        if published.is_none() && self.config.published_only {
            return;
        }
        let named = || {
            row.atom(outbound::SOURCE)
                .or_else(|| row.atom(outbound::MID))
                .map(TrackId::Named)
        };
        let Some(track) = published.or_else(named).or(ssrc.map(TrackId::Ssrc)) else {
            return;
        };
        let place = connection
            .legs
            .iter()
            .position(|leg| leg.track == track)
            .unwrap_or_else(|| {
                let pc = published.is_none().then_some(connection.pc);
                let subject = find_or_add(&mut self.subjects, Scope::Track, pc, Some(track));
                connection.legs.push(Leg::new(track, subject));
                connection.legs.len() - 1
            });
        let Some(leg) = connection.legs.get_mut(place) else {
            return;
        };
        let subject = leg.subject;
        let (cut, is_new) = leg.read(row, at, &self.config, &mut self.odd);
        if let Some(subject) = self.subjects.get_mut(subject) {
            subject.meet(leg.kind(), leg.layers.len());
        }
        if let Some(interval) = cut {
            self.close_track_on(connection, subject, interval);
        }
        if is_new {
            self.take_from_others(connection, track, row.raw(outbound::SSRC));
        }
    }

    /// An ssrc has one owner: what had it before ends, so that it starts anew if the ssrc comes back.
    fn take_from_others(&mut self, connection: &mut Connection, owner: TrackId, ssrc: f64) {
        let mut gone = Vec::new();
        connection.legs.retain_mut(|leg| {
            let is_gone = leg.track != owner && leg.lose(ssrc);
            if is_gone {
                gone.push((leg.subject, leg.cut()));
            }
            !is_gone
        });
        self.bury(connection, gone);
    }

    fn add_inbound(&mut self, connection: &mut Connection, row: Row<'_>) -> usize {
        let mut inbound = crate::inbound::Inbound::new(row, 0);
        inbound.subject = find_or_add(
            &mut self.subjects,
            Scope::Received,
            Some(connection.pc),
            inbound.id(),
        );
        if let Some(subject) = self.subjects.get_mut(inbound.subject) {
            subject.meet(inbound.kind(), 0);
        }
        connection.inbound.push(inbound);
        connection.inbound.len() - 1
    }

    /// The connection's place; a new one is added.
    fn connection(&mut self, pc: Atom) -> usize {
        self.connections
            .iter()
            .position(|connection| connection.pc == pc)
            .unwrap_or_else(|| {
                let subject = find_or_add(&mut self.subjects, Scope::Connection, Some(pc), None);
                self.connections.push(Connection::new(pc, subject));
                self.connections.len() - 1
            })
    }

    fn close_track_on(&mut self, connection: &Connection, subject: usize, mut interval: Interval) {
        // The connection in hand is not among the others just now.
        let here = usize::from(connection.legs.iter().any(|leg| leg.subject == subject));
        let legs = self.legs_of(subject) + here;
        interval.on(connection.pc);
        if let Some(subject) = self.subjects.get_mut(subject) {
            subject.take(interval, legs, &self.config, &mut self.out);
        }
    }

    fn close_tracks(&mut self, connection: &Connection, closed: Vec<(usize, Option<Interval>)>) {
        for (subject, interval) in closed {
            if let Some(interval) = interval {
                self.close_track_on(connection, subject, interval);
            }
        }
    }

    fn legs_of(&self, subject: usize) -> usize {
        let has_it =
            |connection: &&Connection| connection.legs.iter().any(|leg| leg.subject == subject);
        self.connections.iter().filter(has_it).count()
    }

    fn close_connection(&mut self, connection: &Connection, interval: Interval) {
        let place = self.out.len();
        let mut next = 0;
        for part in &interval.parts {
            if let Some(subject) = connection
                .subject_of(part, &mut next)
                .and_then(|subject| self.subjects.get_mut(subject))
            {
                subject.judge(part, &self.config, &mut self.out);
            }
        }
        if let Some(subject) = self.subjects.get_mut(connection.subject) {
            subject.judge(&interval, &self.config, &mut self.out);
        }
        self.out.insert(place, Output::Interval(interval));
    }

    /// Lets go of what has not been reported for so long that it would start anew anyway.
    fn let_go(&mut self, connection: &mut Connection, now: Timestamp) {
        let missed_after = self.config.missed_after;
        let is_gone = |last: Option<Timestamp>| last.is_none_or(|last| now - last > missed_after);
        let mut gone = Vec::new();
        connection.legs.retain_mut(|leg| {
            let keep = !is_gone(leg.last());
            if !keep {
                gone.push((leg.subject, leg.cut()));
            }
            keep
        });
        connection.inbound.retain(|inbound| {
            let keep = !is_gone(inbound.last);
            if !keep {
                gone.push((inbound.subject, None));
            }
            keep
        });
        self.bury(connection, gone);
    }

    /// Closes what went away with what it had.
    fn bury(&mut self, connection: &Connection, gone: Vec<(usize, Option<Interval>)>) {
        for (subject, interval) in gone {
            if let Some(interval) = interval {
                self.close_track_on(connection, subject, interval);
            }
            if self.legs_of(subject) == 0
                && let Some(subject) = self.subjects.get_mut(subject)
            {
                subject.end(&self.config, &mut self.out);
            }
        }
    }

    fn each_connection(&mut self, act: &dyn Fn(&mut Self, &mut Connection)) {
        for place in 0..self.connections.len() {
            self.with(place, act);
        }
    }

    /// Does something with a connection, which is taken out meanwhile; an empty one keeps its place. The others stay where they
    /// are counted: a track that goes out on several has one interval when all of them have closed theirs.
    fn with(&mut self, place: usize, act: &dyn Fn(&mut Self, &mut Connection)) {
        let Some(slot) = self.connections.get_mut(place) else {
            return;
        };
        let empty = Connection::new(slot.pc, slot.subject);
        let mut connection = core::mem::replace(slot, empty);
        act(self, &mut connection);
        if let Some(slot) = self.connections.get_mut(place) {
            *slot = connection;
        }
    }

    fn cut(&mut self, connection: &mut Connection) {
        let mut cut = Vec::new();
        for leg in &mut connection.legs {
            cut.push((leg.subject, leg.cut()));
        }
        self.close_tracks(connection, cut);
        if let Some(interval) = connection.cut() {
            self.close_connection(connection, interval);
        }
    }

    /// What goes on with a connection ends with it, unless it goes on elsewhere.
    fn end(&mut self, connection: Connection) {
        let of_legs = connection.legs.iter().map(|leg| leg.subject);
        let subjects = of_legs.chain(connection.inbound.iter().map(|inbound| inbound.subject));
        for subject in subjects.chain([connection.subject]) {
            if self.legs_of(subject) == 0
                && let Some(subject) = self.subjects.get_mut(subject)
            {
                subject.end(&self.config, &mut self.out);
            }
        }
    }
}

fn turn(
    connection: &mut Connection,
    state: ConnectionState,
    at: Timestamp,
    config: &Config,
    out: &mut Vec<Output>,
) {
    if let Some(change) = connection.loss.turn(connection.pc, state, at)
        && config.signals.has(Signal::ConnectionLost)
    {
        out.push(Output::Signal(change));
    }
}

fn find_or_add(
    subjects: &mut Vec<Subject>,
    scope: Scope,
    pc: Option<Atom>,
    track: Option<TrackId>,
) -> usize {
    let is_this =
        |subject: &Subject| subject.scope == scope && subject.pc == pc && subject.track == track;
    subjects.iter().position(is_this).unwrap_or_else(|| {
        subjects.push(Subject::new(scope, pc, track));
        subjects.len() - 1
    })
}
