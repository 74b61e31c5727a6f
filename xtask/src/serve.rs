//! `cargo xtask run`: the whole of it, built for release, on this machine.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Context, Result, bail, ensure};

use crate::child::{Echo, Job, Running};
use crate::toolbox::{Need, Toolbox, trunk};
use crate::{module, place, text};

/// The longest that building from nothing may take.
const LONGEST_BUILD: Duration = Duration::from_mins(40);
/// How many people the made up calls have.
const DEMO_PARTICIPANTS: &str = "1500";
/// A collector opens its store in milliseconds; a large one may have to be brought up to date.
const LONGEST_START: Duration = Duration::from_mins(2);
/// Nobody leaves it running for longer.
const LONGEST_RUN: Duration = Duration::from_hours(24 * 30);

/// Where and how to serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) port: u16,
    /// Open a browser, where there is a display.
    pub(crate) open: bool,
    /// Fill a database of its own with calls made up.
    pub(crate) demo: bool,
}

/// Builds and serves until it is interrupted.
pub(crate) fn run(options: Options) -> Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let other = options.port.checked_add(1).unwrap_or(8080);
    TcpListener::bind(address).with_context(|| {
        format!("port {} is not free: end what uses it, or choose another, for example `cargo xtask run --port {other}`", options.port)
    })?;
    let needs = [Need::APP, Need::MODULE].concat();
    let toolbox = Toolbox::prepare(&needs)?;
    if let Some(reason) = toolbox.missing_of(&needs) {
        bail!("{reason}");
    }
    let begun = Instant::now();
    let deadline = begun + LONGEST_BUILD;
    println!(
        "\n== build: the module, the app and the collector, for release (9 minutes on 2 cores from nothing, less than one after that)"
    );
    module::build(&toolbox, deadline)?;
    finish(
        "the app",
        trunk(&toolbox, deadline, &["build", "--release"])?,
    )?;
    let collector = ["build", "--release", "--package", "callscope-collector"];
    finish(
        "the collector",
        toolbox.job("cargo", deadline)?.args(collector),
    )?;
    println!("   build: {}", text::duration(begun.elapsed()));

    let target = place::target()?;
    let program = target.join("release").join("callscope");
    let name = if options.demo {
        "callscope-demo.db"
    } else {
        "callscope.db"
    };
    let database = target.join(name);
    let store = format!("sqlite:{}", database.display());
    if options.demo {
        make_up(&toolbox, &program, &database, &store)?;
    }
    let (mut server, lines) = toolbox
        .job(program, Instant::now() + LONGEST_RUN)?
        .args(["serve", "--listen", &address.to_string(), "--store", &store])
        .args(["--app".as_ref(), place::dist().as_os_str()])
        .start()?;
    wait_until_up(&mut server, &lines, address)?;
    // Two weeks of calls are looked at from above; a new database has nothing to show yet.
    let page = if options.demo { "/#/dashboard" } else { "" };
    let url = format!("http://localhost:{}{page}", options.port);
    println!("\ncallscope is up: {url}  (Ctrl-C ends it; what it is sent is kept in {store})\n");
    if options.open {
        open_browser(&url);
    }
    while let Ok(line) = lines.recv() {
        println!("{line}");
    }
    bail!("the collector ended by itself: see its output above")
}

/// Two weeks of calls that end now, in a new database.
fn make_up(toolbox: &Toolbox, program: &Path, database: &Path, store: &str) -> Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let mut file = database.as_os_str().to_owned();
        file.push(ending);
        let old = Path::new(&file);
        if old.exists() {
            fs::remove_file(old).with_context(|| format!("cannot remove {}", old.display()))?;
        }
    }
    let deadline = Instant::now() + LONGEST_BUILD;
    let args = [
        "simulate",
        "--participants",
        DEMO_PARTICIPANTS,
        "--days",
        "14",
        "--seed",
        "1",
        "--store",
        store,
    ];
    let finished = toolbox.job(program, deadline)?.args(args).run(Echo::Live)?;
    ensure!(
        finished.succeeded(),
        "the calls were not made up ({}): see the output above",
        finished.describe()
    );
    Ok(())
}

fn finish(what: &str, job: Job) -> Result<()> {
    let finished = job.run(Echo::Live)?;
    ensure!(
        finished.succeeded(),
        "{what} was not built ({}): see the output above",
        finished.describe()
    );
    Ok(())
}

/// The collector listens when it has opened its store.
fn wait_until_up(
    server: &mut Running,
    lines: &Receiver<String>,
    address: SocketAddr,
) -> Result<()> {
    let deadline = Instant::now() + LONGEST_START;
    loop {
        match lines.recv_timeout(Duration::from_millis(100)) {
            Ok(line) => {
                println!("{line}");
                continue;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => thread::sleep(Duration::from_millis(100)),
        }
        if let Some(status) = server.ended()? {
            bail!("the collector ended before it was up ({status}): see its output above");
        }
        ensure!(
            Instant::now() < deadline,
            "the collector was not up within {}",
            text::duration(LONGEST_START)
        );
        if first_line(address).is_some_and(|answer| answer.contains(" 200 ")) {
            return Ok(());
        }
    }
}

/// The status line of the answer to a request for the page; `None` while nobody answers.
fn first_line(address: SocketAddr) -> Option<String> {
    let limit = Duration::from_secs(2);
    let mut stream = TcpStream::connect_timeout(&address, limit).ok()?;
    stream.set_read_timeout(Some(limit)).ok()?;
    stream.write_all(format!("GET / HTTP/1.1\r\nHost: {address}\r\nAccept: text/html\r\nConnection: close\r\n\r\n").as_bytes()).ok()?;
    let mut answer = String::new();
    stream.take(200).read_to_string(&mut answer).ok()?;
    answer.lines().next().map(str::to_owned)
}

/// A convenience: without a display, or without the program, nothing happens.
fn open_browser(url: &str) {
    let (program, args): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[url])
    } else if cfg!(windows) {
        ("cmd", &["/C", "start", url])
    } else if env::var_os("DISPLAY").is_some() || env::var_os("WAYLAND_DISPLAY").is_some() {
        ("xdg-open", &[url])
    } else {
        return;
    };
    let started = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Ok(mut opener) = started {
        // Some openers are the browser itself and stay.
        thread::spawn(move || opener.wait());
    }
}
