//! Configuration: flags, then the environment, then a file, then what is built in. The first that says something counts.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fmt, fs, io};

use clap::{Args, ValueEnum};
use serde::Deserialize;

use crate::store::clickhouse::{Address, NoAddress};

/// Makes the options: each a flag, a variable of the environment and a member of the file, of the same name.
macro_rules! options {
    ($($(#[$doc:meta])* $name:ident: $type:ty, $env:literal $(, $extra:meta)*;)*) => {
        /// What can be said of a collector. What is not said is as built in.
        #[derive(Args, Clone, Debug, Default, Deserialize, PartialEq)]
        #[serde(default, deny_unknown_fields)]
        pub struct Options {
            $(
                $(#[$doc])*
                #[arg(long, env = $env $(, $extra)*)]
                pub $name: Option<$type>,
            )*
        }

        impl Options {
            /// These, and where they say nothing the others.
            #[must_use]
            pub fn or(self, others: Self) -> Self {
                Self {
                    $($name: self.$name.or(others.$name),)*
                }
            }
        }
    };
}

options! {
    /// The address to listen at. Default: 127.0.0.1:8080.
    listen: SocketAddr, "CALLSCOPE_LISTEN", value_name = "ADDRESS";
    /// Where everything is kept: `sqlite:PATH` or clickhouse://USER:PASSWORD@HOST:8123/DATABASE. Default: sqlite:callscope.db.
    store: String, "CALLSCOPE_STORE", value_name = "STORE", hide_env_values = true;
    /// The folder of the built app, to serve it too.
    app: PathBuf, "CALLSCOPE_APP", value_name = "DIR";
    /// The address under which others reach it, for the addresses in what it answers. Default: as they ask.
    public_url: String, "CALLSCOPE_PUBLIC_URL", value_name = "URL";
    /// The origins whose pages may send and read, with commas between; `*` for any. Default: none; without keys those of this machine.
    cors_origins: Origins, "CALLSCOPE_CORS_ORIGINS", value_name = "ORIGINS";
    /// The most bytes of a batch as it is sent. Default: 1048576.
    max_body_bytes: usize, "CALLSCOPE_MAX_BODY_BYTES", value_name = "N";
    /// The most bytes of a batch when it is unpacked. Default: 8388608.
    max_unpacked_bytes: usize, "CALLSCOPE_MAX_UNPACKED_BYTES", value_name = "N";
    /// The most intervals of a batch. Default: 5000.
    max_intervals: usize, "CALLSCOPE_MAX_INTERVALS", value_name = "N";
    /// The most events of a batch. Default: 5000.
    max_events: usize, "CALLSCOPE_MAX_EVENTS", value_name = "N";
    /// The most batches a second with one key. Default: 20000.
    max_batches_per_second: u32, "CALLSCOPE_MAX_BATCHES_PER_SECOND", value_name = "N";
    /// The most bytes of batches in memory at a time, over all requests. Default: 536870912.
    max_waiting_bytes: usize, "CALLSCOPE_MAX_WAITING_BYTES", value_name = "N";
    /// How far ahead a client's clock may be, in seconds. Default: 600.
    max_clock_skew_s: u32, "CALLSCOPE_MAX_CLOCK_SKEW_S", value_name = "SECONDS";
    /// The most connections at a time. Default: 16384.
    max_connections: usize, "CALLSCOPE_MAX_CONNECTIONS", value_name = "N";
    /// How long a request may take to come in, in seconds. Default: 30.
    request_timeout_s: u32, "CALLSCOPE_REQUEST_TIMEOUT_S", value_name = "SECONDS";
    /// After how long without a word a session is over, in seconds. Default: 300.
    session_timeout_s: u32, "CALLSCOPE_SESSION_TIMEOUT_S", value_name = "SECONDS";
    /// How long rooms and participants are kept, in days. Default: 7.
    keep_rooms_days: u32, "CALLSCOPE_KEEP_ROOMS_DAYS", value_name = "DAYS";
    /// How long `go` rooms are kept, in days. Default: 2.
    keep_go_rooms_days: u32, "CALLSCOPE_KEEP_GO_ROOMS_DAYS", value_name = "DAYS";
    /// How long the dashboard's roll-ups are kept, in days. Default: 14.
    keep_dashboard_days: u32, "CALLSCOPE_KEEP_DASHBOARD_DAYS", value_name = "DAYS";
    /// How often what is old is deleted, in seconds; 0 for never. Default: 3600.
    purge_every_s: u32, "CALLSCOPE_PURGE_EVERY_S", value_name = "SECONDS";
    /// What is logged: `error`, `warn`, `info`, `debug`, or as `tracing` reads it. Default: info.
    log: String, "CALLSCOPE_LOG", value_name = "LEVEL";
    /// How it is logged. Default: text.
    log_format: LogFormat, "CALLSCOPE_LOG_FORMAT", value_enum;
}

/// How lines are logged.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One object a line.
    Json,
}

/// Origins of pages.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(from = "Vec<String>")]
pub struct Origins(Vec<String>);

impl From<Vec<String>> for Origins {
    fn from(origins: Vec<String>) -> Self {
        let trimmed = origins.iter().map(|it| it.trim().trim_end_matches('/'));
        Self(
            trimmed
                .filter(|it| !it.is_empty())
                .map(ToOwned::to_owned)
                .collect(),
        )
    }
}

impl std::str::FromStr for Origins {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text
            .split(',')
            .map(ToOwned::to_owned)
            .collect::<Vec<_>>()
            .into())
    }
}

impl Origins {
    /// Whether pages of that origin may send and read.
    #[must_use]
    pub fn has(&self, origin: &str) -> bool {
        self.0.iter().any(|it| it == "*" || it == origin)
    }
}

/// Which store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorePlace {
    /// SQLite in that file.
    Sqlite(PathBuf),
    /// ClickHouse there.
    Clickhouse(Box<Address>),
}

impl fmt::Display for StorePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Clickhouse(address) => write!(f, "{address}"),
        }
    }
}

/// What one batch may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes as it is sent.
    pub body_bytes: usize,
    /// Bytes unpacked.
    pub unpacked_bytes: usize,
    /// Intervals.
    pub intervals: usize,
    /// Events.
    pub events: usize,
    /// How many a second, with one key.
    pub batches_per_second: u32,
    /// Bytes in memory at a time, over all requests.
    pub waiting_bytes: usize,
    /// How far ahead its clock may be.
    pub clock_skew_ms: i64,
}

/// How long things are kept, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Rooms and participants.
    pub rooms: i64,
    /// Rooms of the type `go`.
    pub go_rooms: i64,
    /// Roll-ups.
    pub dashboard: i64,
}

/// A whole configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where everything is kept.
    pub store: StorePlace,
    /// The folder of the app.
    pub app: Option<PathBuf>,
    /// How others reach it, without a slash at the end.
    pub public_url: Option<String>,
    /// Whose pages may send and read.
    pub origins: Option<Origins>,
    /// What one batch may be.
    pub limits: Limits,
    /// How long things are kept.
    pub retention: Retention,
    /// Connections at a time.
    pub connections: usize,
    /// How long a request may take to come in.
    pub request_timeout: Duration,
    /// After how long without a word a session is over.
    pub session_timeout_ms: i64,
    /// How often what is old is deleted.
    pub purge_every: Option<Duration>,
    /// What is logged.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
}

/// Why a configuration is none.
#[derive(Debug)]
pub enum ConfigError {
    /// The file cannot be read.
    File(PathBuf, io::Error),
    /// The file is not of the form.
    Form(PathBuf, Box<toml::de::Error>),
    /// The store is none.
    Store(String),
    /// The address of the store is none.
    Address(NoAddress),
    /// The public URL is none.
    PublicUrl(String),
    /// Something is zero.
    Zero(&'static str),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "{} could not be read: {error}", path.display()),
            Self::Form(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Store(text) => write!(
                f,
                "the store `{text}` is none: give `sqlite:` and the path of a file, or clickhouse://USER:PASSWORD@HOST:8123/DATABASE"
            ),
            Self::Address(error) => write!(f, "{error}"),
            Self::PublicUrl(text) => write!(
                f,
                "the public URL `{text}` is none: it begins with https:// or http://"
            ),
            Self::Zero(name) => write!(f, "`{name}` must not be 0"),
        }
    }
}

impl std::error::Error for ConfigError {}

const DAY_MS: i64 = 86_400_000;

impl Config {
    /// Of what is said on the command line and in the environment, and of a file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or what is said makes no sense.
    pub fn new(said: Options, file: Option<&Path>) -> Result<Self, ConfigError> {
        let file = match file {
            Some(path) => read_file(path)?,
            None => Options::default(),
        };
        let options = said.or(file);
        let store = options.store.as_deref().unwrap_or("sqlite:callscope.db");
        let days =
            |days: Option<u32>, otherwise: u32| i64::from(days.unwrap_or(otherwise)) * DAY_MS;
        let limits = Limits {
            body_bytes: options.max_body_bytes.unwrap_or(1 << 20),
            unpacked_bytes: options.max_unpacked_bytes.unwrap_or(8 << 20),
            intervals: options.max_intervals.unwrap_or(5000),
            events: options.max_events.unwrap_or(5000),
            batches_per_second: options.max_batches_per_second.unwrap_or(20_000),
            waiting_bytes: options.max_waiting_bytes.unwrap_or(512 << 20),
            clock_skew_ms: i64::from(options.max_clock_skew_s.unwrap_or(600)) * 1000,
        };
        if limits.batches_per_second == 0 {
            return Err(ConfigError::Zero("max_batches_per_second"));
        }
        let purge_every = options.purge_every_s.unwrap_or(3600);
        let seconds = |seconds: Option<u32>, otherwise| u64::from(seconds.unwrap_or(otherwise));
        Ok(Self {
            listen: options.listen.unwrap_or(([127, 0, 0, 1], 8080).into()),
            store: store_place(store)?,
            app: options.app,
            public_url: options.public_url.map(public_url).transpose()?,
            origins: options.cors_origins,
            limits,
            retention: Retention {
                rooms: days(options.keep_rooms_days, 7),
                go_rooms: days(options.keep_go_rooms_days, 2),
                dashboard: days(options.keep_dashboard_days, 14),
            },
            connections: options.max_connections.unwrap_or(16_384).max(1),
            request_timeout: Duration::from_secs(seconds(options.request_timeout_s, 30)),
            session_timeout_ms: i64::from(options.session_timeout_s.unwrap_or(300)) * 1000,
            purge_every: (purge_every > 0).then(|| Duration::from_secs(u64::from(purge_every))),
            log: options.log.unwrap_or_else(|| "info".to_owned()),
            log_format: options.log_format.unwrap_or_default(),
        })
    }
}

fn read_file(path: &Path) -> Result<Options, ConfigError> {
    let text =
        fs::read_to_string(path).map_err(|error| ConfigError::File(path.to_owned(), error))?;
    toml::from_str(&text).map_err(|error| ConfigError::Form(path.to_owned(), Box::new(error)))
}

fn store_place(text: &str) -> Result<StorePlace, ConfigError> {
    match text.strip_prefix("sqlite:") {
        Some(path) if !path.is_empty() => Ok(StorePlace::Sqlite(PathBuf::from(path))),
        None if Address::is_meant_by(text) => {
            let address = text.parse().map_err(ConfigError::Address)?;
            Ok(StorePlace::Clickhouse(Box::new(address)))
        }
        _ => Err(ConfigError::Store(without_secrets(text))),
    }
}

/// An address of another kind may hold a password as well.
fn without_secrets(text: &str) -> String {
    match (text.find("://"), text.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => {
            let (scheme, host) = (text.get(..scheme), text.get(at..));
            format!(
                "{}://…{}",
                scheme.unwrap_or_default(),
                host.unwrap_or_default()
            )
        }
        _ => text.to_owned(),
    }
}

fn public_url(text: String) -> Result<String, ConfigError> {
    if text.starts_with("https://") || text.starts_with("http://") {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err(ConfigError::PublicUrl(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn what_nothing_is_said_of_is_as_built_in() {
        let config = Config::new(Options::default(), None).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.retention.rooms, 7 * DAY_MS);
        assert_eq!(config.retention.go_rooms, 2 * DAY_MS);
        assert_eq!(config.retention.dashboard, 14 * DAY_MS);
    }

    #[test]
    fn what_is_said_comes_before_the_file() {
        let file = file(
            "listen = \"127.0.0.1:1\"\nkeep_rooms_days = 3\ncors_origins = [\"https://a.example/\"]",
        );
        let said = Options {
            listen: Some(([127, 0, 0, 1], 2).into()),
            ..Options::default()
        };
        let config = Config::new(said, Some(file.path())).unwrap();
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.retention.rooms, 3 * DAY_MS);
        assert!(config.origins.unwrap().has("https://a.example"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, sentence) in [
            ("lisen = 1", "unknown field `lisen`"),
            ("listen = \"here\"", "invalid socket address"),
            (
                "store = \"postgres://x\"",
                "the store `postgres://x` is none",
            ),
            ("public_url = \"example.com\"", "begins with https://"),
            ("max_batches_per_second = 0", "must not be 0"),
        ] {
            let file = file(text);
            let error = Config::new(Options::default(), Some(file.path())).unwrap_err();
            assert!(error.to_string().contains(sentence), "{error}");
        }
        let missing = Config::new(Options::default(), Some(Path::new("/nowhere")));
        assert!(
            missing
                .unwrap_err()
                .to_string()
                .contains("could not be read")
        );
    }
}
