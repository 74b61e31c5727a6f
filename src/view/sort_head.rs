//! Heads of tables that are sorted by what stands in the address.

use crate::erased::{attribute, text};
use crate::markup::*;
use crate::place::Place;

/// How a table is sorted unless something else is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sorting {
    /// The column, as the address calls it.
    pub(crate) first: &'static str,
    /// Whether every column begins with its greatest.
    pub(crate) is_down: bool,
}

impl Sorting {
    /// Whether the greatest comes first now. Tracks.
    pub(crate) fn is_down_now(self, place: Place) -> bool {
        match place.query("order").as_deref() {
            Some("asc") => false,
            Some("desc") => true,
            _ => self.is_down,
        }
    }

    /// A head by which can be sorted: the other way round if it is what is sorted by already.
    pub(crate) fn head(self, place: Place, label: &'static str, name: &'static str) -> AnyView {
        let is_sorted = move || place.query("sort").as_deref().unwrap_or(self.first) == name;
        let state = move || {
            let word = if self.is_down_now(place) {
                "descending"
            } else {
                "ascending"
            };
            is_sorted().then(|| word.to_owned())
        };
        let href = move || {
            let is_turned = is_sorted() && self.is_down_now(place) == self.is_down;
            let other = if self.is_down { "asc" } else { "desc" };
            let order = is_turned.then(|| other.to_owned());
            let sort = (name != self.first).then(|| name.to_owned());
            Some(place.with(&[("sort", sort), ("order", order), ("page", None)]))
        };
        let arrow = move || {
            let arrow = match (is_sorted(), self.is_down_now(place)) {
                (false, _) => "",
                (true, false) => "\u{2191}",
                (true, true) => "\u{2193}",
            };
            arrow.to_owned()
        };
        view! {
            <th scope="col" aria-sort=attribute(state)>
                <a class="sort" href=attribute(href)>
                    {label}
                    <span aria-hidden="true">{text(arrow)}</span>
                </a>
            </th>
        }
        .into_any()
    }
}
