//! What is known of a room: all that Twilio's REST API says of one, with why it is unknown where a browser cannot know it.

use callscope_core::to_fixed;

use super::Context;
use crate::erased::dynamic;
use crate::markup::*;
use crate::stored::Room;
use crate::stored::words::{exact_moment, length, room_kind};
use crate::view::{Line, fact_list};

const NOT_TOLD: &str = "browsers are not told";

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
    let count = |n: usize| n.to_string();
    let people = &room.participants;
    let there = people.iter().filter(|it| it.is_live).count();
    let mut identities: Vec<&str> = Vec::new();
    for identity in people.iter().filter_map(|it| it.identity.as_deref()) {
        if !identities.contains(&identity) {
            identities.push(identity);
        }
    }
    let minutes = people.iter().filter_map(|it| it.duration_ms).sum::<f64>();
    let recorded = people
        .iter()
        .filter_map(|it| it.recorded_ms)
        .reduce(|sum, ms| sum + ms);
    let codecs = room.codecs.join(", ");
    vec![
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
        Line("Unique identities", Ok(count(identities.len()))),
        Line("In it now", Ok(count(there))),
        Line(
            "Most at once",
            room.most_at_once.map(number).ok_or("nobody told it"),
        ),
        Line("Time of all participants", Ok(length(Some(minutes)))),
        Line(
            "Time recorded",
            recorded
                .map(|ms| length(Some(ms)))
                .ok_or("no participant told of a recording"),
        ),
        Line(
            "Codecs",
            if codecs.is_empty() {
                Err("no interval named one")
            } else {
                Ok(codecs)
            },
        ),
        Line("Created by", Err(NOT_TOLD)),
        Line("End reason", Err(NOT_TOLD)),
        Line("Most participants allowed", Err(NOT_TOLD)),
        Line("Media region", Err(NOT_TOLD)),
        Line("Edge location", Err(NOT_TOLD)),
        Line("Status callback", Err(NOT_TOLD)),
    ]
}
