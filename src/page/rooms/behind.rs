//! What is asked of participants: rooms that are behind a part of the dashboard's chart are found by who was in them.

use crate::erased::{all, dynamic, fixed, nothing};
use crate::markup::*;
use crate::place::Place;
use crate::stored::words::moment;

/// Segments, as the address and the read API call them, and people.
const SEGMENTS: [(&str, &str); 4] = [
    ("browser", "Browser"),
    ("operating_system", "Operating system"),
    ("device_manufacturer", "Device manufacturer"),
    ("sdk", "SDK"),
];

/// A filter as people read it, and what of the address it is.
struct Chip {
    words: String,
    names: &'static [&'static str],
    testid: &'static str,
}

/// The filters that the chart set, each to be taken away; nothing if there is none.
pub(super) fn behind(place: Place) -> AnyView {
    dynamic(move || {
        let [uses, joined, issues] = [uses(place), joined(place), issues(place)];
        if uses.is_none() && joined.is_none() && issues.is_none() {
            return nothing();
        }
        view! {
            <p class="chips" data-testid="behind">
                "Only rooms with a participant:"
                {all([chip(place, uses), all([chip(place, joined), chip(place, issues)])])}
            </p>
        }
        .into_any()
    })
}

fn chip(place: Place, chip: Option<Chip>) -> AnyView {
    let Some(chip) = chip else { return nothing() };
    let mut changes = vec![("page", None)];
    for name in chip.names {
        changes.push((*name, None));
    }
    let href = place.with(&changes);
    view! {
        <a class="button small chip" data-testid=chip.testid title="Take this filter away" href=href>
            {fixed(chip.words)}
            <span aria-hidden="true">"\u{00D7}"</span>
        </a>
    }
    .into_any()
}

/// `Browser: Chrome`.
fn uses(place: Place) -> Option<Chip> {
    let word = place.query("segment")?;
    let segment = SEGMENTS.iter().find(|(known, _)| *known == word);
    let segment = segment.map_or(word.as_str(), |(_, name)| *name);
    let mut values = place.all("value");
    let is = |name: &str| place.query(name).as_deref() == Some("true");
    if is("unknown") {
        values.push("unknown".to_owned());
    }
    let (before, between) = if is("other") {
        ("none of ", ", ")
    } else {
        ("", " or ")
    };
    Some(Chip {
        words: format!("{segment}: {before}{}", values.join(between)),
        names: &["segment", "value", "unknown", "other"],
        testid: "chip-uses",
    })
}

/// `joined 22 Nov, 00:00 – 23 Nov, 00:00`.
fn joined(place: Place) -> Option<Chip> {
    let time = |name: &str| {
        let ms = js_sys::Number::parse_float(&place.query(name)?);
        ms.is_finite().then(|| moment(ms))
    };
    let (after, before) = (time("joined_after"), time("joined_before"));
    if after.is_none() && before.is_none() {
        return None;
    }
    let or_open = |time: Option<String>| time.unwrap_or_else(|| "\u{2026}".to_owned());
    let words = format!("joined {} \u{2013} {}", or_open(after), or_open(before));
    Some(Chip {
        words,
        names: &["joined_after", "joined_before"],
        testid: "chip-joined",
    })
}

/// `with issues`.
fn issues(place: Place) -> Option<Chip> {
    let words = match place.query("participant_issues")?.as_str() {
        "with" => "with issues",
        "without" => "without issues",
        _ => return None,
    };
    Some(Chip {
        words: words.to_owned(),
        names: &["participant_issues"],
        testid: "chip-issues",
    })
}
