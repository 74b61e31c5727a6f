//! A collector that runs, as `callscope serve` starts it, and questions to it.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::http::{Request, Response};
use ureq::{Agent, SendBody};

/// An account.
pub(crate) const ACCOUNT: &str = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

pub(crate) fn callscope(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callscope"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// A collector with a database of its own.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// What it said before it listened.
    pub(crate) told: Vec<String>,
    folder: TempDir,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|it| it.to_str().unwrap())
    }

    /// What it says is wrong.
    pub(crate) fn problem(&self) -> (u16, String) {
        let json = self.json();
        assert_eq!(json["status"], self.status, "{json}");
        assert!(
            json["code"].is_u64() && json["more_info"].is_string(),
            "{json}"
        );
        (self.status, json["message"].as_str().unwrap().to_owned())
    }
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), arguments)
    }

    pub(crate) fn in_folder(folder: TempDir, arguments: &[&str]) -> Self {
        let store = store(folder.path());
        Self::over(&store, folder, arguments)
    }

    /// With any store.
    pub(crate) fn over(store: &str, folder: TempDir, arguments: &[&str]) -> Self {
        Self::started(serve_over(callscope(&[]), store, arguments), folder)
    }

    /// By a command that becomes it.
    pub(crate) fn started(mut command: Command, folder: TempDir) -> Self {
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut told = Vec::new();
        let address = loop {
            let line = lines
                .next()
                .unwrap_or_else(|| panic!("it ended: {told:?}"))
                .unwrap();
            if let Some((_, address)) = line.split_once("listening at http://") {
                let end = address.find(|it: char| it != '.' && it != ':' && !it.is_ascii_digit());
                break address[..end.unwrap_or(address.len())].parse().unwrap();
            }
            told.push(line);
        };
        // Whoever does not read what is written stops the writer.
        std::thread::spawn(move || {
            lines
                .map_while(Result::ok)
                .for_each(|line| eprintln!("{line}"))
        });
        Self {
            child,
            address,
            told,
            folder,
        }
    }

    /// With keys: an ingest key and a read key of [`ACCOUNT`].
    pub(crate) fn with_keys(arguments: &[&str]) -> (Self, String, String) {
        let folder = tempfile::tempdir().unwrap();
        let ingest = add_key(folder.path(), "ingest", ACCOUNT);
        let read = add_key(folder.path(), "read", ACCOUNT);
        (Self::in_folder(folder, arguments), ingest, read)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The counter of that line in its metrics; 0 if it is not there.
    pub(crate) fn counted(&self, line: &str) -> u64 {
        let text = self.get("/metrics", &[]).text();
        let mut found = text.lines().filter_map(|it| it.strip_prefix(line));
        found.next().map_or(0, |it| it.trim().parse().unwrap())
    }

    /// Ends it at once, as a machine that loses its power.
    pub(crate) fn kill(mut self) -> TempDir {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap())
    }

    /// Asks it to end, and waits.
    pub(crate) fn stop(mut self) -> TempDir {
        let asked = Command::new("kill")
            .arg(self.id().to_string())
            .status()
            .unwrap();
        assert!(asked.success());
        let begun = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < Duration::from_secs(20), "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(self.child.wait().unwrap().success());
        std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap())
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET", path, headers, Vec::new())
    }

    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        // An empty body that is announced may come after the answer, which takes the connection down with it.
        let body = if body.is_empty() {
            SendBody::none()
        } else {
            SendBody::from_owned_reader(std::io::Cursor::new(body))
        };
        let request = request.body(body);
        answered(agent().run(request.unwrap()))
    }

    pub(crate) fn post(&self, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Answer {
        self.ask("POST", "/v1/batches", headers, body.into())
    }

    /// Sends a batch that is taken.
    pub(crate) fn take(&self, batch: &Value) -> Answer {
        let answer = self.post(&[], batch.to_string());
        assert!(
            answer.status == 200 || answer.status == 201,
            "{}",
            answer.text()
        );
        answer
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into()
}

fn answered(response: Result<Response<ureq::Body>, ureq::Error>) -> Answer {
    let mut response = response.unwrap();
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.body_mut().read_to_vec().unwrap(),
    }
}

/// Makes a command one that serves the database of a folder.
pub(crate) fn serve(command: Command, folder: &Path, arguments: &[&str]) -> Command {
    serve_over(command, &store(folder), arguments)
}

fn serve_over(mut command: Command, store: &str, arguments: &[&str]) -> Command {
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--store", store])
        .args(arguments)
        .stdin(Stdio::null());
    command
}

pub(crate) fn store(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("callscope.db").display())
}

pub(crate) fn add_key(folder: &Path, kind: &str, account: &str) -> String {
    let output = keys(folder, &["add", "--kind", kind, "--account", account]);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

pub(crate) fn keys(folder: &Path, arguments: &[&str]) -> Output {
    callscope(&["keys", "--store", &store(folder)])
        .args(arguments)
        .output()
        .unwrap()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

/// The batch of that number, of a call that began that long ago.
pub(crate) fn batch(number: u32, seq: u32, ago_s: i64) -> Value {
    let start = now() - ago_s * 1000;
    let from = start + i64::from(seq) * 30_000;
    let interval = |at: i64| {
        json!({"scope": "track", "direction": "send", "track": format!("MT{number}"), "pc": "pc1", "kind": "video",
            "start": at, "duration_ms": 10_000, "bitrate_bps": 500_000, "packets_sent": 600, "packets_lost": 3,
            "packet_loss_pct": 0.4975, "rtt_ms": 61.5, "codec": "video/VP8", "notes": []})
    };
    json!({
        "schema": 1,
        "batch_id": format!("{number:08x}-0000-4000-9000-{seq:012x}"),
        "session": format!("{number:08x}-0000-4000-8000-000000000000"),
        "seq": seq,
        "started_at": start,
        "sent_at": now(),
        "room": {"sid": format!("RM{:032x}", number / 10), "name": format!("room {}", number / 10), "type": "group"},
        "participant": {"sid": format!("PA{number:032x}"), "identity": format!("person {number}")},
        "client": {"os": {"name": "Windows", "version": "11"}, "browser": {"name": "Chrome", "version": "156"},
            "device": {"manufacturer": null, "model": null}, "sdk": {"name": "twilio-video", "version": "2.34.0"}, "module": "0.1.0"},
        "intervals": [interval(from), interval(from + 10_000), interval(from + 20_000)],
        "events": [],
    })
}

/// The same as the last of its session, with or without high loss.
pub(crate) fn last(number: u32, seq: u32, ago_s: i64, has_loss: bool) -> Value {
    let mut batch = batch(number, seq, ago_s);
    let issue = json!({"type": "packet_loss", "severity": "high", "media": "video", "tracks": [format!("MT{number}")],
        "value": 7.5, "threshold": 5});
    let issues = if has_loss { vec![issue] } else { vec![] };
    let end = batch["started_at"].as_i64().unwrap() + i64::from(seq + 1) * 30_000;
    batch["final"] = json!({"ended_at": end, "summary": {"tracks": [], "received": [], "connections": [], "issues": issues}});
    batch
}
