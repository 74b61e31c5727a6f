//! ClickHouse's engine behind its HTTP interface: one process for all tests, a database for each.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Nobody is to see it.
pub(crate) const PASSWORD: &str = "p@ss-that-nobody-sees";

/// The interpreter that has the engine.
const PYTHON: &str = "CALLSCOPE_TEST_CHDB_PYTHON";

pub(crate) struct Engine {
    pub(crate) port: u16,
    /// It ends when this end of its standard input is closed.
    child: Child,
}

impl Engine {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let python = std::env::var_os(PYTHON).unwrap_or_else(|| {
            panic!("{PYTHON} is not set: run these tests by `cargo xtask test --only clickhouse`")
        });
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/clickhouse/server.py");
        let mut child = Command::new(python)
            .arg(script)
            .args(["--password", PASSWORD])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line.trim().parse();
        let port = port.unwrap_or_else(|_| panic!("the engine did not start: {line:?}"));
        Self { port, child }
    }

    pub(crate) fn stop(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }
}

/// The one that all share.
pub(crate) fn port() -> u16 {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::start(&[])).port
}

/// The address of a database that nobody else uses.
pub(crate) fn database() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    address(port(), &format!("test_{number}"))
}

pub(crate) fn address(port: u16, database: &str) -> String {
    let password = PASSWORD.replace('@', "%40");
    format!("clickhouse://callscope:{password}@127.0.0.1:{port}/{database}")
}

/// Asks the engine itself, past the store.
pub(crate) fn ask(address: &str, question: &str) -> String {
    let (_, database) = address.rsplit_once('/').unwrap();
    let url = format!("http://127.0.0.1:{}/?database={database}", port());
    let request = ureq::post(url)
        .header("X-ClickHouse-User", "callscope")
        .header("X-ClickHouse-Key", PASSWORD);
    let mut answer = request
        .config()
        .http_status_as_error(false)
        .build()
        .send(question)
        .unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    assert_eq!(answer.status(), 200, "{question}: {text}");
    text
}
