//! What is kept of one account.

use std::collections::{BTreeMap, BTreeSet};

use callscope_core::wire::{Batch, Event, Interval, RoomType, Summary, Uuid};

use crate::history::{Before, Purged, Recorded, RollUpQuery, RollUps};
use crate::model::{Contribution, HOUR_MS, Room, RoomFacts, Session};

/// A session with what its batches told.
#[derive(Debug)]
pub(super) struct Kept {
    session: Session,
    /// The number of its room.
    room: i64,
    batches: BTreeSet<Uuid>,
    pub(super) intervals: Vec<Interval>,
    pub(super) events: Vec<Event>,
    pub(super) summary: Option<Summary>,
}

/// A room with its sessions.
#[derive(Debug)]
pub(super) struct KeptRoom {
    pub(super) sid: String,
    pub(super) sessions: BTreeSet<Uuid>,
    /// Nothing for one that was only just made.
    pub(super) facts: Option<RoomFacts>,
}

/// Sessions, their rooms by number, and what both come to.
#[derive(Debug, Default)]
pub(super) struct Account {
    sessions: BTreeMap<Uuid, Kept>,
    pub(super) rooms: BTreeMap<i64, KeptRoom>,
    numbers: BTreeMap<String, i64>,
    sum: Contribution,
}

impl Account {
    pub(super) fn session(&self, id: Uuid) -> Option<&Kept> {
        self.sessions.get(&id)
    }

    pub(super) fn sessions(&self, room: &str) -> Vec<Session> {
        let number = self.numbers.get(room);
        let room = number.and_then(|number| self.rooms.get(number));
        room.map(|room| self.sessions_in(room)).unwrap_or_default()
    }

    pub(super) fn sessions_in(&self, room: &KeptRoom) -> Vec<Session> {
        let kept = room.sessions.iter().filter_map(|id| self.sessions.get(id));
        kept.map(|kept| kept.session.clone()).collect()
    }

    pub(super) fn record(&mut self, batch: Batch) -> Recorded {
        let id = batch.session;
        let known = self.sessions.get(&id);
        if known.is_some_and(|kept| kept.batches.contains(&batch.batch_id)) {
            return Recorded::Repeated;
        }
        let before = known.map(|kept| (kept.room, kept.session.clone()));
        let mut after = before.as_ref().map(|(_, session)| session.clone());
        match &mut after {
            Some(session) => session.add(&batch),
            None => after = Some(Session::of(&batch)),
        }
        let Some(after) = after else {
            return Recorded::Repeated;
        };
        let changed = before.as_ref().is_none_or(|(_, session)| *session != after);
        let room = match &before {
            Some((room, session)) if session.room_sid() == after.room_sid() => *room,
            _ => self.number(&after.room_sid()),
        };
        let rooms = before.iter().map(|(room, _)| *room).chain([room]);
        let rooms: BTreeSet<i64> = rooms.filter(|_| changed).collect();
        for number in &rooms {
            self.count(*number, -1);
        }
        self.keep(room, after, batch);
        for number in rooms {
            self.count(number, 1);
            self.renew(number);
        }
        Recorded::New
    }

    /// Puts a batch to its session, and the session into its room.
    fn keep(&mut self, room: i64, session: Session, batch: Batch) {
        let id = session.id;
        let kept = self.sessions.entry(id).or_insert_with(|| Kept {
            session: session.clone(),
            room,
            batches: BTreeSet::new(),
            intervals: Vec::new(),
            events: Vec::new(),
            summary: None,
        });
        kept.batches.insert(batch.batch_id);
        kept.intervals.extend(batch.intervals);
        kept.events.extend(batch.events);
        if let Some(end) = batch.end {
            kept.summary = Some(end.summary);
        }
        kept.session = session;
        let left = std::mem::replace(&mut kept.room, room);
        if let Some(left) = self.rooms.get_mut(&left) {
            left.sessions.remove(&id);
        }
        if let Some(room) = self.rooms.get_mut(&room) {
            room.sessions.insert(id);
        }
    }

    /// Adds the participants of a room, or with -1 takes them away: another session may have told what its type is.
    fn count(&mut self, number: i64, sign: i64) {
        let Some(room) = self.rooms.get(&number) else {
            return;
        };
        let room = Room::of(&room.sid, &self.sessions_in(room));
        for participant in room.iter().flat_map(|it| &it.participants) {
            self.sum.participant(participant, sign);
        }
    }

    /// The number of a room, which is made if it is new.
    fn number(&mut self, sid: &str) -> i64 {
        if let Some(&number) = self.numbers.get(sid) {
            return number;
        }
        let number = self.rooms.last_key_value().map_or(0, |(last, _)| *last) + 1;
        let room = KeptRoom {
            sid: sid.to_owned(),
            sessions: BTreeSet::new(),
            facts: None,
        };
        self.rooms.insert(number, room);
        self.numbers.insert(sid.to_owned(), number);
        number
    }

    /// Makes a room what its sessions say, and goes without it if none is left.
    fn renew(&mut self, number: i64) {
        let Some(room) = self.rooms.get(&number) else {
            return;
        };
        let after = Room::of(&room.sid, &self.sessions_in(room)).map(|it| it.facts);
        if let Some(before) = &room.facts {
            self.sum.room(before, -1);
        }
        match after {
            Some(after) => {
                self.sum.room(&after, 1);
                if let Some(room) = self.rooms.get_mut(&number) {
                    room.facts = Some(after);
                }
            }
            None => {
                if let Some(gone) = self.rooms.remove(&number) {
                    self.numbers.remove(&gone.sid);
                }
            }
        }
    }

    pub(super) fn forget_session(&mut self, id: Uuid) {
        let Some(kept) = self.sessions.get(&id) else {
            return;
        };
        let number = kept.room;
        self.count(number, -1);
        self.sessions.remove(&id);
        if let Some(room) = self.rooms.get_mut(&number) {
            room.sessions.remove(&id);
        }
        self.count(number, 1);
        self.renew(number);
    }

    pub(super) fn roll_ups(&self, query: &RollUpQuery) -> RollUps {
        let hours = query.from..query.to;
        let of_type = |it: Option<RoomType>| {
            query.types.is_empty() || it.is_some_and(|it| query.types.contains(&it))
        };
        let (mut rooms, mut participants) = (BTreeMap::new(), BTreeMap::new());
        let mut time = BTreeMap::<_, (i64, i64)>::new();
        // What came to nothing is no row.
        for (key, n) in self.sum.rooms.iter().filter(|(_, n)| **n != 0) {
            if hours.contains(&key.hour) && of_type(key.r#type) {
                *rooms.entry((key.hour, key.has_issues)).or_default() += n;
            }
        }
        for (key, n) in self.sum.participants.iter().filter(|(_, n)| **n != 0) {
            let asked = key.segment == query.segment
                && query.has_issues.is_none_or(|it| it == key.has_issues);
            if asked && hours.contains(&key.hour) && of_type(key.r#type) {
                *participants
                    .entry((key.hour, key.value.clone()))
                    .or_default() += n;
            }
        }
        for (key, (present, recorded)) in self.sum.time.iter().filter(|(_, ms)| **ms != (0, 0)) {
            if hours.contains(&key.hour) && of_type(key.r#type) {
                let sum = time.entry(key.hour).or_default();
                *sum = (sum.0 + present, sum.1 + recorded);
            }
        }
        RollUps {
            rooms: rooms.into_iter().map(|((at, is), n)| (at, is, n)).collect(),
            participants: participants
                .into_iter()
                .map(|((at, value), n)| (at, value, n))
                .collect(),
            time: time.into_iter().map(|(at, it)| (at, it.0, it.1)).collect(),
        }
    }

    /// Deletes rooms in which nothing happened since, and roll-ups, which outlive the rooms that they count.
    pub(super) fn purge(&mut self, before: Before) -> Purged {
        let mut purged = Purged::default();
        let is_old = |room: &KeptRoom| {
            let facts = room.facts.as_ref()?;
            let since = match facts.r#type {
                Some(RoomType::Go) => before.go_rooms,
                _ => before.rooms,
            };
            let last = |id| {
                let session = &self.sessions.get(id)?.session;
                Some(session.last_at.max(session.ended_at.unwrap_or_default()))
            };
            let last = room.sessions.iter().filter_map(last).max()?;
            let is_early = facts.created_at < before.rooms.max(before.go_rooms);
            Some(is_early && last < since)
        };
        let old = self.rooms.iter().filter(|(_, it)| is_old(it) == Some(true));
        let old: Vec<i64> = old.map(|(number, _)| *number).collect();
        for number in old {
            let Some(room) = self.rooms.remove(&number) else {
                continue;
            };
            self.numbers.remove(&room.sid);
            purged.rooms += 1;
            for id in room.sessions {
                let gone = self.sessions.remove(&id);
                purged.sessions += 1;
                purged.batches += gone.map_or(0, |it| it.batches.len() as u64);
            }
        }
        purged.roll_ups = self.forget(
            before.roll_ups.div_euclid(HOUR_MS),
            before.go_rooms.div_euclid(HOUR_MS),
        );
        purged
    }

    /// Deletes the roll-ups before an hour, and those of rooms of the type `go` before another; how many there were.
    fn forget(&mut self, all: i64, go: i64) -> u64 {
        let is_kept =
            |hour: i64, r#type| hour >= all && (r#type != Some(RoomType::Go) || hour >= go);
        let rows =
            |sum: &Contribution| (sum.rooms.len() + sum.participants.len() + sum.time.len()) as u64;
        self.sum.drop_zeros();
        let before = rows(&self.sum);
        self.sum
            .rooms
            .retain(|key, _| is_kept(key.hour, key.r#type));
        self.sum
            .participants
            .retain(|key, _| is_kept(key.hour, key.r#type));
        self.sum.time.retain(|key, _| is_kept(key.hour, key.r#type));
        before - rows(&self.sum)
    }
}
