//! Child processes: no standard input, a time limit each, and nothing of theirs left running.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, IsTerminal, PipeReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::text::{duration, without_escapes};

/// A silent child gets a line from us this often, so that a long step does not look like a stuck one.
const SILENCE: Duration = Duration::from_secs(60);

/// How long output may trickle in after its process has ended.
const DRAIN: Duration = Duration::from_secs(3);

/// The process groups that an interrupt has to take along.
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// What becomes of a child's output besides being kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Echo {
    /// Printed as it comes.
    Live,
    /// Only kept.
    Silent,
}

/// A command to run until it ends or its deadline passes.
#[derive(Debug)]
pub(crate) struct Job {
    command: Command,
    deadline: Instant,
}

/// How a [`Job`] ended.
#[derive(Debug)]
pub(crate) struct Finished {
    /// `None` when it was killed at its deadline.
    pub(crate) status: Option<ExitStatus>,
    /// Standard output and standard error as they came, without colours.
    pub(crate) output: String,
}

impl Job {
    pub(crate) fn new(program: impl AsRef<OsStr>, deadline: Instant) -> Self {
        let mut command = Command::new(program);
        // Cargo describes this program to itself; children that are cargo again must not inherit that.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        if std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
            command.env("CARGO_TERM_COLOR", "always");
        }
        Self { command, deadline }
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn dir(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Runs to the end, or kills the whole process group at the deadline.
    pub(crate) fn run(self, echo: Echo) -> Result<Finished> {
        let deadline = self.deadline;
        let begun = Instant::now();
        let (mut running, lines) = self.start()?;
        let mut output = String::new();
        let mut last_line = begun;
        let status = loop {
            match lines.recv_timeout(Duration::from_millis(100)) {
                Ok(line) => {
                    last_line = Instant::now();
                    keep(&mut output, &line, echo);
                    // A child that never pauses must still be looked at.
                    if last_line < deadline {
                        continue;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                // All output is closed: it has ended or is about to.
                Err(RecvTimeoutError::Disconnected) => thread::sleep(Duration::from_millis(20)),
            }
            if let Some(status) = running.ended()? {
                break Some(status);
            }
            if Instant::now() >= deadline {
                println!(
                    "  killed: its time limit has passed ({})",
                    duration(begun.elapsed())
                );
                break None;
            }
            if echo == Echo::Live && last_line.elapsed() >= SILENCE {
                last_line = Instant::now();
                println!("  … still at it after {}", duration(begun.elapsed()));
            }
        };
        drop(running);
        let drained = Instant::now() + DRAIN;
        while let Ok(line) = lines.recv_timeout(drained.saturating_duration_since(Instant::now())) {
            keep(&mut output, &line, echo);
        }
        Ok(Finished { status, output })
    }

    /// Starts it and hands over the process and its lines.
    pub(crate) fn start(mut self) -> Result<(Running, Receiver<String>)> {
        let name = self.command.get_program().to_string_lossy().into_owned();
        let (reader, writer) = std::io::pipe().context("cannot make a pipe")?;
        self.command
            .stdin(Stdio::null())
            .stdout(writer.try_clone().context("cannot share a pipe")?)
            .stderr(writer);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut self.command, 0);
        let child = self
            .command
            .spawn()
            .with_context(|| format!("cannot start `{name}`"))?;
        running_groups().push(child.id());
        Ok((Running { child }, lines_of(reader)))
    }
}

impl Finished {
    pub(crate) fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }

    /// The end in words: `exit status: 101`, or that the time limit passed.
    pub(crate) fn describe(&self) -> String {
        self.status.map_or_else(
            || "it passed its time limit".to_owned(),
            |status| status.to_string(),
        )
    }
}

/// A started child; dropping it kills whatever is left of its process group.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
}

impl Running {
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child
            .try_wait()
            .context("cannot look after a child process")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        kill_group(self.child.id());
        // On systems without process groups this is what ends it; where it has ended already both fail, rightly.
        self.child.kill().ok();
        self.child.wait().ok();
        running_groups().retain(|&group| group != self.child.id());
    }
}

/// Runs a short command silently and returns its output; a failure is an error.
pub(crate) fn output_of<S: AsRef<OsStr>>(
    program: &str,
    args: impl IntoIterator<Item = S>,
) -> Result<String> {
    let finished = Job::new(program, Instant::now() + Duration::from_secs(60))
        .args(args)
        .run(Echo::Silent)?;
    ensure!(
        finished.succeeded(),
        "`{program}`: {}\n{}",
        finished.describe(),
        finished.output.trim()
    );
    Ok(finished.output)
}

/// Makes Ctrl-C and a termination signal end the children too: in groups of their own they would not hear of it.
pub(crate) fn end_children_on_interrupt() -> Result<()> {
    ctrlc::set_handler(|| {
        for &group in running_groups().iter() {
            kill_group(group);
        }
        std::process::exit(130);
    })
    .context("cannot listen for Ctrl-C")
}

fn running_groups() -> MutexGuard<'static, Vec<u32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
fn kill_group(group: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(pid) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        // It fails when nobody is left in the group: what we want.
        kill_process_group(pid, Signal::KILL).ok();
    }
}

#[cfg(not(unix))]
fn kill_group(_group: u32) {}

fn lines_of(reader: PipeReader) -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        let mut bytes = Vec::new();
        while reader
            .read_until(b'\n', &mut bytes)
            .is_ok_and(|length| length > 0)
        {
            let line = String::from_utf8_lossy(&bytes)
                .trim_end_matches(['\n', '\r'])
                .to_owned();
            if sender.send(line).is_err() {
                break;
            }
            bytes.clear();
        }
    });
    lines
}

fn keep(output: &mut String, line: &str, echo: Echo) {
    if echo == Echo::Live {
        println!("{line}");
    }
    output.push_str(&without_escapes(line));
    output.push('\n');
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Finished {
        Job::new("sh", Instant::now() + limit)
            .args(["-c", script])
            .run(Echo::Silent)
            .unwrap()
    }

    #[test]
    fn keeps_both_streams_and_the_exit_status() {
        let finished = shell("echo out; echo err >&2; exit 3", Duration::from_secs(20));
        assert_eq!(finished.output, "out\nerr\n");
        assert!(!finished.succeeded());
        assert_eq!(finished.describe(), "exit status: 3");
    }

    #[test]
    fn has_no_standard_input() {
        assert_eq!(
            shell("cat; echo end", Duration::from_secs(20)).output,
            "end\n"
        );
    }

    #[test]
    fn kills_the_whole_group_at_the_deadline() {
        let finished = shell("sleep 60 & echo $!; wait", Duration::from_millis(500));
        assert!(finished.status.is_none());
        let grandchild = finished.output.trim().to_owned();
        let gone = (0..50).any(|_| {
            thread::sleep(Duration::from_millis(20));
            // A zombie waits for init; it runs no more.
            let state =
                std::fs::read_to_string(format!("/proc/{grandchild}/stat")).unwrap_or_default();
            state.is_empty() || state.contains(") Z ")
        });
        assert!(gone, "process {grandchild} survived its group");
    }

    #[test]
    fn kills_what_a_finished_child_leaves_behind() {
        let begun = Instant::now();
        let finished = shell("sleep 60 & echo started", Duration::from_secs(50));
        assert!(finished.succeeded());
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it waited for the one left behind"
        );
    }
}
