//! The call: everything that the engine said of it so far.

use callscope_core::signal::SignalChange;
use callscope_core::{
    Atom, Direction, Engine, Interval, Kind, Metric, Oddities, Output, Scope, TrackId, TrackSummary,
};

use super::finding::Finding;
use super::subject::Subject;
use super::told::Tagged;
use crate::chart::TimelineRow;

/// Tells what an atom stands for.
pub type NameOfAtom<'a> = &'a dyn Fn(Atom) -> Option<String>;

/// What the atoms stand for.
#[derive(Clone, Debug, Default)]
pub struct Names {
    atoms: Vec<(Atom, String)>,
    /// What people call tracks, by their identifiers.
    labels: Vec<(String, String)>,
}

impl Names {
    /// What an atom stands for.
    #[must_use]
    pub fn of(&self, atom: Atom) -> Option<&str> {
        let place = self.place(atom).ok()?;
        self.atoms.get(place).map(|(_, name)| name.as_str())
    }

    /// The atom of a name, which may be new.
    pub(super) fn intern(&mut self, name: &str) -> Atom {
        let known = self.atoms.iter().find(|(_, other)| other == name);
        if let Some((atom, _)) = known {
            return *atom;
        }
        let next = self.atoms.last().map_or(0, |(atom, _)| atom.number() + 1);
        let atom = Atom::new(next);
        self.atoms.push((atom, name.to_owned()));
        atom
    }

    fn learn(&mut self, atom: Option<Atom>, name: NameOfAtom<'_>) {
        if let Some(atom) = atom
            && let Err(place) = self.place(atom)
            && let Some(name) = name(atom)
        {
            self.atoms.insert(place, (atom, name));
        }
    }

    /// Where the atom is, or would be.
    fn place(&self, atom: Atom) -> Result<usize, usize> {
        self.atoms.binary_search_by_key(&atom, |(atom, _)| *atom)
    }

    /// A track's identifier, as the browser or the application gave it.
    #[must_use]
    pub fn track(&self, track: TrackId) -> String {
        match track {
            TrackId::Named(atom) => self.of(atom).unwrap_or("track").to_owned(),
            TrackId::Ssrc(ssrc) => format!("ssrc {ssrc}"),
        }
    }

    /// What people call a track.
    fn label(&self, track: TrackId) -> Option<&str> {
        let id = self.track(track);
        let mut labels = self.labels.iter();
        let of_it = labels.find(|(track, _)| *track == id)?;
        Some(of_it.1.as_str())
    }

    /// A connection's name.
    #[must_use]
    pub fn connection(&self, pc: Atom) -> String {
        self.of(pc)
            .map_or_else(|| format!("connection {}", pc.number()), str::to_owned)
    }
}

/// Everything that the engine said of a call so far.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// Tracks and connections, in order of appearance.
    pub subjects: Vec<Subject>,
    /// Issues and signals, by start.
    pub findings: Vec<Finding>,
    /// What the atoms stand for.
    pub names: Names,
    /// The signals that ended, as the engine told them.
    pub signals: Vec<SignalChange>,
    /// What else happened in the room, as lanes of its timeline.
    pub happened: Vec<TimelineRow>,
    /// What was odd about the reports.
    pub oddities: Oddities,
    /// The issues that the participant is tagged with, where a store tells of them.
    pub tags: Vec<Tagged>,
    /// Whether the call is over: nothing more will come.
    pub is_over: bool,
}

impl Call {
    /// Takes `outputs`, which the engine gave out, and how the engine stands after them. `name` tells what an atom stands
    /// for.
    pub fn take(&mut self, outputs: Vec<Output>, engine: &Engine, name: NameOfAtom<'_>) {
        let running: Vec<Interval> = engine.in_progress().collect();
        for summary in engine.tracks() {
            self.refresh(&summary, &running, name);
        }
        for interval in &running {
            self.learn_parts(interval, name);
        }
        for output in outputs {
            match output {
                Output::Interval(interval) => {
                    self.learn_parts(&interval, name);
                    self.close(interval);
                }
                Output::Issue(change) => Finding::take_issue(&mut self.findings, &change),
                Output::Signal(change) => {
                    Finding::take_signal(&mut self.findings, &change);
                    if change.end.is_some() {
                        self.signals.push(change);
                    }
                }
            }
        }
        for subject in &mut self.subjects {
            subject.running = None;
        }
        self.run(running);
        self.oddities = engine.oddities().clone();
    }

    /// Learns what people call tracks, by their identifiers; those that are known already are named anew.
    pub fn learn_labels(&mut self, labels: Vec<(String, String)>) {
        if self.names.labels == labels {
            return;
        }
        self.names.labels = labels;
        for place in 0..self.subjects.len() {
            // Its old name is free for itself.
            let mut subject = self.subjects.remove(place);
            subject.name = self.name_for(&subject);
            self.subjects.insert(place, subject);
        }
    }

    /// The tracks or connections of a scope, with their places among all.
    pub fn of_scope(&self, scope: Scope) -> impl Iterator<Item = (usize, &Subject)> {
        self.subjects
            .iter()
            .enumerate()
            .filter(move |(_, subject)| subject.scope == scope)
    }

    /// The connections that anything is known of.
    #[must_use]
    pub fn connections(&self) -> Vec<Atom> {
        self.of_scope(Scope::Connection)
            .filter_map(|(_, subject)| subject.pc)
            .collect()
    }

    /// The last moment that anything is known of, in milliseconds since the epoch.
    #[must_use]
    pub fn latest(&self) -> Option<f64> {
        let ends = self.subjects.iter().filter_map(|subject| {
            let last = subject.running.as_ref().or(subject.intervals.last());
            last.map(|interval| interval.end().as_f64())
        });
        ends.reduce(f64::max)
    }

    /// The subject that a finding is about.
    #[must_use]
    pub fn subject_of(&self, finding: &Finding) -> Option<&Subject> {
        let scope = finding.scope();
        self.subjects
            .iter()
            .find(|subject| subject.is(scope, finding.pc, finding.track))
    }

    fn refresh(&mut self, summary: &TrackSummary<'_>, running: &[Interval], name: NameOfAtom<'_>) {
        self.names.learn(summary.pc(), name);
        self.names.learn(summary.codec(), name);
        if let Some(TrackId::Named(atom)) = summary.track() {
            self.names.learn(Some(atom), name);
        }
        let is_this = |subject: &&mut Subject| {
            subject.scope == summary.scope()
                && subject.pc == summary.pc()
                && subject.track == summary.track()
        };
        if let Some(subject) = self.subjects.iter_mut().find(is_this) {
            return subject.refresh(summary);
        }
        let mut subject = Subject::new(summary);
        let parts = running.iter().flat_map(|interval| &interval.parts);
        let first = running
            .iter()
            .chain(parts)
            .find(|interval| subject.owns(interval));
        if let Some(first) = first {
            self.names.learn(first.codec, name);
            subject.kind = subject.kind.or(first.kind);
            subject.screen_share |= first.screen_share;
            subject.codec = subject.codec.or(first.codec);
        }
        // A name must not change later, and what a track is may be told only when media goes out.
        let is_moving = first.is_some_and(is_moving) || has_moved(&subject);
        if subject.scope == Scope::Connection || is_moving {
            subject.name = self.name_for(&subject);
            self.subjects.push(subject);
        }
    }

    fn learn_parts(&mut self, interval: &Interval, name: NameOfAtom<'_>) {
        self.names.learn(interval.codec, name);
        self.names
            .learn(interval.layer.and_then(|layer| layer.rid), name);
        for part in &interval.parts {
            self.learn_parts(part, name);
        }
    }

    pub(super) fn name_for(&self, subject: &Subject) -> String {
        let base = match (subject.scope, subject.kind, subject.screen_share) {
            (Scope::Connection, ..) => {
                let pc = subject.pc.map(|pc| self.names.connection(pc));
                return pc.unwrap_or_else(|| "Connection".to_owned());
            }
            (_, Some(Kind::Audio), _) => "Audio",
            (_, Some(Kind::Video), true) => "Screen share",
            (_, Some(Kind::Video), false) => "Video",
            (_, None, _) => "Track",
        };
        let label = subject.track.and_then(|track| self.names.label(track));
        let base = label.map_or_else(|| base.to_owned(), |label| format!("{base}, {label}"));
        let is_taken = |name: &str| {
            self.of_scope(subject.scope)
                .any(|(_, other)| other.pc == subject.pc && other.name == name)
        };
        let numbered = (2..).map(|number: u32| format!("{base} {number}"));
        std::iter::once(base.clone())
            .chain(numbered)
            .find(|name| !is_taken(name))
            .unwrap_or_else(|| base.clone())
    }

    fn close(&mut self, interval: Interval) {
        let received = interval
            .parts
            .iter()
            .filter(|part| part.scope == Scope::Received);
        for part in received {
            if let Some(subject) = self.owner(part) {
                subject.intervals.clear();
                subject.intervals.push(part.clone());
            }
        }
        if let Some(subject) = self.owner(&interval) {
            subject.intervals.push(interval);
        }
    }

    fn run(&mut self, running: Vec<Interval>) {
        let mut merged = Vec::new();
        for interval in running {
            for part in interval
                .parts
                .iter()
                .filter(|part| part.scope == Scope::Received)
            {
                if let Some(subject) = self.owner(part) {
                    subject.running = Some(part.clone());
                }
            }
            if let Some(subject) = self.owner(&interval) {
                if subject.running.is_some() {
                    merged.push((subject.scope, subject.track));
                }
                subject.running = Some(interval);
            }
        }
        // A track on several connections has an interval when all of them closed theirs: until then nothing adds them up.
        for subject in &mut self.subjects {
            if merged.contains(&(subject.scope, subject.track)) && subject.pc.is_none() {
                subject.running = None;
            }
        }
    }

    fn owner(&mut self, interval: &Interval) -> Option<&mut Subject> {
        self.subjects
            .iter_mut()
            .find(|subject| subject.owns(interval))
    }
}

/// Whether media went over in an interval. A sender without a source has a track in Chromium's reports, too, which never
/// sends a packet.
fn is_moving(interval: &Interval) -> bool {
    let packets = match interval.direction() {
        Direction::Send => interval.value(Metric::PacketsSent),
        Direction::Receive => interval.value(Metric::PacketsReceived),
    };
    packets.map_or_else(
        || interval.value(Metric::Bitrate).is_some(),
        |packets| packets > 0.0,
    )
}

/// As [`is_moving`], for the intervals that have closed.
fn has_moved(subject: &Subject) -> bool {
    let packets = match subject.scope {
        Scope::Track | Scope::Layer => subject.totals.packets_sent,
        Scope::Connection | Scope::Received => subject.totals.packets_received,
    };
    packets.map_or_else(|| subject.last.is_some(), |packets| packets > 0.0)
}
