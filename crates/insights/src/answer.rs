//! What Twilio only shows on screen: issues, intervals, events, timelines and the dashboard. Times are milliseconds since the epoch.

use callscope_core::wire::{Event, Interval, Signal};
use futures_util::FutureExt;
use futures_util::future::try_join;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::dashboard::{self, Asked};
use crate::history::{History, PageFrom};
use crate::listed::{room_query, token, types};
use crate::model::{AccountSid, Participant, Room, Session};
use crate::problem::Problem;
use crate::query::Parameters;
use crate::rest::{
    UNKNOWN_OF_PARTICIPANT, UNKNOWN_OF_ROOM, add, error_code_url, processing_state, unknown,
};

type Answer = Result<Value, Problem>;

/// Under which all paths are.
const ROOT: &str = "/v1/insights/";

/// What answers depend on beside what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// After how long without a word a session without an end is over.
    pub session_timeout_ms: i64,
    /// How long the figures of a dashboard are kept.
    pub dashboard_ms: i64,
    /// How long rooms and participants are kept.
    pub rooms_ms: i64,
}

/// Answers a `GET` of a path under `/v1/insights/` with its query, as of `now`.
///
/// # Errors
///
/// If there is nothing at that path, a parameter is none, or the history fails.
pub async fn answer<H: History + ?Sized>(
    history: &H,
    account: &AccountSid,
    now: i64,
    settings: Settings,
    path: &str,
    query: Option<&str>,
) -> Answer
where
    Problem: From<H::Error>,
{
    let reader = Reader {
        history,
        account,
        now,
        settings,
    };
    let parameters = Parameters::new(query);
    let not_found = || Problem::not_found(path);
    let segments = path.strip_prefix(ROOT).ok_or_else(not_found)?.split('/');
    let decoded = |it| percent_decode_str(it).decode_utf8().ok();
    let segments: Option<Vec<_>> = segments.map(decoded).collect();
    let segments = segments.ok_or_else(not_found)?;
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    match segments.as_slice() {
        ["dashboard"] => reader.dashboard(&parameters).await,
        ["rooms"] => reader.rooms(&parameters).await,
        ["rooms", room] => reader.room(room).await,
        ["rooms", room, "timeline"] => reader.timeline(room).await,
        ["rooms", room, "participants", it] => reader.participant(room, it, &parameters).await,
        ["rooms", room, "participants", it, "intervals"] => {
            reader.intervals(room, it, &parameters).await
        }
        ["rooms", room, "participants", it, "events"] => reader.events(room, it, &parameters).await,
        _ => Err(not_found()),
    }
}

/// As [`answer`], of a history that never waits: the status, and the JSON as text. The path comes with its query.
#[must_use]
pub fn answer_at_once<H: History + ?Sized>(
    history: &H,
    account: &AccountSid,
    now: i64,
    settings: Settings,
    url: &str,
) -> (u16, String)
where
    Problem: From<H::Error>,
{
    let (path, query) = match url.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (url, None),
    };
    let answer = answer(history, account, now, settings, path, query);
    match answer.now_or_never() {
        Some(Ok(answer)) => (200, answer.to_string()),
        Some(Err(problem)) => (problem.status.as_u16(), problem.json().to_string()),
        None => (
            500,
            json!({"message": "the answer was not ready"}).to_string(),
        ),
    }
}

/// The room of that sid.
///
/// # Errors
///
/// If there is none, or the history fails.
pub async fn room<H: History + ?Sized>(
    history: &H,
    account: &AccountSid,
    sid: &str,
) -> Result<Room, Problem>
where
    Problem: From<H::Error>,
{
    let sessions = history.sessions(account, sid).await?;
    Room::of(sid, &sessions).ok_or_else(|| Problem::not_found(&format!("/Rooms/{sid}")))
}

/// The participant of that sid.
///
/// # Errors
///
/// If there is none.
pub fn participant(room: Room, sid: &str) -> Result<Participant, Problem> {
    let not_found = || Problem::not_found(&format!("/Rooms/{}/Participants/{sid}", room.sid));
    let found = room.participants.iter().find(|it| it.sid == sid);
    found.cloned().ok_or_else(not_found)
}

/// Who answers.
struct Reader<'a, H: ?Sized> {
    history: &'a H,
    account: &'a AccountSid,
    now: i64,
    settings: Settings,
}

impl<H: History + ?Sized> Reader<'_, H>
where
    Problem: From<H::Error>,
{
    async fn rooms(&self, parameters: &Parameters) -> Answer {
        let query = room_query(parameters)?;
        let (sort, from) = (query.sort, query.from);
        let found = self.history.rooms(self.account, query).await?;
        // Backwards, there is always where one came from.
        let (has_next, has_previous) = match from {
            PageFrom::Before(_) => (true, found.has_more),
            from => (found.has_more, from != PageFrom::Start),
        };
        let ends = (found.rooms.first(), found.rooms.last());
        let previous = ends.0.filter(|_| has_previous);
        let previous = previous.map(|(at, ..)| token("PB", sort, *at));
        let next = ends.1.filter(|_| has_next);
        let next = next.map(|(at, ..)| token("PA", sort, *at));
        let rooms = found
            .rooms
            .iter()
            .filter_map(|(_, sid, sessions)| Room::of(sid, sessions));
        let rooms: Vec<Value> = rooms.map(|room| self.room_json(&room)).collect();
        Ok(json!({
            "rooms": rooms,
            "previous_page_token": previous,
            "next_page_token": next,
            "total": found.total,
        }))
    }

    async fn room(&self, sid: &str) -> Answer {
        let room = room(self.history, self.account, sid).await?;
        let participants = room.participants.iter().map(|it| self.participant_json(it));
        let mut answer = self.room_json(&room);
        answer["participants"] = participants.collect();
        let (now, timeout) = (self.now, self.settings.session_timeout_ms);
        let recorded = room.recorded_ms();
        let more = [
            ("account_sid", Value::from(self.account.known())),
            ("unique_participants", room.participants.len().into()),
            ("unique_participant_identities", room.identities().into()),
            ("concurrent_participants", room.present(now, timeout).into()),
            (
                "total_participant_duration_ms",
                room.participant_ms().into(),
            ),
            ("total_recording_duration_ms", recorded.into()),
            ("recording_enabled", recorded.map(|_| true).into()),
            (
                "processing_state",
                processing_state(room.is_live(now, timeout)).into(),
            ),
        ];
        add(&mut answer, more);
        add(&mut answer, UNKNOWN_OF_ROOM.map(unknown));
        Ok(answer)
    }

    async fn timeline(&self, sid: &str) -> Answer {
        let room = room(self.history, self.account, sid).await?;
        let (now, timeout) = (self.now, self.settings.session_timeout_ms);
        let mut entries = Vec::new();
        for it in &room.participants {
            // At the same time, who comes is there first and who leaves is there last.
            let mut add = |at: i64, rank: u8, what: Value| {
                let about = json!({"participant_sid": it.sid, "participant_identity": it.identity});
                entries.push((at, rank, merged(about, what)));
            };
            add(
                it.joined_at,
                0,
                json!({"event": "joined", "at": it.joined_at}),
            );
            if !it.is_live(now, timeout) {
                add(it.until, 2, json!({"event": "left", "at": it.until}));
            }
        }
        for session in self.history.sessions(self.account, sid).await? {
            let participant = session.participant_sid();
            let identity = session.facts.identity.as_ref().map(|said| &said.value);
            for event in settled(self.history.events(self.account, &session).await?) {
                let about =
                    json!({"participant_sid": participant, "participant_identity": identity});
                entries.push((event.at(), 1, merged(about, json!(event))));
            }
        }
        entries.sort_by_cached_key(|(at, rank, entry)| (*at, *rank, entry.to_string()));
        let entries: Vec<Value> = entries.into_iter().map(|(.., entry)| entry).collect();
        Ok(json!({ "timeline": entries }))
    }

    async fn participant(&self, room_sid: &str, sid: &str, parameters: &Parameters) -> Answer {
        let span = Span::new(parameters)?;
        let include = parameters.words("include", Include::named, &Include::WORDS)?;
        let room = room(self.history, self.account, room_sid).await?;
        let facts = json!({
            "sid": room.sid,
            "name": room.facts.name,
            "type": room.facts.r#type,
            "created_at": room.facts.created_at,
        });
        let found = participant(room, sid)?;
        let mut answer = self.participant_json(&found);
        let more = [
            ("account_sid", Value::from(self.account.known())),
            ("room", facts),
            (
                "error_code_url",
                found.error_code.map(error_code_url).into(),
            ),
            unknown("properties"),
        ];
        add(&mut answer, more);
        add(&mut answer, UNKNOWN_OF_PARTICIPANT.map(unknown));
        let sessions = self.sessions_of(room_sid, sid).await?;
        let mut summaries = Vec::new();
        for session in &sessions {
            summaries.extend(self.history.summary(self.account, session).await?);
        }
        answer["summaries"] = json!(summaries);
        if include.contains(&Include::Events) {
            answer["events"] = json!(self.events_in(&sessions, span).await?);
        }
        if include.contains(&Include::Intervals) {
            answer["intervals"] = json!(self.intervals_in(&sessions, span).await?.1);
        }
        Ok(answer)
    }

    async fn intervals(&self, room_sid: &str, sid: &str, parameters: &Parameters) -> Answer {
        let span = Span::new(parameters)?;
        let sessions = self.sessions_of(room_sid, sid).await?;
        let (earlier, intervals) = self.intervals_in(&sessions, span).await?;
        Ok(json!({ "earlier": earlier, "intervals": intervals }))
    }

    async fn events(&self, room_sid: &str, sid: &str, parameters: &Parameters) -> Answer {
        let span = Span::new(parameters)?;
        let sessions = self.sessions_of(room_sid, sid).await?;
        Ok(json!({ "events": self.events_in(&sessions, span).await? }))
    }

    /// The intervals of a span, and how many are earlier: who has these already need not ask for them again, unless one of them came late.
    async fn intervals_in(
        &self,
        sessions: &[Session],
        span: Span,
    ) -> Result<(usize, Vec<Interval>), Problem> {
        let (mut earlier, mut intervals) = (0, Vec::new());
        for session in sessions {
            let some = self.history.intervals(self.account, session).await?;
            earlier += some.iter().filter(|it| it.start() < span.from).count();
            intervals.extend(
                some.into_iter()
                    .filter(|it| span.has(it.start(), it.start())),
            );
        }
        intervals.sort_by_key(Interval::start);
        Ok((earlier, intervals))
    }

    async fn events_in(&self, sessions: &[Session], span: Span) -> Result<Vec<Event>, Problem> {
        let mut events: Vec<Event> = Vec::new();
        for session in sessions {
            let some = settled(self.history.events(self.account, session).await?);
            events.extend(some.into_iter().filter(|it| span.has(it.at(), it.until())));
        }
        // Of two at the same time, it does not matter which came first.
        events.sort_by_cached_key(|event| (event.at(), json!(event).to_string()));
        Ok(events)
    }

    async fn dashboard(&self, parameters: &Parameters) -> Answer {
        let asked = Asked::new(parameters, types(parameters)?, self.now, self.settings)?;
        let (current, previous) = asked.queries();
        let (current, previous) = try_join(
            self.history.roll_ups(self.account, current),
            self.history.roll_ups(self.account, previous),
        )
        .await?;
        Ok(dashboard::answer(&asked, &current, &previous))
    }

    /// The sessions of a participant.
    async fn sessions_of(&self, room_sid: &str, sid: &str) -> Result<Vec<Session>, Problem> {
        let mut sessions = self.history.sessions(self.account, room_sid).await?;
        sessions.retain(|session| session.participant_sid() == sid);
        if sessions.is_empty() {
            return Err(Problem::not_found(&format!(
                "/rooms/{room_sid}/participants/{sid}"
            )));
        }
        sessions.sort_by_key(|session| (session.started_at, session.id));
        Ok(sessions)
    }

    fn room_json(&self, room: &Room) -> Value {
        let (now, timeout) = (self.now, self.settings.session_timeout_ms);
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
            "issues": room.facts.issues.names(),
            "detected_issues": detected_issues(&room.participants),
        })
    }

    fn participant_json(&self, it: &Participant) -> Value {
        let is_live = it.is_live(self.now, self.settings.session_timeout_ms);
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
}

/// From when to when, as `from` and `to` say.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: i64,
    to: i64,
}

impl Span {
    fn new(parameters: &Parameters) -> Result<Self, Problem> {
        Ok(Self {
            from: parameters.time("from")?.unwrap_or(i64::MIN),
            to: parameters.time("to")?.unwrap_or(i64::MAX),
        })
    }

    /// Whether something lies in it that goes on from one time until another.
    const fn has(self, at: i64, until: i64) -> bool {
        at < self.to && until >= self.from
    }
}

/// What is told of a participant besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Include {
    Events,
    Intervals,
}

impl Include {
    const WORDS: [&str; 2] = ["events", "intervals"];

    fn named(word: &str) -> Option<Self> {
        match word {
            "events" => Some(Self::Events),
            "intervals" => Some(Self::Intervals),
            _ => None,
        }
    }
}

fn merged(mut one: Value, other: Value) -> Value {
    if let (Value::Object(members), Value::Object(others)) = (&mut one, other) {
        members.extend(others);
    }
    one
}

/// Issues in the shape of Twilio's room summary.
fn detected_issues<'a>(participants: impl IntoIterator<Item = &'a Participant>) -> Value {
    let details: Vec<Value> = participants
        .into_iter()
        .flat_map(|participant| {
            participant.issues.iter().map(|issue| {
                json!({
                    "issue_type": issue.r#type,
                    "severity": issue.severity,
                    "properties": {
                        "participant_sid": participant.sid,
                        "participant_identity": participant.identity,
                        "directions": ["outbound"],
                        "media": issue.media,
                        "tracks": issue.tracks,
                        "value": issue.value,
                        "threshold": issue.threshold,
                    },
                })
            })
        })
        .collect();
    json!({ "details": details })
}

/// Events as they stand: a signal that ended was told of twice.
fn settled(events: Vec<Event>) -> Vec<Event> {
    let key = |it: &Signal| (it.r#type, it.pc.clone(), it.track.clone(), it.start);
    let ended: std::collections::BTreeSet<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Signal(signal) if signal.end.is_some() => Some(key(signal)),
            _ => None,
        })
        .collect();
    let stands = |event: &Event| match event {
        Event::Signal(signal) => signal.end.is_some() || !ended.contains(&key(signal)),
        _ => true,
    };
    events.into_iter().filter(stands).collect()
}
