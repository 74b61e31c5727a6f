//! How the tables are made, on one server or on a cluster, and how a database of an earlier version becomes one of this.

use clickhouse::Client;

use super::address::{Address, Layout};
use super::failure::Failure;
use super::tables::{Age, Spread, TABLES, Table};
use crate::config::Retention;
use crate::model::HOUR_MS;
use crate::store::{Result, StoreError};

/// The version of what [`statements`] makes. The next one adds its own statements, which may be run twice: collectors start together.
const VERSION: i64 = 1;

/// How long rows outlive what they are kept for: a room that goes on keeps its beginning for as long.
const SLACK_MS: i64 = 24 * HOUR_MS;

/// What makes the tables where there are none.
pub(super) fn statements(layout: &Layout) -> Vec<String> {
    let tables = TABLES.iter().flat_map(|table| table.create(layout));
    let views = TABLES.iter().filter_map(|table| table.create_view(layout));
    tables.chain(views).collect()
}

impl Table {
    /// The table that has the rows, where that is another than the one that is asked.
    fn stored(&self, layout: &Layout) -> String {
        match (layout, self.spread) {
            (Layout::Cluster { .. }, Spread::ByRoom) => format!("{}_local", self.name),
            _ => self.name.to_owned(),
        }
    }

    fn create(&self, layout: &Layout) -> Vec<String> {
        let Self {
            name,
            columns,
            rest,
            ..
        } = self;
        let create = format!(
            "CREATE TABLE IF NOT EXISTS {}{} ({columns}) ENGINE = {} {rest}",
            self.stored(layout),
            on_cluster(layout),
            self.engine(layout),
        );
        match layout {
            Layout::Cluster { name: cluster, .. } if self.spread == Spread::ByRoom => {
                // The hash alone: the room of a session is the same one, whichever batch names it.
                let shard = match self.name {
                    "incoming" => ", cityHash64(account, substring(room_key, 6))",
                    _ => "",
                };
                let spread = format!(
                    "CREATE TABLE IF NOT EXISTS {name} ON CLUSTER {cluster} AS {name}_local \
                     ENGINE = Distributed({cluster}, currentDatabase(), {name}_local{shard})"
                );
                vec![create, spread]
            }
            _ => vec![create],
        }
    }

    fn engine(&self, layout: &Layout) -> String {
        let engine = self.engine;
        if *layout == Layout::Single || engine == "Null" {
            return engine.to_owned();
        }
        let (family, version) = match engine.split_once('(') {
            Some((family, version)) => (family, format!(", {version}")),
            None => (engine, ")".to_owned()),
        };
        let name = self.name;
        match self.spread {
            Spread::ByRoom => format!(
                "Replicated{family}('/clickhouse/tables/{{shard}}/{{database}}/{name}', '{{replica}}'{version}"
            ),
            Spread::Everywhere => format!(
                "Replicated{family}('/clickhouse/tables/all/{{database}}/{name}', '{{shard}}-{{replica}}'{version}"
            ),
        }
    }

    fn create_view(&self, layout: &Layout) -> Option<String> {
        let stored = self.stored(layout);
        let from = match layout {
            Layout::Single => "incoming",
            Layout::Cluster { .. } => "incoming_local",
        };
        let select = self.view?;
        Some(format!(
            "CREATE MATERIALIZED VIEW IF NOT EXISTS {}_from_incoming{} TO {stored} AS {select} FROM {from}",
            self.name,
            on_cluster(layout),
        ))
    }

    /// When rows go by themselves.
    fn time_to_live(&self, retention: &Retention) -> Option<String> {
        let days = |ms: i64| (ms + SLACK_MS) / 1000;
        let (all, go) = match self.age? {
            Age::Rooms => (days(retention.rooms), days(retention.go_rooms)),
            Age::RollUps => (days(retention.dashboard), days(retention.go_rooms)),
        };
        let go_rooms = super::rows::type_number(Some(callscope_core::wire::RoomType::Go));
        Some(format!(
            "toDateTime(intDiv(last_at, 1000), 'UTC') + toIntervalSecond(if(bitAnd(room_type, 255) = {go_rooms}, {go}, {all}))"
        ))
    }
}

fn on_cluster(layout: &Layout) -> String {
    match layout {
        Layout::Single => String::new(),
        Layout::Cluster { name, .. } => format!(" ON CLUSTER {name}"),
    }
}

/// A statement of the schema, whose failure is told in ClickHouse's own words: nothing of anybody stands in it.
async fn run(client: &Client, at: &Address, statement: &str) -> Result<()> {
    // What is there already is brought to another time to live in the background.
    let query = client
        .query_raw(statement)
        .with_setting("mutations_sync", "0")
        .with_setting("alter_sync", "0");
    let done = query.execute().await;
    done.map_err(|error| {
        let failure = Failure::of(&error, at);
        match (failure, error) {
            (Failure::Refused { .. }, clickhouse::error::Error::BadResponse(text)) => {
                Failure::Strange(format!("ClickHouse refused to make the tables: {text}")).into()
            }
            (failure, _) => failure.into(),
        }
    })
}

async fn number(client: &Client, at: &Address, question: &str) -> Result<i64> {
    let answer = client.query_raw(question).fetch_one::<i64>().await;
    answer.map_err(|error| Failure::of(&error, at).into())
}

/// Makes a database, or brings one to this version. `anywhere` is a client without a database.
pub(super) async fn migrate(anywhere: &Client, client: &Client, at: &Address) -> Result<()> {
    let database = &at.database;
    let there = format!("SELECT toInt64(count()) FROM system.databases WHERE name = '{database}'");
    if number(anywhere, at, &there).await? == 0 {
        let create = format!(
            "CREATE DATABASE IF NOT EXISTS {database}{}",
            on_cluster(&at.layout)
        );
        run(anywhere, at, &create).await?;
    }
    let there = "SELECT toInt64(count()) FROM system.tables WHERE database = currentDatabase() AND name = 'version'";
    let found = match number(client, at, there).await? {
        0 => 0,
        _ => version(client, at).await?,
    };
    if found > VERSION {
        return Err(StoreError::TooNew {
            found,
            known: VERSION,
        });
    }
    if found < VERSION {
        for statement in statements(&at.layout) {
            run(client, at, &statement).await?;
        }
        run(
            client,
            at,
            &format!("INSERT INTO version VALUES ({VERSION})"),
        )
        .await?;
    }
    Ok(())
}

pub(super) async fn version(client: &Client, at: &Address) -> Result<i64> {
    number(client, at, "SELECT max(version) FROM version").await
}

/// How many of the tables are replicas that cannot be written now.
pub(super) async fn read_only(client: &Client, at: &Address) -> Result<i64> {
    let question = "SELECT toInt64(count()) FROM system.replicas WHERE database = currentDatabase() AND is_readonly";
    number(client, at, question).await
}

/// Tells ClickHouse how long rows are kept, where it was told another time.
pub(super) async fn keep(client: &Client, at: &Address, retention: &Retention) -> Result<()> {
    for table in &TABLES {
        let Some(ttl) = table.time_to_live(retention) else {
            continue;
        };
        let stored = table.stored(&at.layout);
        let same = format!(
            "SELECT toInt64(position(engine_full, 'TTL {} ') > 0) FROM system.tables WHERE database = currentDatabase() AND name = '{stored}'",
            ttl.replace('\'', "\\'"),
        );
        if number(client, at, &same).await? == 0 {
            let alter = format!(
                "ALTER TABLE {stored}{} MODIFY TTL {ttl}",
                on_cluster(&at.layout)
            );
            run(client, at, &alter).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster() -> Layout {
        Layout::Cluster {
            name: "main".to_owned(),
            quorum: "auto".to_owned(),
        }
    }

    #[test]
    fn one_server_has_tables_that_are_asked_themselves() {
        let all = statements(&Layout::Single);
        assert_eq!(all.len(), TABLES.len() + 6);
        assert!(all.iter().all(|it| !it.contains("_local")
            && !it.contains("CLUSTER")
            && !it.contains("Replicated")));
        assert!(all[0].contains("incoming (") && all[0].contains("ENGINE = Null"));
    }

    #[test]
    fn a_cluster_has_replicas_that_are_asked_through_one_table() {
        let all = statements(&cluster());
        assert!(
            all.iter().all(|it| it.contains(" ON CLUSTER main")),
            "{all:#?}"
        );
        let batch = all
            .iter()
            .find(|it| it.contains("EXISTS batch_local "))
            .unwrap();
        assert!(
            batch.contains("ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/batch', '{replica}', version) PARTITION BY"),
            "{batch}"
        );
        let session = all
            .iter()
            .find(|it| it.contains("EXISTS session_local "))
            .unwrap();
        assert!(
            session.contains("ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/session', '{replica}') PARTITION BY"),
            "{session}"
        );
        let key = all.iter().find(|it| it.contains("EXISTS key ")).unwrap();
        assert!(
            key.contains("('/clickhouse/tables/all/{database}/key', '{shard}-{replica}')"),
            "{key}"
        );
        assert!(all.contains(&"CREATE TABLE IF NOT EXISTS incoming ON CLUSTER main AS incoming_local ENGINE = Distributed(main, currentDatabase(), incoming_local, cityHash64(account, substring(room_key, 6)))".to_owned()));
        assert!(all.contains(&"CREATE TABLE IF NOT EXISTS batch ON CLUSTER main AS batch_local ENGINE = Distributed(main, currentDatabase(), batch_local)".to_owned()));
        let views: Vec<_> = all
            .iter()
            .filter(|it| it.contains("MATERIALIZED VIEW"))
            .collect();
        assert_eq!(views.len(), 6);
        assert!(
            views
                .iter()
                .all(|it| it.ends_with(" FROM incoming_local") && it.contains("_local AS SELECT")),
            "{views:#?}"
        );
    }

    #[test]
    fn rows_go_a_day_after_what_they_are_kept_for() {
        let day = 24 * HOUR_MS;
        let retention = Retention {
            rooms: 7 * day,
            go_rooms: 2 * day,
            dashboard: 14 * day,
        };
        let of = |name: &str| {
            TABLES
                .iter()
                .find(|it| it.name == name)
                .unwrap()
                .time_to_live(&retention)
        };
        let go = "if(bitAnd(room_type, 255) = 1, 259200,";
        for name in ["batch", "session", "found"] {
            assert!(
                of(name)
                    .unwrap()
                    .ends_with(&format!("toIntervalSecond({go} 691200))")),
                "{:?}",
                of(name)
            );
        }
        assert!(of("presence").unwrap().contains(&format!("{go} 1296000)")));
        assert_eq!(of("key"), None);
    }
}
