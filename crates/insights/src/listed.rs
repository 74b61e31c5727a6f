//! Which rooms a list has, and where its pages begin.

use callscope_core::wire::{IssueType, RoomType};

use crate::behind::ParticipantQuery;
use crate::history::{Cursor, IssueFilter, PageFrom, RoomQuery, RoomSort};
use crate::model::{Codecs, Issues};
use crate::problem::Problem;
use crate::query::Parameters;

/// What is asked of a list of rooms.
pub(crate) fn room_query(parameters: &Parameters) -> Result<RoomQuery, Problem> {
    let words = RoomSort::ALL.map(RoomSort::name);
    let named = |word: &str| RoomSort::ALL.into_iter().find(|it| it.name() == word);
    let sort = parameters.words("sort", named, &words)?;
    let sort = sort.last().copied().unwrap_or_default();
    let direction = |word: &str| match word {
        "asc" => Some(true),
        "desc" => Some(false),
        _ => None,
    };
    let ascending = parameters.words("order", direction, &["asc", "desc"])?;
    let from = match parameters.text("page_token") {
        Some(text) => {
            let from = cursor(text).filter(|_| text.matches('_').count() == parts(sort));
            from.ok_or_else(|| Problem::parameter("page_token", "is none of this list"))?
        }
        None => PageFrom::Start,
    };
    Ok(RoomQuery {
        types: types(parameters)?,
        codecs: parameters
            .words("codec", Codecs::named, &Codecs::ALL)?
            .into_iter()
            .sum(),
        name: None,
        search: parameters.text("search").map(|it| it.trim().to_owned()),
        created_after: parameters.time("created_after")?,
        created_before: parameters.time("created_before")?,
        issues: issue_filter(parameters)?,
        participant: ParticipantQuery::new(parameters)?,
        sort,
        ascending: ascending.last().copied().unwrap_or_default(),
        // Who turns pages knows it from the first.
        count: from == PageFrom::Start,
        from,
        limit: parameters.page_size("page_size")?,
    })
}

/// Rooms of these types; of any if there is none.
pub(crate) fn types(parameters: &Parameters) -> Result<Vec<RoomType>, Problem> {
    let words: Vec<&str> = RoomType::ALL.iter().map(|it| it.name()).collect();
    parameters.words("type", RoomType::named, &words)
}

fn issue_filter(parameters: &Parameters) -> Result<Option<IssueFilter>, Problem> {
    let named = |word: &str| match word {
        "with" => Some(IssueFilter::With),
        "without" => Some(IssueFilter::Without),
        _ => IssueType::named(word).map(|issue| IssueFilter::Any(Issues::bit(issue))),
    };
    let words = ["with", "without", "packet_loss", "round_trip_time"];
    let all = parameters.words("issues", named, &words)?;
    // Of two issues, either.
    Ok(all.into_iter().reduce(|one, other| match (one, other) {
        (IssueFilter::Any(one), IssueFilter::Any(other)) => IssueFilter::Any(one | other),
        (_, other) => other,
    }))
}

/// How many underscores there are in a page token.
const fn parts(sort: RoomSort) -> usize {
    match sort {
        RoomSort::CreatedAt => 1,
        _ => 2,
    }
}

/// The page token of what comes after a room (`PA`), or before it (`PB`).
pub(crate) fn token(direction: &str, sort: RoomSort, at: Cursor) -> String {
    let Cursor {
        value,
        created_at,
        number,
    } = at;
    match sort {
        RoomSort::CreatedAt => format!("{direction}{created_at}_{number}"),
        _ => format!("{direction}{value}_{created_at}_{number}"),
    }
}

/// Where a page token says that a page begins.
#[must_use]
pub fn cursor(token: &str) -> Option<PageFrom> {
    let (direction, place) = token.split_at_checked(2)?;
    let numbers = place.split('_').map(|it| it.parse().ok());
    let numbers: Vec<i64> = numbers.collect::<Option<_>>()?;
    let (value, created_at, number) = match *numbers.as_slice() {
        [created_at, number] => (created_at, created_at, number),
        [value, created_at, number] => (value, created_at, number),
        _ => return None,
    };
    let cursor = Cursor {
        value,
        created_at,
        number,
    };
    match direction {
        "PA" => Some(PageFrom::After(cursor)),
        "PB" => Some(PageFrom::Before(cursor)),
        _ => None,
    }
}
