//! What the address says. Pages live behind the `#`, so that the app works in any folder of any static host.

use gloo::events::EventListener;

use crate::markup::*;

/// The part of an address behind the `#`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Address {
    /// Which page, such as `rooms/RM1`.
    pub(crate) path: String,
    /// How it is looked at: what stands behind the `?`, as it stands there.
    pub(crate) query: String,
}

impl Address {
    /// Reads `#/rooms/RM1?tab=send`.
    pub(crate) fn of_hash(hash: &str) -> Self {
        let said = hash.trim_start_matches('#');
        let (path, query) = said.split_once('?').unwrap_or((said, ""));
        Self {
            path: path.trim_matches('/').to_owned(),
            query: query.to_owned(),
        }
    }
}

/// What the address says, whenever that changes.
pub(crate) fn follow() -> RwSignal<Address> {
    let now = || Address::of_hash(&window().location().hash().unwrap_or_default());
    let address = RwSignal::new(now());
    let listener = EventListener::new(&window(), "hashchange", move |_| address.set(now()));
    StoredValue::new_local(listener);
    address
}

/// The value that a query (`?a=1&b=2`, or a hash that holds one) has for `key`, as it stands there.
pub(crate) fn query_value<'a>(address: &'a str, key: &str) -> Option<&'a str> {
    let (_, query) = address.split_once('?')?;
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|&(name, _)| name == key)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_around_a_path_are_none_of_it() {
        for hash in ["#/live", "#live", "#/live/", "#/live?"] {
            assert_eq!(Address::of_hash(hash).path, "live", "{hash}");
        }
        for hash in ["", "#", "#/"] {
            assert_eq!(Address::of_hash(hash), Address::default(), "{hash}");
        }
    }

    #[test]
    fn the_query_is_kept_as_it_stands() {
        let address = Address::of_hash("#/rooms/RM1?search=a%20b&type=go");
        assert_eq!(address.path, "rooms/RM1");
        assert_eq!(address.query, "search=a%20b&type=go");
    }

    #[test]
    fn a_query_is_read_from_either_part_of_the_address() {
        assert_eq!(query_value("?a=1&video=320x180", "video"), Some("320x180"));
        assert_eq!(query_value("#/live?video=64x64", "video"), Some("64x64"));
        assert_eq!(query_value("#/live", "video"), None);
        assert_eq!(query_value("?videos=1", "video"), None);
    }
}
