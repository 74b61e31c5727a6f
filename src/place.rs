//! Which page is looked at, and how: filters, tabs and periods stand in the address, so that it survives a reload and can be sent to a colleague.

use js_sys::{decode_uri_component, encode_uri_component};

use crate::address::{Address, follow};
use crate::erased::dynamic;
use crate::erased::effect;
use crate::markup::*;

/// The address. Copies are the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place(RwSignal<Address>);

impl Place {
    /// The one that the browser shows.
    pub(crate) fn follow() -> Self {
        Self(follow())
    }

    /// The parts of its path. Tracks.
    pub(crate) fn parts(self) -> Vec<String> {
        self.0.with(|address| {
            let parts = address.path.split('/').map(decode);
            parts.filter(|part| !part.is_empty()).collect()
        })
    }

    /// What the query has under a name; `None` if nothing. Tracks.
    pub(crate) fn query(self, name: &str) -> Option<String> {
        self.all(name).into_iter().next()
    }

    /// All that the query has under a name. Tracks.
    pub(crate) fn all(self, name: &str) -> Vec<String> {
        self.0.with(|address| {
            let pairs = pairs(&address.query).into_iter();
            let named = pairs.filter(|(other, value)| other == name && !value.is_empty());
            named.map(|(_, value)| value).collect()
        })
    }

    /// Looks at the same page in another way; back leads to this one.
    pub(crate) fn go(self, changes: &[(&str, Option<String>)]) {
        // That tells of the change as any link does.
        let _unknown = window().location().set_hash(&self.with(changes));
    }

    /// The same without a step that back leads to: for what is being typed.
    pub(crate) fn correct(self, changes: &[(&str, Option<String>)]) {
        let href = self.with(changes);
        if let Ok(history) = window().history() {
            let state = history.state().unwrap_or_default();
            let kept = history.replace_state_with_url(&state, "", Some(&href));
            debug_assert!(kept.is_ok(), "the address is of this page");
        }
        self.0.set(Address::of_hash(&href));
    }

    /// Keeps something of how the page is looked at in the address, and follows it: `read` says what it is now, `write` makes it so.
    pub(crate) fn keep(
        self,
        name: &'static str,
        read: impl Fn() -> Option<String> + 'static,
        write: impl Fn(Option<String>) + 'static,
    ) {
        untrack(|| write(self.query(name)));
        effect(move || {
            let now = self.query(name);
            untrack(|| write(now));
        });
        effect(move || {
            let now = read();
            if now != untrack(|| self.query(name)) {
                self.go(&[(name, now)]);
            }
        });
    }

    /// A link to the same page, looked at in another way. Tracks.
    pub(crate) fn with(self, changes: &[(&str, Option<String>)]) -> String {
        self.0.with(|address| {
            let mut pairs = pairs(&address.query);
            for (name, value) in changes {
                pairs.retain(|(other, _)| other != name);
                if let Some(value) = value {
                    pairs.push(((*name).to_owned(), value.clone()));
                }
            }
            let pairs = pairs
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()));
            format!("#/{}{}", address.path, query_of(pairs))
        })
    }
}

/// The page that the parts of the address's path name, whenever they change.
pub(crate) fn pages(page: fn(Place, &[&str]) -> AnyView) -> AnyView {
    let place = Place::follow();
    let parts = Memo::new(move |_| place.parts());
    dynamic(move || {
        let parts = parts.read();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        untrack(|| page(place, &parts))
    })
}

/// A link to a page.
pub(crate) fn link(path: &[&str], query: &[(&str, &str)]) -> String {
    let parts: Vec<String> = path.iter().map(|part| encode(part)).collect();
    format!("#/{}{}", parts.join("/"), query_of(query.iter().copied()))
}

/// `?a=1&b=2`; nothing without pairs.
pub(crate) fn query_of<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = String::new();
    for (name, value) in pairs {
        query.push(if query.is_empty() { '?' } else { '&' });
        query.push_str(&encode(name));
        query.push('=');
        query.push_str(&encode(value));
    }
    query
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

pub(crate) fn encode(text: &str) -> String {
    String::from(encode_uri_component(text))
}

/// What is wrongly encoded stays as it is.
fn decode(text: &str) -> String {
    decode_uri_component(text).map_or_else(|_error| text.to_owned(), String::from)
}
