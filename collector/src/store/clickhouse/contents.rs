//! What the batches of a session hold.

use callscope_core::wire::{Event, Interval, Summary};
use clickhouse::Row;
use serde::Deserialize;

use super::Clickhouse;
use super::rows::damaged;
use crate::model::{AccountSid, Session};
use crate::store::{Result, StoreError, in_order, pack};

#[derive(Row, Deserialize)]
struct Packed {
    #[serde(with = "serde_bytes")]
    packed: Vec<u8>,
}

impl Clickhouse {
    /// A column of each batch of a session, in the order in which they were sent.
    async fn of_batches(
        &self,
        account: &AccountSid,
        session: &Session,
        column: &str,
    ) -> Result<Vec<Vec<u8>>> {
        let question = format!(
            "SELECT packed FROM (SELECT seq, batch, version, {column} AS packed FROM batch WHERE account = ? AND session = unhex(?)
             ORDER BY seq, batch, version DESC LIMIT 1 BY batch) WHERE packed != '' ORDER BY seq, batch"
        );
        let query = self
            .client
            .query(&question)
            .bind(account.as_str())
            .bind(session.id.simple());
        let rows = query
            .fetch_all::<Packed>()
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(rows.into_iter().map(|row| row.packed).collect())
    }

    pub(super) async fn all_intervals(
        &self,
        account: &AccountSid,
        session: &Session,
    ) -> Result<Vec<Interval>> {
        let mut all = Vec::new();
        for packed in self.of_batches(account, session, "intervals").await? {
            let some = pack::unpack(&packed);
            all.extend(
                some.map_err(|pack::Damaged| {
                    StoreError::Damaged("intervals of a batch".to_owned())
                })?,
            );
        }
        in_order(&mut all);
        Ok(all)
    }

    pub(super) async fn all_events(
        &self,
        account: &AccountSid,
        session: &Session,
    ) -> Result<Vec<Event>> {
        let mut all: Vec<Event> = Vec::new();
        for json in self.of_batches(account, session, "events").await? {
            all.extend(
                serde_json::from_slice::<Vec<Event>>(&json).map_err(|error| damaged(&error))?,
            );
        }
        all.sort_by_key(Event::at);
        Ok(all)
    }

    pub(super) async fn last_summary(
        &self,
        account: &AccountSid,
        session: &Session,
    ) -> Result<Option<Summary>> {
        let all = self.of_batches(account, session, "summary").await?;
        let last = all.last().map(|json| serde_json::from_slice(json));
        last.transpose().map_err(|error| damaged(&error))
    }
}
