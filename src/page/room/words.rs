//! A room in a paragraph, to be pasted into a ticket.

use super::Context;
use super::issues::{media, who};
use super::timeline::{events_of, marks};
use crate::chart::TimelineSpan;
use crate::stored::words::{
    count_of, issue_name, issue_value, length, room_kind, spell, time_of_day,
};
use crate::stored::{Detected, Room};

/// From when to when; `None` until they left.
type Spell = (f64, Option<f64>);

/// Which room, when, how long, the issues with whom they concern, on what and when.
pub(super) fn paragraph(context: Context, room: &Room) -> String {
    let name = match &room.name {
        Some(name) => format!("Room \u{201c}{name}\u{201d} ({})", room.sid),
        None => format!("Room {}", room.sid),
    };
    let issue = |issue: &Detected| {
        format!(
            "{} of {} on {}: {} (threshold {}){}",
            issue_name(&issue.kind),
            who(issue),
            media(issue),
            issue_value(&issue.kind, issue.value),
            issue_value(&issue.kind, issue.threshold),
            when(&spells_of(context, issue), room)
        )
    };
    let issues: Vec<String> = room.issues.iter().map(issue).collect();
    let issues = if issues.is_empty() {
        "No issues were detected.".to_owned()
    } else {
        format!("{}.", issues.join("; "))
    };
    format!(
        "{name}, {}: {}, {}, {}. {issues}",
        room_kind(room.kind.as_deref()),
        spell(room.created_at, room.ended_at),
        length(room.duration_ms),
        count_of(room.size, "participant", "participants")
    )
}

/// When an issue stood, on whatever track.
fn spells_of(context: Context, issue: &Detected) -> Vec<Spell> {
    let sid = issue.participant_sid.as_deref().unwrap_or_default();
    let marks = marks(&events_of(context, sid), None);
    spells(&marks, issue_name(&issue.kind))
}

/// The times of the marks of that title, each once: on several tracks it may stand at the same time.
fn spells(marks: &[TimelineSpan], title: &str) -> Vec<Spell> {
    let mut spells: Vec<Spell> = Vec::new();
    for mark in marks.iter().filter(|mark| mark.title == title) {
        match spells.last_mut() {
            Some((_, end)) if end.is_none_or(|end| mark.t0 <= end) => {
                *end = end.zip(mark.t1).map(|(one, other)| one.max(other));
            }
            _ => spells.push((mark.t0, mark.t1)),
        }
    }
    spells
}

fn when(spells: &[Spell], room: &Room) -> String {
    let Some((first, end)) = spells.first() else {
        return String::new();
    };
    let first = time_of_day(*first);
    match end {
        _ if spells.len() > 1 => format!(", first at {first}, {} times", spells.len()),
        Some(end) => format!(", {first} \u{2013} {}", time_of_day(*end)),
        None if room.is_live => format!(", since {first}"),
        None => format!(", {first} \u{2013} end"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Severity;

    #[test]
    fn what_stands_on_several_tracks_at_once_is_one_spell() {
        let mark = |title: &str, t0: f64, t1: Option<f64>| TimelineSpan {
            t0,
            t1,
            severity: Severity::Poor,
            title: title.to_owned(),
        };
        let marks = [
            mark("a", 1.0, Some(5.0)),
            mark("b", 2.0, Some(50.0)),
            mark("a", 3.0, Some(4.0)),
            mark("a", 9.0, Some(10.0)),
            mark("a", 20.0, None),
            mark("a", 30.0, Some(31.0)),
        ];
        let expected = [(1.0, Some(5.0)), (9.0, Some(10.0)), (20.0, None)];
        assert_eq!(spells(&marks, "a"), expected);
        assert_eq!(spells(&marks, "c"), []);
    }
}
