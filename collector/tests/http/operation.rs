//! The server as its operator has it: slow clients, ends, disks, configuration.

use std::fs;
use std::io::{Read, Write};
use std::time::Duration;

use crate::server::{Server, batch, callscope, last, now, store};
use serde_json::json;

#[test]
fn slow_and_broken_requests_end() {
    let server = Server::start(&["--request-timeout-s", "1"]);
    // Neither a head nor a body that never ends holds a connection.
    let mut idle: Vec<_> = (0..400).map(|_| server.connect()).collect();
    for stream in &mut idle {
        stream
            .write_all(b"POST /v1/batches HTTP/1.1\r\nHost: local")
            .unwrap();
    }
    let mut slow = server.connect();
    slow.write_all(b"POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        .unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).ok();
    assert!(
        answer.starts_with("HTTP/1.1 408") && answer.contains("retry-after: 5"),
        "{answer}"
    );
    for mut stream in idle {
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).ok();
    }
    let mut broken = server.connect();
    broken.write_all(b"hello\r\n\r\n").unwrap();
    let mut answer = String::new();
    broken.read_to_string(&mut answer).ok();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert_eq!(server.take(&batch(1, 0, 60)).status, 201);
    assert_eq!(server.get("/healthz", &[]).text(), "ok\n");
    assert_eq!(
        server
            .ask("DELETE", "/v1/batches", &[], Vec::new())
            .problem()
            .0,
        405
    );
}

#[test]
fn what_was_acknowledged_outlives_the_server() {
    // More of them where that is asked for: CALLSCOPE_KILLS=50.
    let rounds = std::env::var("CALLSCOPE_KILLS").map_or(4, |it| it.parse().unwrap());
    let mut folder = tempfile::tempdir().unwrap();
    for round in 0..rounds {
        let server = Server::in_folder(folder, &[]);
        let senders: Vec<_> = (0..4_u32)
            .map(|sender| {
                let url = server.url("/v1/batches");
                std::thread::spawn(move || {
                    let number = round * 10 + sender;
                    let sent = (0..).map_while(|seq| {
                        let body = batch(number, seq, 20_000).to_string();
                        ureq::post(&url)
                            .send(body)
                            .ok()
                            .filter(|it| it.status() == 201)
                    });
                    u32::try_from(sent.count()).unwrap()
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(50 + u64::from(round) * 137 % 500));
        // Once with all its time, otherwise with none.
        folder = if round == 1 {
            server.stop()
        } else {
            server.kill()
        };
        let database = rusqlite::Connection::open(folder.path().join("callscope.db")).unwrap();
        let sound: String = database
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(sound, "ok");
        drop(database);
        let acknowledged: Vec<u32> = senders.into_iter().map(|it| it.join().unwrap()).collect();
        let server = Server::in_folder(folder, &[]);
        for (sender, batches) in (0..).zip(acknowledged) {
            let number = round * 10 + sender;
            let path = format!(
                "/v1/insights/rooms/RM{:032x}/participants/PA{number:032x}/intervals",
                number / 10
            );
            let found = server.get(&path, &[]).json();
            // Who had no time for one is not known.
            let kept = found["intervals"].as_array().map_or(0, Vec::len);
            // The one that was on its way may be there, too; none is there twice.
            let expected = batches as usize * 3;
            assert!(
                kept == expected || kept == expected + 3,
                "{kept} of {expected}"
            );
        }
        folder = server.stop();
    }
}

#[test]
fn a_store_that_cannot_be_written_is_said_and_nothing_is_acknowledged() {
    let server = Server::start(&[]);
    server.take(&batch(1, 0, 60));
    // Another process holds the database and does not let go of it.
    let other = rusqlite::Connection::open(server.folder().join("callscope.db")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let problem = server.post(&[], batch(1, 1, 60).to_string());
    assert_eq!(
        (problem.status, problem.header("retry-after")),
        (503, Some("5"))
    );
    assert_eq!(server.get("/healthz", &[]).status, 503);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(server.get("/healthz", &[]).status, 200);
    assert_eq!(server.take(&batch(1, 1, 60)).status, 201);
}

#[test]
fn the_environment_comes_before_the_file_and_flags_before_both() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("callscope.toml");
    fs::write(
        &file,
        "max_intervals = 1\nmax_events = 1\nmax_body_bytes = 1000000",
    )
    .unwrap();
    let limits = |flags: &[&str]| {
        let mut command = callscope(&[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--store",
            &store(folder.path()),
            "--config",
            file.to_str().unwrap(),
        ]);
        command
            .args(flags)
            .env("CALLSCOPE_MAX_INTERVALS", "2")
            .env("CALLSCOPE_LOG", "off");
        command
    };
    // A wrong value is told of with where it came from.
    let output = limits(&["--max-events", "many"]).output().unwrap();
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("--max-events"),
        "{output:?}"
    );
    let output = limits(&["--public-url", "mysql://"]).output().unwrap();
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("the public URL `mysql://` is none"),
        "{output:?}"
    );
    let server = Server::start(&["--config", file.to_str().unwrap(), "--max-intervals", "3"]);
    assert_eq!(server.take(&batch(1, 0, 60)).status, 201);
    let mut events = batch(1, 1, 60);
    events["events"] = json!(vec![
        json!({"event": "call", "type": "reconnected", "at": now()});
        2
    ]);
    assert_eq!(server.post(&[], events.to_string()).problem().0, 413);
}

#[test]
fn purging_by_hand_says_what_it_did() {
    let server = Server::start(&[]);
    let mut old = last(1, 0, 3 * 86_400, false);
    old["room"]["type"] = json!("group");
    server.take(&old);
    let config = server.folder().join("callscope.toml");
    fs::write(&config, "keep_rooms_days = 1").unwrap();
    let output = callscope(&[
        "purge",
        "--store",
        &store(server.folder()),
        "--config",
        config.to_str().unwrap(),
    ])
    .output()
    .unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "deleted 1 rooms, 1 sessions, 1 batches and 0 rows of roll-ups\n"
    );
    assert_eq!(
        server.get("/v1/Video/Rooms", &[]).json()["rooms"],
        json!([])
    );
}
