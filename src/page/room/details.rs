//! What is known of a room: all that Twilio's REST API says of one, with why it is unknown where a browser cannot know it.

use callscope_core::to_fixed;

use super::Context;
use crate::erased::dynamic;
use crate::markup::*;
use crate::stored::Room;
use crate::stored::words::{exact_moment, length, room_kind};
use crate::view::{Line, fact_list};

const NOT_TOLD: &str = "browsers are not told";
const NOT_SAID: &str = "the source does not say";
const NOT_RECORDED: &str = "no participant told of a recording";

/// What [`Room::SELDOM`] is called.
const SELDOM: [&str; 7] = [
    "Created by",
    "End reason",
    "Most participants allowed",
    "Media region",
    "Edge location",
    "Status callback",
    "Status callback method",
];

/// The list.
pub(super) fn details(context: Context) -> AnyView {
    let list = move || fact_list("details", context.about(lines).unwrap_or_default());
    view! {
        <section class="card" aria-labelledby="details-title">
            <h2 id="details-title">"Details"</h2>
            {dynamic(list)}
            <p class="hint">
                "Rooms are kept for a week, WebRTC Go rooms for two days, unless their collector keeps them for longer. Save what is needed beyond that."
            </p>
        </section>
    }
    .into_any()
}

fn lines(room: &Room) -> Vec<Line> {
    let number = |number: f64| to_fixed(number, 0).to_string();
    let counted = |it: Option<f64>| it.map(number).ok_or(NOT_SAID);
    let codecs = room.codecs.join(", ");
    let mut lines = vec![
        Line("Room sid", Ok(room.sid.clone())),
        Line(
            "Unique name",
            room.name.clone().ok_or("the application did not say"),
        ),
        Line(
            "Type",
            match room.kind.as_deref() {
                Some(kind) => Ok(room_kind(Some(kind)).to_owned()),
                None => Err("the application did not say"),
            },
        ),
        Line(
            "Status",
            Ok(if room.is_live {
                "in progress"
            } else {
                "completed"
            }
            .to_owned()),
        ),
        Line("Created", Ok(exact_moment(room.created_at))),
        Line(
            "Ended",
            Ok(room
                .ended_at
                .map_or_else(|| "not yet".to_owned(), exact_moment)),
        ),
        Line("Duration", Ok(length(room.duration_ms))),
        Line("Participants", Ok(number(room.size))),
        Line("Unique identities", counted(room.identities)),
        Line("In it now", counted(room.present)),
        Line("Most at once", counted(room.most_at_once)),
        Line(
            "Time of all participants",
            room.participant_ms
                .map(|ms| length(Some(ms)))
                .ok_or(NOT_SAID),
        ),
        Line(
            "Recording enabled",
            room.is_recorded
                .then(|| "yes".to_owned())
                .ok_or(NOT_RECORDED),
        ),
        Line(
            "Time recorded",
            room.recorded_ms
                .map(|ms| length(Some(ms)))
                .ok_or(NOT_RECORDED),
        ),
        Line(
            "Processing state",
            match room.processing.as_deref() {
                Some("in_progress") => Ok("in progress".to_owned()),
                Some(other) => Ok(other.to_owned()),
                None => Err(NOT_SAID),
            },
        ),
        Line(
            "Codecs",
            if codecs.is_empty() {
                Err("no interval named one")
            } else {
                Ok(codecs)
            },
        ),
        Line("Account sid", room.account.clone().ok_or(NOT_SAID)),
    ];
    let seldom = SELDOM.iter().zip(&room.seldom);
    lines.extend(seldom.map(|(label, said)| Line(label, said.clone().ok_or(NOT_TOLD))));
    lines
}
