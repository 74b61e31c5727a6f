//! What is asked of a batch beyond its form.

use alloc::vec::Vec;
use core::fmt;

use super::batch::{Batch, Client, Participant, Room, SCHEMA};
use super::event::Event;
use super::interval::{
    ConnectionInterval, Interval, Layer, ReceivedTrack, TrackInterval, TrackPart,
};
use super::summary::Summary;
use crate::Metric;

/// The longest string, in bytes. The longest real ones are codecs with their `sdpFmtpLine`.
pub const MAX_TEXT: usize = 1024;

/// How far a time may lie outside of the session: intervals start up to ten seconds before it, and a clock may be set meanwhile.
const SLACK_MS: i64 = 60_000;

/// The largest figure: its millionths are counted exactly.
const MAX_FIGURE: f64 = 9.0e12;

/// What a batch is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The receiver's time, in milliseconds since the epoch.
    pub now: i64,
    /// How far ahead the client's clock may be.
    pub max_skew_ms: i64,
    /// How long ago a session may have begun.
    pub max_age_ms: i64,
    /// The most intervals.
    pub max_intervals: usize,
    /// The most events.
    pub max_events: usize,
}

/// Why a batch is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It is of another version.
    Schema(u32),
    /// It has too many of something.
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// It comes from the future.
    FromTheFuture {
        /// By how much.
        ahead_ms: i64,
        /// By how much it may.
        most_ms: i64,
    },
    /// It is older than what is kept.
    TooOld {
        /// How old it is.
        age_ms: i64,
        /// How old it may be.
        most_ms: i64,
    },
    /// A time lies outside of the session.
    OutsideSession {
        /// Of what.
        what: &'static str,
        /// The time.
        at: i64,
    },
    /// A text is too long, or empty where it names something.
    Text {
        /// Which.
        what: &'static str,
        /// How many bytes it has.
        length: usize,
    },
    /// A duration is negative.
    Negative(&'static str),
    /// A figure is larger than can be kept.
    Figure(&'static str),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema(found) => write!(
                f,
                "`schema` is {found}; this collector reads {SCHEMA}: use a module and a collector of the same version"
            ),
            Self::TooMany { what, found, most } => write!(
                f,
                "there are {found} {what} in the batch and may be {most}: send smaller batches"
            ),
            Self::FromTheFuture { ahead_ms, most_ms } => write!(
                f,
                "the batch is dated {} s ahead of the collector's clock and may be {} s: set the clocks",
                ahead_ms / 1000,
                most_ms / 1000
            ),
            Self::TooOld { age_ms, most_ms } => write!(
                f,
                "the session began {} h ago, and what is older than {} h is not kept",
                age_ms / 3_600_000,
                most_ms / 3_600_000
            ),
            Self::OutsideSession { what, at } => write!(
                f,
                "{what} at {at} lies outside of the session, which is from `started_at` to `sent_at`"
            ),
            Self::Text { what, length: 0 } => {
                write!(f, "{what} is empty: leave it out or give null")
            }
            Self::Text { what, length } => {
                write!(f, "{what} has {length} bytes and may have {MAX_TEXT}")
            }
            Self::Negative(what) => write!(f, "{what} is negative"),
            Self::Figure(metric) => write!(f, "`{metric}` is too large to be true"),
        }
    }
}

impl core::error::Error for Refusal {}

impl Batch {
    /// Holds it to what is asked beyond its form.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it.
    pub fn check(&self, bounds: &Bounds) -> Result<(), Refusal> {
        if self.schema != SCHEMA {
            return Err(Refusal::Schema(self.schema));
        }
        few("intervals", self.intervals.len(), bounds.max_intervals)?;
        few("events", self.events.len(), bounds.max_events)?;
        few("reasons in `dropped`", self.dropped.len(), 16)?;
        self.check_clock(bounds)?;
        texts(&self.texts())?;
        names(self.room.as_ref(), self.participant.as_ref())?;
        for interval in &self.intervals {
            check_interval(interval, bounds)?;
            self.during("an interval", interval.start())?;
            self.during(
                "an interval's end",
                interval.start() + interval.duration_ms(),
            )?;
        }
        for event in &self.events {
            texts(&event_texts(event))?;
            self.during("an event", event.at())?;
            self.during("an event's end", event.until())?;
        }
        match &self.end {
            Some(end) => {
                self.during("`ended_at`", end.ended_at)?;
                check_summary(&end.summary, bounds)
            }
            None => Ok(()),
        }
    }

    fn check_clock(&self, bounds: &Bounds) -> Result<(), Refusal> {
        let ahead_ms = self.sent_at.saturating_sub(bounds.now);
        if ahead_ms > bounds.max_skew_ms {
            let most_ms = bounds.max_skew_ms;
            return Err(Refusal::FromTheFuture { ahead_ms, most_ms });
        }
        let age_ms = bounds.now.saturating_sub(self.started_at);
        if age_ms > bounds.max_age_ms {
            let most_ms = bounds.max_age_ms;
            return Err(Refusal::TooOld { age_ms, most_ms });
        }
        self.during("`started_at`", self.started_at)
    }

    fn during(&self, what: &'static str, at: i64) -> Result<(), Refusal> {
        let (first, last) = (self.started_at - SLACK_MS, self.sent_at + SLACK_MS);
        if (first..=last).contains(&at) {
            Ok(())
        } else {
            Err(Refusal::OutsideSession { what, at })
        }
    }

    fn texts(&self) -> [Text<'_>; 10] {
        let Client {
            os,
            browser,
            device,
            sdk,
            module,
        } = &self.client;
        let longest = self.dropped.keys().max_by_key(|reason| reason.len());
        [
            ("a reason in `dropped`", longest.map(|it| it.as_str())),
            ("the system's name", os.name.as_deref()),
            ("the system's version", os.version.as_deref()),
            ("the browser's name", browser.name.as_deref()),
            ("the browser's version", browser.version.as_deref()),
            ("the device's manufacturer", device.manufacturer.as_deref()),
            ("the device's model", device.model.as_deref()),
            ("the SDK's name", sdk.name.as_deref()),
            ("the SDK's version", sdk.version.as_deref()),
            ("the module's version", module.as_deref()),
        ]
    }
}

type Text<'a> = (&'static str, Option<&'a str>);

fn few(what: &'static str, found: usize, most: usize) -> Result<(), Refusal> {
    if found <= most {
        Ok(())
    } else {
        Err(Refusal::TooMany { what, found, most })
    }
}

fn texts(texts: &[Text<'_>]) -> Result<(), Refusal> {
    for &(what, text) in texts {
        let length = text.map_or(0, str::len);
        if length > MAX_TEXT {
            return Err(Refusal::Text { what, length });
        }
    }
    Ok(())
}

/// What names something is not empty, either.
fn names(room: Option<&Room>, participant: Option<&Participant>) -> Result<(), Refusal> {
    let (sid, name) = room.map_or((None, None), |it| (it.sid.as_deref(), it.name.as_deref()));
    let (own, identity) = participant.map_or((None, None), |it| {
        (it.sid.as_deref(), it.identity.as_deref())
    });
    texts(&[
        ("the room's sid", sid),
        ("the room's name", name),
        ("the participant's sid", own),
        ("the participant's identity", identity),
    ])?;
    for (what, text) in [("the room's sid", sid), ("the participant's sid", own)] {
        if text.is_some_and(str::is_empty) {
            return Err(Refusal::Text { what, length: 0 });
        }
    }
    Ok(())
}

/// Figures are kept as whole numbers of their last decimal.
fn figures(metrics: &[Metric], value: impl Fn(Metric) -> Option<f64>) -> Result<(), Refusal> {
    for &metric in metrics {
        if value(metric).is_some_and(|it| it.abs() >= MAX_FIGURE) {
            return Err(Refusal::Figure(metric.name()));
        }
    }
    Ok(())
}

fn check_interval(interval: &Interval, bounds: &Bounds) -> Result<(), Refusal> {
    if interval.duration_ms() < 0 {
        return Err(Refusal::Negative("an interval's `duration_ms`"));
    }
    match interval {
        Interval::Track(track) => {
            figures(TrackInterval::METRICS, |metric| track.figure(metric))?;
            let parts = track.connections.iter();
            few(
                "layers of a track",
                track.layers.len(),
                bounds.max_intervals,
            )?;
            few("connections of a track", parts.len(), bounds.max_intervals)?;
            texts(&[
                ("a track", track.track.as_deref()),
                ("a connection", track.pc.as_deref()),
                ("a codec", track.codec.as_deref()),
            ])?;
            check_layers(&track.layers)?;
            for part in parts {
                figures(TrackPart::METRICS, |metric| part.figure(metric))?;
                texts(&[
                    ("a track", part.track.as_deref()),
                    ("a connection", part.pc.as_deref()),
                    ("a codec", part.codec.as_deref()),
                ])?;
                check_layers(&part.layers)?;
            }
            Ok(())
        }
        Interval::Connection(connection) => {
            let received = connection.received.iter();
            few("received tracks", received.len(), bounds.max_intervals)?;
            texts(&[("a connection", connection.pc.as_deref())])?;
            figures(ConnectionInterval::METRICS, |metric| {
                connection.figure(metric)
            })?;
            for track in received {
                figures(ReceivedTrack::METRICS, |metric| track.figure(metric))?;
                texts(&[("a track", track.track.as_deref())])?;
            }
            Ok(())
        }
    }
}

fn check_layers(layers: &[Layer]) -> Result<(), Refusal> {
    for layer in layers {
        figures(Layer::METRICS, |metric| layer.figure(metric))?;
        texts(&[
            ("a rid", layer.rid.as_deref()),
            ("a codec", layer.codec.as_deref()),
        ])?;
    }
    Ok(())
}

fn event_texts(event: &Event) -> Vec<Text<'_>> {
    let (pc, track) = match event {
        Event::Issue(it) => (&it.pc, &it.track),
        Event::Signal(it) => (&it.pc, &it.track),
        Event::Call(it) => {
            let mut texts = Vec::from([
                ("a participant", it.participant.as_deref()),
                ("a track", it.track.as_deref()),
            ]);
            texts.push(("a reason", it.reason.as_deref()));
            return texts;
        }
    };
    Vec::from([
        ("a connection", pc.as_deref()),
        ("a track", track.as_deref()),
    ])
}

fn check_summary(summary: &Summary, bounds: &Bounds) -> Result<(), Refusal> {
    few("summaries", summary.tracks.len(), bounds.max_intervals)?;
    few("summaries", summary.received.len(), bounds.max_intervals)?;
    few("summaries", summary.connections.len(), bounds.max_intervals)?;
    few("issues", summary.issues.len(), 16)?;
    names(summary.room.as_ref(), summary.participant.as_ref())?;
    for issue in &summary.issues {
        few(
            "tracks of an issue",
            issue.tracks.len(),
            bounds.max_intervals,
        )?;
        for track in &issue.tracks {
            texts(&[("a track", Some(track))])?;
        }
    }
    for track in &summary.tracks {
        texts(&[
            ("a track", track.track.as_deref()),
            ("a connection", track.pc.as_deref()),
            ("a codec", track.codec.as_deref()),
        ])?;
    }
    for track in &summary.received {
        texts(&[
            ("a track", track.track.as_deref()),
            ("a connection", track.pc.as_deref()),
            ("a codec", track.codec.as_deref()),
        ])?;
    }
    for connection in &summary.connections {
        texts(&[("a connection", connection.pc.as_deref())])?;
    }
    Ok(())
}
