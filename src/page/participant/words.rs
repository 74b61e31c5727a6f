//! A participant in a paragraph, to be pasted into a ticket.

use super::Context;
use super::characteristics::{on_what, when_it_stood};
use crate::markup::*;
use crate::model::Call;
use crate::stored::Tag;
use crate::stored::words::{issue_name, issue_value, length, room_kind, spell};

/// Who, when, how long, with what, the issues with values, thresholds and times.
pub(super) fn paragraph(context: Context) -> Option<String> {
    let room = context.room.read(|room| {
        let kind = room_kind(room.kind.as_deref());
        let name = room
            .name
            .as_ref()
            .map(|name| format!("\u{201c}{name}\u{201d} "));
        format!("{}({}, {kind})", name.unwrap_or_default(), room.sid)
    })?;
    let about = context.about(Clone::clone)?;
    let who = match &about.identity {
        Some(identity) => format!("{identity} ({})", about.sid),
        None => about.sid.clone(),
    };
    let client = &about.client;
    let with: Vec<String> = [
        client.browser.title(),
        client.os.title(),
        device(client.manufacturer.as_deref(), client.model.as_deref()),
        client.sdk.title(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let with = if with.is_empty() {
        String::new()
    } else {
        format!(" With {}.", with.join(", "))
    };
    let issues = context.stored.call.with(|call| {
        let issues = about.issues.iter().map(|tag| {
            let when = when_it_stood(tag, call).map(|when| format!(", {when}"));
            format!(
                "{} on {}: {} (threshold {}){}",
                issue_name(&tag.kind),
                on_which(tag, call),
                issue_value(&tag.kind, tag.value),
                issue_value(&tag.kind, tag.threshold),
                when.unwrap_or_default()
            )
        });
        issues.collect::<Vec<_>>()
    });
    let issues = if issues.is_empty() {
        "No issues were detected.".to_owned()
    } else {
        format!("{}.", issues.join("; "))
    };
    Some(format!(
        "{who} in room {room}: {}, {}.{with} {issues}",
        spell(about.joined_at, about.left_at),
        length(about.duration_ms)
    ))
}

fn device(manufacturer: Option<&str>, model: Option<&str>) -> Option<String> {
    let words: Vec<&str> = manufacturer.into_iter().chain(model).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The media, and the tracks by their names where they are several.
fn on_which(tag: &Tag, call: &Call) -> String {
    let tracks = call.of_scope(callscope_core::Scope::Track);
    let of_it = tracks.filter(|(_, subject)| {
        let track = subject.track.map(|track| call.names.track(track));
        track.is_some_and(|track| tag.tracks.contains(&track))
    });
    let names: Vec<&str> = of_it.map(|(_, subject)| subject.name.as_str()).collect();
    let media = on_what(tag);
    if names.len() > 1 {
        format!("{media} ({})", names.join(", "))
    } else {
        media.to_owned()
    }
}
