//! The issues that were detected in a room, and whom they concern.

use super::Context;
use crate::erased::{dynamic, each_named, nothing, text, when};
use crate::markup::*;
use crate::stored::words::{count_of, issue_name, issue_value};
use crate::stored::{Detected, Room};

/// A line for each issue of each participant. It stays the same element while the issue stands, so that its link keeps the keyboard.
pub(super) fn issues(context: Context) -> AnyView {
    let is_any = move || context.about(|room| !room.issues.is_empty());
    let names = move || {
        let names = context.about(|room| room.issues.iter().map(key).collect());
        names.unwrap_or_default()
    };
    let lines = move |key: &str| {
        let key = key.to_owned();
        dynamic(move || line(context, &key))
    };
    let list = move || {
        view! {
            <p class="muted">{text(move || context.about(concerned).unwrap_or_default())}</p>
            <ul class="findings" data-testid="issues">{each_named(names, lines)}</ul>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="issues-title">
            <h2 id="issues-title">"Detected issues"</h2>
            {when(move || is_any() == Some(true), list)}
            {when(move || is_any() == Some(false), move || none(context))}
        </section>
    }
    .into_any()
}

fn none(context: Context) -> AnyView {
    let words = move || match context.about(|room| room.is_live) {
        Some(true) => "No issue stands with anybody now.".to_owned(),
        _ => "No issues were detected.".to_owned(),
    };
    view! { <p class="good" data-testid="no-issues">{text(words)}</p> }.into_any()
}

fn concerned(room: &Room) -> String {
    let of = count_of(room.size, "participant", "participants");
    let concerned = callscope_core::to_fixed(room.with_issues, 0);
    format!("{concerned} of {of} had a published track with an issue.")
}

/// What an issue is told by: a participant has one of a kind at most.
fn key(issue: &Detected) -> String {
    let sid = issue.participant_sid.as_deref().unwrap_or_default();
    format!("{} {sid}", issue.kind)
}

fn line(context: Context, own: &str) -> AnyView {
    let line = context.about(|room| {
        let issue = room.issues.iter().find(|issue| key(issue) == own)?;
        let sid = issue.participant_sid.as_deref();
        let href = sid.map(|sid| context.shelf.participant_link(&room.sid, sid));
        let line = view! {
            <li>
                <span class="badge poor">"Issue"</span>
                <span class="finding">
                    <b>{issue_name(&issue.kind).to_owned()}</b>
                    <span class="evidence">{evidence(issue)}</span>
                </span>
                <a href=href>{who(issue).to_owned()}</a>
            </li>
        };
        Some(line.into_any())
    });
    line.flatten().unwrap_or_else(nothing)
}

fn evidence(issue: &Detected) -> String {
    format!(
        "{} on {}, threshold {}",
        issue_value(&issue.kind, issue.value),
        media(issue),
        issue_value(&issue.kind, issue.threshold)
    )
}

/// Whom it concerns.
pub(super) fn who(issue: &Detected) -> &str {
    let name = issue.participant.as_deref();
    name.or(issue.participant_sid.as_deref())
        .unwrap_or("somebody")
}

/// What it is an issue of.
pub(super) fn media(issue: &Detected) -> &str {
    match issue.media.as_deref() {
        Some("both") => "audio and video",
        Some(media) => media,
        None => "outgoing media",
    }
}
