//! What is old is shown no more at once. It is off the disks when its time to live is over, a day later: nothing is rewritten for it.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

use super::Clickhouse;
use super::read::{rooms_of, shown_since};
use crate::store::{Before, Purged, Result};

#[derive(Row, Serialize)]
struct Since {
    what: &'static str,
    since: i64,
}

#[derive(Row, Deserialize)]
struct Hidden {
    rooms: u64,
    sessions: u64,
    batches: u64,
}

impl Clickhouse {
    /// Shows nothing any more that is older than that. Batches are counted by their numbers; roll-ups have no rows here.
    pub(super) async fn hide(&self, before: Before) -> Result<Purged> {
        let question = format!(
            "SELECT toUInt64(count()) AS rooms, toUInt64(sum(sessions)) AS sessions, toUInt64(sum(batches)) AS batches
             FROM ({}) WHERE heard >= {} AND heard < if(type = 1, ?, ?)",
            rooms_of("1"),
            shown_since("rooms"),
        );
        let query = self
            .client
            .query(&question)
            .bind(before.go_rooms)
            .bind(before.rooms);
        let hidden = query
            .fetch_one::<Hidden>()
            .await
            .map_err(|error| self.failed(&error))?;
        let since = [
            ("rooms", before.rooms),
            ("go_rooms", before.go_rooms),
            ("roll_ups", before.roll_ups),
        ];
        let raised = async {
            let mut insert = self.client.insert::<Since>("kept").await?;
            for (what, since) in since {
                insert.write(&Since { what, since }).await?;
            }
            insert.end().await
        };
        raised.await.map_err(|error| self.failed(&error))?;
        Ok(Purged {
            rooms: hidden.rooms,
            sessions: hidden.sessions,
            batches: hidden.batches,
            roll_ups: 0,
        })
    }
}
