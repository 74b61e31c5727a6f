//! Twilio's Insights REST API for video, so that its own client libraries read it. What a module in a browser cannot know is null.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use callscope_core::wire::RoomType;
use callscope_insights::answer::{participant, room};
use callscope_insights::listed::cursor;
use callscope_insights::query::Parameters;
use callscope_insights::rest::{
    UNKNOWN_OF_PARTICIPANT, UNKNOWN_OF_ROOM, add, error_code_url, processing_state, unknown,
};
use serde_json::{Value, json};

use super::{base, iso, reader, seconds};
use crate::model::{AccountSid, Codecs, Participant, Room};
use crate::problem::Problem;
use crate::serve::{Shared, Told};
use crate::store::{PageFrom, RoomQuery};

type Answer = Result<Json<Value>, Told>;

/// What is needed to write down rooms and participants.
struct Scene<'a> {
    account: &'a AccountSid,
    base: String,
    now: i64,
    timeout: i64,
}

impl<'a> Scene<'a> {
    fn new(shared: &Shared, headers: &HeaderMap, account: &'a AccountSid) -> Self {
        Self {
            account,
            base: base(shared, headers),
            now: shared.now(),
            timeout: shared.config.session_timeout_ms,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}/v1/Video/Rooms{path}", self.base)
    }

    fn room(&self, room: &Room) -> Value {
        let is_live = room.is_live(self.now, self.timeout);
        let recorded = room.recorded_ms();
        let path = format!("/{}", escaped(&room.sid));
        let mut answer = json!({
            "account_sid": self.account.as_str(),
            "room_sid": room.sid,
            "room_name": room.facts.name,
            "create_time": iso(room.facts.created_at),
            "end_time": if is_live { Value::Null } else { iso(room.until()) },
            "room_type": room.facts.r#type,
            "room_status": if is_live { "in_progress" } else { "completed" },
            "unique_participants": room.participants.len(),
            "unique_participant_identities": room.identities(),
            "concurrent_participants": room.present(self.now, self.timeout),
            "max_concurrent_participants": room.most_at_once(),
            "codecs": room.facts.codecs.names(),
            "duration_sec": seconds(room.until() - room.facts.created_at),
            "total_participant_duration_sec": seconds(room.participant_ms()),
            "total_recording_duration_sec": recorded.map(seconds),
            "processing_state": processing_state(is_live),
            "recording_enabled": recorded.map(|_| true),
            "url": self.url(&path),
            "links": {"participants": self.url(&format!("{path}/Participants"))},
        });
        add(&mut answer, UNKNOWN_OF_ROOM.map(unknown));
        answer
    }

    fn participant(&self, room: &str, it: &Participant) -> Value {
        let is_live = it.is_live(self.now, self.timeout);
        let path = format!("/{}/Participants/{}", escaped(room), escaped(&it.sid));
        let mut answer = json!({
            "participant_sid": it.sid,
            "participant_identity": it.identity,
            "join_time": iso(it.joined_at),
            "leave_time": if is_live { Value::Null } else { iso(it.until) },
            "duration_sec": seconds(it.until - it.joined_at),
            "account_sid": self.account.as_str(),
            "room_sid": room,
            "status": if is_live { "in_progress" } else { "completed" },
            "codecs": it.codecs.names(),
            "error_code": it.error_code,
            "error_code_url": it.error_code.map(error_code_url),
            "properties": {},
            "publisher_info": {
                "os": it.client.os,
                "browser": it.client.browser,
                "device": it.client.device,
                "sdk": it.client.sdk,
            },
            "url": self.url(&path),
        });
        add(&mut answer, UNKNOWN_OF_PARTICIPANT.map(unknown));
        answer
    }
}

/// A segment of a path.
fn escaped(sid: &str) -> String {
    form_urlencoded::byte_serialize(sid.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

pub(crate) async fn rooms(
    State(shared): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let account = reader(&shared, &headers)?;
    let parameters = Parameters::new(query.as_deref());
    let page = parameters.number::<u32>("Page")?.unwrap_or_default();
    let asked = room_query(&parameters, page)?;
    let (from, size) = (asked.from, asked.limit);
    let found = shared.store.rooms(&account, asked).await?;
    let scene = Scene::new(&shared, &headers, &account);
    let rooms = found
        .rooms
        .iter()
        .filter_map(|(_, sid, sessions)| Room::of(sid, sessions));
    let rooms: Vec<Value> = rooms.map(|room| scene.room(&room)).collect();
    // Backwards, there is always where one came from.
    let (has_next, has_previous) = match from {
        PageFrom::Before(_) => (true, found.has_more),
        _ => (found.has_more, page > 0),
    };
    let ends = (found.rooms.first(), found.rooms.last());
    let turn = |is_there: bool, page: u32, token: Option<String>| {
        let token = token.filter(|_| is_there)?;
        let (page, size) = (page.to_string(), size.to_string());
        let pairs = [
            ("PageSize", size.as_str()),
            ("Page", &page),
            ("PageToken", &token),
        ];
        let query = parameters.with(&["PageSize", "Page", "PageToken"], &pairs);
        Some(scene.url(&format!("?{query}")))
    };
    let after = ends
        .1
        .map(|(at, ..)| format!("PA{}_{}", at.created_at, at.number));
    let before = ends
        .0
        .map(|(at, ..)| format!("PB{}_{}", at.created_at, at.number));
    let size_text = size.to_string();
    let first = parameters.with(
        &["PageSize", "Page", "PageToken"],
        &[("PageSize", &size_text), ("Page", "0")],
    );
    let own = parameters.with(&[], &[]);
    Ok(Json(json!({
        "meta": {
            "key": "rooms",
            "page": page,
            "page_size": size,
            "first_page_url": scene.url(&format!("?{first}")),
            "previous_page_url": turn(has_previous, page.saturating_sub(1), before),
            "next_page_url": turn(has_next, page + 1, after),
            "url": scene.url(&format!("?{own}")),
        },
        "rooms": rooms,
    })))
}

fn room_query(parameters: &Parameters, page: u32) -> Result<RoomQuery, Problem> {
    let size = parameters.page_size("PageSize")?;
    let from = match parameters.text("PageToken") {
        Some(token) => {
            cursor(token).ok_or_else(|| Problem::parameter("PageToken", "is not one of ours"))?
        }
        None if page == 0 => PageFrom::Start,
        None => {
            let rooms = u32::try_from(size)
                .ok()
                .and_then(|size| size.checked_mul(page));
            PageFrom::Offset(rooms.ok_or_else(|| Problem::parameter("Page", "is too large"))?)
        }
    };
    let types: Vec<&str> = RoomType::ALL.iter().map(|it| it.name()).collect();
    Ok(RoomQuery {
        types: parameters.words("RoomType", RoomType::named, &types)?,
        codecs: parameters
            .words("Codec", Codecs::named, &Codecs::ALL)?
            .into_iter()
            .sum(),
        name: parameters.text("RoomName").map(ToOwned::to_owned),
        search: None,
        created_after: parameters.time("CreatedAfter")?,
        created_before: parameters.time("CreatedBefore")?,
        from,
        limit: size,
        ..RoomQuery::default()
    })
}

pub(crate) async fn one_room(
    State(shared): State<Shared>,
    Path(sid): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let account = reader(&shared, &headers)?;
    let room = room(&*shared.store, &account, &sid).await?;
    Ok(Json(Scene::new(&shared, &headers, &account).room(&room)))
}

pub(crate) async fn participants(
    State(shared): State<Shared>,
    Path(sid): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let account = reader(&shared, &headers)?;
    let parameters = Parameters::new(query.as_deref());
    let size = parameters.page_size("PageSize")?;
    let page = parameters.number::<usize>("Page")?.unwrap_or_default();
    let room = room(&*shared.store, &account, &sid).await?;
    let scene = Scene::new(&shared, &headers, &account);
    let skipped = page.saturating_mul(size);
    let some = room.participants.iter().skip(skipped).take(size);
    let has_next = skipped.saturating_add(size) < room.participants.len();
    let path = format!("/{}/Participants", escaped(&sid));
    let url = |page: usize| {
        let query = format!("PageSize={size}&Page={page}");
        scene.url(&format!("{path}?{query}"))
    };
    Ok(Json(json!({
        "meta": {
            "key": "participants",
            "page": page,
            "page_size": size,
            "first_page_url": url(0),
            "previous_page_url": page.checked_sub(1).map(url),
            "next_page_url": has_next.then(|| url(page + 1)),
            "url": url(page),
        },
        "participants": some.map(|it| scene.participant(&sid, it)).collect::<Vec<_>>(),
    })))
}

pub(crate) async fn one_participant(
    State(shared): State<Shared>,
    Path((room_sid, sid)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let account = reader(&shared, &headers)?;
    let found = participant(room(&*shared.store, &account, &room_sid).await?, &sid)?;
    let scene = Scene::new(&shared, &headers, &account);
    Ok(Json(scene.participant(&room_sid, &found)))
}
