//! `callscope simulate`: calls that are made up, written into a store or sent to a collector.
//!
//! They fill a dashboard before there are calls, and load a collector.

mod history;
mod live;
mod target;

use std::fmt;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::http::HeaderValue;
use callscope_simulate::{Plan, PlanError, Simulation, Timeline};
use clap::{ArgGroup, Args};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::config::{Config, ConfigError, Options};
use crate::model::{AccountSid, HOUR_MS};
use crate::serve::open_store;
use crate::store::StoreError;

pub use history::{Written, write};
pub use target::{NoTarget, Target};

use live::{Load, Pace, send};
use target::{Line, SendError, Sender};

const DAY_MS: i64 = 24 * HOUR_MS;

/// At real pace, calls begin spread over that time, so that batches do not all come at once.
const SPREAD_MS: i64 = 30_000;

/// What can be said to `callscope simulate`.
#[derive(Args, Clone, Debug)]
#[command(group = ArgGroup::new("where").required(true).args(["to", "store"]))]
pub struct Simulate {
    /// How many participants.
    #[arg(long, value_name = "N")]
    participants: u32,
    /// In how many rooms [as many as there usually are].
    #[arg(long, value_name = "M")]
    rooms: Option<u32>,
    /// Over how many days that end now [1].
    #[arg(long, value_name = "D", value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: Option<u32>,
    /// When those days end, as 2026-11-22T18:00:00Z [now].
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<i64>,
    /// What all chance comes from: the same seed and end give the same batches [another each time].
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Send so many batches a second, of calls that are over; 0 for as fast as they are answered [when browsers would].
    #[arg(long, value_name = "R", conflicts_with = "store", value_parser = rate)]
    rate: Option<f64>,
    /// The collector to send to, as `http://127.0.0.1:8080` or `https://insights.example.com`.
    #[arg(long, value_name = "URL")]
    to: Option<Target>,
    /// An ingest key for it.
    #[arg(long, env = "CALLSCOPE_KEY", hide_env_values = true, value_parser = bearer)]
    key: Option<HeaderValue>,
    /// Over how many connections.
    #[arg(long, value_name = "N", default_value_t = 64, conflicts_with = "store", value_parser = clap::value_parser!(u16).range(1..=10_000))]
    connections: u16,
    /// Stop sending after so many seconds [when all calls are over].
    #[arg(long, value_name = "SECONDS", conflicts_with = "store")]
    seconds: Option<u32>,
    /// The store to write to: `sqlite:PATH` or clickhouse://USER:PASSWORD@HOST:8123/DATABASE.
    #[arg(long, value_name = "STORE")]
    store: Option<String>,
    /// The account to write for: AC and 32 hexadecimal digits [that of a collector without keys].
    #[arg(long, value_name = "SID", conflicts_with = "to")]
    account: Option<AccountSid>,
    /// The most intervals of a track, evenly spread over the call: a smaller database [all].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    intervals: Option<u32>,
    /// How much of a call goes into a batch, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(10..=3600))]
    batch_seconds: u16,
}

#[derive(Debug)]
enum Failure {
    Plan(PlanError),
    Config(ConfigError),
    Store(StoreError),
    System(io::Error),
    Random(getrandom::Error),
    /// What lies in the past is not sent at the pace at which it was measured.
    NoRate,
    Unreachable(Target, SendError),
    Refused(String),
    Lost(u64),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan(error) => write!(f, "{error}"),
            Self::Config(error) => write!(f, "{error}"),
            Self::Store(error) => match std::error::Error::source(error) {
                Some(source) => write!(f, "{error}: {source}"),
                None => write!(f, "{error}"),
            },
            Self::System(error) => write!(f, "{error}"),
            Self::Random(error) => write!(f, "the system gives no randomness: {error}; give --seed"),
            Self::NoRate => f.write_str(
                "calls of past days are not sent when their browsers would: give --rate, 0 for as fast as they are answered",
            ),
            Self::Unreachable(target, error) => write!(
                f,
                "no collector answers at {target}: {error}; start one with `callscope serve`, or correct --to"
            ),
            Self::Refused(what) => write!(
                f,
                "the collector takes none of it ({what}): give an ingest key with --key, made by `callscope keys add --kind ingest`, and its own address with --to"
            ),
            Self::Lost(count) => write!(f, "{count} batches were not taken: the causes are above"),
        }
    }
}

/// Simulates.
#[must_use]
pub fn run(simulate: &Simulate) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::System);
    match runtime.and_then(|it| it.block_on(simulate.run())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            drop(writeln!(io::stderr(), "error: {failure}"));
            ExitCode::from(match failure {
                Failure::Lost(_) => 1,
                _ => 2,
            })
        }
    }
}

impl Simulate {
    async fn run(&self) -> Result<(), Failure> {
        let seed = match self.seed {
            Some(seed) => seed,
            // Short enough to be typed.
            None => u64::from(getrandom::u32().map_err(Failure::Random)?),
        };
        match &self.to {
            Some(target) => self.live(target, seed).await,
            None => self.history(seed).await,
        }
    }

    fn plan(&self, seed: u64, from: i64, until: i64, now: Option<i64>) -> Plan {
        Plan {
            participants: self.participants,
            rooms: self.rooms,
            seed,
            from,
            until,
            now,
            intervals: self.intervals,
            batch_ms: i64::from(self.batch_seconds) * 1000,
        }
    }

    /// Of the days that end now.
    fn past(&self, seed: u64) -> Result<Simulation, Failure> {
        let until = self.until.unwrap_or_else(now);
        let days = i64::from(self.days.unwrap_or(1));
        let plan = self.plan(seed, until - days * DAY_MS, until, Some(until));
        Simulation::new(plan).map_err(Failure::Plan)
    }

    async fn history(&self, seed: u64) -> Result<(), Failure> {
        let simulation = self.past(seed)?;
        let (rooms, participants) = (simulation.rooms(), self.participants);
        say(&format!(
            "{participants} participants in {rooms} rooms, seed {seed}"
        ));
        let options = Options {
            store: self.store.clone(),
            ..Options::default()
        };
        let config = Config::new(options, None).map_err(Failure::Config)?;
        let store = open_store(&config.store).await.map_err(Failure::Store)?;
        let account = self.account.clone().unwrap_or_else(AccountSid::local);
        let begun = Instant::now();
        let tell = |done: usize, written: Written| {
            say(&format!("{done} of {rooms} rooms, {} batches", written.new));
        };
        let written = write(simulation, store, account, tell)
            .await
            .map_err(Failure::Store)?;
        let seconds = begun.elapsed().as_secs_f64();
        say(&format!(
            "{} batches with {} intervals written in {seconds:.1} s, {:.0} participants/s{}",
            written.new,
            written.intervals,
            f64::from(participants) / seconds,
            match written.repeated {
                0 => String::new(),
                repeated => format!("; {repeated} were there already"),
            }
        ));
        Ok(())
    }

    async fn live(&self, target: &Target, seed: u64) -> Result<(), Failure> {
        let (simulation, pace) = match self.rate {
            Some(rate) if rate > 0.0 => (self.past(seed)?, Pace::Rate(rate)),
            Some(_) => (self.past(seed)?, Pace::Answered),
            None if self.days.is_some() || self.until.is_some() => return Err(Failure::NoRate),
            None => {
                let now = now();
                let plan = self.plan(seed, now, now + SPREAD_MS, None);
                (
                    Simulation::new(plan).map_err(Failure::Plan)?,
                    Pace::Real(now),
                )
            }
        };
        let unreachable = |error| Failure::Unreachable(target.clone(), error);
        let line = Line::to(target.clone()).map_err(unreachable)?;
        let load = Load {
            line: line.clone(),
            key: self.key.clone(),
            pace,
            connections: usize::from(self.connections),
        };
        let mut first = Sender::new(line, None);
        first.connect().await.map_err(unreachable)?;
        drop(first);
        say(&format!(
            "{} participants in {} rooms, seed {seed}, to {target}",
            self.participants,
            simulation.rooms()
        ));
        let report = send(load, Timeline::new(simulation), self.stopped()).await;
        say(&report.to_string());
        match (report.refused, report.lost) {
            (Some(what), _) => Err(Failure::Refused(what)),
            (None, 0) => Ok(()),
            (None, lost) => Err(Failure::Lost(lost)),
        }
    }

    /// When it is to end: after the time that was given, or when it is interrupted.
    async fn stopped(&self) {
        let seconds = self.seconds.map(|it| Duration::from_secs(it.into()));
        let time = async {
            match seconds {
                Some(time) => tokio::time::sleep(time).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = time => {}
            interrupted = tokio::signal::ctrl_c() => {
                if interrupted.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        }
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let ms = since.ok().and_then(|it| i64::try_from(it.as_millis()).ok());
    ms.unwrap_or_default()
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if (0.0..=1e6).contains(&rate) => Ok(rate),
        _ => Err("batches a second are a number from 0 to 1000000".to_owned()),
    }
}

fn moment(text: &str) -> Result<i64, String> {
    let time = OffsetDateTime::parse(text, &Rfc3339);
    let time =
        time.map_err(|error| format!("{error}: give a time such as 2026-11-22T18:00:00Z"))?;
    Ok(time.unix_timestamp() * 1000)
}

fn bearer(key: &str) -> Result<HeaderValue, String> {
    let mut header = HeaderValue::from_str(&format!("Bearer {key}"))
        .map_err(|_error| "a key is what `callscope keys add` prints".to_owned())?;
    header.set_sensitive(true);
    Ok(header)
}

fn say(text: &str) {
    drop(writeln!(io::stdout(), "{text}"));
}
