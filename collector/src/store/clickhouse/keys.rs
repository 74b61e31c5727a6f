//! Keys: few rows, of which the collector keeps a copy.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

use super::Clickhouse;
use super::rows::damaged;
use crate::keys::StoredKey;
use crate::store::{Result, StoreError};

/// A row of the table `key`. The hash is text there: digits have an order, so that rows of one key can be merged.
#[derive(Clone, Row, Serialize, Deserialize)]
struct KeyRow {
    sid: String,
    account: String,
    kind: String,
    name: String,
    hash: String,
    created_at: i64,
    revoked: u8,
}

const ALL: &str = "SELECT sid, any(key.account) AS account, any(key.kind) AS kind, any(key.name) AS name, any(key.hash) AS hash,
    any(key.created_at) AS created_at, max(key.revoked) AS revoked FROM key GROUP BY sid ORDER BY created_at, sid";

impl From<&StoredKey> for KeyRow {
    fn from(key: &StoredKey) -> Self {
        Self {
            sid: key.sid.clone(),
            account: key.account.to_string(),
            kind: key.kind.name().to_owned(),
            name: key.name.clone(),
            hash: key.hash.iter().map(|byte| format!("{byte:02x}")).collect(),
            created_at: key.created_at,
            revoked: 0,
        }
    }
}

impl KeyRow {
    fn key(self) -> Result<StoredKey> {
        Ok(StoredKey {
            hash: bytes(&self.hash).ok_or_else(|| damaged(&"the hash of a key"))?,
            sid: self.sid,
            account: self.account.parse().map_err(|error| damaged(&error))?,
            kind: self.kind.parse().map_err(|error| damaged(&error))?,
            name: self.name,
            created_at: self.created_at,
        })
    }
}

fn bytes(digits: &str) -> Option<[u8; 32]> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    pairs.collect::<Option<Vec<u8>>>()?.try_into().ok()
}

impl Clickhouse {
    async fn key_rows(&self) -> Result<Vec<KeyRow>> {
        let found = self.client.query(ALL).fetch_all::<KeyRow>().await;
        found.map_err(|error| self.failed(&error))
    }

    pub(super) async fn all_keys(&self) -> Result<Vec<StoredKey>> {
        let rows = self.key_rows().await?;
        rows.into_iter()
            .filter(|row| row.revoked == 0)
            .map(KeyRow::key)
            .collect()
    }

    pub(super) async fn insert_key(&self, key: StoredKey) -> Result<()> {
        if self.key_rows().await?.iter().any(|row| row.sid == key.sid) {
            return Err(StoreError::Database(
                format!("there is a key {} already", key.sid).into(),
            ));
        }
        self.put(KeyRow::from(&key)).await
    }

    pub(super) async fn mark_revoked(&self, sid: &str) -> Result<bool> {
        let known = self.key_rows().await?;
        match known
            .into_iter()
            .find(|row| row.sid == sid && row.revoked == 0)
        {
            Some(row) => {
                self.put(KeyRow { revoked: 1, ..row }).await?;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    async fn put(&self, row: KeyRow) -> Result<()> {
        let written = async {
            let mut insert = self.client.insert::<KeyRow>("key").await?;
            insert.write(&row).await?;
            insert.end().await
        };
        written.await.map_err(|error| self.failed(&error))
    }
}
