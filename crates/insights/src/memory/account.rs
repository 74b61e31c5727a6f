//! What is kept of one account.

use std::collections::{BTreeMap, BTreeSet};

use callscope_core::wire::{Batch, Event, Interval, RoomType, Summary, Uuid};

use crate::history::{Before, Purged, Recorded, RollUpQuery, RollUps};
use crate::model::{Contribution, HOUR_MS, Participant, Room, RoomFacts, RoomFold, Session};

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
#[derive(Debug, Default)]
pub(super) struct KeptRoom {
    pub(super) sid: String,
    /// By participant.
    sessions: BTreeSet<(String, Uuid)>,
    fold: RoomFold,
    /// What it is counted as: nothing as long as it was only just made.
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

    pub(super) fn forget_intervals(&mut self, session: Uuid) {
        if let Some(kept) = self.sessions.get_mut(&session) {
            kept.intervals = Vec::new();
        }
    }

    pub(super) fn sessions(&self, room: &str) -> Vec<Session> {
        let number = self.numbers.get(room);
        let room = number.and_then(|number| self.rooms.get(number));
        room.map(|room| self.sessions_in(room)).unwrap_or_default()
    }

    pub(super) fn sessions_in(&self, room: &KeptRoom) -> Vec<Session> {
        let kept = room.sessions.iter();
        let kept = kept.filter_map(|(_, id)| self.sessions.get(id));
        kept.map(|kept| kept.session.clone()).collect()
    }

    /// The other sessions of a participant.
    fn others(&self, room: i64, participant: String, id: Uuid) -> Vec<Session> {
        let Some(room) = self.rooms.get(&room) else {
            return Vec::new();
        };
        let first = (participant, Uuid::from_bytes([0; 16]));
        let same = room.sessions.range(first.clone()..);
        let same = same.take_while(|(it, _)| *it == first.0);
        let kept = same.filter_map(|(_, other)| self.sessions.get(other).filter(|_| *other != id));
        kept.map(|kept| kept.session.clone()).collect()
    }

    pub(super) fn record(&mut self, batch: Batch) -> Recorded {
        let id = batch.session;
        let known = self.sessions.get(&id);
        if known.is_some_and(|kept| kept.batches.contains(&batch.batch_id)) {
            return Recorded::Repeated;
        }
        let before = known.map(|kept| (kept.room, kept.session.clone()));
        let after = match &before {
            Some((_, session)) => {
                let mut after = session.clone();
                after.add(&batch);
                after
            }
            None => Session::of(&batch),
        };
        let changed = before.as_ref().is_none_or(|(_, session)| *session != after);
        let room = match &before {
            Some((room, session)) if session.room_sid() == after.room_sid() => *room,
            _ => self.number(&after),
        };
        self.keep(room, after.clone(), batch);
        if changed {
            self.changed(before, Some((room, after)));
        }
        Recorded::New
    }

    /// Puts a batch to its session, and the session into its room.
    fn keep(&mut self, room: i64, session: Session, batch: Batch) {
        let id = session.id;
        let place = (session.participant_sid(), id);
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
        let left = (kept.session.participant_sid(), id);
        kept.session = session;
        let from = std::mem::replace(&mut kept.room, room);
        if let Some(from) = self.rooms.get_mut(&from) {
            from.sessions.remove(&left);
        }
        if let Some(room) = self.rooms.get_mut(&room) {
            room.sessions.insert(place);
        }
    }

    /// A session came, changed, went to another room or is gone: so did its participant, and perhaps the room.
    fn changed(&mut self, before: Option<(i64, Session)>, after: Option<(i64, Session)>) {
        for (it, sign) in [(&before, -1), (&after, 1)] {
            let Some((room, session)) = it else { continue };
            let others = self.others(*room, session.participant_sid(), session.id);
            // Without this session they were as they are without it.
            if let Some(alone) = Participant::of(&others) {
                self.count(*room, alone, -sign);
            }
            if let Some(together) = Participant::of(others.iter().chain([session])) {
                self.count(*room, together, sign);
            }
        }
        let arrived = after.as_ref().map(|(room, _)| *room);
        let left = before.map(|(room, _)| room);
        if let Some(left) = left.filter(|it| Some(*it) != arrived) {
            self.leave(left);
            self.renew(left);
        }
        if let Some((room, session)) = after {
            self.hear(room, &session);
            self.renew(room);
        }
    }

    /// Adds a participant of a room, or with -1 takes them away.
    fn count(&mut self, room: i64, mut participant: Participant, sign: i64) {
        let Some(room) = self.rooms.get_mut(&room) else {
            return;
        };
        participant.room_type = room.fold.room_type();
        self.sum.participant(&participant, sign);
        room.fold.count(&participant, sign);
    }

    /// A session of a room is new, or was changed.
    fn hear(&mut self, number: i64, session: &Session) {
        let Some(room) = self.rooms.get_mut(&number) else {
            return;
        };
        let before = room.fold.room_type();
        room.fold.hear(session);
        self.retype(number, before);
    }

    /// A session of a room is gone.
    fn leave(&mut self, number: i64) {
        let Some(room) = self.rooms.get(&number) else {
            return;
        };
        let (before, left) = (room.fold.room_type(), self.sessions_in(room));
        if let Some(room) = self.rooms.get_mut(&number) {
            room.fold.hear_again(&left);
        }
        self.retype(number, before);
    }

    /// Counts everybody as of the type that the room is now known to have.
    fn retype(&mut self, number: i64, before: Option<RoomType>) {
        let Some(room) = self.rooms.get(&number) else {
            return;
        };
        let now = room.fold.room_type();
        if now == before || room.fold.is_empty() {
            return;
        }
        let all = Room::of("", &self.sessions_in(room));
        for mut participant in all.into_iter().flat_map(|room| room.participants) {
            participant.room_type = before;
            self.sum.participant(&participant, -1);
            participant.room_type = now;
            self.sum.participant(&participant, 1);
        }
    }

    /// The number of a room, which is made if it is new.
    fn number(&mut self, session: &Session) -> i64 {
        let sid = session.room_sid();
        if let Some(&number) = self.numbers.get(&sid) {
            return number;
        }
        let number = self.rooms.last_key_value().map_or(0, |(last, _)| *last) + 1;
        let mut room = KeptRoom {
            sid: sid.clone(),
            ..KeptRoom::default()
        };
        // Its type is what its first participant is counted as.
        room.fold.hear(session);
        self.rooms.insert(number, room);
        self.numbers.insert(sid, number);
        number
    }

    /// Counts a room as what it came to, and goes without it if nobody is left.
    fn renew(&mut self, number: i64) {
        let Some(room) = self.rooms.get_mut(&number) else {
            return;
        };
        let after = room.fold.facts();
        if let Some(before) = std::mem::replace(&mut room.facts, after) {
            self.sum.room(&before, -1);
        }
        match &room.facts {
            Some(after) => self.sum.room(after, 1),
            None => {
                self.numbers.remove(&room.sid);
                self.rooms.remove(&number);
            }
        }
    }

    pub(super) fn forget_session(&mut self, id: Uuid) {
        let Some(kept) = self.sessions.remove(&id) else {
            return;
        };
        if let Some(room) = self.rooms.get_mut(&kept.room) {
            room.sessions.remove(&(kept.session.participant_sid(), id));
        }
        self.changed(Some((kept.room, kept.session)), None);
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
            let is_asked = key.segment == query.segment;
            if is_asked && hours.contains(&key.hour) && of_type(key.r#type) {
                let sum = participants.entry((key.hour, key.value.clone()));
                let (all, with_issues): &mut (i64, i64) = sum.or_default();
                *all += n;
                *with_issues += if key.has_issues { *n } else { 0 };
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
                .map(|((at, value), (all, with))| (at, value, all, with))
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
            let last = |(_, id): &(String, Uuid)| {
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
            for (_, id) in room.sessions {
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
