//! A history in memory and a database answer alike, byte for byte: then a page shows the same over a browser's history and a collector.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::sync::Arc;

use callscope_collector::store::{Sqlite, Store};
use callscope_core::wire::Batch;
use callscope_insights::history::Before;
use callscope_insights::model::AccountSid;
use callscope_insights::{History, Memory, Problem, Settings, answer};
use callscope_simulate::{Plan, Simulation, Timeline};
use serde_json::Value;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// 10:00 on a Wednesday, UTC.
const END: i64 = 1_795_600_800_000;

const SETTINGS: Settings = Settings {
    session_timeout_ms: 300_000,
    dashboard_ms: 14 * DAY,
    rooms_ms: 7 * DAY,
};

/// Three days of calls as they would come in, some of them going on.
fn batches() -> Vec<Batch> {
    let plan = Plan {
        participants: 150,
        rooms: None,
        seed: 7,
        from: END - 3 * DAY,
        until: END,
        now: Some(END),
        intervals: Some(4),
        batch_ms: 30_000,
    };
    Timeline::new(Simulation::new(plan).unwrap()).collect()
}

/// What is answered: the status and the text.
async fn ask<H: History + ?Sized>(history: &H, url: &str) -> (u16, String)
where
    Problem: From<H::Error>,
{
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let (account, query) = (AccountSid::local(), Some(query));
    match answer(history, &account, END, SETTINGS, path, query).await {
        Ok(answer) => (200, answer.to_string()),
        Err(problem) => (problem.status.as_u16(), problem.json().to_string()),
    }
}

/// Every path, with many queries: those of the lists by each combination of their filters.
fn urls(batches: &[Batch]) -> BTreeSet<String> {
    let mut urls = BTreeSet::new();
    let mut add = |path: &str, queries: &[&str]| {
        for query in queries {
            urls.insert(format!("/v1/insights/{path}?{query}"));
        }
    };
    let name = batches[0].room.clone().unwrap().name.unwrap();
    let search = format!("search={}", name.replace(' ', "%20"));
    add(
        "rooms",
        &[
            "",
            "page_size=7",
            &search,
            "search=nothing",
            "segment=browser&value=Chrome&value=Firefox&other=true&joined_before=1795500000000",
            "segment=browser",
            "value=Chrome",
            "page_token=x",
            "page_size=0",
        ],
    );
    for issues in ["", "with", "without", "packet_loss", "round_trip_time"] {
        for r#type in ["", "go", "group", "peer_to_peer"] {
            for more in [
                "",
                "&codec=VP8",
                "&created_after=2026-11-24T00:00:00Z",
                "&segment=browser&value=Chrome&joined_after=2026-11-24T00:00:00Z&page_size=7",
                "&segment=device_manufacturer&unknown=true&participant_issues=with",
                "&created_before=1795500000000",
                "&sort=duration",
                "&sort=participants&order=asc&page_size=5",
                "&sort=participants_with_issues&page_size=9",
                "&order=asc&page_size=20",
                "&page_size=3",
            ] {
                add("rooms", &[&format!("issues={issues}&type={type}{more}")]);
            }
        }
    }
    for segment in [
        "all",
        "device_manufacturer",
        "operating_system",
        "browser",
        "sdk",
    ] {
        for issues in ["", "with", "without"] {
            for more in [
                "",
                "&type=go",
                "&step=hour",
                "&utc_offset_minutes=330",
                "&from=2026-11-24T00:00:00Z",
                "&type=group&step=day",
            ] {
                add(
                    "dashboard",
                    &[&format!("segment={segment}&issues={issues}{more}")],
                );
            }
        }
    }
    add(
        "dashboard",
        &[
            "",
            "segment=country",
            "from=2026-11-25&to=2026-11-24",
            "period=24h",
            "period=14d&segment=browser",
            "utc_offset_minutes=60&utc_offset_minutes=120@1795500000000&step=day",
        ],
    );
    for batch in batches {
        let (Some(room), Some(participant)) = (&batch.room, &batch.participant) else {
            continue;
        };
        let (room, participant) = (room.sid.clone().unwrap(), participant.sid.clone().unwrap());
        let path = format!("rooms/{room}/participants/{participant}");
        let from = batch.started_at + 15_000;
        let span = format!("from={from}&to={}", from + 20_000);
        add(&format!("rooms/{room}"), &[""]);
        add(&format!("rooms/{room}/timeline"), &[""]);
        let all = format!("include=events&include=intervals&{span}");
        add(&path, &["", &all, "include=tracks"]);
        add(&format!("{path}/intervals"), &["", &span]);
        add(&format!("{path}/events"), &["", &span]);
    }
    add("rooms/RM0", &[""]);
    add("rooms/RM0/participants/PA0/events", &[""]);
    add("nothing", &[""]);
    urls
}

/// Asks both for everything, and turns every page.
async fn compare(store: &dyn Store, memory: &Memory, batches: &[Batch]) -> usize {
    let mut waiting: Vec<String> = urls(batches).into_iter().collect();
    let mut asked = 0;
    while let Some(url) = waiting.pop() {
        let stored = ask(store, &url).await;
        assert_eq!(stored, ask(memory, &url).await, "{url}");
        asked += 1;
        let answer: Value = serde_json::from_str(&stored.1).unwrap();
        // On to the last page, and from there back to the first.
        let next = answer["next_page_token"].as_str();
        let next = next.filter(|_| !url.contains("page_token=PB"));
        if let Some(token) = next.or(answer["previous_page_token"].as_str()) {
            let url = url.split("&page_token=").next().unwrap();
            waiting.push(format!("{url}&page_token={token}"));
        }
    }
    asked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browsers_history_is_answered_as_a_collectors() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> =
        Arc::new(Sqlite::open(&folder.path().join("callscope.db")).unwrap());
    let memory = Memory::new();
    let batches = batches();
    for batch in &batches {
        let recorded = store
            .record(&AccountSid::local(), batch.clone())
            .await
            .unwrap();
        let same = memory
            .record(&AccountSid::local(), batch.clone())
            .await
            .unwrap();
        assert_eq!(recorded, same);
    }
    let asked = compare(&*store, &memory, &batches).await;
    assert!(asked > 700, "{asked}");

    let before = Before {
        rooms: END - 2 * DAY,
        go_rooms: END - DAY,
        roll_ups: END - 5 * DAY / 2,
    };
    let purged = store.purge(before).await.unwrap();
    assert!(purged.rooms > 5 && purged.roll_ups > 5, "{purged:?}");
    assert_eq!(memory.purge(before).await.unwrap(), purged);
    compare(&*store, &memory, &batches).await;
}

/// Whoever a dashboard counts is in a room of the list that is behind the count, and nobody else of that list is like that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_every_count_are_the_rooms_of_those_who_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("callscope.db")).unwrap();
    for batch in batches() {
        store.record(&AccountSid::local(), batch).await.unwrap();
    }
    let get = async |url: &str| -> Value {
        let (status, body) = ask(&store, url).await;
        assert_eq!(status, 200, "{url}: {body}");
        serde_json::from_str(&body).unwrap()
    };
    let mut counted = 0;
    for (segment, member) in [
        ("browser", "/browser/name"),
        ("operating_system", "/os/name"),
        ("device_manufacturer", "/device/manufacturer"),
        ("sdk", "/sdk/name"),
    ] {
        for issues in ["", "with", "without"] {
            let url = format!("/v1/insights/dashboard?segment={segment}&issues={issues}&step=day");
            let answer = get(&url).await;
            let participants = &answer["participants"];
            let values = participants["values"].as_array().unwrap();
            for point in participants["points"].as_array().unwrap() {
                let (start, end) = (
                    point["start"].as_i64().unwrap(),
                    point["end"].as_i64().unwrap(),
                );
                for (value, count) in values.iter().zip(point["counts"].as_array().unwrap()) {
                    let asked = match value["value"].as_str() {
                        Some(value) => format!("value={}", value.replace(' ', "%20")),
                        None => "unknown=true".to_owned(),
                    };
                    let url = format!(
                        "/v1/insights/rooms?segment={segment}&{asked}&joined_after={start}&joined_before={end}&participant_issues={issues}&page_size=1000"
                    );
                    let mut found = 0;
                    for room in get(&url).await["rooms"].as_array().unwrap() {
                        let sid = room["sid"].as_str().unwrap();
                        let room = get(&format!("/v1/insights/rooms/{sid}")).await;
                        let is_like_that = |it: &&Value| {
                            let has_issues = it["issues"].as_array().unwrap().is_empty();
                            (start..end).contains(&it["joined_at"].as_i64().unwrap())
                                && it["client"].pointer(member).unwrap_or(&Value::Null)
                                    == &value["value"]
                                && (issues.is_empty() || has_issues == (issues == "without"))
                        };
                        let people = room["participants"].as_array().unwrap();
                        let like_that = people.iter().filter(is_like_that).count();
                        assert!(like_that > 0, "{url} has {sid} without anybody like that");
                        found += like_that;
                    }
                    assert_eq!(u64::try_from(found).ok(), count.as_u64(), "{url}");
                    counted += found;
                }
            }
        }
    }
    assert!(counted > 500, "{counted}");
}
