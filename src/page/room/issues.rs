//! The issues that were detected in a room, and whom they concern.

use super::Context;
use crate::erased::{all, dynamic, fixed, nothing};
use crate::markup::*;
use crate::stored::words::{count_of, issue_name, issue_value};
use crate::stored::{Detected, Room};

/// A line for each issue of each participant.
pub(super) fn issues(context: Context) -> AnyView {
    let content = move || {
        let content = context.about(|room| content(context, room));
        content.unwrap_or_else(nothing)
    };
    view! {
        <section class="card" aria-labelledby="issues-title">
            <h2 id="issues-title">"Detected issues"</h2>
            {dynamic(content)}
        </section>
    }
    .into_any()
}

fn content(context: Context, room: &Room) -> AnyView {
    if room.issues.is_empty() {
        let words = if room.is_live {
            "No issue stands with anybody now."
        } else {
            "No issues were detected."
        };
        return view! { <p class="good" data-testid="no-issues">{words}</p> }.into_any();
    }
    let of = count_of(room.size, "participant", "participants");
    let concerned = callscope_core::to_fixed(room.with_issues, 0);
    let rows = room.issues.iter().map(|issue| row(context, room, issue));
    view! {
        <p class="muted">{format!("{concerned} of {of} had a published track with an issue.")}</p>
        <ul class="findings" data-testid="issues">{all(rows)}</ul>
    }
    .into_any()
}

fn row(context: Context, room: &Room, issue: &Detected) -> AnyView {
    let who = match (&issue.participant_sid, &issue.participant) {
        (Some(sid), name) => {
            let href = context.shelf.participant_link(&room.sid, sid);
            let name = name.clone().unwrap_or_else(|| sid.clone());
            view! { <a href=href>{name}</a> }.into_any()
        }
        (None, name) => fixed(name.clone().unwrap_or_default()),
    };
    let media = match issue.media.as_deref() {
        Some("both") => "audio and video",
        Some(media) => media,
        None => "outgoing media",
    };
    let evidence = format!(
        "{} on {media}, threshold {}",
        issue_value(&issue.kind, issue.value),
        issue_value(&issue.kind, issue.threshold)
    );
    view! {
        <li>
            <span class="badge poor">"Issue"</span>
            <span class="finding">
                <b>{issue_name(&issue.kind).to_owned()}</b>
                <span class="evidence">{evidence}</span>
            </span>
            {who}
        </li>
    }
    .into_any()
}
