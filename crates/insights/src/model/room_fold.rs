//! What a room is found by, kept up with each session that comes or changes: a look at one session, however many there are.

use callscope_core::wire::{RoomType, Uuid};
use serde::{Deserialize, Serialize};

use super::participant::Participant;
use super::room::{Codecs, Issues, Room, RoomFacts};
use super::session::Session;

/// What the first session said that said anything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct First<T> {
    at: i64,
    session: Uuid,
    value: T,
}

/// The fold of a room's sessions that comes to the same as [`Room::of`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RoomFold {
    created_at: Option<i64>,
    name: Option<First<String>>,
    r#type: Option<First<RoomType>>,
    participants: i64,
    /// How many of them have issues.
    with_issues: i64,
    /// How many sessions did not tell that they are over.
    open: i64,
    /// The last that is known of those that did.
    until: Option<i64>,
    /// How many participants have each issue, by its bit.
    issues: [i64; 2],
    /// How many participants sent each codec, by its bit.
    codecs: [i64; 4],
}

impl RoomFold {
    /// Of all sessions of a room.
    #[must_use]
    pub fn of(sessions: &[Session]) -> Self {
        let mut fold = Self::default();
        fold.hear_again(sessions);
        let room = Room::of("", sessions);
        for participant in room.iter().flat_map(|it| &it.participants) {
            fold.count(participant, 1);
        }
        fold
    }

    /// The type of the room.
    #[must_use]
    pub fn room_type(&self) -> Option<RoomType> {
        self.r#type.as_ref().map(|first| first.value)
    }

    /// Whether nobody is counted.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.participants == 0
    }

    /// What it comes to; nothing without a participant.
    #[must_use]
    pub fn facts(&self) -> Option<RoomFacts> {
        if self.is_empty() {
            return None;
        }
        Some(RoomFacts {
            name: self.name.as_ref().map(|first| first.value.clone()),
            r#type: self.room_type(),
            created_at: self.created_at?,
            issues: Issues::from_bits(bits(&self.issues)),
            codecs: Codecs::from_bits(bits(&self.codecs)),
            participants: self.participants,
            participants_with_issues: self.with_issues,
        })
    }

    /// Adds a participant, or with -1 takes them away.
    pub fn count(&mut self, participant: &Participant, sign: i64) {
        self.participants += sign;
        self.with_issues += if participant.tags().any() { sign } else { 0 };
        add(&mut self.issues, participant.tags().bits(), sign);
        add(&mut self.codecs, participant.codecs.bits(), sign);
    }

    /// Takes in what a session says of the room, which may have said something else or less before.
    pub fn hear(&mut self, session: &Session) {
        let at = session.started_at;
        self.created_at = Some(self.created_at.map_or(at, |known| known.min(at)));
        let facts = &session.facts;
        let name = facts.room_name.as_ref().map(|said| said.value.clone());
        hear_first(&mut self.name, session, name);
        let r#type = facts.room_type.as_ref().map(|said| said.value);
        hear_first(&mut self.r#type, session, r#type);
    }

    /// The same of all that are left, when one has gone to another room.
    pub fn hear_again(&mut self, sessions: &[Session]) {
        (self.created_at, self.name, self.r#type) = (None, None, None);
        (self.open, self.until) = (0, None);
        for session in sessions {
            self.hear(session);
            // There is nothing before.
            let _is_earlier = self.follow(None, session);
        }
    }

    /// Takes in that a session goes on or is over, and was as it was `before`. Whether all are to be heard again, because it was over later.
    #[must_use]
    pub fn follow(&mut self, before: Option<&Session>, after: &Session) -> bool {
        let is_open = |it: &Session| i64::from(it.ended_at.is_none());
        self.open += is_open(after) - before.map_or(0, is_open);
        if after.ended_at.is_some() {
            self.until = self.until.max(Some(after.until()));
        }
        before.is_some_and(|it| it.ended_at.is_some() && it.until() > after.until())
    }

    /// How many sessions did not tell that they are over: it takes a look at them to know until when they are.
    #[must_use]
    pub const fn open(&self) -> i64 {
        self.open
    }

    /// The last that is known of those that did.
    #[must_use]
    pub const fn until(&self) -> Option<i64> {
        self.until
    }
}

/// A session never takes back that it said something, nor begins later: who was first stays first.
fn hear_first<T>(first: &mut Option<First<T>>, session: &Session, value: Option<T>) {
    let Some(value) = value else { return };
    let (at, id) = (session.started_at, session.id);
    let is_first = first
        .as_ref()
        .is_none_or(|known| (at, id) <= (known.at, known.session));
    if is_first {
        let session = id;
        *first = Some(First { at, session, value });
    }
}

fn add(counts: &mut [i64], bits: u8, sign: i64) {
    for (place, count) in counts.iter_mut().enumerate() {
        if bits & (1 << place) != 0 {
            *count += sign;
        }
    }
}

fn bits(counts: &[i64]) -> u8 {
    let set = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    set.fold(0, |bits, (place, _)| bits | (1 << place))
}
