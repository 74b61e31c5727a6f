//! Who is let in.

use std::time::{Duration, Instant};

use crate::server::{ACCOUNT, Answer, Server, add_key, batch, callscope, gzip, keys, store};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

const ROOM: &str = "/v1/Video/Rooms/RM00000000000000000000000000000000";

/// Asks until the answer is that.
fn until(status: u16, ask: impl Fn() -> Answer) {
    let begun = Instant::now();
    loop {
        let answered = ask().status;
        if answered == status {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{answered} still, and not {status}"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn keys_open_their_own_account_only() {
    let (server, ingest, read) = Server::with_keys(&[]);
    let other = add_key(server.folder(), "read", &ACCOUNT.replace('a', "b"));
    let bearer = |key: &str| format!("Bearer {key}");
    // Keys are read every two seconds.
    until(404, || {
        server.get(ROOM, &[("authorization", &bearer(&other))])
    });
    let send = |headers: &[(&str, &str)]| server.post(headers, batch(1, 0, 60).to_string());
    let problem = |answer: Answer| answer.problem();
    assert_eq!(problem(send(&[])).0, 401);
    assert_eq!(
        problem(send(&[("authorization", "Bearer SK0.nothing")])).0,
        401
    );
    assert_eq!(problem(send(&[("authorization", "Digest x")])).0, 401);
    assert_eq!(
        problem(send(&[("authorization", &bearer(&read))])),
        (
            403,
            "this key may only read: an ingest key is needed".to_owned()
        )
    );
    assert_eq!(send(&[("authorization", &bearer(&ingest))]).status, 201);
    // As sendBeacon has to.
    let beacon = server.ask(
        "POST",
        &format!("/v1/batches?key={ingest}"),
        &[("content-type", "text/plain")],
        gzip(batch(1, 1, 60).to_string().as_bytes()),
    );
    assert_eq!(beacon.status, 201);
    for path in [ROOM, "/v1/Video/Rooms", "/v1/insights/dashboard"] {
        assert_eq!(problem(server.get(path, &[])).0, 401);
        assert_eq!(
            problem(server.get(path, &[("authorization", &bearer(&ingest))])).0,
            403
        );
        assert_eq!(
            problem(server.get(&format!("{path}?key={read}"), &[])).0,
            401
        );
        assert_eq!(
            server
                .get(path, &[("authorization", &bearer(&read))])
                .status,
            200
        );
    }
    // Twilio's clients: the account, or a key's sid, and the secret.
    let secret = read.split_once('.').unwrap().1;
    let basic = |user: &str| format!("Basic {}", STANDARD.encode(format!("{user}:{secret}")));
    for user in [ACCOUNT, read.split_once('.').unwrap().0] {
        assert_eq!(
            server.get(ROOM, &[("authorization", &basic(user))]).json()["account_sid"],
            ACCOUNT
        );
    }
    let wrong = basic(&ACCOUNT.replace('a', "b"));
    assert_eq!(
        problem(server.get(ROOM, &[("authorization", &wrong)])).0,
        401
    );
    // Another account sees nothing of it, even if it knows the sid.
    assert_eq!(
        problem(server.get(ROOM, &[("authorization", &bearer(&other))])).0,
        404
    );
    assert_eq!(
        server
            .get("/v1/Video/Rooms", &[("authorization", &bearer(&other))])
            .json()["rooms"],
        json!([])
    );
    // Revoked: from two seconds later on, nothing.
    let sid = ingest.split_once('.').unwrap().0;
    assert!(keys(server.folder(), &["revoke", sid]).status.success());
    until(401, || send(&[("authorization", &bearer(&ingest))]));
    let listed = String::from_utf8(keys(server.folder(), &["list"]).stdout).unwrap();
    assert_eq!(listed.lines().count(), 2);
    assert!(!listed.contains(secret) && listed.contains(ACCOUNT));
    assert_eq!(
        keys(server.folder(), &["revoke", sid]).status.code(),
        Some(2)
    );
}

#[test]
fn without_keys_nobody_else_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let output = callscope(&[
        "serve",
        "--listen",
        "0.0.0.0:0",
        "--store",
        &store(folder.path()),
    ])
    .output()
    .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        told.contains("there are no keys") && told.contains("callscope keys add"),
        "{told}"
    );
    let server = Server::start(&[]);
    let elsewhere = server.get("/v1/Video/Rooms", &[("host", "attacker.example")]);
    assert_eq!(elsewhere.problem().0, 403);
    let page = server.get("/v1/Video/Rooms", &[("origin", "https://attacker.example")]);
    assert_eq!(page.problem().0, 403);
    assert_eq!(page.header("access-control-allow-origin"), None);
}

#[test]
fn pages_are_let_in_by_their_origin() {
    let server = Server::start(&["--cors-origins", "https://a.example, https://b.example/"]);
    let asked = [
        ("origin", "https://b.example"),
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "authorization, content-encoding",
        ),
    ];
    let answer = server.ask("OPTIONS", "/v1/batches", &asked, Vec::new());
    assert_eq!(answer.status, 204);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://b.example")
    );
    assert!(
        answer
            .header("access-control-allow-headers")
            .unwrap()
            .contains("content-encoding")
    );
    let sent = server.post(
        &[("origin", "https://a.example")],
        batch(1, 0, 60).to_string(),
    );
    assert_eq!(
        (sent.status, sent.header("access-control-allow-origin")),
        (201, Some("https://a.example"))
    );
    let refused = server.post(
        &[("origin", "https://c.example")],
        batch(1, 1, 60).to_string(),
    );
    assert_eq!(
        (
            refused.status,
            refused.header("access-control-allow-origin")
        ),
        (403, None)
    );
}
