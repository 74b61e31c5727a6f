//! What is said of a track beside its metrics: its picture, its layers, its totals.

use callscope_core::{Interval, Kind, Metric, Scope, to_fixed};

use super::call::Call;
use super::subject::Subject;
use super::words::{NOT_YET, clock_time, counted, format, path_in_words, why_absent};

/// A text, or why there is none.
pub type Fact = Result<String, String>;

/// A track whose last sample is this far behind the call's has ended, in milliseconds: more than two samples of a watched call.
const SAMPLES_APART: f64 = 2_500.0;

/// Limited for less of the time than this, an encoder counts as not limited.
const LIMITED: f64 = 0.05;

/// The size and rate of a video's picture; `None` for what has no picture.
#[must_use]
pub fn picture(subject: &Subject) -> Option<Fact> {
    if !subject.is_video() {
        return None;
    }
    let size = match subject.latest(Metric::FrameWidth) {
        Some(interval) => frame_size(interval),
        None => Err(NOT_YET.to_owned()),
    };
    let rate = subject.now(Metric::FramesPerSecond);
    Some(match (size, rate) {
        (Ok(size), Some(rate)) => Ok(format!("{size}, {}", format(Metric::FramesPerSecond, rate))),
        (Err(_), Some(rate)) => Ok(format(Metric::FramesPerSecond, rate)),
        (size, None) => size,
    })
}

/// The size of an interval's picture.
///
/// # Errors
///
/// Why it is unknown.
pub fn frame_size(interval: &Interval) -> Fact {
    let side = |metric| interval.value(metric);
    match (side(Metric::FrameWidth), side(Metric::FrameHeight)) {
        (Some(width), Some(height)) => Ok(format!(
            "{} \u{d7} {}",
            to_fixed(width, 0),
            to_fixed(height, 0)
        )),
        _ => Err(why_absent(Some(interval), Metric::FrameWidth).unwrap_or_default()),
    }
}

/// What kept the encoder from doing better; `None` for what has no such encoder.
#[must_use]
pub fn limitation(subject: &Subject) -> Option<Fact> {
    if !subject.is_video() {
        return None;
    }
    let Some(interval) = subject.latest(Metric::LimitedNone) else {
        return Some(Err(NOT_YET.to_owned()));
    };
    let reasons = [
        (Metric::LimitedBandwidth, "bandwidth"),
        (Metric::LimitedCpu, "processor"),
        (Metric::LimitedOther, "other"),
        (Metric::LimitedNone, ""),
    ];
    let known: Vec<(f64, &str)> = reasons
        .into_iter()
        .filter_map(|(metric, reason)| Some((interval.value(metric)?, reason)))
        .collect();
    if known.is_empty() {
        return Some(Err(
            why_absent(Some(interval), Metric::LimitedNone).unwrap_or_default()
        ));
    }
    let all: f64 = known.iter().map(|(seconds, _)| seconds).sum();
    let limits: Vec<String> = known
        .iter()
        .filter(|(seconds, reason)| !reason.is_empty() && *seconds > LIMITED * all)
        .map(|(seconds, reason)| format!("{reason} {} %", to_fixed(100.0 * seconds / all, 0)))
        .collect();
    Some(Ok(if limits.is_empty() {
        "not limited".to_owned()
    } else {
        format!("limited: {}", limits.join(", "))
    }))
}

/// How a connection's packets travel.
///
/// # Errors
///
/// Why it is unknown.
pub fn path_of(subject: &Subject) -> Fact {
    let path = subject.running.iter().chain(subject.intervals.last());
    path.filter_map(|interval| interval.path)
        .find_map(path_in_words)
        .ok_or_else(|| "the browser does not say which candidate pair is selected".to_owned())
}

/// How much was sent or received in all, in the intervals that have closed.
#[must_use]
pub fn sums(subject: &Subject) -> String {
    let totals = &subject.totals;
    let (packets, verb) = match subject.scope {
        Scope::Track => (totals.packets_sent, "sent"),
        _ => (totals.packets_received, "received"),
    };
    let Some(packets) = packets else {
        return "after the first interval".to_owned();
    };
    match totals.packets_lost {
        Some(lost) => format!(
            "{} {verb}, {} lost",
            counted(packets, "packet"),
            super::words::grouped(lost.max(0.0))
        ),
        None => format!("{} {verb}", counted(packets, "packet")),
    }
}

/// What a layer is called.
#[must_use]
pub fn layer_name(call: &Call, interval: &Interval) -> String {
    let Some(layer) = interval.layer else {
        return "layer".to_owned();
    };
    match layer.rid.and_then(|rid| call.names.of(rid)) {
        Some(rid) => format!("layer {rid}"),
        None => layer.to_string(),
    }
}

impl Subject {
    /// Whether it is a video track.
    #[must_use]
    pub fn is_video(&self) -> bool {
        self.kind == Some(Kind::Video)
    }

    /// Its codec and identifier.
    #[must_use]
    pub fn about(&self, call: &Call) -> String {
        let codec = self.codec.and_then(|codec| call.names.of(codec));
        let codec = codec.map(|codec| codec.rsplit('/').next().unwrap_or(codec));
        let track = self.track.map(|track| call.names.track(track));
        let words: Vec<&str> = codec.into_iter().chain(track.as_deref()).collect();
        words.join(" \u{b7} ")
    }

    /// When it ended, in words; `None` while it goes on, and when the call has ended, too.
    #[must_use]
    pub fn ended(&self, call: &Call) -> Option<String> {
        let at = self.ended_at(call)?;
        Some(format!("ended {}", clock_time(at)))
    }

    /// As [`Subject::ended`], in milliseconds since the epoch.
    #[must_use]
    pub fn ended_at(&self, call: &Call) -> Option<f64> {
        if call.is_over || self.running.is_some() {
            return None;
        }
        // Between the close of an interval and the next sample nothing is in progress anywhere.
        let last = self.last?.as_f64();
        (call.latest()? - last > SAMPLES_APART).then_some(last)
    }

    /// Its layers in the interval that its bitrate is read from.
    #[must_use]
    pub fn layers_now(&self) -> Vec<&Interval> {
        let Some(interval) = self.latest(Metric::Bitrate) else {
            return Vec::new();
        };
        let nested = interval.parts.iter().flat_map(|part| &part.parts);
        interval
            .parts
            .iter()
            .chain(nested)
            .filter(|part| part.scope == Scope::Layer)
            .collect()
    }
}

impl Call {
    /// What a received track is called, by one of its intervals.
    #[must_use]
    pub fn received_name(&self, interval: &Interval) -> String {
        let subject = self.subjects.iter().find(|subject| subject.owns(interval));
        subject.map_or_else(|| "track".to_owned(), |subject| subject.name.clone())
    }
}
