//! `callscope keys` and `callscope purge`: what is done to a store beside the server.

use std::fmt;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, Subcommand};

use crate::config::{Config, ConfigError, Options};
use crate::keys::{KeyKind, StoredKey};
use crate::model::AccountSid;
use crate::serve::{before, open_store};
use crate::store::StoreError;

/// Where the store is.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// Where everything is kept: `sqlite:PATH` or clickhouse://USER:PASSWORD@HOST:8123/DATABASE. Default: sqlite:callscope.db.
    #[arg(
        long,
        env = "CALLSCOPE_STORE",
        hide_env_values = true,
        value_name = "STORE",
        global = true
    )]
    pub store: Option<String>,

    /// The file that `callscope serve` is configured with.
    #[arg(long, env = "CALLSCOPE_CONFIG", value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
}

/// What can be said to `callscope keys`.
#[derive(Args, Clone, Debug)]
pub struct KeysCommand {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    what: KeyTask,
}

#[derive(Clone, Debug, Subcommand)]
enum KeyTask {
    /// Adds a key and prints it, once: it cannot be read again.
    Add {
        /// What it is for.
        #[arg(long, value_enum)]
        kind: KeyKind,
        /// The account: AC and 32 hexadecimal digits.
        #[arg(long, value_name = "SID")]
        account: AccountSid,
        /// What to call it.
        #[arg(long, default_value = "")]
        name: String,
    },
    /// Lists the keys, without their secrets.
    List,
    /// Revokes a key. A running collector takes no more of it two seconds later.
    Revoke {
        /// Its sid: SK and 32 hexadecimal digits.
        sid: String,
    },
}

/// What can be said to `callscope purge`.
#[derive(Args, Clone, Debug)]
pub struct Purge {
    #[command(flatten)]
    place: Place,
}

#[derive(Debug)]
enum Failure {
    Config(ConfigError),
    Store(StoreError),
    System(io::Error),
    Random(getrandom::Error),
    NoKey(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => write!(f, "{error}"),
            Self::Store(error) => match std::error::Error::source(error) {
                Some(source) => write!(f, "{error}: {source}"),
                None => write!(f, "{error}"),
            },
            Self::System(error) => write!(f, "{error}"),
            Self::Random(error) => write!(f, "the system gives no randomness: {error}"),
            Self::NoKey(sid) => {
                write!(f, "there is no key {sid}: `callscope keys list` lists them")
            }
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Adds, lists or revokes keys.
#[must_use]
pub fn keys(command: KeysCommand) -> ExitCode {
    finished(in_runtime(async {
        let config = config(&command.place)?;
        let store = open_store(&config.store).await?;
        match command.what {
            KeyTask::Add {
                kind,
                account,
                name,
            } => {
                let (stored, key) = StoredKey::new(account, kind, name).map_err(Failure::Random)?;
                store.add_key(stored).await?;
                Ok(key)
            }
            KeyTask::List => {
                let keys = store.keys().await?;
                let lines = keys.iter().map(|key| {
                    format!(
                        "{} {:6} {} {}",
                        key.sid,
                        key.kind.name(),
                        key.account,
                        key.name
                    )
                });
                let lines: Vec<String> = lines.map(|line| line.trim_end().to_owned()).collect();
                Ok(lines.join("\n"))
            }
            KeyTask::Revoke { sid } => {
                if store.revoke_key(&sid).await? {
                    Ok(format!("{sid} is revoked"))
                } else {
                    Err(Failure::NoKey(sid))
                }
            }
        }
    }))
}

/// Deletes what is older than it is to be kept.
#[must_use]
pub fn purge(command: Purge) -> ExitCode {
    finished(in_runtime(async {
        let config = config(&command.place)?;
        let store = open_store(&config.store).await?;
        store.keep(config.retention).await?;
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = since.ok().and_then(|it| i64::try_from(it.as_millis()).ok());
        let purged = store
            .purge(before(&config, now.unwrap_or_default()))
            .await?;
        Ok(format!(
            "deleted {} rooms, {} sessions, {} batches and {} rows of roll-ups",
            purged.rooms, purged.sessions, purged.batches, purged.roll_ups
        ))
    }))
}

fn config(place: &Place) -> Result<Config, Failure> {
    let options = Options {
        store: place.store.clone(),
        ..Options::default()
    };
    Config::new(options, place.config.as_deref()).map_err(Failure::Config)
}

fn in_runtime<T>(task: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::System)?;
    runtime.block_on(task)
}

fn finished(done: Result<String, Failure>) -> ExitCode {
    match done {
        Ok(text) if text.is_empty() => ExitCode::SUCCESS,
        Ok(text) => {
            drop(writeln!(io::stdout(), "{text}"));
            ExitCode::SUCCESS
        }
        Err(failure) => {
            drop(writeln!(io::stderr(), "error: {failure}"));
            ExitCode::from(2)
        }
    }
}
