//! The steps of `cargo xtask test`, in their order.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::child::{Echo, Job};
use crate::tally::{Runner, Tally, judge};
use crate::toolbox::{Need, Toolbox, trunk};
use crate::wasm::{clippy_wasm, in_chromium, in_firefox};
use crate::{module, place, size};

/// One step: a check that counts as one, or a runner whose tests are counted.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// How long it roughly takes on two cores, from nothing.
    pub(crate) takes: &'static str,
    pub(crate) needs: &'static [Need],
    pub(crate) limit: Duration,
    run: fn(&Toolbox, Instant) -> Result<Verdict>,
}

/// What a step came to, with a remark where the counts do not say it all.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) tally: Tally,
    pub(crate) remark: Option<String>,
}

impl Step {
    /// Runs it; an error of ours is a failure of the step.
    pub(crate) fn run(&self, toolbox: &Toolbox, deadline: Instant) -> Verdict {
        if let Some(reason) = toolbox.missing_of(self.needs) {
            return Verdict::failure(format!("not run: {reason}"));
        }
        (self.run)(toolbox, deadline).unwrap_or_else(|error| Verdict::failure(format!("{error:#}")))
    }
}

impl Verdict {
    fn success() -> Self {
        Self {
            tally: Tally {
                passed: 1,
                failed: 0,
            },
            remark: None,
        }
    }

    pub(crate) fn failure(remark: String) -> Self {
        Self {
            tally: Tally {
                passed: 0,
                failed: 1,
            },
            remark: Some(remark),
        }
    }
}

/// All steps that this machine can be asked for: the two last checks only where their tools are on `PATH`.
pub(crate) fn all() -> Vec<Step> {
    let optional = |step: &Step| match step.name {
        "deny" => place::on_path("cargo-deny").is_some(),
        "typos" => place::on_path("typos").is_some(),
        _ => true,
    };
    STEPS.into_iter().filter(optional).collect()
}

const STEPS: [Step; 18] = [
    Step {
        name: "fmt",
        about: "rustfmt finds nothing to change",
        takes: "seconds",
        needs: &[Need::Checks],
        limit: Duration::from_mins(2),
        run: |toolbox, deadline| {
            check(
                toolbox
                    .job("cargo", deadline)?
                    .args(["fmt", "--all", "--check"]),
            )
        },
    },
    Step {
        name: "clippy",
        about: "clippy is content with all native code",
        takes: "3 minutes",
        needs: &[Need::Checks],
        limit: Duration::from_mins(20),
        run: |toolbox, deadline| {
            check(toolbox.job("cargo", deadline)?.args([
                "clippy",
                "--workspace",
                "--all-targets",
                // No plain `cargo test` runs it, so that it is not among all.
                "--test",
                "clickhouse",
                "--",
                "-D",
                "warnings",
            ]))
        },
    },
    Step {
        name: "clippy-wasm",
        about: "clippy is content with what runs in a browser, where more is forbidden",
        takes: "2 minutes",
        needs: &[Need::Wasm, Need::Checks],
        limit: Duration::from_mins(20),
        run: clippy_wasm,
    },
    Step {
        name: "doc",
        about: "the documentation builds without a warning",
        takes: "2 minutes",
        needs: &[],
        limit: Duration::from_mins(20),
        run: |toolbox, deadline| {
            check(
                toolbox
                    .job("cargo", deadline)?
                    .args(["doc", "--workspace", "--no-deps"])
                    .env("RUSTDOCFLAGS", "-D warnings"),
            )
        },
    },
    Step {
        name: "deny",
        about: "cargo-deny is content with licences, sources and versions",
        takes: "seconds",
        needs: &[],
        limit: Duration::from_mins(5),
        run: |toolbox, deadline| {
            check(
                toolbox
                    .job("cargo", deadline)?
                    .args(["deny", "check", "bans", "licenses", "sources"]),
            )
        },
    },
    Step {
        name: "typos",
        about: "no spelling mistakes",
        takes: "seconds",
        needs: &[],
        limit: Duration::from_mins(2),
        run: |toolbox, deadline| check(toolbox.job("typos", deadline)?),
    },
    Step {
        name: "native",
        about: "all tests that need no browser, and the examples in the documentation",
        takes: "8 minutes",
        needs: &[],
        limit: Duration::from_mins(25),
        run: |toolbox, deadline| {
            tests(
                Runner::Libtest,
                toolbox
                    .job("cargo", deadline)?
                    .args(["test", "--workspace", "--no-fail-fast"]),
            )
        },
    },
    Step {
        name: "clickhouse",
        about: "the store over ClickHouse, by its real engine in a process of its own",
        takes: "4 minutes",
        needs: &[Need::Engine],
        limit: Duration::from_mins(25),
        run: |toolbox, deadline| {
            tests(
                Runner::Libtest,
                toolbox
                    .job("cargo", deadline)?
                    .args(["test", "--package", "callscope-collector"])
                    .args(["--test", "clickhouse"])
                    .env("CALLSCOPE_TEST_CHDB_PYTHON", toolbox.engine()?),
            )
        },
    },
    Step {
        name: "wasm-browser",
        about: "the tests of crates/browser, in Chromium",
        takes: "1 minute",
        needs: &[
            Need::Wasm,
            Need::WasmBindgen,
            Need::WasmPack,
            Need::Chromium,
        ],
        limit: Duration::from_mins(15),
        run: |toolbox, deadline| {
            in_chromium(
                toolbox,
                deadline,
                "crates/browser",
                &["--lib", "--test", "*"],
            )
        },
    },
    Step {
        name: "wasm-simulate",
        about: "calls are made up in Chromium as they are natively",
        takes: "1 minute",
        needs: &[
            Need::Wasm,
            Need::WasmBindgen,
            Need::WasmPack,
            Need::Chromium,
        ],
        limit: Duration::from_mins(15),
        run: |toolbox, deadline| {
            in_chromium(
                toolbox,
                deadline,
                "crates/simulate",
                &["--test", "machines"],
            )
        },
    },
    Step {
        name: "wasm-firefox",
        about: "the same in Firefox",
        takes: "1 minute",
        needs: &[
            Need::Wasm,
            Need::WasmBindgen,
            Need::WasmPack,
            Need::Firefox,
            Need::Geckodriver,
        ],
        limit: Duration::from_mins(15),
        run: |toolbox, deadline| {
            in_firefox(
                toolbox,
                deadline,
                "crates/browser",
                &["--lib", "--test", "*"],
            )
        },
    },
    Step {
        name: "wasm-app",
        about: "the app's own tests (tests/web.rs, and those of its calls), in Chromium",
        takes: "2 minutes",
        needs: &[
            Need::Wasm,
            Need::WasmBindgen,
            Need::WasmPack,
            Need::Chromium,
        ],
        limit: Duration::from_mins(15),
        run: |toolbox, deadline| in_chromium(toolbox, deadline, ".", &["--lib", "--test", "web"]),
    },
    Step {
        name: "module",
        about: "the package that applications embed is built",
        takes: "1 minute",
        needs: Need::MODULE,
        limit: Duration::from_mins(15),
        run: |toolbox, deadline| module::build(toolbox, deadline).map(|()| Verdict::success()),
    },
    Step {
        name: "app",
        about: "Trunk builds the app for release",
        takes: "4 minutes",
        needs: Need::APP,
        limit: Duration::from_mins(25),
        run: |toolbox, deadline| check(trunk(toolbox, deadline, &["build", "--release"])?),
    },
    Step {
        name: "size",
        about: "what a browser has to load fits its budget",
        takes: "seconds",
        needs: &[],
        limit: Duration::from_mins(2),
        run: |_, _| {
            Ok(if size::report(None)? {
                Verdict::success()
            } else {
                Verdict::failure("over budget: see the table above".to_owned())
            })
        },
    },
    Step {
        name: "e2e",
        about: "the built app and real calls in Chromium, and some in Firefox, from tests/e2e",
        takes: "20 minutes",
        needs: &[Need::Chromium, Need::Firefox, Need::Packages],
        limit: Duration::from_mins(30),
        run: end_to_end,
    },
    Step {
        name: "twilio",
        about: "the real Twilio Video JS in Chromium, against the stand-in for its cloud in tests/twilio",
        takes: "5 minutes",
        needs: &[Need::Chromium, Need::Packages],
        limit: Duration::from_mins(15),
        run: |toolbox, deadline| {
            require_module("twilio")?;
            node_tests(toolbox, deadline, "twilio")
        },
    },
    Step {
        name: "twilio-rest",
        about: "Twilio's client libraries for Node and Python, reading from a collector, from tests/twilio-rest",
        takes: "2 minutes",
        needs: &[Need::Packages],
        limit: Duration::from_mins(15),
        run: |toolbox, deadline| {
            let files = node_test_files("twilio-rest")?;
            let node = toolbox.job("node", deadline)?;
            let node = node.args(["--test", "--test-reporter=spec"]).args(&files);
            tests(Runner::Node, node)
        },
    },
];

pub(crate) fn check(job: Job) -> Result<Verdict> {
    let finished = job.run(Echo::Live)?;
    Ok(if finished.succeeded() {
        Verdict::success()
    } else {
        Verdict::failure(finished.describe())
    })
}

fn tests(runner: Runner, job: Job) -> Result<Verdict> {
    let (tally, remark) = judge(runner, &job.run(Echo::Live)?);
    Ok(Verdict { tally, remark })
}

fn end_to_end(toolbox: &Toolbox, deadline: Instant) -> Result<Verdict> {
    ensure!(
        place::dist().join("index.html").is_file(),
        "the app is not built: run `cargo xtask test --only app,e2e`"
    );
    require_module("e2e")?;
    node_tests(toolbox, deadline, "e2e")
}

fn require_module(step: &str) -> Result<()> {
    ensure!(
        place::root().join("npm/dist/callscope.js").is_file(),
        "the module is not built: run `cargo xtask test --only module,{step}`"
    );
    Ok(())
}

/// Runs the tests of a folder of `tests/` under node's own test runner.
fn node_tests(toolbox: &Toolbox, deadline: Instant, folder: &str) -> Result<Verdict> {
    let files = node_test_files(folder)?;
    ensure!(
        !files.is_empty(),
        "no test ran: there is no tests/{folder}/*.test.mjs"
    );
    // Not all of them need it.
    let firefox = toolbox.firefox().map(|firefox| firefox.program.clone());
    let firefox = firefox.unwrap_or_default();
    tests(
        Runner::Node,
        toolbox
            .job("node", deadline)?
            // A call of one file would be short of the processor that another's takes.
            .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
            .args(&files)
            .env("BASE_DIST", place::dist())
            .env("CHROMIUM", &toolbox.chromium()?.program)
            .env("FIREFOX", firefox),
    )
}

fn node_test_files(folder: &str) -> Result<Vec<PathBuf>> {
    let folder = place::root().join("tests").join(folder);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries =
        fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.to_str()
                .is_some_and(|path| path.ends_with(".test.mjs"))
        })
        .collect();
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_need_no_quoting() {
        for (index, step) in STEPS.iter().enumerate() {
            assert!(
                step.name.chars().all(|letter| letter.is_ascii_lowercase()
                    || letter.is_ascii_digit()
                    || letter == '-'),
                "{}",
                step.name
            );
            assert!(
                STEPS
                    .iter()
                    .skip(index + 1)
                    .all(|other| other.name != step.name),
                "{} twice",
                step.name
            );
        }
    }
}
