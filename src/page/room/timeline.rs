//! Who was in the room when, and what was with them meanwhile.

use super::Context;
use crate::chart::{PresenceRow, Severity, TimelineSpan, View, presence};
use crate::erased::{Button, fixed, when};
use crate::markup::*;
use crate::order::by_number;
use crate::stored::words::{issue_name, length, time_of_day};
use crate::stored::{Event, Happening, Participant, Room};

/// With more, those without issues can be left out.
const MANY: f64 = 8.0;

/// The bars.
pub(super) fn timeline(context: Context) -> AnyView {
    let only_poor = RwSignal::new(false);
    // Of a room that goes on, until the last answer.
    let view = move || {
        let now = js_sys::Date::now();
        context.about(|room| extent(room, now)).flatten()
    };
    let names = move || {
        let names = context.about(|room| {
            let people = shown(room, only_poor.get()).into_iter();
            people.map(|it| it.sid.clone()).collect()
        });
        names.unwrap_or_default()
    };
    let is_offered = move || {
        context
            .about(|room| room.size > MANY && room.with_issues > 0.0)
            .unwrap_or_default()
    };
    let filter = move || {
        Button::new(fixed("With issues only"), move || {
            only_poor.update(|is| *is = !*is);
        })
        .class("button small")
        .testid("only-poor")
        .pressed(move || only_poor.get())
        .view()
    };
    view! {
        <section class="card" aria-labelledby="timeline-title">
            <header class="card-head">
                <h2 id="timeline-title">"Timeline"</h2>
                {when(is_offered, filter)}
            </header>
            <ul class="keys hint" aria-label="What the colours say">
                <li><i class="presence-bar"></i>"in the room"</li>
                <li><i class="presence-bar chart-poor"></i>"in the room, tagged with an issue"</li>
                <li><i class="presence-mark chart-poor"></i>"an issue stood"</li>
                <li><i class="presence-mark chart-warning"></i>"reconnecting"</li>
            </ul>
            {when(move || context.timeline.has_failed(), move || failure(context))}
            {presence(view, names, move |sid| row(context, sid))}
        </section>
    }
    .into_any()
}

/// What the bars do not show without the answer.
fn failure(context: Context) -> AnyView {
    view! {
        <p class="hint">"When issues stood, and who was reconnecting, could not be read."</p>
        {context.timeline.trouble()}
    }
    .into_any()
}

/// The participants, by when they came.
fn shown(room: &Room, only_poor: bool) -> Vec<&Participant> {
    let people = room.participants.iter();
    let people = people.filter(|it| !only_poor || !it.issues.is_empty());
    by_number(people.collect(), |it: &&Participant| it.joined_at)
}

/// The time that a room takes up. A clock may be behind theirs.
fn extent(room: &Room, now: f64) -> Option<View> {
    let known = room.created_at + room.duration_ms.unwrap_or_default().max(1.0);
    let end = room.ended_at.unwrap_or_else(|| now.max(known));
    View::new(room.created_at, end.max(known))
}

fn row(context: Context, sid: &str) -> Option<PresenceRow> {
    let events = events_of(context, sid);
    let row = context.about(|room| {
        let it = room.participants.iter().find(|it| it.sid == sid)?;
        let marks = marks(&events, it.left_at);
        Some(PresenceRow {
            label: it.title().to_owned(),
            href: context.shelf.participant_link(&room.sid, sid),
            t0: it.joined_at,
            t1: it.left_at,
            is_poor: !it.issues.is_empty(),
            words: words(it, &marks),
            marks,
        })
    });
    row.flatten()
}

/// What happened to a participant, by time; nothing while that is not known.
pub(super) fn events_of(context: Context, sid: &str) -> Vec<Event> {
    let of_them = |event: &&Event| event.participant_sid.as_deref() == Some(sid);
    let events = context
        .timeline
        .read(|events| events.iter().filter(of_them).cloned().collect());
    events.unwrap_or_default()
}

/// When issues stood on any track, and when the connection was made anew.
pub(super) fn marks(events: &[Event], left_at: Option<f64>) -> Vec<TimelineSpan> {
    let mut marks: Vec<TimelineSpan> = Vec::new();
    let mut standing: Vec<(String, Option<String>, usize)> = Vec::new();
    let mut lost: Option<f64> = None;
    let reconnecting = |t0: f64, t1: Option<f64>| TimelineSpan {
        t0,
        t1,
        severity: Severity::Warning,
        title: "reconnecting".to_owned(),
    };
    for event in events {
        match &event.what {
            Happening::Found(found) => {
                let is_it = |(name, track, _): &(String, Option<String>, usize)| {
                    *name == found.name && *track == found.track
                };
                match found.raised {
                    Some(true) if !standing.iter().any(is_it) => {
                        standing.push((found.name.clone(), found.track.clone(), marks.len()));
                        marks.push(TimelineSpan {
                            t0: found.at,
                            t1: None,
                            severity: Severity::Poor,
                            title: issue_name(&found.name).to_owned(),
                        });
                    }
                    Some(false) => {
                        if let Some(place) = standing.iter().position(is_it) {
                            let (_, _, mark) = standing.remove(place);
                            if let Some(mark) = marks.get_mut(mark) {
                                mark.t1 = Some(found.at);
                            }
                        }
                    }
                    _ => {}
                }
            }
            Happening::Call { kind, .. } => match kind.as_str() {
                "reconnecting" => lost = lost.or(Some(event.at)),
                "reconnected" | "disconnected" => {
                    marks.extend(lost.take().map(|t0| reconnecting(t0, Some(event.at))));
                }
                _ => {}
            },
        }
    }
    marks.extend(lost.map(|t0| reconnecting(t0, left_at)));
    marks
}

fn words(it: &Participant, marks: &[TimelineSpan]) -> String {
    let until = match it.left_at {
        Some(left) => time_of_day(left),
        None => "now".to_owned(),
    };
    let mut words = format!(
        "{}, {} \u{2013} {until}, {}",
        it.title(),
        time_of_day(it.joined_at),
        length(it.duration_ms)
    );
    for tag in &it.issues {
        words.push_str(", ");
        words.push_str(issue_name(&tag.kind));
    }
    let times = marks
        .iter()
        .filter(|mark| mark.severity == Severity::Warning)
        .count();
    match times {
        0 => {}
        1 => words.push_str(", reconnected once"),
        times => words.push_str(&format!(", reconnected {times} times")),
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Found;

    fn issue(at: f64, raised: bool, track: &str) -> Event {
        Event {
            at,
            participant_sid: None,
            what: Happening::Found(Found {
                name: "packet_loss".to_owned(),
                raised: Some(raised),
                track: Some(track.to_owned()),
                at,
                ..Found::default()
            }),
        }
    }

    fn call(at: f64, kind: &str) -> Event {
        Event {
            at,
            participant_sid: None,
            what: Happening::Call {
                kind: kind.to_owned(),
                code: None,
                reason: None,
                participant: None,
                track: None,
                level: None,
            },
        }
    }

    #[test]
    fn the_axis_spans_the_room_and_one_that_goes_on_until_now() {
        let mut room = Room {
            created_at: 100.0,
            duration_ms: Some(300.0),
            ..Room::default()
        };
        let span = |room: &Room, now| extent(room, now).map(|view| (view.t0, view.t1));
        assert_eq!(span(&room, 500.0), Some((100.0, 500.0)));
        // A clock that is behind theirs.
        assert_eq!(span(&room, 50.0), Some((100.0, 400.0)));
        room.ended_at = Some(400.0);
        assert_eq!(span(&room, 900.0), Some((100.0, 400.0)));
        assert!(extent(&Room::default(), 0.0).is_some());
    }

    #[test]
    fn an_issue_stands_from_its_raising_to_its_clearing_on_each_track() {
        let events = [
            issue(1.0, true, "MT1"),
            issue(2.0, true, "MT2"),
            issue(3.0, false, "MT1"),
        ];
        let spans: Vec<_> = marks(&events, Some(9.0))
            .iter()
            .map(|mark| (mark.t0, mark.t1))
            .collect();
        assert_eq!(spans, [(1.0, Some(3.0)), (2.0, None)]);
    }

    #[test]
    fn a_connection_that_is_made_anew_is_lost_until_it_is_there() {
        let events = [
            call(1.0, "reconnecting"),
            call(2.0, "reconnecting"),
            call(4.0, "reconnected"),
            call(6.0, "reconnecting"),
        ];
        let spans: Vec<_> = marks(&events, Some(9.0))
            .iter()
            .map(|mark| (mark.t0, mark.t1))
            .collect();
        assert_eq!(spans, [(1.0, Some(4.0)), (6.0, Some(9.0))]);
    }
}
