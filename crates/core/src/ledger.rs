//! What is followed over the whole call, whatever connection it is on, and what came of it.

use alloc::vec::Vec;

use crate::interval::{Interval, Scope, TrackId};
use crate::subject::Subject;
use crate::{Atom, Config, Kind, Oddities, Output};

/// A track that the application published under a sid.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Publication {
    pub(crate) pc: Atom,
    pub(crate) ssrc: u32,
    pub(crate) sid: Atom,
}

/// What all connections have in common.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    pub(crate) config: Config,
    pub(crate) subjects: Vec<Subject>,
    publications: Vec<Publication>,
    pub(crate) out: Vec<Output>,
    pub(crate) odd: Oddities,
    pub(crate) sends_anew: bool,
}

impl Ledger {
    pub(crate) const fn new(config: Config) -> Self {
        Self {
            config,
            subjects: Vec::new(),
            publications: Vec::new(),
            out: Vec::new(),
            odd: Oddities::new(),
            sends_anew: false,
        }
    }

    /// See [`crate::Engine::publish`].
    pub(crate) fn publish(&mut self, pc: Atom, ssrc: u32, sid: Atom) {
        self.forget(&|known| known.pc == pc && known.ssrc == ssrc);
        self.publications.push(Publication { pc, ssrc, sid });
    }

    /// Forgets publications.
    pub(crate) fn forget(&mut self, is_gone: &dyn Fn(&Publication) -> bool) {
        self.publications.retain(|known| !is_gone(known));
    }

    /// Under which sid goes out what has that ssrc on that connection.
    pub(crate) fn published(&self, pc: Atom, ssrc: f64) -> Option<Atom> {
        let is_this = |known: &&Publication| known.pc == pc && f64::from(known.ssrc) == ssrc;
        self.publications
            .iter()
            .find(is_this)
            .map(|known| known.sid)
    }

    /// A connection has it from now on: where it is followed.
    pub(crate) fn join(&mut self, scope: Scope, pc: Option<Atom>, track: Option<TrackId>) -> usize {
        let is_this = |subject: &Subject| {
            subject.scope == scope && subject.pc == pc && subject.track == track
        };
        let place = self.subjects.iter().position(is_this);
        let place = place.unwrap_or_else(|| {
            self.subjects.push(Subject::new(scope, pc, track));
            self.subjects.len() - 1
        });
        if let Some(subject) = self.subjects.get_mut(place) {
            subject.connections += 1;
        }
        place
    }

    /// What a first sample already tells of it.
    pub(crate) fn meet(&mut self, place: usize, kind: Option<Kind>, layers: usize) {
        if let Some(subject) = self.subjects.get_mut(place) {
            subject.kind = kind.or(subject.kind);
            subject.layers = subject.layers.max(layers);
        }
    }

    /// A connection has it no more, and leaves the interval that was open. What goes on with it ends with the last.
    pub(crate) fn leave(&mut self, place: usize, interval: Option<Interval>) {
        let Some(subject) = self.subjects.get_mut(place) else {
            return;
        };
        subject.connections = subject.connections.saturating_sub(1);
        let is_over = subject.connections == 0;
        if let Some(interval) = interval {
            self.close(interval);
        }
        if is_over {
            self.flush(place);
            if let Some(subject) = self.subjects.get_mut(place) {
                subject.end(&mut self.out);
            }
        }
    }

    /// Takes an interval on one connection. If its track is on several, it waits for the same interval of the others, until a
    /// later one shows that they do not come.
    pub(crate) fn close(&mut self, interval: Interval) {
        let place = interval.subject;
        let Some(subject) = self.subjects.get(place) else {
            return;
        };
        let waiting = subject.pending.as_ref();
        if !waiting.is_some_and(|pending| pending.joins(&interval)) {
            self.flush(place);
        }
        let Some(subject) = self.subjects.get_mut(place) else {
            return;
        };
        let connections = match &mut subject.pending {
            Some(pending) => {
                pending.merge(interval);
                pending.connections()
            }
            none => none.insert(interval).connections(),
        };
        if connections >= subject.connections {
            self.flush(place);
        }
    }

    /// Gives out an interval that waits. What it leads to comes after it.
    fn flush(&mut self, place: usize) {
        let subject = self.subjects.get_mut(place);
        let Some(interval) = subject.and_then(|subject| subject.pending.take()) else {
            return;
        };
        let before = self.out.len();
        // Layers are judged with their track, received tracks by themselves.
        let received = interval.parts.iter();
        for part in received.filter(|part| part.scope == Scope::Received) {
            self.judge(part);
        }
        self.judge(&interval);
        self.out.insert(before, Output::Interval(interval));
    }

    fn judge(&mut self, interval: &Interval) {
        if let Some(subject) = self.subjects.get_mut(interval.subject) {
            subject.judge(interval, &self.config, &mut self.out);
        }
    }
}
