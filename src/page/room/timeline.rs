//! Who was in the room when, and what was with them meanwhile.

use super::Context;
use crate::chart::{PresenceRow, Severity, TimelineSpan, presence};
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
    let rows = Signal::derive(move || {
        let rows = context.about(|room| {
            let events = context.timeline.read(|events| rows(context, room, events));
            events.unwrap_or_else(|| rows(context, room, &[]))
        });
        let mut rows = rows.unwrap_or_default();
        if only_poor.get() {
            rows.retain(|row| row.is_poor);
        }
        rows
    });
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
            {presence(rows, js_sys::Date::now())}
        </section>
    }
    .into_any()
}

/// A row for each participant, by when they came.
fn rows(context: Context, room: &Room, events: &[Event]) -> Vec<PresenceRow> {
    let people = by_number(room.participants.iter().collect(), |it: &&Participant| {
        it.joined_at
    });
    let row = |it: &Participant| {
        let own = events
            .iter()
            .filter(|event| event.participant_sid.as_deref() == Some(&it.sid));
        let marks = marks(own, it.left_at);
        PresenceRow {
            label: it.title().to_owned(),
            href: context.shelf.participant_link(&room.sid, &it.sid),
            t0: it.joined_at,
            t1: it.left_at,
            is_poor: !it.issues.is_empty(),
            words: words(it, &marks),
            marks,
        }
    };
    people.into_iter().map(row).collect()
}

/// When issues stood on any track, and when the connection was made anew.
fn marks<'a>(events: impl Iterator<Item = &'a Event>, left_at: Option<f64>) -> Vec<TimelineSpan> {
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
    fn an_issue_stands_from_its_raising_to_its_clearing_on_each_track() {
        let events = [
            issue(1.0, true, "MT1"),
            issue(2.0, true, "MT2"),
            issue(3.0, false, "MT1"),
        ];
        let spans: Vec<_> = marks(events.iter(), Some(9.0))
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
        let spans: Vec<_> = marks(events.iter(), Some(9.0))
            .iter()
            .map(|mark| (mark.t0, mark.t1))
            .collect();
        assert_eq!(spans, [(1.0, Some(4.0)), (6.0, Some(9.0))]);
    }
}
