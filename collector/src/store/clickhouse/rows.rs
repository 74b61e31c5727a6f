//! A batch as the row that is inserted, and a session as what its rows come to.
//!
//! Every column of a session is a minimum, a maximum or a union: whatever ClickHouse merges, in whatever order and however often, is the
//! same. The columns are folded by the model's own rules, of which minimum, maximum and union are the parts that ClickHouse does.

use std::collections::{BTreeMap, BTreeSet};

use callscope_core::wire::{Batch, RoomType, Uuid};
use clickhouse::Row;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::model::{
    AccountSid, ClientJson, Codecs, Facts, Issues, MOST, Said, Segment, Session, Standing, TagsJson,
};
use crate::store::{Result, StoreError, pack};

/// What [`Incoming::room_key`] and its like are: a byte that is 1 where nothing was said, the number of the batch, half a hash.
type Key = [u8; 21];

/// What a batch adds, one row of the table `incoming`. `docs/adr/008-clickhouse.md` says what each column is for.
#[derive(Clone, Debug, PartialEq, Row, Serialize)]
pub(super) struct Incoming {
    pub(super) account: String,
    pub(super) session: [u8; 16],
    pub(super) batch: [u8; 16],
    seq: u32,
    started_at: i64,
    last_at: i64,
    ended_at: Option<i64>,
    room_sid: Option<String>,
    room_name: Option<String>,
    room_type: u64,
    participant_sid: Option<String>,
    identity: Option<String>,
    client: Option<String>,
    tags: Option<String>,
    issues: u64,
    standing: Vec<(String, i64)>,
    tracks: Vec<String>,
    codecs: Vec<String>,
    codec_bits: u8,
    recording: Vec<i64>,
    marks: Vec<String>,
    room_key: Key,
    participant_key: Key,
    segments: Option<String>,
    words: Vec<String>,
    #[serde(with = "serde_bytes")]
    intervals: Vec<u8>,
    events: String,
    summary: String,
}

/// What is rare, as JSON: a set of these is folded when it is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mark {
    Standing(Standing),
    Disconnected(i64, Option<i64>),
    /// With the batch that tells it: one that is repeated says it once.
    Dropped(Uuid, BTreeMap<String, u64>),
}

/// The columns that make a session, with how its rows are merged.
pub(super) const SESSION: &str = "session AS id, min(started_at) AS began, max(last_at) AS last, max(ended_at) AS ended, min(room_sid) AS in_room,
 min(room_name) AS room_named, min(room_type) AS kind, min(participant_sid) AS of_participant, min(identity) AS named, min(client) AS uses,
 max(tags) AS tagged, groupUniqArrayArray(tracks) AS all_tracks, groupUniqArrayArray(codecs) AS all_codecs,
 groupUniqArrayArray(recording) AS recorded, groupUniqArrayArray(marks) AS all_marks";

/// What [`SESSION`] gives.
#[derive(Clone, Debug, PartialEq, Row, Deserialize)]
pub(super) struct StoredSession {
    id: [u8; 16],
    began: i64,
    last: i64,
    ended: Option<i64>,
    in_room: Option<String>,
    room_named: Option<String>,
    kind: u64,
    of_participant: Option<String>,
    named: Option<String>,
    uses: Option<String>,
    tagged: Option<String>,
    all_tracks: Vec<String>,
    all_codecs: Vec<String>,
    recorded: Vec<i64>,
    all_marks: Vec<String>,
}

/// The word under which a room is found by its sid.
pub(super) fn sid_word(sid: &str) -> String {
    format!("sid {sid}")
}

/// The word under which a session is found by its room's name.
pub(super) fn name_word(name: &str) -> String {
    format!("name {name}")
}

/// A room's type in roll-ups and filters: 0 is unknown.
pub(super) fn type_number(wanted: Option<RoomType>) -> u8 {
    let place = RoomType::ALL.iter().position(|it| Some(*it) == wanted);
    place.and_then(|it| u8::try_from(it + 1).ok()).unwrap_or(0)
}

/// No type was said: later than any that was.
const NO_TYPE: u64 = u64::MAX;

impl Incoming {
    pub(super) fn new(account: &AccountSid, batch: &Batch) -> Result<Self> {
        let Session {
            id,
            started_at,
            last_at,
            ended_at,
            facts,
        } = Session::of(batch);
        let session = Session {
            id,
            started_at,
            last_at,
            ended_at,
            facts: facts.clone(),
        };
        let client = session.client();
        let segments = facts.client.as_ref().map(|it| {
            let values = Segment::ALL.map(|segment| segment.of(&client));
            Ok::<_, StoreError>(said(it.seq, &json(&values)?))
        });
        let issues = session.tags().map(|tags| {
            let bits: Issues = tags.iter().map(|it| it.r#type).collect();
            (u64::from(batch.seq) + 1) << 8 | u64::from(bits.bits())
        });
        let mut words = vec![sid_word(&session.room_sid())];
        words.extend(facts.room_name.as_ref().map(|it| name_word(&it.value)));
        Ok(Self {
            account: account.as_str().to_owned(),
            session: *id.as_bytes(),
            batch: *batch.batch_id.as_bytes(),
            seq: batch.seq,
            started_at,
            last_at,
            ended_at,
            room_sid: text(&facts.room_sid),
            room_name: text(&facts.room_name),
            room_type: facts.room_type.as_ref().map_or(NO_TYPE, |it| {
                u64::from(it.seq) << 8 | u64::from(type_number(Some(it.value)))
            }),
            participant_sid: text(&facts.participant_sid),
            identity: text(&facts.identity),
            client: facts.client.as_ref().map(|it| said(it.seq, &it.value.0)),
            tags: facts.tags.as_ref().map(|it| said(it.seq, &it.value.0)),
            issues: issues.unwrap_or(0),
            standing: facts.standing.iter().map(standing).collect(),
            codec_bits: Codecs::of(&facts.codecs).bits(),
            recording: facts
                .recording
                .iter()
                .map(|(at, is_on)| at * 2 + i64::from(*is_on))
                .collect(),
            marks: marks(batch.batch_id, &facts)?,
            room_key: key(facts.room_sid.as_ref(), &session.room_sid()),
            participant_key: key(facts.participant_sid.as_ref(), &session.participant_sid()),
            segments: segments.transpose()?,
            words,
            intervals: pack::pack(&batch.intervals),
            events: match batch.events.as_slice() {
                [] => String::new(),
                events => json(events)?,
            },
            summary: match &batch.end {
                Some(end) => json(&end.summary)?,
                None => String::new(),
            },
            tracks: facts.tracks.into_iter().collect(),
            codecs: facts.codecs.into_iter().collect(),
        })
    }
}

/// Sorted as the model sorts what was said: by the number of the batch, then by value.
fn said(seq: u32, value: &str) -> String {
    format!("{seq:08x}{value}")
}

fn text(of: &Option<Said<String>>) -> Option<String> {
    of.as_ref().map(|it| said(it.seq, &it.value))
}

fn heard(column: Option<String>) -> Result<Option<Said<String>>> {
    let Some(column) = column else {
        return Ok(None);
    };
    let (seq, value) = column
        .split_at_checked(8)
        .ok_or_else(|| damaged(&"a column is too short"))?;
    let seq = u32::from_str_radix(seq, 16).map_err(|error| damaged(&error))?;
    Ok(Some(Said {
        seq,
        value: value.to_owned(),
    }))
}

fn key(of: Option<&Said<String>>, sid: &str) -> Key {
    let mut key = [0; 21];
    let hash = Sha256::digest(sid.as_bytes());
    let seq = of.map_or([0; 4], |it| it.seq.to_be_bytes());
    let bytes = [u8::from(of.is_none())].into_iter().chain(seq).chain(hash);
    key.iter_mut()
        .zip(bytes)
        .for_each(|(place, byte)| *place = byte);
    key
}

fn standing(it: &Standing) -> (String, i64) {
    let key = format!("{}{:?}{:?}", Issues::bit(it.r#type), it.track, it.pc);
    (key, it.at * 2 + i64::from(it.raised))
}

fn marks(batch: Uuid, facts: &Facts) -> Result<Vec<String>> {
    let standing = facts.standing.iter().cloned().map(Mark::Standing);
    let disconnected = facts
        .disconnected
        .map(|(at, code)| Mark::Disconnected(at, code));
    let dropped = (!facts.dropped.is_empty()).then(|| Mark::Dropped(batch, facts.dropped.clone()));
    standing
        .chain(disconnected)
        .chain(dropped)
        .map(|mark| json(&mark))
        .collect()
}

impl StoredSession {
    fn session(self) -> Result<Session> {
        let room_type = RoomType::ALL
            .iter()
            .copied()
            .find(|it| u64::from(type_number(Some(*it))) == self.kind & 0xff);
        let mut facts = Facts {
            room_sid: heard(self.in_room)?,
            room_name: heard(self.room_named)?,
            room_type: match room_type {
                Some(value) if self.kind != NO_TYPE => Some(Said {
                    seq: u32::try_from(self.kind >> 8).map_err(|error| damaged(&error))?,
                    value,
                }),
                _ => None,
            },
            participant_sid: heard(self.of_participant)?,
            identity: heard(self.named)?,
            client: heard(self.uses)?.map(|it| Said {
                seq: it.seq,
                value: ClientJson(it.value),
            }),
            tags: heard(self.tagged)?.map(|it| Said {
                seq: it.seq,
                value: TagsJson(it.value),
            }),
            tracks: first(self.all_tracks),
            codecs: first(self.all_codecs),
            recording: first(
                self.recorded
                    .into_iter()
                    .map(|it| (it.div_euclid(2), it.rem_euclid(2) == 1)),
            ),
            ..Facts::default()
        };
        let mut told = BTreeMap::new();
        for mark in self.all_marks {
            match serde_json::from_str(&mark).map_err(|error| damaged(&error))? {
                Mark::Standing(standing) => facts.stand(standing),
                Mark::Disconnected(at, code) => {
                    facts.disconnected = facts.disconnected.max(Some((at, code)))
                }
                Mark::Dropped(batch, counts) => {
                    let known: &mut BTreeMap<String, u64> = told.entry(batch).or_default();
                    if *known < counts {
                        *known = counts;
                    }
                }
            }
        }
        for (reason, count) in told.into_values().flatten() {
            *facts.dropped.entry(reason).or_default() += count;
        }
        Ok(Session {
            id: Uuid::from_bytes(self.id),
            started_at: self.began,
            last_at: self.last,
            ended_at: self.ended,
            facts,
        })
    }
}

/// Sessions, by their start.
pub(super) fn sessions(stored: Vec<StoredSession>) -> Result<Vec<Session>> {
    let sessions = stored.into_iter().map(StoredSession::session);
    let mut sessions = sessions.collect::<Result<Vec<_>>>()?;
    sessions.sort_by_key(|session| (session.started_at, session.id));
    Ok(sessions)
}

/// As many as a session keeps.
fn first<T: Ord>(of: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let all: BTreeSet<T> = of.into_iter().collect();
    all.into_iter().take(MOST).collect()
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| damaged(&error))
}

pub(super) fn damaged(error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Damaged(error.to_string())
}
