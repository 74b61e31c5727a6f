//! What goes wrong between a collector and a ClickHouse, and that nobody sees the password.

use std::net::TcpListener;

use callscope_collector::store::{Clickhouse, RoomQuery, StoreError};
use callscope_contract::batches::Call;
use callscope_contract::{account, everything, record};
use serde_json::json;

use crate::engine::{self, Engine};
use crate::open;

async fn refused(address: &str) -> (StoreError, String) {
    let error = Clickhouse::open(&address.parse().unwrap())
        .await
        .unwrap_err();
    let source = std::error::Error::source(&error).map(ToString::to_string);
    let all = format!("{error} {error:?} {source:?}");
    assert!(!all.contains("nobody-sees"), "{all}");
    (error, source.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_opened_is_said_in_a_sentence() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let (_, sentence) = refused(&engine::address(port, "x")).await;
    assert!(
        sentence.starts_with(&format!(
            "no ClickHouse answers at clickhouse://127.0.0.1:{port}/x: Connection refused"
        )),
        "{sentence}"
    );
    let wrong = engine::database().replace("p%40ss", "wrong");
    let (_, sentence) = refused(&wrong).await;
    assert!(
        sentence.contains("refuses the user or the password"),
        "{sentence}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_later_version_is_left_alone() {
    let address = engine::database();
    drop(open(&address).await);
    engine::ask(&address, "INSERT INTO version VALUES (99)");
    let (error, _) = refused(&address).await;
    assert!(matches!(error, StoreError::TooNew { found: 99, .. }));
    assert!(
        error.to_string().contains("use a later callscope"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn collectors_that_start_together_make_one_database() {
    let address = engine::database();
    let opened = futures_util::future::join_all((0..6).map(|_| open(&address))).await;
    let call = Call::new(1, "RM1");
    for (store, seq) in opened.iter().zip(0..) {
        record(store, &[call.batch(seq)]).await;
    }
    let sessions = opened[0].sessions(&account('a'), "RM1").await.unwrap();
    assert_eq!(
        opened[5]
            .intervals(&account('a'), &sessions[0])
            .await
            .unwrap()
            .len(),
        36
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_is_an_error_each_time_and_nothing_is_acknowledged() {
    let engine = Engine::start(&[]);
    let store = open(&engine::address(engine.port, "x")).await;
    let call = Call::new(1, "RM1");
    record(&store, &[call.batch(0)]).await;
    engine.stop();
    for _ in 0..2 {
        let error = store
            .record(&account('a'), call.batch(1))
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::Database(_)), "{error:?}");
        assert!(store.check().await.is_err());
        assert!(store.rooms(&account('a'), everything()).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_batch_that_cannot_be_written_fails_alone() {
    let address = engine::database();
    let store = open(&address).await;
    // A server that takes no batch of that number.
    engine::ask(
        &address,
        "ALTER TABLE batch_from_incoming MODIFY QUERY SELECT account, session, throwIf(seq = 13, 'not this') + seq AS seq, batch, started_at, last_at,
         room_type, intervals, events, summary, cityHash64(intervals) AS version FROM incoming",
    );
    let call = Call::new(1, "RM1");
    let sent = futures_util::future::join_all((0..20).map(|seq| {
        let (store, batch) = (store.clone(), call.batch(seq));
        async move { store.record(&account('a'), batch).await }
    }))
    .await;
    let failed: Vec<usize> = sent
        .iter()
        .enumerate()
        .filter(|it| it.1.is_err())
        .map(|it| it.0)
        .collect();
    assert_eq!(failed, [13]);
    let error = sent[13].as_ref().unwrap_err();
    let cause = std::error::Error::source(error).unwrap().to_string();
    assert!(cause.contains("395"), "{cause}");
    assert!(!cause.contains("person 1"), "{cause}");
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_texts_are_texts() {
    let store = open(&engine::database()).await;
    let odd = "'; DROP TABLE session -- \\ \u{0} ? {x:String} \t\n\u{1f600}";
    let mut call = Call::new(1, odd);
    call.room["name"] = json!(odd);
    call.participant["identity"] = json!(odd);
    record(&store, &[call.last(0, &json!([]))]).await;
    let sessions = store.sessions(&account('a'), odd).await.unwrap();
    assert_eq!(sessions[0].facts.identity.as_ref().unwrap().value, odd);
    for query in [
        RoomQuery {
            name: Some(odd.to_owned()),
            ..everything()
        },
        RoomQuery {
            search: Some(odd.to_owned()),
            ..everything()
        },
    ] {
        let page = store.rooms(&account('a'), query).await.unwrap();
        assert_eq!(page.rooms.len(), 1);
        assert_eq!(page.rooms[0].1, odd);
    }
}
