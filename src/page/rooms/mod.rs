//! Rooms, to find the one that somebody complained about.

mod behind;

use gloo::timers::callback::Timeout;
use leptos::ev::SubmitEvent;

use crate::chart::iso_utc;
use crate::erased::{Button, all, attribute, dynamic, fixed, nothing, text, when};
use crate::markup::*;
use crate::place::{Place, link, query_of};
use crate::stored::words::{count_of, issue_name, length, moment, room_kind, zone_name};
use crate::stored::{Asked, Room, Rooms};
use crate::view::{Sorting, input, no_data, one_of};
use crate::zone;
use behind::behind;

/// How many rooms a page has.
const PAGE_SIZE: &str = "50";

/// How long typing has to pause before it is searched for, in milliseconds.
const TYPING_MS: u32 = 250;

/// What the address has, and what the read API calls it.
const FILTERS: [(&str, &str); 15] = [
    ("search", "search"),
    ("type", "type"),
    ("issues", "issues"),
    ("from", "created_after"),
    ("to", "created_before"),
    ("sort", "sort"),
    ("order", "order"),
    ("page", "page_token"),
    ("joined_after", "joined_after"),
    ("joined_before", "joined_before"),
    ("segment", "segment"),
    ("value", "value"),
    ("unknown", "unknown"),
    ("other", "other"),
    ("participant_issues", "participant_issues"),
];

const TYPES: [(&str, &str); 5] = [
    ("", "All types"),
    ("group", "Group"),
    ("group_small", "Small group"),
    ("peer_to_peer", "Peer-to-peer"),
    ("go", "WebRTC Go"),
];

const ISSUES: [(&str, &str); 5] = [
    ("", "With or without"),
    ("with", "With any issue"),
    ("without", "Without issues"),
    ("packet_loss", "High packet loss"),
    ("round_trip_time", "High round trip time"),
];

/// Heads of the columns, and what each is sorted by; nothing where that is not offered.
const COLUMNS: [(&str, &str); 6] = [
    ("Room", ""),
    ("Type", ""),
    ("Started", "created_at"),
    ("Duration", "duration"),
    ("Participants", "participants"),
    ("Issues", "participants_with_issues"),
];

/// How they are sorted unless something else is asked for.
const SORTING: Sorting = Sorting {
    first: "created_at",
    is_down: true,
};

/// Finds rooms by what stands in the address.
pub(crate) fn rooms_page(place: Place) -> AnyView {
    let path = move || {
        let mut pairs = vec![("page_size", PAGE_SIZE.to_owned())];
        for (ours, theirs) in &FILTERS {
            for value in place.all(ours) {
                pairs.push((*theirs, value));
            }
        }
        let pairs = pairs.iter().map(|(name, value)| (*name, value.as_str()));
        Some(format!("/v1/insights/rooms{}", query_of(pairs)))
    };
    let rooms = Asked::new(path, Rooms::read);
    view! {
        <div class="page">
            <h1>"Rooms"</h1>
            {filters(place)}
            {count(place, rooms)}
            {rooms.view(skeleton, move || found(place, rooms))}
        </div>
    }
    .into_any()
}

fn filters(place: Place) -> AnyView {
    let typing = StoredValue::new_local(None::<Timeout>);
    let search = move |typed: Option<String>| {
        let correct = move || place.correct(&[("search", typed.clone()), ("page", None)]);
        typing.set_value(Some(Timeout::new(TYPING_MS, correct)));
    };
    let choose = move |name: &'static str| {
        move |value: Option<String>| place.go(&[(name, value), ("page", None)])
    };
    let time = move |name: &'static str| move || place.query(name).and_then(|ms| local_text(&ms));
    let choose_time = move |name: &'static str| {
        move |typed: Option<String>| {
            place.go(&[
                (name, typed.and_then(|typed| ms_text(&typed))),
                ("page", None),
            ]);
        }
    };
    let clear = Button::new(fixed("Clear"), move || {
        let mut changes = Vec::new();
        for (name, _) in &FILTERS {
            changes.push((*name, None));
        }
        place.go(&changes);
    })
    .testid("clear-filters");
    view! {
        <form class="filters" role="search" aria-label="Find rooms" on:submit=|event: SubmitEvent| event.prevent_default()>
            {input("Name or sid", "search", "search", "Begins with\u{2026}", move || place.query("search"), search)}
            {one_of("Type", "type", &TYPES, move || place.query("type"), choose("type"))}
            {one_of("Issues", "issues", &ISSUES, move || place.query("issues"), choose("issues"))}
            {input("Started from", "from", "datetime-local", "", time("from"), choose_time("from"))}
            {input("Started before", "to", "datetime-local", "", time("to"), choose_time("to"))}
            {clear.view()}
        </form>
        {behind(place)}
    }
    .into_any()
}

/// How many rooms there are, and by which clock times are.
fn count(place: Place, rooms: Asked<Rooms>) -> AnyView {
    let count = Memo::new(move |before: Option<&Option<String>>| {
        let found = rooms.read(|rooms| rooms.total.map(|it| count_of(it, "room. ", "rooms. ")));
        // It is told once for all pages.
        let is_page_of_many = untrack(|| place.query("page")).is_some();
        match found {
            Some(count) if count.is_some() || !is_page_of_many => count,
            _ => before.cloned().flatten(),
        }
    });
    let words = move || {
        let zone = zone_name(js_sys::Date::now());
        format!("{}Times are {zone}.", count.get().unwrap_or_default())
    };
    view! { <p class="hint" role="status" data-testid="count">{text(words)}</p> }.into_any()
}

fn is_filtered(place: Place) -> bool {
    FILTERS.iter().any(|(name, _)| place.query(name).is_some())
}

/// What a control for local times has for milliseconds since the epoch.
fn local_text(ms: &str) -> Option<String> {
    let ms = js_sys::Number::parse_float(ms);
    let text = ms.is_finite().then(|| iso_utc(ms + zone::offset(ms)))?;
    text.get(..16).map(str::to_owned)
}

/// The milliseconds since the epoch of what such a control has.
fn ms_text(local: &str) -> Option<String> {
    let text = if zone::is_utc() {
        format!("{local}Z")
    } else {
        local.to_owned()
    };
    let ms = js_sys::Date::parse(&text);
    ms.is_finite()
        .then(|| callscope_core::to_fixed(ms, 0).to_string())
}

fn found(place: Place, rooms: Asked<Rooms>) -> AnyView {
    let is_empty = Memo::new(move |_| {
        rooms
            .read(|rooms| rooms.rooms.is_empty())
            .unwrap_or_default()
    });
    dynamic(move || {
        if !is_empty.get() {
            table(place, rooms)
        } else if untrack(|| is_filtered(place)) {
            view! {
                <p class="empty" data-testid="no-rooms">
                    "No room is like that. Rooms are found for a week, \u{201c}WebRTC Go\u{201d} rooms for two days, unless their collector keeps them for longer."
                </p>
            }
            .into_any()
        } else {
            no_data()
        }
    })
}

fn table(place: Place, rooms: Asked<Rooms>) -> AnyView {
    let rows = move || {
        let rows = rooms.read(|rooms| all(rooms.rooms.iter().map(row)));
        rows.unwrap_or_else(nothing)
    };
    view! {
        <div class="card">
            <div class="scroll" role="region" aria-label="Rooms" tabindex="0">
                <table class="tracks rooms sorted" data-testid="rooms">
                    <thead>
                        <tr>{all(COLUMNS.map(|(label, sort)| head(place, label, sort)))}</tr>
                    </thead>
                    <tbody>{dynamic(rows)}</tbody>
                </table>
            </div>
            {pages(place, rooms)}
        </div>
    }
    .into_any()
}

fn head(place: Place, label: &'static str, sort: &'static str) -> AnyView {
    if sort.is_empty() {
        return view! { <th scope="col">{label}</th> }.into_any();
    }
    SORTING.head(place, label, sort)
}

fn row(room: &Room) -> AnyView {
    let href = link(&["rooms", &room.sid], &[]);
    let sid = room
        .name
        .is_some()
        .then(|| view! { <span class="muted sid">{room.sid.clone()}</span> }.into_any());
    let live = room
        .is_live
        .then(|| view! { <span class="badge good">"going on"</span> }.into_any());
    let with_issues = if room.with_issues > 0.0 {
        let mut kinds: Vec<&str> = room.issues.iter().map(|it| it.kind.as_str()).collect();
        kinds.dedup();
        let mut named: Vec<&str> = Vec::new();
        for kind in kinds {
            if !named.contains(&kind) {
                named.push(kind);
            }
        }
        let badge = |kind: &str| {
            view! { <span class="badge poor">{issue_name(kind).to_owned()}</span> }.into_any()
        };
        let people = count_of(room.with_issues, "participant", "participants");
        view! {
            <span class="badges">{all(named.into_iter().map(badge))}</span>
            <span class="muted">{people}</span>
        }
        .into_any()
    } else {
        fixed("none")
    };
    let size = callscope_core::to_fixed(room.size, 0).to_string();
    let cells = [
        (1, fixed(room_kind(room.kind.as_deref()))),
        (2, fixed(moment(room.created_at))),
        (
            3,
            all([
                fixed(length(room.duration_ms)),
                live.unwrap_or_else(nothing),
            ]),
        ),
        (4, fixed(size)),
        (5, with_issues),
    ];
    let cell = |(place, content): (usize, AnyView)| {
        let label = COLUMNS.get(place).map_or("", |(label, _)| *label);
        view! { <td data-label=label>{content}</td> }.into_any()
    };
    view! {
        <tr>
            <th scope="row">
                <a href=href>{room.title().to_owned()}</a>
                {sid}
            </th>
            {all(cells.map(cell))}
        </tr>
    }
    .into_any()
}

/// Further pages. A link that leads no further stays: the keyboard may stand on it.
fn pages(place: Place, rooms: Asked<Rooms>) -> AnyView {
    let token = |read: fn(&Rooms) -> Option<String>| Memo::new(move |_| rooms.read(read).flatten());
    let previous = token(|rooms| rooms.previous.clone());
    let next = token(|rooms| rooms.next.clone());
    let turn = move |token: Memo<Option<String>>, testid: &'static str, label: &'static str| {
        let href = move || {
            let page = token.get().or_else(|| place.query("page"));
            Some(place.with(&[("page", page)]))
        };
        let is_last = move || token.with(Option::is_none).then(|| "true".to_owned());
        view! {
            <a class="button" data-testid=testid href=attribute(href) aria-disabled=attribute(is_last)>{label}</a>
        }
        .into_any()
    };
    let links = move || {
        all([
            turn(previous, "previous-page", "Previous page"),
            turn(next, "next-page", "Next page"),
        ])
    };
    let is_one = move || previous.with(Option::is_none) && next.with(Option::is_none);
    view! {
        <nav class="paging" aria-label="Pages of rooms">
            {when(move || !is_one(), links)}
        </nav>
    }
    .into_any()
}

/// Rows where rooms will be.
fn skeleton() -> AnyView {
    view! {
        <section class="card" aria-label="Rooms">
            <p class="visually-hidden" role="status">"Loading rooms"</p>
            <div class="skeleton rows" aria-hidden="true"></div>
        </section>
    }
    .into_any()
}
