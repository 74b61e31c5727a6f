//! The decoder of batches, given anything: it answers, and what it takes can be stored and read back.

use std::sync::Arc;

use crate::Shared;
use callscope_collector::config::{Config, Options};
use callscope_collector::ingest;
use callscope_collector::store::Sqlite;
use callscope_contract::batches::{Call, MONDAY, change, loss, recording};
use callscope_contract::{account, all_there_is};
use callscope_core::wire::Batch;
use proptest::prelude::*;
use serde_json::{Value, json};

fn config() -> Config {
    Config::new(Options::default(), None).unwrap()
}

fn parse(bytes: &[u8]) -> Option<Batch> {
    ingest::parse(bytes, &config(), MONDAY + 3_600_000).ok()
}

/// A batch with everything in it.
fn corpus() -> Vec<Value> {
    let call = Call::new(1, "RM1");
    let mut all = call.json(0);
    all["events"] = json!([
        change("MT1", MONDAY + 5_000, true),
        recording(MONDAY + 6_000, true),
        {"event": "signal", "type": "cpu_limited", "pc": "pc1", "track": "MT1", "kind": "video", "start": MONDAY + 1_000, "end": null, "value": 60, "threshold": 50},
    ]);
    all["dropped"] = json!({"expired": 3});
    let end = serde_json::to_value(call.last(1, &json!([loss("MT1")]))).unwrap();
    vec![all, end]
}

/// Values that are not what is expected.
fn odd() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[[[{}]]]])),
        Just(json!("x".repeat(2000))),
        Just(json!(-0.0)),
        Just(json!(9_007_199_254_740_993_i64)),
        Just(json!("1; DROP TABLE session")),
    ]
}

/// Puts a value at the place of that number, counted through the whole tree.
fn put(tree: &mut Value, place: &mut usize, value: &Value) -> bool {
    if *place == 0 {
        *tree = value.clone();
        return true;
    }
    *place -= 1;
    match tree {
        Value::Object(members) => members.values_mut().any(|it| put(it, place, value)),
        Value::Array(items) => items.iter_mut().any(|it| put(it, place, value)),
        _ => false,
    }
}

fn stored(batch: Batch) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let store: Shared = Arc::new(Sqlite::open(&folder.path().join("callscope.db")).unwrap());
        store.record(&account('a'), batch.clone()).await.unwrap();
        let once = all_there_is(&store, &account('a')).await;
        store.record(&account('a'), batch).await.unwrap();
        assert_eq!(all_there_is(&store, &account('a')).await, once);
    });
}

#[test]
fn the_corpus_itself_is_taken() {
    for batch in corpus() {
        stored(parse(batch.to_string().as_bytes()).unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(parse(&bytes), None);
    }

    #[test]
    fn bytes_that_are_changed_are_answered(which in 0..2_usize, place in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<Option<prop::sample::Index>>()) {
        let mut text = corpus()[which].to_string().into_bytes();
        let place = place.index(text.len());
        text[place] = byte;
        if let Some(cut) = cut {
            text.truncate(cut.index(text.len()));
        }
        drop(parse(&text));
    }

    #[test]
    fn values_that_are_odd_are_refused_or_stored_whole(which in 0..2_usize, changes in prop::collection::vec((0..400_usize, odd()), 1..3)) {
        let mut batch = corpus()[which].clone();
        for (mut place, value) in changes {
            put(&mut batch, &mut place, &value);
        }
        if let Some(batch) = parse(batch.to_string().as_bytes()) {
            stored(batch);
        }
    }
}
