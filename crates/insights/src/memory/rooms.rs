//! Rooms are found.

use callscope_core::wire::RoomType;

use super::account::{Account, KeptRoom};
use crate::history::{Cursor, IssueFilter, PageFrom, RoomPage, RoomQuery};
use crate::model::RoomFacts;

/// A page of the rooms that match.
pub(super) fn page(account: &Account, query: &RoomQuery) -> RoomPage {
    let mut found: Vec<(Cursor, &KeptRoom)> = account
        .rooms
        .iter()
        .filter_map(|(&number, room)| {
            let facts = room.facts.as_ref().filter(|it| matches(query, room, it))?;
            let created_at = facts.created_at;
            Some((Cursor { created_at, number }, room))
        })
        .collect();
    let place = |at: &Cursor| (at.created_at, at.number);
    found.sort_by_key(|(at, _)| std::cmp::Reverse(place(at)));
    let is_backwards = matches!(query.from, PageFrom::Before(_));
    match query.from {
        PageFrom::Start => {}
        PageFrom::Offset(rooms) => {
            let rooms = usize::try_from(rooms).unwrap_or(usize::MAX);
            found.drain(..rooms.min(found.len()));
        }
        PageFrom::After(from) => found.retain(|(at, _)| place(at) < place(&from)),
        PageFrom::Before(from) => found.retain(|(at, _)| place(at) > place(&from)),
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
    }
}

fn matches(query: &RoomQuery, room: &KeptRoom, facts: &RoomFacts) -> bool {
    let of_type = |it: RoomType| query.types.contains(&it);
    let has_issues = match query.issues {
        Some(IssueFilter::With) => facts.issues.any(),
        Some(IssueFilter::Without) => !facts.issues.any(),
        Some(IssueFilter::Any(bits)) => facts.issues.bits() & bits != 0,
        None => true,
    };
    let is_searched = |prefix: &String| {
        let name = facts.name.as_ref();
        room.sid.starts_with(prefix) || name.is_some_and(|it| it.starts_with(prefix))
    };
    has_issues
        && (query.types.is_empty() || facts.r#type.is_some_and(of_type))
        && (query.codecs.bits() == 0 || facts.codecs.bits() & query.codecs.bits() != 0)
        && (query.name.is_none() || facts.name == query.name)
        && query.search.as_ref().is_none_or(is_searched)
        && query.created_after.is_none_or(|at| facts.created_at >= at)
        && query.created_before.is_none_or(|at| facts.created_at < at)
}
