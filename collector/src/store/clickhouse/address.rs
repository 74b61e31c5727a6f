//! Where a ClickHouse is: `clickhouse://USER:PASSWORD@HOST:8123/DATABASE`, with what is to be known of it behind a `?`.

use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// The address of a ClickHouse. Its password is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    pub(super) url: String,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) database: String,
    pub(super) layout: Layout,
    shown: String,
}

/// One server, or many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Single,
    Cluster {
        name: String,
        /// How many replicas hold a batch before it is acknowledged: a number or `auto`, which is most of them.
        quorum: String,
    },
}

/// What was to be the address of a ClickHouse is none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoAddress {
    /// It has no host, or is no URL.
    NoUrl,
    /// The database or cluster has a name that is none.
    Name(&'static str),
    /// Something is said that is not known.
    Unknown(String),
    /// A value is none of those that there are.
    Value(&'static str, &'static str),
}

impl fmt::Display for NoAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nothing of the address itself: it holds a password.
        match self {
            Self::NoUrl => f.write_str(
                "the store's address is none: give clickhouse://USER:PASSWORD@HOST:8123/DATABASE, with %40 for an @ in the password",
            ),
            Self::Name(what) => {
                write!(f, "the name of the store's {what} may have letters, digits and _ only")
            }
            Self::Unknown(name) => write!(
                f,
                "the store's address says `{name}`, which is not known: it may say secure, cluster and quorum"
            ),
            Self::Value(name, values) => {
                write!(f, "`{name}` of the store's address must be {values}")
            }
        }
    }
}

impl std::error::Error for NoAddress {}

impl Address {
    /// Whether a text means a ClickHouse.
    #[must_use]
    pub fn is_meant_by(text: &str) -> bool {
        text.starts_with("clickhouse://") || text.starts_with("clickhouses://")
    }
}

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        let url = Url::parse(text).map_err(|_error| NoAddress::NoUrl)?;
        let host = match url.host() {
            Some(Host::Domain("")) | None => return Err(NoAddress::NoUrl),
            Some(host) => host.to_string(),
        };
        let mut secure = match url.scheme() {
            "clickhouse" => false,
            "clickhouses" => true,
            _ => return Err(NoAddress::NoUrl),
        };
        let (mut cluster, mut quorum) = (None, None);
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "secure" => secure = flag(&value)?,
                "cluster" => cluster = Some(named("cluster", &value)?),
                "quorum" => quorum = Some(replicas(&value)?),
                _ => return Err(NoAddress::Unknown(name.into_owned())),
            }
        }
        let layout = match (cluster, quorum) {
            (Some(name), quorum) => Layout::Cluster {
                name,
                quorum: quorum.unwrap_or_else(|| "auto".to_owned()),
            },
            (None, None) => Layout::Single,
            (None, Some(_)) => {
                return Err(NoAddress::Value("quorum", "said together with `cluster`"));
            }
        };
        let decoded = |text: &str| {
            let text = percent_decode_str(text).decode_utf8();
            text.map(std::borrow::Cow::into_owned)
                .map_err(|_error| NoAddress::NoUrl)
        };
        let user = match url.username() {
            "" => "default".to_owned(),
            user => decoded(user)?,
        };
        let database = match decoded(url.path().trim_matches('/'))?.as_str() {
            "" => "callscope".to_owned(),
            name => named("database", name)?,
        };
        let (scheme, usual) = if secure {
            ("https", 8443)
        } else {
            ("http", 8123)
        };
        let port = url.port().unwrap_or(usual);
        Ok(Self {
            url: format!("{scheme}://{host}:{port}"),
            password: decoded(url.password().unwrap_or_default())?,
            shown: format!(
                "clickhouse{}://{host}:{port}/{database}",
                if secure { "s" } else { "" }
            ),
            user,
            database,
            layout,
        })
    }
}

fn flag(value: &str) -> Result<bool, NoAddress> {
    match value {
        "1" | "true" => Ok(true),
        "0" | "false" => Ok(false),
        _ => Err(NoAddress::Value("secure", "0 or 1")),
    }
}

/// Names stand in statements, where nothing can be put in by parameter.
fn named(what: &'static str, name: &str) -> Result<String, NoAddress> {
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'_');
    is_name
        .then(|| name.to_owned())
        .ok_or(NoAddress::Name(what))
}

fn replicas(value: &str) -> Result<String, NoAddress> {
    if value == "auto" || value.parse::<u8>().is_ok() {
        Ok(value.to_owned())
    } else {
        Err(NoAddress::Value("quorum", "a number of replicas or auto"))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_whole() {
        let address: Address = "clickhouse://me:p%40ss%2Fword@db.example:9000/calls"
            .parse()
            .unwrap();
        assert_eq!(address.url, "http://db.example:9000");
        assert_eq!(
            (address.user.as_str(), address.password.as_str()),
            ("me", "p@ss/word")
        );
        assert_eq!(
            (address.database.as_str(), address.layout),
            ("calls", Layout::Single)
        );
    }

    #[test]
    fn what_is_left_out_is_as_clickhouse_has_it() {
        for (text, url) in [
            ("clickhouse://db", "http://db:8123"),
            ("clickhouses://db/", "https://db:8443"),
            ("clickhouse://db?secure=1", "https://db:8443"),
            ("clickhouse://[::1]:1/x", "http://[::1]:1"),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.url, url);
            assert_eq!(
                (address.user.as_str(), address.password.as_str()),
                ("default", "")
            );
        }
    }

    #[test]
    fn a_cluster_is_asked_for_most_replicas_unless_it_is_said_how_many() {
        for (text, wanted) in [("", "auto"), ("&quorum=2", "2")] {
            let address: Address = format!("clickhouse://db/x?cluster=main{text}")
                .parse()
                .unwrap();
            let Layout::Cluster { name, quorum } = address.layout else {
                panic!("{text}");
            };
            assert_eq!((name.as_str(), quorum.as_str()), ("main", wanted));
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        for (text, sentence) in [
            ("clickhouse://", "give clickhouse://USER:PASSWORD@HOST"),
            (
                "clickhouse://u:hidden@/x",
                "give clickhouse://USER:PASSWORD@HOST",
            ),
            ("clickhouse://u:hidden@db/a`b", "database may have letters"),
            (
                "clickhouse://u:hidden@db/x?cluster=a'b",
                "cluster may have letters",
            ),
            (
                "clickhouse://u:hidden@db/x?sharding=1",
                "`sharding`, which is not known",
            ),
            ("clickhouse://u:hidden@db/x?secure=maybe", "must be 0 or 1"),
            (
                "clickhouse://u:hidden@db/x?quorum=2",
                "together with `cluster`",
            ),
            (
                "clickhouse://u:hidden@db/x?cluster=a&quorum=all",
                "a number of replicas or auto",
            ),
        ] {
            let error = text.parse::<Address>().unwrap_err().to_string();
            assert!(error.contains(sentence), "{text}: {error}");
            assert!(!error.contains("hidden"), "{error}");
        }
        let address: Address = "clickhouse://u:hidden@db/x".parse().unwrap();
        assert_eq!(address.to_string(), "clickhouse://db:8123/x");
        assert!(!format!("{address:?}").contains("hidden"));
    }
}
