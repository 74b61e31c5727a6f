//! `callscope simulate` as it is started: into a store and to a collector that runs.

#![expect(clippy::unwrap_used, reason = "tests")]

#[expect(dead_code, reason = "other tests need more of it")]
#[path = "http/server.rs"]
mod server;
#[path = "../../crates/simulate/tests/simulated/mod.rs"]
mod simulated;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use callscope_collector::model::AccountSid;
use callscope_collector::simulate::write;
use callscope_collector::store::{Sqlite, Store};
use callscope_core::wire::{Batch, Event};
use callscope_simulate::{Plan, Simulation};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde_json::Value;
use server::{Server, callscope};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use simulated::{DAY, batches, judged, plan, sessions, tracks};

/// What the read API is to say of a simulation, computed from its batches alone.
#[derive(Debug, Default)]
struct Expected {
    participants: BTreeMap<String, BTreeSet<String>>,
    with_issues: BTreeSet<String>,
    by_browser: BTreeMap<Option<String>, BTreeSet<String>>,
    ms: i64,
}

fn expected(batches: &[Batch]) -> Expected {
    let mut expected = Expected::default();
    let mut spans = BTreeMap::<String, (i64, i64)>::new();
    for session in sessions(batches).values() {
        let room = session[0].room.clone().unwrap().sid.unwrap();
        let participant = session[0].participant.clone().unwrap().sid.unwrap();
        expected
            .participants
            .entry(room.clone())
            .or_default()
            .insert(participant.clone());
        if tracks(session).values().any(|it| !judged(it).is_empty()) {
            expected.with_issues.insert(room);
        }
        let browser = session[0].client.browser.name.clone();
        expected
            .by_browser
            .entry(browser)
            .or_default()
            .insert(participant.clone());
        let last = session.iter().map(|batch| {
            let intervals = batch
                .intervals
                .iter()
                .map(|it| it.start() + it.duration_ms());
            let events = batch.events.iter().map(Event::until);
            let end = batch.end.iter().map(|it| it.ended_at);
            intervals
                .chain(events)
                .chain(end)
                .max()
                .unwrap_or(batch.started_at)
        });
        let until = match session.iter().find_map(|it| it.end.as_ref()) {
            Some(end) => end.ended_at,
            None => last.max().unwrap(),
        };
        let from = session[0].started_at;
        let span = spans.entry(participant).or_insert((from, until));
        *span = (span.0.min(from), span.1.max(until));
    }
    expected.ms = spans.values().map(|(from, until)| until - from).sum();
    expected
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_is_read_back_through_the_api() {
    let folder = tempfile::tempdir().unwrap();
    let now = server::now();
    let plan = Plan {
        from: now - DAY,
        until: now,
        now: Some(now),
        ..plan(120)
    };
    let batches = batches(plan);
    let store: Arc<dyn Store> =
        Arc::new(Sqlite::open(&folder.path().join("callscope.db")).unwrap());
    let account = AccountSid::local();
    let write_all = async || {
        let simulation = Simulation::new(plan).unwrap();
        write(simulation, Arc::clone(&store), account.clone(), |_, _| {})
            .await
            .unwrap()
    };
    let written = write_all().await;
    let intervals: usize = batches.iter().map(|it| it.intervals.len()).sum();
    assert_eq!(
        (written.new, written.intervals),
        (batches.len() as u64, intervals as u64)
    );
    let again = write_all().await;
    assert_eq!((again.new, again.repeated), (0, batches.len() as u64));
    drop(store);
    let expected = expected(&batches);
    let server = tokio::task::spawn_blocking(move || Server::in_folder(folder, &[]))
        .await
        .unwrap();
    tokio::task::spawn_blocking(move || compare(&server, &expected))
        .await
        .unwrap();
}

fn compare(server: &Server, expected: &Expected) {
    let rooms = rooms(server);
    let participants = |(sid, of): (&String, &BTreeSet<String>)| (sid.clone(), of.len() as u64);
    let wanted: BTreeMap<_, _> = expected.participants.iter().map(participants).collect();
    assert_eq!(rooms, wanted);
    let mut with_issues = BTreeSet::new();
    for sid in rooms.keys() {
        let room = server.get(&format!("/v1/insights/rooms/{sid}"), &[]).json();
        let told = room["participants"].as_array().unwrap();
        let sids: BTreeSet<String> = told
            .iter()
            .map(|it| it["sid"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(&sids, &expected.participants[sid]);
        if told
            .iter()
            .any(|it| it["issues"] != Value::Array(Vec::new()))
        {
            with_issues.insert(sid.clone());
        }
    }
    assert_eq!(with_issues, expected.with_issues);
    assert!(!with_issues.is_empty());
    let dashboard = server
        .get("/v1/insights/dashboard?segment=browser", &[])
        .json();
    let totals = &dashboard["totals"]["current"];
    assert_eq!(totals["rooms_with_issues"], with_issues.len());
    assert_eq!(
        totals["rooms_without_issues"],
        rooms.len() - with_issues.len()
    );
    assert_eq!(totals["participants"], rooms.values().sum::<u64>());
    let minutes = totals["participant_minutes"].as_f64().unwrap();
    assert!(
        (minutes - expected.ms as f64 / 60_000.0).abs() < 0.01,
        "{minutes} of {expected:?}"
    );
    let by_browser: BTreeMap<Option<String>, u64> = dashboard["participants"]["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["value"].as_str().map(str::to_owned),
                it["count"].as_u64().unwrap(),
            )
        })
        .collect();
    let wanted = expected
        .by_browser
        .iter()
        .map(|(name, of)| (name.clone(), of.len() as u64));
    assert_eq!(by_browser, wanted.collect());
}

/// How many participants each room of the list has, page after page.
fn rooms(server: &Server) -> BTreeMap<String, u64> {
    let mut rooms = BTreeMap::new();
    let mut url = "/v1/Video/Rooms?PageSize=50".to_owned();
    loop {
        let page = server.get(&url, &[]).json();
        for room in page["rooms"].as_array().unwrap() {
            let sid = room["room_sid"].as_str().unwrap().to_owned();
            rooms.insert(sid, room["unique_participants"].as_u64().unwrap());
        }
        let Some(next) = page["meta"]["next_page_url"].as_str() else {
            return rooms;
        };
        url = next[next.find("/v1/").unwrap()..].to_owned();
    }
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let store = server::store(folder.path());
    for (arguments, said) in [
        (vec!["--participants", "5"], "--to"),
        (
            vec!["--participants", "0", "--store", &store],
            "give --participants 1 or more",
        ),
        (
            vec!["--participants", "5", "--rooms", "6", "--store", &store],
            "give --rooms 5 or fewer",
        ),
        (
            vec!["--participants", "500", "--rooms", "3", "--store", &store],
            "give --rooms 10 or more",
        ),
        (
            vec!["--participants", "5", "--store", "mysql:x"],
            "`sqlite:` and the path",
        ),
        (
            vec!["--participants", "5", "--to", "ftp://insights"],
            "https:// address",
        ),
        (
            vec![
                "--participants",
                "5",
                "--days",
                "2",
                "--to",
                "http://127.0.0.1:9",
            ],
            "give --rate",
        ),
        (
            vec![
                "--participants",
                "5",
                "--rate=-1",
                "--to",
                "http://127.0.0.1:9",
            ],
            "--rate",
        ),
        (
            vec![
                "--participants",
                "5",
                "--rate",
                "0",
                "--to",
                "http://127.0.0.1:9",
            ],
            "callscope serve",
        ),
        (
            vec!["--participants", "5", "--until", "now", "--store", &store],
            "2026-11-22T18:00:00Z",
        ),
        (
            vec!["--participants", "5", "--rate", "1", "--store", &store],
            "--rate <R>",
        ),
    ] {
        let output = callscope(&["simulate"]).args(&arguments).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
}

/// Takes TLS off what is sent to the port that it gives, as a proxy before a collector does. What is served is as long as the test.
async fn behind_tls(collector: String, certificate: &rcgen::CertifiedKey<rcgen::KeyPair>) -> u16 {
    let chain = vec![certificate.cert.der().clone()];
    let key = PrivatePkcs8KeyDer::from(certificate.signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key.into())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, collector) = (acceptor.clone(), collector.clone());
            tokio::spawn(async move {
                // Who does not trust the certificate goes away.
                let Ok(mut outside) = acceptor.accept(stream).await else {
                    return;
                };
                let mut inside = TcpStream::connect(collector).await.unwrap();
                let _broken = copy_bidirectional(&mut outside, &mut inside).await;
            });
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_sends_over_tls_to_whose_certificate_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let certificate = folder.path().join("certificate");
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    let server = Server::start(&[]);
    let inside = server.url("");
    let inside = inside.trim_start_matches("http://").trim_end_matches('/');
    let port = behind_tls(inside.to_owned(), &made).await;
    let simulate = || {
        let to = format!("https://127.0.0.1:{port}");
        let mut command = callscope(&["simulate", "--participants", "5", "--rate", "0", "--to"]);
        command.arg(to);
        command
    };
    let trusted = simulate()
        .env("SSL_CERT_FILE", &certificate)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&trusted.stdout).into_owned();
    assert!(trusted.status.success(), "{trusted:?}");
    assert!(told.contains("errors: 0"), "{told}");
    let rooms = server.get("/v1/Video/Rooms", &[]).json();
    assert!(!rooms["rooms"].as_array().unwrap().is_empty(), "{rooms}");
    let doubted = simulate().env_remove("SSL_CERT_FILE").output().unwrap();
    let error = String::from_utf8_lossy(&doubted.stderr).into_owned();
    assert_eq!(doubted.status.code(), Some(2), "{error}");
    assert!(error.contains("certificate"), "{error}");
}

#[test]
fn it_sends_to_a_collector_that_runs() {
    let (server, ingest, read) = Server::with_keys(&[]);
    let simulate = |key: &str, more: &[&str]| {
        callscope(&["simulate", "--participants", "40", "--seed", "9", "--to"])
            .arg(server.url(""))
            .args(["--key", key])
            .args(more)
            .output()
            .unwrap()
    };
    let until = "--until=".to_owned() + &iso(server::now());
    let output = simulate(&ingest, &["--rate", "0", &until]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{output:?}");
    assert!(
        told.contains("batches/s") && told.contains("p99") && told.contains("errors: 0"),
        "{told}"
    );
    let key = format!("Bearer {read}");
    let rooms = server
        .get("/v1/Video/Rooms?PageSize=50", &[("authorization", &key)])
        .json();
    assert!(rooms["rooms"].as_array().unwrap().len() > 5, "{rooms}");
    // A key that may not write is a reason to stop.
    let output = simulate(&read, &["--rate", "0", &until]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("--kind ingest"),
        "{output:?}"
    );
    // A rate is kept.
    let output = simulate(&ingest, &["--rate", "50", "--seconds", "3", "--days", "2"]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let sent: u32 = told
        .lines()
        .find_map(|line| line.split_once(" batches taken"))
        .unwrap()
        .0
        .parse()
        .unwrap();
    assert!((100..=152).contains(&sent), "{told}");
}

fn iso(ms: i64) -> String {
    let time = std::process::Command::new("date")
        .args([
            "-u",
            "-d",
            &format!("@{}", ms / 1000),
            "+%Y-%m-%dT%H:%M:%SZ",
        ])
        .output();
    String::from_utf8(time.unwrap().stdout)
        .unwrap()
        .trim()
        .to_owned()
}
