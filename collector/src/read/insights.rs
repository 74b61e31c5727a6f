//! What Twilio only shows on screen: issues, intervals, events, timelines and the dashboard. Times are milliseconds since the epoch.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use callscope_core::wire::{Event, IssueType, RoomType};
use serde_json::{Value, json};

use super::dashboard::{self, Asked};
use super::twilio::cursor;
use super::{Parameters, detected_issues, participant, reader, room, settled};
use crate::model::{AccountSid, Codecs, Issues, Participant, Room, Session};
use crate::problem::Problem;
use crate::serve::Shared;
use crate::store::{IssueFilter, PageFrom, RoomQuery};

type Answer = Result<Json<Value>, Problem>;

pub(crate) async fn rooms(
    State(shared): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let account = reader(&shared, &headers)?;
    let parameters = Parameters::new(query.as_deref());
    let found = shared
        .store
        .rooms(&account, room_query(&parameters)?)
        .await?;
    let next = found.rooms.last().filter(|_| found.has_more);
    let next = next.map(|(at, ..)| format!("PA{}_{}", at.created_at, at.number));
    let rooms = found
        .rooms
        .iter()
        .filter_map(|(_, sid, sessions)| Room::of(sid, sessions));
    let rooms: Vec<Value> = rooms.map(|room| room_json(&shared, &room)).collect();
    Ok(Json(json!({ "rooms": rooms, "next_page_token": next })))
}

fn room_query(parameters: &Parameters) -> Result<RoomQuery, Problem> {
    let from = match parameters.text("page_token") {
        Some(token) => {
            cursor(token).ok_or_else(|| Problem::parameter("page_token", "is not one of ours"))?
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
        from,
        limit: parameters.page_size("page_size")?,
    })
}

fn types(parameters: &Parameters) -> Result<Vec<RoomType>, Problem> {
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

fn room_json(shared: &Shared, room: &Room) -> Value {
    let (now, timeout) = (shared.now(), shared.config.session_timeout_ms);
    let is_live = room.is_live(now, timeout);
    let tagged = room.participants.iter().filter(|it| it.tags().any());
    json!({
        "sid": room.sid,
        "name": room.facts.name,
        "type": room.facts.r#type,
        "status": if is_live { "in_progress" } else { "completed" },
        "created_at": room.facts.created_at,
        "ended_at": (!is_live).then(|| room.until()),
        "duration_ms": room.until() - room.facts.created_at,
        "participants": room.participants.len(),
        "participants_with_issues": tagged.count(),
        "max_concurrent_participants": room.most_at_once(),
        "codecs": room.facts.codecs.names(),
        "detected_issues": detected_issues(&room.participants),
    })
}

fn participant_json(shared: &Shared, it: &Participant) -> Value {
    let is_live = it.is_live(shared.now(), shared.config.session_timeout_ms);
    json!({
        "sid": it.sid,
        "identity": it.identity,
        "status": if is_live { "in_progress" } else { "completed" },
        "joined_at": it.joined_at,
        "left_at": (!is_live).then_some(it.until),
        "duration_ms": it.until - it.joined_at,
        "recorded_ms": it.recorded_ms(),
        "client": it.client,
        "codecs": it.codecs.names(),
        "tracks_published": it.tracks.len(),
        "tracks": it.tracks,
        "error_code": it.error_code,
        "dropped_batches": it.dropped,
        "issues": it.issues,
        "detected_issues": detected_issues([it]),
    })
}

pub(crate) async fn one_room(
    State(shared): State<Shared>,
    Path(sid): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let account = reader(&shared, &headers)?;
    let room = room(&shared, &account, &sid).await?;
    let participants = room
        .participants
        .iter()
        .map(|it| participant_json(&shared, it));
    let mut answer = room_json(&shared, &room);
    answer["participants"] = participants.collect();
    Ok(Json(answer))
}

pub(crate) async fn timeline(
    State(shared): State<Shared>,
    Path(sid): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let account = reader(&shared, &headers)?;
    let room = room(&shared, &account, &sid).await?;
    let (now, timeout) = (shared.now(), shared.config.session_timeout_ms);
    let mut entries = Vec::new();
    for it in &room.participants {
        let mut add = |at: i64, what: Value| {
            let about = json!({"participant_sid": it.sid, "participant_identity": it.identity});
            entries.push((at, merged(about, what)));
        };
        add(it.joined_at, json!({"event": "joined", "at": it.joined_at}));
        if !it.is_live(now, timeout) {
            add(it.until, json!({"event": "left", "at": it.until}));
        }
    }
    for session in shared.store.sessions(&account, &sid).await? {
        let participant = session.participant_sid();
        let identity = session.facts.identity.as_ref().map(|said| &said.value);
        for event in settled(shared.store.events(&account, &session).await?) {
            let about = json!({"participant_sid": participant, "participant_identity": identity});
            entries.push((event.at(), merged(about, json!(event))));
        }
    }
    entries.sort_by_key(|(at, _)| *at);
    let entries: Vec<Value> = entries.into_iter().map(|(_, entry)| entry).collect();
    Ok(Json(json!({ "timeline": entries })))
}

fn merged(mut one: Value, other: Value) -> Value {
    if let (Value::Object(members), Value::Object(others)) = (&mut one, other) {
        members.extend(others);
    }
    one
}

/// The sessions of a participant.
async fn sessions(
    shared: &Shared,
    account: &AccountSid,
    room_sid: &str,
    sid: &str,
) -> Result<Vec<Session>, Problem> {
    let mut sessions = shared.store.sessions(account, room_sid).await?;
    sessions.retain(|session| session.participant_sid() == sid);
    if sessions.is_empty() {
        return Err(Problem::not_found(&format!(
            "/rooms/{room_sid}/participants/{sid}"
        )));
    }
    sessions.sort_by_key(|session| session.started_at);
    Ok(sessions)
}

pub(crate) async fn one_participant(
    State(shared): State<Shared>,
    Path((room_sid, sid)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let account = reader(&shared, &headers)?;
    let found = participant(room(&shared, &account, &room_sid).await?, &sid)?;
    let mut summaries = Vec::new();
    for session in sessions(&shared, &account, &room_sid, &sid).await? {
        summaries.extend(shared.store.summary(&account, &session).await?);
    }
    let mut answer = participant_json(&shared, &found);
    answer["summaries"] = json!(summaries);
    Ok(Json(answer))
}

pub(crate) async fn intervals(
    State(shared): State<Shared>,
    Path((room_sid, sid)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let account = reader(&shared, &headers)?;
    let parameters = Parameters::new(query.as_deref());
    let from = parameters.time("from")?.unwrap_or(i64::MIN);
    let to = parameters.time("to")?.unwrap_or(i64::MAX);
    let mut intervals = Vec::new();
    for session in sessions(&shared, &account, &room_sid, &sid).await? {
        let some = shared.store.intervals(&account, &session).await?;
        intervals.extend(
            some.into_iter()
                .filter(|it| (from..to).contains(&it.start())),
        );
    }
    intervals.sort_by_key(callscope_core::wire::Interval::start);
    Ok(Json(json!({ "intervals": intervals })))
}

pub(crate) async fn events(
    State(shared): State<Shared>,
    Path((room_sid, sid)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let account = reader(&shared, &headers)?;
    let mut events: Vec<Event> = Vec::new();
    for session in sessions(&shared, &account, &room_sid, &sid).await? {
        events.extend(settled(shared.store.events(&account, &session).await?));
    }
    events.sort_by_key(Event::at);
    Ok(Json(json!({ "events": events })))
}

pub(crate) async fn dashboard(
    State(shared): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let account = reader(&shared, &headers)?;
    let parameters = Parameters::new(query.as_deref());
    let asked = Asked::new(&parameters, types(&parameters)?, shared.now())?;
    let (current, previous) = asked.queries();
    let (current, previous) = tokio::try_join!(
        shared.store.roll_ups(&account, current),
        shared.store.roll_ups(&account, previous)
    )?;
    Ok(Json(dashboard::answer(&asked, &current, &previous)))
}
