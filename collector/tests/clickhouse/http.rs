//! The commands over ClickHouse: what `serve` answers is what it answers over SQLite, byte by byte.

use std::fs::File;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::engine;
use crate::server::{ACCOUNT, Server, batch, callscope, last, now, store};

const MINUTE: i64 = 60_000;

fn done(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    shown(&output)
}

fn shown(output: &Output) -> String {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    assert!(!text.contains("nobody-sees"), "{text}");
    text.trim().to_owned()
}

/// The same made-up calls, in a store.
fn simulate(store: &str, until: &str) {
    let plan = [
        "simulate",
        "--participants",
        "40",
        "--seed",
        "7",
        "--until",
        until,
        "--intervals",
        "8",
        "--batch-seconds",
        "900",
    ];
    done(callscope(&plan).args(["--store", store]));
}

struct Pair(Server, Server);

impl Pair {
    /// What both answer, without their own addresses and the numbers of pages' places.
    fn same(&self, path: &str) -> Value {
        let [one, other] = [&self.0, &self.1].map(|server| {
            let answer = server.get(path, &[]);
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            answer.text().replace(&server.url(""), "")
        });
        let [one, other] = [one, other].map(|text| without_places(&text));
        assert_eq!(one, other, "{path}");
        serde_json::from_str(&one).unwrap()
    }

    fn take(&self, batch: &Value) {
        assert_eq!(self.0.take(batch).text(), self.1.take(batch).text());
    }
}

/// `PA1795428000000_123` is a place among rooms: the number is the store's own.
fn without_places(text: &str) -> String {
    let mut whole = text.to_owned();
    for before in ["Token=P", "_token\":\"P"] {
        let mut parts = whole.split(before);
        let first = parts.next().unwrap().to_owned();
        whole = parts.fold(first, |whole, part| {
            let end = part.find(['"', '&']).unwrap_or(part.len());
            whole + before + &part[end..]
        });
    }
    whole
}

fn list<'a>(of: &'a Value, name: &str, member: &str) -> Vec<&'a str> {
    of[name]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it[member].as_str().unwrap())
        .collect()
}

#[test]
fn both_stores_answer_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (sqlite, clickhouse) = (store(folder.path()), engine::database());
    let until = time::OffsetDateTime::from_unix_timestamp((now() - 20 * MINUTE) / 1000).unwrap();
    let until = until
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    simulate(&sqlite, &until);
    simulate(&clickhouse, &until);
    let pair = Pair(
        Server::over(&sqlite, folder, &[]),
        Server::over(&clickhouse, tempfile::tempdir().unwrap(), &[]),
    );
    // Some more over HTTP, the last one first, and once more.
    for (number, seq) in [(901, 1), (901, 0), (902, 0), (901, 0)] {
        pair.take(&batch(number, seq, 900));
    }
    for _ in 0..2 {
        pair.take(&last(902, 1, 900, true));
    }
    let rooms = pair.same("/v1/Video/Rooms?PageSize=1000");
    let sids = list(&rooms, "rooms", "room_sid");
    assert!(sids.len() > 8, "{}", sids.len());
    for query in [
        "RoomType=group",
        "RoomType=go&Codec=VP8",
        "Codec=H264",
        "CreatedAfter=2020-01-01T00:00:00Z",
        "RoomName=room%2090",
        "PageSize=5&Page=1",
    ] {
        pair.same(&format!("/v1/Video/Rooms?{query}"));
    }
    for query in [
        "issues=with",
        "issues=without",
        "issues=round_trip_time",
        "search=room%2090",
        "search=RM",
        "search=nothing",
        "type=group_small&type=peer_to_peer",
        "sort=duration",
        "sort=duration&order=asc&page_size=3",
        "sort=participants&page_size=3",
        "sort=participants_with_issues&issues=with",
        "order=asc&page_size=3&type=group",
    ] {
        pair.same(&format!("/v1/insights/rooms?page_size=1000&{query}"));
    }
    // Both are asked of the same hours, whenever that is.
    let to = now() + 60 * MINUTE;
    for segment in ["device_manufacturer", "operating_system", "browser", "sdk"] {
        pair.same(&format!("/v1/insights/dashboard?to={to}&segment={segment}"));
        pair.same(&format!(
            "/v1/insights/dashboard?to={to}&segment={segment}&step=hour&issues=with&type=group"
        ));
    }
    for sid in sids {
        pair.same(&format!("/v1/Video/Rooms/{sid}"));
        pair.same(&format!("/v1/insights/rooms/{sid}"));
        pair.same(&format!("/v1/insights/rooms/{sid}/timeline"));
        let all = pair.same(&format!("/v1/Video/Rooms/{sid}/Participants?PageSize=1000"));
        for participant in list(&all, "participants", "participant_sid") {
            pair.same(&format!("/v1/Video/Rooms/{sid}/Participants/{participant}"));
            let of = format!("/v1/insights/rooms/{sid}/participants/{participant}");
            for what in ["", "/intervals", "/events"] {
                pair.same(&format!("{of}{what}"));
            }
        }
    }
    let mut path = "/v1/Video/Rooms?PageSize=3".to_owned();
    let mut pages = 0;
    while let Some(next) = pair.0.get(&path, &[]).json()["meta"]["next_page_url"].as_str() {
        let other = pair.1.get(&path, &[]).json();
        assert_eq!(
            pair.0.get(&path, &[]).json()["rooms"][0]["room_sid"],
            other["rooms"][0]["room_sid"]
        );
        pages += 1;
        // The places of the one mean nothing to the other, but what they begin with is a time.
        path = next.strip_prefix(&pair.0.url("")).unwrap().to_owned();
    }
    assert!(pages > 2);
}

#[test]
fn keys_and_purge_work_and_a_collector_follows() {
    let address = engine::database();
    let keys = |arguments: &[&str]| {
        callscope(&["keys", "--store", &address])
            .args(arguments)
            .output()
            .unwrap()
    };
    assert_eq!(shown(&keys(&["list"])), "");
    let ingest = shown(&keys(&[
        "add",
        "--kind",
        "ingest",
        "--account",
        ACCOUNT,
        "--name",
        "the app",
    ]));
    let read = shown(&keys(&["add", "--kind", "read", "--account", ACCOUNT]));
    assert_eq!(shown(&keys(&["list"])).lines().count(), 2);
    let server = Server::over(&address, tempfile::tempdir().unwrap(), &[]);
    let key = |key: &str| format!("Bearer {key}");
    let sent = batch(1, 0, 100).to_string();
    assert_eq!(
        server
            .post(&[("authorization", &key(&read))], sent.clone())
            .status,
        403
    );
    assert_eq!(
        server
            .post(&[("authorization", &key(&ingest))], sent.clone())
            .status,
        201
    );
    assert_eq!(
        server
            .post(&[("authorization", &key(&ingest))], sent.clone())
            .status,
        200
    );
    let rooms = || {
        server
            .get("/v1/Video/Rooms", &[("authorization", &key(&read))])
            .json()["rooms"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(rooms(), 1);
    assert_eq!(
        shown(&callscope(&["purge", "--store", &address]).output().unwrap()),
        "deleted 0 rooms, 0 sessions, 0 batches and 0 rows of roll-ups"
    );
    assert_eq!(rooms(), 1);
    assert_eq!(server.get("/healthz", &[]).status, 200);
    let sid = ingest.split('.').next().unwrap();
    assert_eq!(shown(&keys(&["revoke", sid])), format!("{sid} is revoked"));
    let begun = Instant::now();
    while server
        .post(&[("authorization", &key(&ingest))], sent.clone())
        .status
        != 401
    {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "the key is taken still"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(!keys(&["revoke", sid]).status.success());
}

#[test]
fn a_clickhouse_that_is_gone_is_503_with_retry_after_and_the_collector_goes_on() {
    let engine = engine::Engine::start(&[]);
    let server = Server::over(
        &engine::address(engine.port, "x"),
        tempfile::tempdir().unwrap(),
        &[],
    );
    assert_eq!(server.take(&batch(1, 0, 100)).status, 201);
    engine.stop();
    let answer = server.post(&[], batch(1, 1, 100).to_string());
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (503, Some("5"))
    );
    assert!(answer.problem().1.contains("try again"));
    assert_eq!(server.get("/v1/Video/Rooms", &[]).status, 503);
    assert_eq!(server.get("/healthz", &[]).status, 503);
}

#[test]
fn over_tls_the_certificate_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("certificate"), folder.path().join("key"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let files = [&certificate, &key].map(|path| path.to_str().unwrap());
    let engine = engine::Engine::start(&["--tls", files[0], files[1]]);
    let plain = engine::address(engine.port, "x");
    for address in [
        plain.replace("clickhouse:", "clickhouses:"),
        format!("{plain}?secure=1"),
    ] {
        let list = || callscope(&["keys", "list", "--store", &address]);
        let trusted = list().env("SSL_CERT_FILE", &certificate).output().unwrap();
        assert!(trusted.status.success(), "{}", shown(&trusted));
        let doubted = list().env_remove("SSL_CERT_FILE").output().unwrap();
        assert!(!doubted.status.success());
        assert!(
            shown(&doubted).contains("ertificate"),
            "{}",
            shown(&doubted)
        );
    }
    engine.stop();
}

#[test]
fn the_password_is_shown_nowhere() {
    let address = engine::database();
    let wrong = address.replace("@127", "x@127");
    let output = callscope(&["serve", "--store", &wrong]).output().unwrap();
    assert!(
        shown(&output).contains("refuses the user or the password"),
        "{output:?}"
    );
    for arguments in [
        ["serve", "--help"],
        ["keys", "--help"],
        ["purge", "--help"],
        ["simulate", "--help"],
    ] {
        shown(
            &callscope(&arguments)
                .env("CALLSCOPE_STORE", &address)
                .output()
                .unwrap(),
        );
    }
    for store in [
        address.replace("clickhouse:", "click:"),
        address.replace("/test", "/te`st"),
        format!("{address}?x=1"),
    ] {
        let output = callscope(&["serve", "--store", &store]).output().unwrap();
        assert!(!output.status.success());
        shown(&output);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut child = callscope(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--log",
        "trace",
        "--store",
        &address,
    ])
    .stdout(Stdio::null())
    .stderr(File::create(&path).unwrap())
    .spawn()
    .unwrap();
    let begun = Instant::now();
    let log = loop {
        let log = std::fs::read_to_string(&path).unwrap();
        if log.contains("listening at") || begun.elapsed() > Duration::from_secs(20) {
            break log;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        log.contains("listening at") && log.contains("TRACE"),
        "{log}"
    );
    assert!(!log.contains("nobody-sees"), "{log}");
}
