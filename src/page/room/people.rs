//! The participants of a room, to be sorted.

use std::cmp::Ordering;

use super::Context;
use crate::chart::UNKNOWN;
use crate::erased::{all, dynamic, each_named, fixed, nothing};
use crate::markup::*;
use crate::order::by_number;
use crate::stored::words::{issue_name, length, time_of_day};
use crate::stored::{Participant, Room};
use crate::view::Sorting;

/// Heads of the columns, and what each is called in the address.
const COLUMNS: [(&str, &str); 8] = [
    ("Participant", "identity"),
    ("Joined", "joined"),
    ("Left", "left"),
    ("Duration", "duration"),
    ("Browser", "browser"),
    ("Operating system", "os"),
    ("Device", "device"),
    ("Issues", "issues"),
];

/// How they are sorted unless something else is asked for.
const SORTING: Sorting = Sorting {
    first: "joined",
    is_down: false,
};

/// The table; on a phone each participant is a card.
pub(super) fn people(context: Context) -> AnyView {
    let names = move || {
        let column = context.place.query("sort");
        let is_down = SORTING.is_down_now(context.place);
        let names = context.about(|room| {
            let people = sorted(room, column.as_deref().unwrap_or(SORTING.first), is_down);
            people.into_iter().map(|it| it.sid.clone()).collect()
        });
        names.unwrap_or_default()
    };
    // A row stays the same element wherever it comes to stand, so that its link keeps the keyboard.
    let rows = move |sid: &str| {
        let sid = sid.to_owned();
        dynamic(move || row_of(context, &sid))
    };
    view! {
        <section class="card" aria-labelledby="people-title">
            <h2 id="people-title">"Participants"</h2>
            <div class="scroll" role="group" aria-labelledby="people-title" tabindex="0">
                <table class="tracks people sorted" data-testid="people">
                    <thead>
                        <tr>{all(COLUMNS.map(|(label, name)| SORTING.head(context.place, label, name)))}</tr>
                    </thead>
                    <tbody>{each_named(names, rows)}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// The participants by a column; those of which it is unknown come last, either way.
fn sorted<'a>(room: &'a Room, column: &str, is_down: bool) -> Vec<&'a Participant> {
    let people = room.participants.iter().collect::<Vec<_>>();
    let words = |read: fn(&Participant) -> Option<String>| {
        let mut all: Vec<String> = room.participants.iter().filter_map(read).collect();
        sort_words(&mut all);
        // A word's place among all is its number.
        let number = |it: &Participant| {
            let word = read(it)?;
            let place = all.partition_point(|other| compare(other, &word).is_lt());
            u32::try_from(place).ok().map(f64::from)
        };
        room.participants.iter().map(number).collect::<Vec<_>>()
    };
    let numbers = |read: fn(&Participant) -> Option<f64>| {
        room.participants.iter().map(read).collect::<Vec<_>>()
    };
    let keys = match column {
        "identity" => words(|it| Some(it.title().to_owned())),
        "left" => numbers(|it| it.left_at),
        "duration" => numbers(|it| it.duration_ms),
        "browser" => words(|it| it.client.browser.title()),
        "os" => words(|it| it.client.os.title()),
        "device" => words(device),
        "issues" => numbers(|it| u32::try_from(it.issues.len()).ok().map(f64::from)),
        _ => numbers(|it| Some(it.joined_at)),
    };
    let key = |key: Option<f64>| match key {
        Some(key) if is_down => -key,
        Some(key) => key,
        None => f64::INFINITY,
    };
    let keyed = people.into_iter().zip(keys).collect::<Vec<_>>();
    let sorted = by_number(keyed, |(_, it)| key(*it));
    sorted.into_iter().map(|(it, _)| it).collect()
}

/// Few words, by insertion: a sort of the standard library is kilobytes.
fn sort_words(words: &mut [String]) {
    for end in 1..words.len() {
        let mut place = end;
        while place > 0 && compare(&words[place - 1], &words[place]).is_gt() {
            words.swap(place - 1, place);
            place -= 1;
        }
    }
}

/// Large and small letters are alike.
fn compare(one: &str, other: &str) -> Ordering {
    let letters =
        |text: &str| -> Vec<u8> { text.bytes().map(|it| it.to_ascii_lowercase()).collect() };
    letters(one).cmp(&letters(other))
}

fn device(it: &Participant) -> Option<String> {
    let client = &it.client;
    let words = [client.manufacturer.as_deref(), client.model.as_deref()];
    let words: Vec<&str> = words.into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn row_of(context: Context, sid: &str) -> AnyView {
    let row = context.about(|room| {
        let it = room.participants.iter().find(|it| it.sid == sid)?;
        Some(row(context, room, it))
    });
    row.flatten().unwrap_or_else(nothing)
}

fn row(context: Context, room: &Room, it: &Participant) -> AnyView {
    let href = context.shelf.participant_link(&room.sid, &it.sid);
    let known = |text: Option<String>| match text {
        Some(text) => fixed(text),
        None => view! {
            <span class="unknown" title="unknown: the user agent does not say">
                <span aria-hidden="true">{UNKNOWN}</span>
                <span class="visually-hidden">"unknown"</span>
            </span>
        }
        .into_any(),
    };
    let left = match it.left_at {
        Some(left) => fixed(time_of_day(left)),
        None => view! { <span class="badge good">"in the room"</span> }.into_any(),
    };
    let badge = |kind: &str| {
        view! { <span class="badge poor">{issue_name(kind).to_owned()}</span> }.into_any()
    };
    let issues = if it.issues.is_empty() {
        view! { <span class="muted">"none"</span> }.into_any()
    } else {
        let badges = all(it.issues.iter().map(|tag| badge(&tag.kind)));
        view! { <span class="badges">{badges}</span> }.into_any()
    };
    let cells = [
        (1, fixed(time_of_day(it.joined_at))),
        (2, left),
        (3, fixed(length(it.duration_ms))),
        (4, known(it.client.browser.title())),
        (5, known(it.client.os.title())),
        (6, known(device(it))),
        (7, issues),
    ];
    let cell = |(place, content): (usize, AnyView)| {
        let label = COLUMNS.get(place).map_or("", |(label, _)| *label);
        view! { <td data-label=label>{content}</td> }.into_any()
    };
    view! {
        <tr>
            <th scope="row"><a href=href>{it.title().to_owned()}</a></th>
            {all(cells.map(cell))}
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room() -> Room {
        let person = |identity: &str, joined_at: f64, left_at: Option<f64>| Participant {
            sid: format!("PA{identity}"),
            identity: Some(identity.to_owned()),
            joined_at,
            left_at,
            ..Participant::default()
        };
        Room {
            participants: vec![
                person("bob", 3.0, Some(9.0)),
                person("Alice", 2.0, None),
                person("carol", 1.0, Some(8.0)),
            ],
            ..Room::default()
        }
    }

    fn names(column: &str, is_down: bool) -> Vec<String> {
        let room = room();
        let people = sorted(&room, column, is_down).into_iter();
        people.map(|it| it.title().to_owned()).collect()
    }

    #[test]
    fn letters_are_sorted_whatever_their_size() {
        assert_eq!(names("identity", false), ["Alice", "bob", "carol"]);
        assert_eq!(names("identity", true), ["carol", "bob", "Alice"]);
    }

    #[test]
    fn the_unknown_is_last_either_way() {
        assert_eq!(names("left", false), ["carol", "bob", "Alice"]);
        assert_eq!(names("left", true), ["bob", "carol", "Alice"]);
    }

    #[test]
    fn what_is_no_column_is_as_if_nothing_were_asked_for() {
        assert_eq!(names("luck", false), names("joined", false));
    }
}
