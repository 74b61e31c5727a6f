//! With what somebody took part, and the issues that they are tagged with.

use callscope_core::to_fixed;

use super::{Context, spells};
use crate::erased::{all, dynamic, fixed, nothing};
use crate::markup::*;
use crate::model::{Call, clock_time};
use crate::stored::words::{exact_moment, issue_name, issue_value, length};
use crate::stored::{Participant, Tag};
use crate::view::{Line, fact_list};

const NOT_TOLD: &str = "the user agent does not say";
const OF_SERVERS: &str = "browsers are not told";

/// Operating system, browser, device, SDK, tracks, and the rest that is known of them.
pub(super) fn characteristics(context: Context) -> AnyView {
    let list = move || {
        let lines = context.about(lines);
        fact_list("characteristics", lines.unwrap_or_default())
    };
    view! {
        <section class="card" aria-labelledby="characteristics-title">
            <h2 id="characteristics-title">"Characteristics"</h2>
            {dynamic(list)}
        </section>
    }
    .into_any()
}

fn lines(it: &Participant) -> Vec<Line> {
    let client = &it.client;
    let number = |number: Option<f64>, unknown| {
        number
            .map(|number| to_fixed(number, 0).to_string())
            .ok_or(unknown)
    };
    let codecs = it.codecs.join(", ");
    vec![
        Line("Operating system", client.os.title().ok_or(NOT_TOLD)),
        Line("Browser", client.browser.title().ok_or(NOT_TOLD)),
        Line(
            "Device manufacturer",
            client.manufacturer.clone().ok_or(NOT_TOLD),
        ),
        Line("Device model", client.model.clone().ok_or(NOT_TOLD)),
        Line(
            "SDK",
            client.sdk.title().ok_or("the application did not say"),
        ),
        Line(
            "callscope module",
            client.module.clone().ok_or("the batches do not say"),
        ),
        Line(
            "Tracks published",
            number(it.tracks_published, "nobody told it"),
        ),
        Line(
            "Codecs",
            if codecs.is_empty() {
                Err("no interval named one")
            } else {
                Ok(codecs)
            },
        ),
        Line("Joined", Ok(exact_moment(it.joined_at))),
        Line(
            "Left",
            Ok(it
                .left_at
                .map_or_else(|| "not yet".to_owned(), exact_moment)),
        ),
        Line("Duration", Ok(length(it.duration_ms))),
        Line(
            "Recorded for",
            it.recorded_ms
                .map(|ms| length(Some(ms)))
                .ok_or("the room told of no recording"),
        ),
        Line(
            "Error code",
            Ok(it
                .error_code
                .map_or_else(|| "none".to_owned(), |code| to_fixed(code, 0).to_string())),
        ),
        Line(
            "Identity",
            it.identity.clone().ok_or("the application did not say"),
        ),
        Line("Participant sid", Ok(it.sid.clone())),
        Line(
            "Status",
            Ok(if it.is_live {
                "in progress"
            } else {
                "completed"
            }
            .to_owned()),
        ),
        Line("End reason", Err(OF_SERVERS)),
        Line("Edge location", Err(OF_SERVERS)),
    ]
}

/// Issues with their evidence.
pub(super) fn issues(context: Context) -> AnyView {
    let content = move || {
        let Some(about) = context.about(Clone::clone) else {
            return nothing();
        };
        if about.issues.is_empty() {
            let words = if about.is_live {
                "No issue stands now."
            } else {
                "No issues were detected."
            };
            return view! {
                <p data-testid="no-issues">
                    <span class="good">{words}</span>
                    <span class="muted">" An issue is judged per published track over its whole duration. Shorter spells are on the timeline below."</span>
                </p>
            }
            .into_any();
        }
        context.stored.call.with(|call| {
            let rows = about.issues.iter().map(|tag| row(tag, call));
            view! { <ul class="findings tags" data-testid="issues">{all(rows)}</ul> }.into_any()
        })
    };
    view! {
        <section class="card" aria-labelledby="issues-title">
            <h2 id="issues-title">"Issues"</h2>
            {dynamic(content)}
        </section>
    }
    .into_any()
}

fn row(tag: &Tag, call: &Call) -> AnyView {
    let value = issue_value(&tag.kind, tag.value);
    let threshold = issue_value(&tag.kind, tag.threshold);
    let sign = if tag.kind == "packet_loss" {
        "of all packets, threshold"
    } else {
        "on average, allowed up to"
    };
    let when = when_it_stood(tag, call)
        .map(|words| view! { <span class="muted">{words}</span> }.into_any());
    view! {
        <li>
            <span class="badge poor">"Issue"</span>
            <span class="finding">
                <b>{issue_name(&tag.kind).to_owned()}</b>
                {format!(" \u{b7} {}", on_what(tag))}
                <span class="evidence">{format!("{value} {sign} {threshold}")}</span>
            </span>
            {when.unwrap_or_else(|| fixed(""))}
        </li>
    }
    .into_any()
}

/// The media in words: which tracks is on the timeline and in their table.
pub(super) fn on_what(tag: &Tag) -> &str {
    match tag.media.as_deref() {
        Some("both") => "audio and video",
        Some(media) => media,
        None => "outgoing media",
    }
}

/// When it stood; `None` where no event told of that.
pub(super) fn when_it_stood(tag: &Tag, call: &Call) -> Option<String> {
    spells::in_words(&call.spells(&tag.kind, &tag.tracks), call, clock_time)
}
