//! What happened in the room while a participant was in it: as lanes of the timeline, and in words.

use super::Context;
use crate::chart::{Severity, TimelineRow, TimelineSpan};
use crate::erased::{self, Button, dynamic, fixed, text, when};
use crate::markup::*;
use crate::model::{Call, clock_time};
use crate::stored::{Event, Happening, Room};
use crate::view::Shown;

/// How many are listed before one asks for all: the first.
const LISTED: usize = 12;

/// What is shown around a moment when the charts zoom to it, in milliseconds.
const AROUND: f64 = 30_000.0;

/// A network quality of this or less is worth a look; Twilio has levels from 0 to 5.
const LOW_LEVEL: f64 = 2.0;

/// A lane for each kind of thing that happened, of what has a span or matters.
pub(super) fn lanes(events: &[Event], call: &Call, room: &Room, own: &str) -> Vec<TimelineRow> {
    let mut lanes = Lanes::default();
    for event in events {
        let Happening::Call {
            kind,
            code,
            reason,
            participant,
            track,
            level,
        } = &event.what
        else {
            continue;
        };
        let is_own = participant.as_deref().is_none_or(|it| it == own);
        let who = || name_of(room, participant.as_deref());
        let track_name = || track_name(call, track.as_deref());
        let at = event.at;
        match kind.as_str() {
            "reconnecting" => {
                let title = reason.clone().unwrap_or_default();
                lanes.begin("Recon\u{ad}necting", "", at, Severity::Poor, title);
            }
            "reconnected" => lanes.end("Recon\u{ad}necting", "", at),
            "disconnected" => {
                for label in ["Recon\u{ad}necting", "Recorded", "Speaking", "Network"] {
                    lanes.end(label, "", at);
                }
                if let Some(code) = code {
                    let code = callscope_core::to_fixed(*code, 0);
                    lanes.point("Disconnected", at, Severity::Poor, format!("error {code}"));
                }
            }
            "track_disabled" if is_own => {
                let key = track.as_deref().unwrap_or_default();
                lanes.begin("Switched off", key, at, Severity::Note, track_name());
            }
            "track_enabled" if is_own => {
                let key = track.as_deref().unwrap_or_default();
                lanes.end("Switched off", key, at);
            }
            "dominant_speaker_changed" => {
                lanes.end("Speaking", "", at);
                if participant.as_deref() == Some(own) {
                    lanes.begin("Speaking", "", at, Severity::Note, String::new());
                }
            }
            "network_quality_level_changed" if is_own => {
                lanes.end("Network", "", at);
                if let Some(level) = level {
                    let severity = if *level <= LOW_LEVEL {
                        Severity::Warning
                    } else {
                        Severity::Note
                    };
                    let level = callscope_core::to_fixed(*level, 0);
                    lanes.begin("Network", "", at, severity, format!("level {level} of 5"));
                }
            }
            "recording_started" => {
                lanes.begin("Recorded", "", at, Severity::Note, String::new());
            }
            "recording_stopped" => lanes.end("Recorded", "", at),
            "participant_connected" => {
                lanes.point("Others", at, Severity::Note, format!("{} came", who()));
            }
            "participant_disconnected" => {
                lanes.point("Others", at, Severity::Note, format!("{} left", who()));
            }
            _ => {}
        }
    }
    lanes.finish(call)
}

/// Lanes while they are made, each with the spans that go on.
#[derive(Default)]
struct Lanes {
    rows: Vec<TimelineRow>,
    /// The lane, what tells its spans apart, and the place of the span that goes on.
    open: Vec<(&'static str, String, usize)>,
}

impl Lanes {
    fn spans(&mut self, label: &'static str) -> &mut Vec<TimelineSpan> {
        let place = self.rows.iter().position(|row| row.label == label);
        let place = place.unwrap_or_else(|| {
            self.rows.push(TimelineRow {
                label: label.to_owned(),
                spans: Vec::new(),
            });
            self.rows.len() - 1
        });
        &mut self.rows[place].spans
    }

    fn begin(
        &mut self,
        label: &'static str,
        key: &str,
        at: f64,
        severity: Severity,
        title: String,
    ) {
        self.end(label, key, at);
        let title = if title.is_empty() {
            label.to_owned()
        } else {
            title
        };
        let spans = self.spans(label);
        spans.push(TimelineSpan {
            t0: at,
            t1: None,
            severity,
            title,
        });
        let place = spans.len() - 1;
        self.open.push((label, key.to_owned(), place));
    }

    fn end(&mut self, label: &'static str, key: &str, at: f64) {
        let found = self
            .open
            .iter()
            .position(|(other, of, _)| *other == label && of == key);
        if let Some(found) = found {
            let (_, _, place) = self.open.remove(found);
            if let Some(span) = self.spans(label).get_mut(place) {
                span.t1 = Some(at);
            }
        }
    }

    fn point(&mut self, label: &'static str, at: f64, severity: Severity, title: String) {
        self.spans(label).push(TimelineSpan {
            t0: at,
            t1: Some(at),
            severity,
            title,
        });
    }

    /// What goes on still ends with a call that is over.
    fn finish(mut self, call: &Call) -> Vec<TimelineRow> {
        if let Some(end) = call.latest().filter(|_| call.is_over) {
            for row in &mut self.rows {
                for span in &mut row.spans {
                    span.t1 = span.t1.or(Some(end.max(span.t0)));
                }
            }
        }
        self.rows
    }
}

fn name_of(room: &Room, sid: Option<&str>) -> String {
    let found = room
        .participants
        .iter()
        .find(|it| Some(it.sid.as_str()) == sid);
    match (found, sid) {
        (Some(it), _) => it.title().to_owned(),
        (None, Some(sid)) => sid.to_owned(),
        (None, None) => "somebody".to_owned(),
    }
}

fn track_name(call: &Call, sid: Option<&str>) -> String {
    let named = call.subjects.iter().find(|subject| {
        let track = subject.track.map(|track| call.names.track(track));
        track.as_deref() == sid && sid.is_some()
    });
    match (named, sid) {
        (Some(subject), _) => subject.name.clone(),
        (None, Some(sid)) => sid.to_owned(),
        (None, None) => "a track".to_owned(),
    }
}

/// What happened, by time, each in a sentence; a click zooms to it.
pub(super) fn list(context: Context, shown: Shown) -> AnyView {
    let is_all = RwSignal::new(false);
    let happened = Memo::new(move |_| {
        let events = context.stored.events.read(|events| {
            let calls = events
                .iter()
                .filter(|it| matches!(it.what, Happening::Call { .. }));
            calls.cloned().collect::<Vec<_>>()
        });
        events.unwrap_or_default()
    });
    let count = move || happened.with(Vec::len);
    let rows = move || {
        let most = if is_all.get() { usize::MAX } else { LISTED };
        let own = context.about(|it| it.sid.clone()).unwrap_or_default();
        let rows = context.room.read(|room| {
            shown.call.with(|call| {
                happened.with(|events| {
                    let some = events.iter().take(most);
                    erased::all(some.map(|event| row(event, call, room, &own, shown)))
                })
            })
        });
        rows.unwrap_or_else(erased::nothing)
    };
    let content = move || {
        view! {
            <section class="card" aria-labelledby="happened">
                <h3 id="happened">"What happened in the room"</h3>
                <ul class="findings happened" data-testid="happened">{dynamic(rows)}</ul>
                {when(
                    move || count() > LISTED && !is_all.get(),
                    move || {
                        Button::new(text(move || format!("Show all {}", count())), move || is_all.set(true)).view()
                    },
                )}
            </section>
        }
        .into_any()
    };
    when(move || count() > 0, content)
}

fn row(event: &Event, call: &Call, room: &Room, own: &str, shown: Shown) -> AnyView {
    let at = event.at;
    let zoom = move || shown.charts.show_around(at, at, AROUND);
    let time = Button::new(fixed(clock_time(at)), zoom)
        .class("when")
        .view();
    view! {
        <li>
            {time}
            <span>{sentence(event, call, room, own)}</span>
        </li>
    }
    .into_any()
}

fn sentence(event: &Event, call: &Call, room: &Room, own: &str) -> String {
    let Happening::Call {
        kind,
        code,
        reason,
        participant,
        track,
        level,
    } = &event.what
    else {
        return String::new();
    };
    let is_own = participant.as_deref().is_none_or(|it| it == own);
    let who = || {
        if is_own {
            "They".to_owned()
        } else {
            name_of(room, participant.as_deref())
        }
    };
    let number = |it: Option<f64>| it.map(|it| callscope_core::to_fixed(it, 0).to_string());
    let with_code = match number(*code) {
        Some(code) => format!(", error {code}"),
        None => String::new(),
    };
    let track = || track_name(call, track.as_deref());
    match kind.as_str() {
        "disconnected" => format!("They left, or were disconnected{with_code}"),
        "reconnecting" => {
            let what = reason
                .as_deref()
                .map_or(String::new(), |it| format!(" ({it})"));
            format!("Connection lost{what}, reconnecting{with_code}")
        }
        "reconnected" => "Connected again".to_owned(),
        "participant_connected" => format!("{} came", name_of(room, participant.as_deref())),
        "participant_disconnected" => format!("{} left", name_of(room, participant.as_deref())),
        "track_enabled" => format!("{} switched on {}", who(), track()),
        "track_disabled" => format!("{} switched off {}", who(), track()),
        "dominant_speaker_changed" => match participant {
            Some(_) => format!("{} speak{}", who(), if is_own { "" } else { "s" }),
            None => "Nobody speaks".to_owned(),
        },
        "network_quality_level_changed" => {
            let level = number(*level).unwrap_or_else(|| "unknown".to_owned());
            let whose = if is_own {
                "Their".to_owned()
            } else {
                format!("{}\u{2019}s", name_of(room, participant.as_deref()))
            };
            format!("{whose} network quality is {level} of 5")
        }
        "recording_started" => "The room is recorded".to_owned(),
        "recording_stopped" => "The room is no longer recorded".to_owned(),
        other => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(at: f64, kind: &str, participant: Option<&str>) -> Event {
        Event {
            at,
            participant_sid: None,
            what: Happening::Call {
                kind: kind.to_owned(),
                code: None,
                reason: None,
                participant: participant.map(str::to_owned),
                track: Some("MT1".to_owned()),
                level: Some(if at < 3.0 { 1.0 } else { 5.0 }),
            },
        }
    }

    fn spans(events: &[Event], label: &str) -> Vec<(f64, Option<f64>)> {
        let call = Call {
            is_over: false,
            ..Call::default()
        };
        let lanes = lanes(events, &call, &Room::default(), "PA1");
        let lane = lanes.into_iter().find(|lane| lane.label == label);
        let spans = lane.map(|lane| lane.spans).unwrap_or_default();
        spans.into_iter().map(|span| (span.t0, span.t1)).collect()
    }

    #[test]
    fn what_is_lost_and_found_is_a_span() {
        let events = [
            event(1.0, "reconnecting", None),
            event(2.0, "reconnected", None),
            event(5.0, "reconnecting", None),
        ];
        assert_eq!(
            spans(&events, "Recon\u{ad}necting"),
            [(1.0, Some(2.0)), (5.0, None)]
        );
    }

    #[test]
    fn one_speaks_until_another_does() {
        let events = [
            event(1.0, "dominant_speaker_changed", Some("PA1")),
            event(3.0, "dominant_speaker_changed", Some("PA2")),
            event(4.0, "dominant_speaker_changed", Some("PA1")),
        ];
        assert_eq!(spans(&events, "Speaking"), [(1.0, Some(3.0)), (4.0, None)]);
    }

    #[test]
    fn what_others_switch_is_no_lane_of_ones_own() {
        let events = [
            event(1.0, "track_disabled", Some("PA2")),
            event(2.0, "track_disabled", Some("PA1")),
        ];
        assert_eq!(spans(&events, "Switched off"), [(2.0, None)]);
    }

    #[test]
    fn a_level_lasts_until_the_next() {
        let events = [
            event(1.0, "network_quality_level_changed", Some("PA1")),
            event(4.0, "network_quality_level_changed", Some("PA1")),
            event(6.0, "disconnected", None),
        ];
        assert_eq!(
            spans(&events, "Network"),
            [(1.0, Some(4.0)), (4.0, Some(6.0))]
        );
    }
}
