//! Rooms are found.

use callscope_core::wire::RoomType;

use super::account::{Account, KeptRoom};
use crate::history::{
    Cursor, IssueFilter, MOST_COUNTED, PageFrom, ParticipantQuery, RoomPage, RoomQuery, RoomSort,
};
use crate::model::{Room, RoomFacts, Session};

/// A page of the rooms that match.
pub(super) fn page(account: &Account, query: &RoomQuery) -> RoomPage {
    let mut found: Vec<(Cursor, &KeptRoom)> = account
        .rooms
        .iter()
        .filter_map(|(&number, room)| {
            let facts = room
                .facts
                .as_ref()
                .filter(|it| matches(account, query, room, it))?;
            let cursor = Cursor {
                value: value(account, query.sort, room, facts),
                created_at: facts.created_at,
                number,
            };
            Some((cursor, room))
        })
        .collect();
    let total = (query.count && found.len() <= MOST_COUNTED).then_some(found.len());
    let direction = if query.ascending { 1 } else { -1 };
    // What comes first is least.
    let place = |at: &Cursor| {
        let Cursor {
            value,
            created_at,
            number,
        } = *at;
        [value, created_at, number].map(|it| direction * it)
    };
    found.sort_by_key(|(at, _)| place(at));
    let is_backwards = matches!(query.from, PageFrom::Before(_));
    match query.from {
        PageFrom::Start => {}
        PageFrom::Offset(rooms) => {
            let rooms = usize::try_from(rooms).unwrap_or(usize::MAX);
            found.drain(..rooms.min(found.len()));
        }
        PageFrom::After(from) => found.retain(|(at, _)| place(at) > place(&from)),
        PageFrom::Before(from) => found.retain(|(at, _)| place(at) < place(&from)),
    }
    let has_more = found.len() > query.limit;
    let surplus = found.len().saturating_sub(query.limit);
    if is_backwards {
        found.drain(..surplus);
    } else {
        found.truncate(query.limit);
    }
    let rooms = found.into_iter().map(|(at, room)| {
        let sessions = account.sessions_in(room);
        (at, room.sid.clone(), sessions)
    });
    RoomPage {
        rooms: rooms.collect(),
        has_more,
        total,
    }
}

/// What a room is sorted by.
fn value(account: &Account, sort: RoomSort, room: &KeptRoom, facts: &RoomFacts) -> i64 {
    match sort {
        RoomSort::CreatedAt => facts.created_at,
        RoomSort::Duration => {
            let until = account.sessions_in(room).iter().map(Session::until).max();
            until.map_or(0, |until| until - facts.created_at)
        }
        RoomSort::Participants => facts.participants,
        RoomSort::ParticipantsWithIssues => facts.participants_with_issues,
    }
}

fn matches(account: &Account, query: &RoomQuery, room: &KeptRoom, facts: &RoomFacts) -> bool {
    let of_type = |it: RoomType| query.types.contains(&it);
    let has_issues = match query.issues {
        Some(IssueFilter::With) => facts.issues.any(),
        Some(IssueFilter::Without) => !facts.issues.any(),
        Some(IssueFilter::Any(bits)) => facts.issues.bits() & bits != 0,
        None => true,
    };
    let is_searched = |text: &String| {
        let name = facts.name.as_ref();
        room.sid.starts_with(text) || name.is_some_and(|name| name.starts_with(text))
    };
    has_issues
        && (query.types.is_empty() || facts.r#type.is_some_and(of_type))
        && (query.codecs.bits() == 0 || facts.codecs.bits() & query.codecs.bits() != 0)
        && (query.name.is_none() || facts.name == query.name)
        && query.search.as_ref().is_none_or(is_searched)
        && query.created_after.is_none_or(|at| facts.created_at >= at)
        && query.created_before.is_none_or(|at| facts.created_at < at)
        // Last: it takes a look at all who were there.
        && query
            .participant
            .as_ref()
            .is_none_or(|it| has(account, room, it))
}

/// Whether somebody in a room is like that.
fn has(account: &Account, room: &KeptRoom, query: &ParticipantQuery) -> bool {
    let room = Room::of(&room.sid, &account.sessions_in(room));
    room.is_some_and(|room| room.participants.iter().any(|it| query.matches(it)))
}
