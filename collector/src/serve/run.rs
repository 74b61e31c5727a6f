//! The command.

use std::fmt;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};
use tracing_subscriber::EnvFilter;

use super::{Shared, State, listen, open_files, router};
use crate::config::{Config, ConfigError, LogFormat, Options, StorePlace};
use crate::store::{Clickhouse, Sqlite, Store, StoreError};

/// How often keys are read anew: that long a revoked one still works.
const KEYS_EVERY: Duration = Duration::from_secs(2);

/// What can be said to `callscope serve`.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// A TOML file with the same names as these options, with _ for -. Options come before the environment, and both before the file.
    #[arg(long, env = "CALLSCOPE_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,

    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would take it for what the command does")]
    pub options: Options,
}

/// Why there is no server.
#[derive(Debug)]
enum Failure {
    Config(ConfigError),
    Store(StorePlace, StoreError),
    NoKeys(std::net::SocketAddr),
    Listen(std::net::SocketAddr, io::Error),
    NoApp(PathBuf),
    System(io::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => write!(f, "{error}"),
            Self::Store(place, error) => {
                write!(f, "the database {place} cannot be used: ")?;
                match std::error::Error::source(error) {
                    Some(source) => write!(f, "{source}"),
                    None => write!(f, "{error}"),
                }
            }
            Self::NoKeys(address) => write!(
                f,
                "there are no keys, so that anybody who reaches {address} could read and write: add keys with `callscope keys add`, or listen at 127.0.0.1"
            ),
            Self::Listen(address, error) => write!(f, "cannot listen at {address}: {error}"),
            Self::NoApp(folder) => write!(
                f,
                "there is no built app in {}: it has no index.html",
                folder.display()
            ),
            Self::System(error) => write!(f, "{error}"),
        }
    }
}

/// Serves until it is told to stop.
#[must_use]
pub fn run(serve: Serve) -> ExitCode {
    match started(serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            drop(writeln!(io::stderr(), "error: {failure}"));
            ExitCode::from(2)
        }
    }
}

fn started(serve: Serve) -> Result<(), Failure> {
    let config = Config::new(serve.options, serve.config.as_deref()).map_err(Failure::Config)?;
    log(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::System)?;
    runtime.block_on(until_stopped(config))
}

/// Opens the store of a configuration.
///
/// # Errors
///
/// If it cannot be used.
pub async fn open_store(place: &StorePlace) -> Result<Arc<dyn Store>, StoreError> {
    match place {
        StorePlace::Sqlite(path) => Ok(Arc::new(Sqlite::open(path)?)),
        StorePlace::Clickhouse(at) => Ok(Arc::new(Clickhouse::open(at).await?)),
    }
}

async fn until_stopped(config: Config) -> Result<(), Failure> {
    if let Some(folder) = &config.app
        && !folder.join("index.html").is_file()
    {
        return Err(Failure::NoApp(folder.clone()));
    }
    let place = config.store.clone();
    let failed = |error| Failure::Store(place.clone(), error);
    let store = open_store(&place).await.map_err(failed)?;
    store.keep(config.retention).await.map_err(failed)?;
    let address = config.listen;
    let state = State::new(store, config).await;
    let state = state.map_err(|error| Failure::Store(place, error))?;
    if !address.ip().is_loopback() && !state.access.has_keys() {
        return Err(Failure::NoKeys(address));
    }
    let most = open_files::connections(state.config.connections);
    let listener = listen::at(address).map_err(|error| Failure::Listen(address, error))?;
    let stop = stopped().map_err(Failure::System)?;
    let at = listener.local_addr().map_err(Failure::System)?;
    let shared = Arc::new(state);
    if shared.access.is_open() {
        tracing::info!("there are no keys: only this machine is answered");
    }
    tracing::info!(address = %at, "listening at http://{at}");
    let chores = tokio::spawn(chores(Arc::clone(&shared)));
    let router = router(Arc::clone(&shared));
    listen::serve(listener, router, shared, most, stop).await;
    chores.abort();
    // With it goes the last that holds the store, which is closed then.
    drop(chores.await);
    tracing::info!("stopped");
    Ok(())
}

/// What is done by the clock.
async fn chores(shared: Shared) {
    let mut keys = interval(KEYS_EVERY);
    keys.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let never = Duration::from_secs(100 * 365 * 86_400);
    let every = shared.config.purge_every;
    let mut purge = interval(every.unwrap_or(never));
    purge.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let done = tokio::select! {
            _ = keys.tick() => shared.refresh_keys().await,
            _ = purge.tick() => match every {
                Some(_) => purge_now(&shared).await,
                None => Ok(()),
            },
        };
        if let Err(error) = done {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the store failed; trying again later"
            );
        }
    }
}

async fn purge_now(shared: &Shared) -> Result<(), StoreError> {
    let purged = shared.purge().await?;
    if purged != crate::store::Purged::default() {
        tracing::info!(
            rooms = purged.rooms,
            sessions = purged.sessions,
            batches = purged.batches,
            roll_ups = purged.roll_ups,
            "deleted what is old"
        );
    }
    Ok(())
}

fn stopped() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: what was asked is answered");
    })
}

fn log(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::IsTerminal::is_terminal(&io::stderr()));
    // Another one is there already only in tests.
    match config.log_format {
        LogFormat::Text => drop(lines.try_init()),
        LogFormat::Json => drop(lines.json().try_init()),
    }
}
