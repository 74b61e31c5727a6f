//! A session: the fold of its batches.

use std::collections::{BTreeMap, BTreeSet};

use callscope_core::wire::{
    Batch, CallEventType, Client, Event, Interval, Issue, IssueChange, IssueType, Kind, RoomType,
    Uuid,
};
use serde::{Deserialize, Serialize};

/// The most of anything that a session collects: of more, those that come first by name or time are kept.
pub const MOST: usize = 1000;

/// What was said, and in which batch; of two batches with the same number, the value decides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Said<T> {
    /// The number of the batch.
    pub seq: u32,
    /// What it said.
    pub value: T,
}

/// An issue as it was last told of during the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// The rule.
    pub r#type: IssueType,
    /// The track.
    pub track: Option<String>,
    /// The connection.
    pub pc: Option<String>,
    /// Sound or picture.
    pub kind: Option<Kind>,
    /// When it was raised or cleared.
    pub at: i64,
    /// Whether it was raised, else cleared.
    pub raised: bool,
    /// In percent or milliseconds.
    pub value: f64,
    /// What it is measured against.
    pub threshold: f64,
}

/// What is known of a session besides its times.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The room's sid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_sid: Option<Said<String>>,
    /// The room's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_name: Option<Said<String>>,
    /// The room's type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_type: Option<Said<RoomType>>,
    /// The participant's sid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant_sid: Option<Said<String>>,
    /// The participant's identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<Said<String>>,
    /// What they use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<Said<ClientJson>>,
    /// Issues as they were last told of, by rule, track and connection.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub standing: Vec<Standing>,
    /// The issues of the summary at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Said<TagsJson>>,
    /// The published tracks.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub tracks: BTreeSet<String>,
    /// The codecs of what was sent.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub codecs: BTreeSet<String>,
    /// When recording started and stopped.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub recording: BTreeSet<(i64, bool)>,
    /// When the participant was disconnected, and Twilio's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disconnected: Option<(i64, Option<i64>)>,
    /// Batches that the client dropped, by reason.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub dropped: BTreeMap<String, u64>,
}

/// A client as JSON, which has an order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClientJson(pub String);

/// Issues as JSON, which has an order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TagsJson(pub String);

/// What its batches come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its id.
    pub id: Uuid,
    /// When it began.
    pub started_at: i64,
    /// The latest that was measured or happened.
    pub last_at: i64,
    /// When it was over, if that was told.
    pub ended_at: Option<i64>,
    /// The rest.
    pub facts: Facts,
}

impl Session {
    /// Of one batch.
    #[must_use]
    pub fn of(batch: &Batch) -> Self {
        let mut session = Self {
            id: batch.session,
            started_at: batch.started_at,
            last_at: batch.started_at,
            ended_at: None,
            facts: Facts::default(),
        };
        session.add(batch);
        session
    }

    /// Adds a batch that was not added before.
    pub fn add(&mut self, batch: &Batch) {
        self.started_at = self.started_at.min(batch.started_at);
        self.last_at = self.last_at.max(last_of(batch));
        if let Some(end) = &batch.end {
            self.ended_at = self.ended_at.max(Some(end.ended_at));
        }
        self.facts.add(batch);
    }

    /// The sid of its room: a session without one is in a room of its own.
    #[must_use]
    pub fn room_sid(&self) -> String {
        match &self.facts.room_sid {
            Some(said) => said.value.clone(),
            None => format!("RM{}", self.id.simple()),
        }
    }

    /// The sid of its participant: a session without one is of somebody of whom nothing else is.
    #[must_use]
    pub fn participant_sid(&self) -> String {
        match &self.facts.participant_sid {
            Some(said) => said.value.clone(),
            None => format!("PA{}", self.id.simple()),
        }
    }

    /// What the participant uses.
    #[must_use]
    pub fn client(&self) -> Client {
        let said = self.facts.client.as_ref();
        said.and_then(|it| serde_json::from_str(&it.value.0).ok())
            .unwrap_or_default()
    }

    /// The issues of its summary; none if it has none yet.
    #[must_use]
    pub fn tags(&self) -> Option<Vec<Issue>> {
        let said = self.facts.tags.as_ref()?;
        serde_json::from_str(&said.value.0).ok()
    }

    /// The end of what is known of it.
    #[must_use]
    pub fn until(&self) -> i64 {
        self.ended_at.unwrap_or(self.last_at).max(self.started_at)
    }
}

impl Facts {
    fn add(&mut self, batch: &Batch) {
        let seq = batch.seq;
        if let Some(room) = &batch.room {
            say(&mut self.room_sid, seq, room.sid.as_ref());
            say(&mut self.room_name, seq, room.name.as_ref());
            say(&mut self.room_type, seq, room.r#type.as_ref());
        }
        if let Some(participant) = &batch.participant {
            say(&mut self.participant_sid, seq, participant.sid.as_ref());
            say(&mut self.identity, seq, participant.identity.as_ref());
        }
        if batch.client != Client::default() {
            let json = serde_json::to_string(&batch.client).ok().map(ClientJson);
            say(&mut self.client, seq, json.as_ref());
        }
        for interval in &batch.intervals {
            if let Interval::Track(track) = interval {
                self.add_track(track.track.as_deref(), track.codec.as_deref());
            }
        }
        for event in &batch.events {
            self.add_event(event);
        }
        for (reason, &count) in &batch.dropped {
            *self.dropped.entry(reason.clone()).or_default() += u64::from(count);
        }
        if let Some(end) = &batch.end {
            for track in &end.summary.tracks {
                self.add_track(track.track.as_deref(), track.codec.as_deref());
            }
            let json = serde_json::to_string(&end.summary.issues)
                .ok()
                .map(TagsJson);
            let said = json.map(|value| Said { seq, value });
            self.tags = self.tags.take().max(said);
        }
    }

    fn add_track(&mut self, track: Option<&str>, codec: Option<&str>) {
        keep(&mut self.tracks, track.map(ToOwned::to_owned));
        // `video/VP8 (96, …)`: the codec is what comes after the kind.
        let codec = codec.and_then(|it| it.rsplit('/').next()?.split(' ').next());
        keep(&mut self.codecs, codec.map(ToOwned::to_owned));
    }

    fn add_event(&mut self, event: &Event) {
        match event {
            Event::Issue(change) => self.add_issue(change),
            Event::Signal(_) => {}
            Event::Call(call) => match call.r#type {
                CallEventType::RecordingStarted => keep(&mut self.recording, Some((call.at, true))),
                CallEventType::RecordingStopped => {
                    keep(&mut self.recording, Some((call.at, false)));
                }
                CallEventType::Disconnected => {
                    self.disconnected = self.disconnected.max(Some((call.at, call.code)));
                }
                _ => {}
            },
        }
    }

    fn add_issue(&mut self, change: &IssueChange) {
        self.stand(Standing {
            r#type: change.r#type,
            track: change.track.clone(),
            pc: change.pc.clone(),
            kind: change.kind,
            at: change.at,
            raised: change.raised,
            value: change.value,
            threshold: change.threshold,
        });
    }

    /// Keeps what was last told of an issue.
    pub fn stand(&mut self, standing: Standing) {
        let place = self
            .standing
            .binary_search_by(|it| it.key().cmp(&standing.key()));
        match place {
            Ok(place) => {
                if let Some(known) = self.standing.get_mut(place)
                    && known.is_before(&standing)
                {
                    *known = standing;
                }
            }
            Err(place) => {
                self.standing.insert(place, standing);
                self.standing.truncate(MOST);
            }
        }
    }
}

impl Standing {
    fn key(&self) -> (IssueType, &Option<String>, &Option<String>) {
        (self.r#type, &self.track, &self.pc)
    }

    fn is_before(&self, other: &Self) -> bool {
        (self.at, self.raised)
            .cmp(&(other.at, other.raised))
            .then(self.value.total_cmp(&other.value))
            .then(self.threshold.total_cmp(&other.threshold))
            .then(self.kind.cmp(&other.kind))
            .is_lt()
    }
}

/// The latest time that a batch tells of.
fn last_of(batch: &Batch) -> i64 {
    let intervals = batch
        .intervals
        .iter()
        .map(|it| it.start() + it.duration_ms());
    let events = batch.events.iter().map(Event::until);
    let end = batch.end.iter().map(|end| end.ended_at);
    let last = intervals.chain(events).chain(end).max();
    last.unwrap_or(batch.started_at).max(batch.started_at)
}

/// What was said first stands: then most batches change nothing of what is known.
fn say<T: Clone + Ord>(said: &mut Option<Said<T>>, seq: u32, value: Option<&T>) {
    let Some(value) = value else { return };
    let is_earlier = said
        .as_ref()
        .is_none_or(|known| (seq, value) < (known.seq, &known.value));
    if is_earlier {
        let value = value.clone();
        *said = Some(Said { seq, value });
    }
}

fn keep<T: Ord>(set: &mut BTreeSet<T>, item: Option<T>) {
    if let Some(item) = item
        && set.insert(item)
        && set.len() > MOST
    {
        set.pop_last();
    }
}
