//! `cargo xtask run`: the app, built for release, on this machine.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Context, Result, bail, ensure};

use crate::child::Running;
use crate::toolbox::{Need, Toolbox, trunk};
use crate::{place, text};

/// The longest that building from nothing may take.
const LONGEST_BUILD: Duration = Duration::from_mins(30);

/// Where and how to serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) port: u16,
    /// Open a browser, where there is a display.
    pub(crate) open: bool,
}

/// Builds and serves until it is interrupted.
pub(crate) fn run(options: Options) -> Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let other = options.port.checked_add(1).unwrap_or(8080);
    TcpListener::bind(address).with_context(|| {
        format!("port {} is not free: end what uses it, or choose another, for example `cargo xtask run --port {other}`", options.port)
    })?;
    // Trunk serves an older page when it cannot build a new one; without one it answers 404, and we know.
    let page = place::dist().join("index.html");
    if page.exists() {
        fs::remove_file(&page)
            .with_context(|| format!("cannot remove the old {}", page.display()))?;
    }
    let toolbox = Toolbox::prepare(Need::APP)?;
    if let Some(reason) = toolbox.missing_of(Need::APP) {
        bail!("{reason}");
    }
    println!(
        "\n== build: the app, for release (4 minutes on 2 cores from nothing, less than one after that)"
    );
    let begun = Instant::now();
    let deadline = begun + LONGEST_BUILD;
    let port = options.port.to_string();
    let args = [
        "serve",
        "--release",
        "--address",
        "127.0.0.1",
        "--port",
        &port,
        "--no-autoreload",
        "true",
        "--disable-address-lookup",
        "true",
    ];
    let (mut server, lines) = trunk(&toolbox, deadline, &args)?.start()?;
    wait_until_up(&mut server, &lines, address, deadline)?;
    let url = format!("http://localhost:{port}");
    println!("   build: {}", text::duration(begun.elapsed()));
    println!("\ncallscope is up: {url}  (Ctrl-C ends it; a change to the code builds it anew)\n");
    if options.open {
        open_browser(&url);
    }
    while let Ok(line) = lines.recv() {
        println!("{line}");
    }
    bail!("the server ended by itself: see its output above")
}

/// Trunk begins to listen when the first build is over, well or ill; a page shows that it was well.
fn wait_until_up(
    server: &mut Running,
    lines: &Receiver<String>,
    address: SocketAddr,
    deadline: Instant,
) -> Result<()> {
    loop {
        match lines.recv_timeout(Duration::from_millis(200)) {
            Ok(line) => {
                println!("{line}");
                continue;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => thread::sleep(Duration::from_millis(200)),
        }
        if let Some(status) = server.ended()? {
            bail!("Trunk ended before the app was up ({status}): see its output above");
        }
        ensure!(
            Instant::now() < deadline,
            "the build took longer than {}",
            text::duration(LONGEST_BUILD)
        );
        match first_line(address) {
            Some(answer) if answer.contains(" 200 ") => return Ok(()),
            Some(answer) => bail!(
                "the app was not built ({}): see Trunk's output above",
                answer.trim()
            ),
            None => {}
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
