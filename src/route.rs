//! Which page the address names. Pages live behind the `#`, so that the app works in any folder of any static host.

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// The call going on now.
    #[default]
    Live,
    /// A recording, measured as if it were going on.
    Replay,
    /// An address that names no page.
    Unknown(String),
}

impl Route {
    /// The pages that the navigation offers.
    pub const PAGES: [Self; 2] = [Self::Live, Self::Replay];

    /// The page that the part of an address behind its path names, such as `#/replay?…`. Nothing names the live page.
    #[must_use]
    pub fn of_hash(hash: &str) -> Self {
        let path = hash.trim_start_matches('#');
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        match path.trim_matches('/') {
            "" => Self::default(),
            name => Self::PAGES
                .into_iter()
                .find(|page| page.name() == name)
                .unwrap_or_else(|| Self::Unknown(path.to_owned())),
        }
    }

    /// The link to the page.
    #[must_use]
    pub fn href(&self) -> String {
        format!("#/{}", self.name())
    }

    /// What the page is called.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Live => "Live",
            Self::Replay => "Replay",
            Self::Unknown(_) => "Page not found",
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Live => "live",
            Self::Replay => "replay",
            Self::Unknown(path) => path.trim_start_matches('/'),
        }
    }
}

/// The value that a query (`?a=1&b=2`, or a hash that holds one) has for `key`, as it stands there.
#[must_use]
pub fn query_value<'a>(address: &'a str, key: &str) -> Option<&'a str> {
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
    fn every_page_is_found_by_its_own_link() {
        for page in Route::PAGES {
            assert_eq!(Route::of_hash(&page.href()), page);
        }
    }

    #[test]
    fn no_hash_names_the_live_page() {
        for hash in ["", "#", "#/", "#/live", "#/live/", "#/live?video=320x180"] {
            assert_eq!(Route::of_hash(hash), Route::Live, "{hash}");
        }
    }

    #[test]
    fn what_names_no_page_is_told() {
        assert_eq!(
            Route::of_hash("#/nowhere?x=1"),
            Route::Unknown("/nowhere".to_owned())
        );
    }

    #[test]
    fn a_query_is_read_from_either_part_of_the_address() {
        assert_eq!(query_value("?a=1&video=320x180", "video"), Some("320x180"));
        assert_eq!(query_value("#/live?video=64x64", "video"), Some("64x64"));
        assert_eq!(query_value("#/live", "video"), None);
        assert_eq!(query_value("?videos=1", "video"), None);
    }
}
