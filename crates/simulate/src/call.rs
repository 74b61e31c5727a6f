//! A call: one session, batch by batch.

use std::collections::BTreeMap;
use std::vec;

use callscope_core::wire::{
    Batch, CallEvent, CallEventType, Client, Event, Final, Interval, Kind, Participant, Room,
    SCHEMA, SignalType, Summary, Uuid,
};

use crate::network::Line;
use crate::plan::Plan;
use crate::random::{Random, whole};
use crate::received::Connection;
use crate::totals::length;
use crate::track::{SentTrack, Step};
use crate::watch::{Finding, Watch};

/// The length of an interval.
const STEP_MS: i64 = 10_000;

/// The share of sessions whose browser is gone before it says so.
const SILENT_ENDS: f64 = 0.05;

/// The share of sessions that lose their connection for a while.
const RECONNECTING: f64 = 0.03;

/// Twilio's code for media that could not be brought back.
const MEDIA_FAILED: i64 = 53_405;

/// Whose call it is, and when.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) room: Room,
    pub(crate) participant: Participant,
    pub(crate) client: Client,
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// The batches of one session, in the order in which they are sent.
#[derive(Debug)]
pub struct Call {
    place: Place,
    session: Uuid,
    random: Random,
    line: Line,
    tracks: Vec<SentTrack>,
    connections: Vec<Connection>,
    pcs: Vec<String>,
    watch: Watch,
    /// What is to happen.
    script: std::iter::Peekable<vec::IntoIter<Event>>,
    away: Option<(i64, i64)>,
    tells_its_end: bool,
    dropped: BTreeMap<String, u32>,
    now: Option<i64>,
    batch_ms: i64,
    /// One step in so many is measured.
    stride: i64,
    /// How far it is measured.
    at: i64,
    /// The end of the last batch.
    told_until: i64,
    /// When that was sent.
    sent_at: i64,
    seq: u32,
    is_over: bool,
}

impl Call {
    pub(crate) fn new(
        plan: &Plan,
        place: Place,
        (line, tracks, connections): (Line, Vec<SentTrack>, Vec<Connection>),
        mut script: Vec<Event>,
        random: &mut Random,
    ) -> Self {
        let lasts = length(place.to - place.from);
        let away = (lasts > 60_000.0 && random.chance(RECONNECTING)).then(|| {
            let at = place.from + whole(lasts * random.between(0.1, 0.8));
            (
                at,
                at + whole(random.log_normal(7_000.0, 0.8).clamp(1_500.0, 25_000.0)),
            )
        });
        if let Some(away) = away {
            script.extend(reconnection(away, place.to, random));
        }
        let tells_its_end = !random.chance(SILENT_ENDS);
        if tells_its_end {
            let code = random.chance(0.012).then_some(MEDIA_FAILED);
            script.push(told(CallEventType::Disconnected, place.to, code, None));
        }
        script.sort_by_key(Event::until);
        let steps = (place.to - place.from) / STEP_MS + 1;
        let most = plan.intervals.map_or(steps, i64::from).max(1);
        let mut dropped = BTreeMap::new();
        if random.chance(0.003) {
            dropped.insert("expired".to_owned(), 1 + random.below(3));
        }
        Self {
            session: random.uuid(),
            random: random.branch(),
            line,
            pcs: connections.iter().map(|it| it.pc.clone()).collect(),
            tracks,
            connections,
            watch: Watch::default(),
            script: script.into_iter().peekable(),
            away,
            tells_its_end,
            dropped,
            now: plan.now,
            batch_ms: plan.batch_ms,
            stride: (steps + most - 1) / most,
            at: place.from,
            told_until: place.from,
            sent_at: place.from,
            seq: 0,
            is_over: false,
            place,
        }
    }

    /// The session that it is.
    #[must_use]
    pub const fn session(&self) -> Uuid {
        self.session
    }

    /// When it begins.
    #[must_use]
    pub const fn from(&self) -> i64 {
        self.place.from
    }

    /// When it is over.
    #[must_use]
    pub const fn to(&self) -> i64 {
        self.place.to
    }

    /// What is measured and what happens until then.
    fn until(&mut self, end: i64) -> (Vec<Interval>, Vec<Event>) {
        let (mut intervals, mut events) = (Vec::new(), Vec::new());
        while self.at < end {
            let start = self.at - self.at.rem_euclid(STEP_MS);
            let to = (start + STEP_MS).min(self.place.to);
            if to > end {
                break;
            }
            let from = std::mem::replace(&mut self.at, to);
            let place = (start - self.place.from).div_euclid(STEP_MS) + 1;
            // What is shorter than a second has no samples.
            if to - from >= 1000 && place % self.stride == self.stride / 2 {
                self.measure(start, from, to, &mut intervals, &mut events);
            }
        }
        let is_last = end >= self.place.to;
        while let Some(event) = self.script.next_if(|it| is_last || it.until() < end) {
            events.push(event);
        }
        (intervals, events)
    }

    fn measure(
        &mut self,
        start: i64,
        from: i64,
        to: i64,
        intervals: &mut Vec<Interval>,
        events: &mut Vec<Event>,
    ) {
        let gone = self
            .away
            .map_or(0, |(lost, back)| (to.min(back) - from.max(lost)).max(0));
        let step = Step {
            start,
            from,
            to,
            connected: 1.0 - length(gone) / length(to - from),
            weather: self.line.weather(start, &mut self.random),
        };
        let (watch, random) = (&mut self.watch, &mut self.random);
        for track in &mut self.tracks {
            let step = Step {
                from: from.max(track.from),
                to: to.min(track.to),
                ..step
            };
            if step.to - step.from >= 1000 {
                intervals.push(track.measure(&step, &self.pcs, watch, events, random));
            }
        }
        for connection in &mut self.connections {
            intervals.push(connection.measure(&step, &self.line, watch, events, random));
        }
    }

    fn batch(&mut self, end: i64, intervals: Vec<Interval>, events: Vec<Event>) -> Batch {
        let seq = self.seq;
        self.seq += 1;
        let sent_at = end + i64::from(self.random.below(900));
        self.sent_at = self.sent_at.max(sent_at);
        Batch {
            schema: SCHEMA,
            batch_id: self.random.uuid(),
            session: self.session,
            seq,
            started_at: self.place.from,
            sent_at: self.sent_at,
            room: Some(self.place.room.clone()),
            participant: Some(self.place.participant.clone()),
            client: self.place.client.clone(),
            intervals,
            events,
            dropped: std::mem::take(&mut self.dropped),
            end: None,
        }
    }

    fn finish(&mut self) -> Summary {
        let mut issues = Vec::new();
        let tracks = std::mem::take(&mut self.tracks);
        let tracks = tracks
            .into_iter()
            .filter_map(|it| it.finish(&self.pcs, &mut issues))
            .collect();
        let (mut connections, mut received) = (Vec::new(), Vec::new());
        for connection in self.connections.drain(..) {
            let (whole, of) = connection.finish();
            connections.extend(whole);
            received.extend(of);
        }
        Summary {
            room: Some(self.place.room.clone()),
            participant: Some(self.place.participant.clone()),
            tracks,
            received,
            connections,
            issues,
        }
    }
}

impl Iterator for Call {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        while !self.is_over {
            let end = (self.told_until + self.batch_ms).min(self.place.to);
            self.told_until = end;
            let is_last = end == self.place.to;
            // A browser that is gone sends nothing of what it measured last.
            if is_last && !self.tells_its_end && self.seq > 0
                || self.now.is_some_and(|now| end + 1000 > now)
            {
                self.is_over = true;
                return None;
            }
            let (intervals, mut events) = self.until(end);
            if is_last {
                self.is_over = true;
                self.watch.finish(&mut events);
            }
            let is_empty = intervals.is_empty() && events.is_empty();
            if is_empty && !is_last && self.seq > 0 {
                continue;
            }
            let mut batch = self.batch(end, intervals, events);
            if is_last && self.tells_its_end {
                batch.end = Some(Final {
                    ended_at: self.place.to,
                    summary: self.finish(),
                });
            }
            return Some(batch);
        }
        None
    }
}

fn reconnection((lost, back): (i64, i64), to: i64, random: &mut Random) -> Vec<Event> {
    let reason = if random.chance(0.6) {
        "media"
    } else {
        "signaling"
    };
    let code = if reason == "media" {
        MEDIA_FAILED
    } else {
        53_001
    };
    let mut events = vec![told(
        CallEventType::Reconnecting,
        lost,
        Some(code),
        Some(reason),
    )];
    let mut watch = Watch::default();
    let finding = |value| Finding {
        signal: SignalType::ConnectionLost,
        pc: Some("pc1"),
        track: None,
        kind: None::<Kind>,
        value: Some(value),
    };
    watch.judge(finding(0.0), lost, back.min(to), &mut events);
    if back < to {
        watch.judge(finding(1.0), back, back, &mut events);
        events.push(told(CallEventType::Reconnected, back, None, None));
    }
    events
}

fn told(r#type: CallEventType, at: i64, code: Option<i64>, reason: Option<&str>) -> Event {
    Event::Call(CallEvent {
        r#type,
        at,
        code,
        reason: reason.map(ToOwned::to_owned),
        participant: None,
        track: None,
        level: None,
    })
}
