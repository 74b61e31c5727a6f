//! Hours that are over are counted once, by whichever collector comes to it, and counted again when something comes for them later.
//!
//! Everything that comes leaves its session in `touched`. What may have changed by it are the rooms that this session ever named, and so the hours from the
//! first of their sessions on: these are counted from sessions until they are counted anew.

use std::error::Error;
use std::sync::OnceLock;
use std::time::Duration;

use clickhouse::Row;
use serde::Deserialize;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::Clickhouse;
use super::rollup::counts;
use crate::model::{AccountSid, HOUR_MS, Segment};
use crate::store::Result;

/// How often it is looked what there is to count.
const EVERY: Duration = Duration::from_secs(300);

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(1800);

/// How much earlier than it is counted something may have come that is not seen yet: inserts that wait, replicas that lag, clocks that differ.
const MARGIN_S: i64 = 900;

/// How many hours are not over: what is said of them changes with every batch.
const OPEN_HOURS: i64 = 2;

/// What came is known for two days: what was counted longer ago than this is not known to be whole.
const KNOWN_S: i64 = 36 * 3600;

/// An hour after all.
const NEVER: i64 = i64::MAX / HOUR_MS;

#[derive(Row, Deserialize)]
struct Settled {
    hour: i64,
    at: i64,
}

impl Clickhouse {
    /// The first hour that is to be counted from sessions.
    pub(super) async fn first_open(&self, account: &AccountSid) -> Result<i64> {
        let settled = self.settled(account).await?;
        if settled.hour == 0 {
            return Ok(0);
        }
        Ok(self
            .touched_since(account, settled.at)
            .await?
            .min(settled.hour))
    }

    /// Up to which hour all is counted, with everything that came before a time; 0 if none is.
    async fn settled(&self, account: &AccountSid) -> Result<Settled> {
        let question = format!(
            "SELECT if(at > toUnixTimestamp(now()) - {KNOWN_S}, hour, 0) AS hour, at FROM (
                SELECT max(counted_to.hour) AS hour, max(counted_to.at) AS at FROM counted_to WHERE account = '{account}')"
        );
        let found = self.client.query(&question).fetch_one().await;
        found.map_err(|error| self.failed(&error))
    }

    async fn one(&self, question: &str) -> Result<i64> {
        let found = self.client.query(question).fetch_one().await;
        found.map_err(|error| self.failed(&error))
    }

    /// The first hour of the rooms for which something came since.
    async fn touched_since(&self, account: &AccountSid, at: i64) -> Result<i64> {
        let question = format!(
            "SELECT ifNull(minOrNull(intDiv(started_at, {HOUR_MS})), {NEVER}) FROM presence WHERE account = '{account}' AND session GLOBAL IN (
                SELECT session FROM member WHERE account = '{account}' AND room GLOBAL IN (
                    SELECT arrayJoin(rooms) FROM presence WHERE account = '{account}' AND session GLOBAL IN (
                        SELECT session FROM touched WHERE account = '{account}' AND at >= toStartOfFiveMinutes(toDateTime({at}, 'UTC')))))"
        );
        self.one(&question).await
    }

    /// Counts the hours before one that are not counted, or not any more.
    ///
    /// # Errors
    ///
    /// If the database does not do it. What was counted before stands.
    pub async fn settle(&self, account: &AccountSid, before: i64, margin_s: i64) -> Result<()> {
        let now = self.one("SELECT toUnixTimestamp64Milli(now64(3))").await?;
        let at = now / 1000 - margin_s;
        let settled = self.settled(account).await?;
        let from = if settled.hour == 0 {
            let first = format!(
                "SELECT ifNull(minOrNull(intDiv(started_at, {HOUR_MS})), {NEVER}) FROM presence WHERE account = '{account}'"
            );
            self.one(&first).await?
        } else {
            self.touched_since(account, settled.at)
                .await?
                .min(settled.hour)
        };
        // Later ones are greater, and no two are the same.
        let version = format!("(toUInt64({now}) * 1048576 + {})", fastrand::u32(..1 << 20));
        let to = before.max(settled.hour);
        if from < to {
            let counted = counts(account, from, to, &Segment::ALL);
            self.run(&format!(
                "INSERT INTO counted SELECT '{account}', hour, {version}, kind, value, type, has_issues, n, more FROM ({counted})"
            ))
            .await?;
            self.run(&format!(
                "INSERT INTO counted_hour SELECT '{account}', {from} + number, {version} FROM numbers({})",
                to - from
            ))
            .await?;
        }
        self.run(&format!(
            "INSERT INTO counted_to SELECT '{account}', {to}, {at}"
        ))
        .await
    }

    async fn run(&self, statement: &str) -> Result<()> {
        let done = self.client.query(statement).execute().await;
        done.map_err(|error| self.failed(&error))
    }

    /// Counts what there is to count of all accounts, now.
    async fn settle_all(&self) -> Result<()> {
        let before = self
            .one("SELECT toInt64(intDiv(toUnixTimestamp(now()), 3600))")
            .await?
            - OPEN_HOURS;
        // Those for which something came and nobody else counts just now, and those for which nothing came for long.
        let question = format!(
            "SELECT account FROM counted_to GROUP BY account HAVING max(at) < toUnixTimestamp(now()) - {}
             UNION DISTINCT SELECT DISTINCT account FROM touched WHERE account NOT IN (
                SELECT account FROM counted_to GROUP BY account HAVING max(at) > toUnixTimestamp(now()) - {})",
            KNOWN_S / 3,
            MARGIN_S + 240
        );
        let accounts = self.client.query(&question).fetch_all::<String>().await;
        for account in accounts.map_err(|error| self.failed(&error))? {
            if let Ok(account) = account.parse() {
                self.settle(&account, before, MARGIN_S).await?;
            }
        }
        Ok(())
    }

    async fn keep_settling(self) {
        let mut every = interval(EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            let why: Box<dyn Error + Send + Sync> = match timeout(PATIENCE, self.settle_all()).await
            {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error.into(),
                Err(late) => late.into(),
            };
            tracing::warn!(error = %why, "hours could not be counted: the dashboard counts them each time it is asked");
        }
    }
}

/// Goes on counting until it is dropped.
pub(super) struct Settling(JoinHandle<()>);

impl Settling {
    pub(super) fn start(store: &Clickhouse) -> Self {
        let store = Clickhouse {
            at: store.at.clone(),
            client: store.client.clone(),
            writer: store.writer.clone(),
            settling: OnceLock::new(),
        };
        Self(tokio::spawn(store.keep_settling()))
    }
}

impl Drop for Settling {
    fn drop(&mut self) {
        self.0.abort();
    }
}
