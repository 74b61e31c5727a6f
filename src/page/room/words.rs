//! A room in a paragraph, to be pasted into a ticket.

use crate::markup::*;
use crate::stored::words::{count_of, issue_name, issue_value, length, room_kind, spell};
use crate::stored::{Detected, Room, Shelf};

/// Which room, when, how long, the issues with whom they concern, and a link.
pub(super) fn paragraph(room: &Room, shelf: Shelf) -> String {
    let name = match &room.name {
        Some(name) => format!("Room \u{201c}{name}\u{201d} ({})", room.sid),
        None => format!("Room {}", room.sid),
    };
    let issue = |issue: &Detected| {
        let who = issue
            .participant
            .as_ref()
            .or(issue.participant_sid.as_ref());
        format!(
            "{} of {}: {} (threshold {})",
            issue_name(&issue.kind),
            who.map_or("somebody", String::as_str),
            issue_value(&issue.kind, issue.value),
            issue_value(&issue.kind, issue.threshold)
        )
    };
    let issues: Vec<String> = room.issues.iter().map(issue).collect();
    let issues = if issues.is_empty() {
        "No issues were detected.".to_owned()
    } else {
        format!("{}.", issues.join("; "))
    };
    let link = match shelf {
        Shelf::Source => window().location().href().ok(),
        // Nobody else has the file.
        Shelf::File => None,
    };
    let link = link.map(|link| format!("\n{link}"));
    format!(
        "{name}, {}: {}, {}, {}. {issues}{}",
        room_kind(room.kind.as_deref()),
        spell(room.created_at, room.ended_at),
        length(room.duration_ms),
        count_of(room.size, "participant", "participants"),
        link.unwrap_or_default()
    )
}
