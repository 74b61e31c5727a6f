//! Counting tests by what each runner says of itself.

use std::fmt;
use std::iter::Sum;

use crate::child::Finished;

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

/// Whose summary to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runner {
    /// `cargo test`, and wasm-bindgen's runner, which speaks the same: `test result: ok. 3 passed; 0 failed; …`, one line a binary.
    Libtest,
    /// `node --test`: `ℹ pass 3`, `ℹ fail 0`, `ℹ cancelled 0` (`#` instead of `ℹ` in its TAP form).
    Node,
}

impl Runner {
    /// The sum over all summaries in `output`.
    pub(crate) fn count(self, output: &str) -> Tally {
        output.lines().filter_map(|line| self.summary(line)).sum()
    }

    fn summary(self, line: &str) -> Option<Tally> {
        match self {
            Self::Libtest => {
                let counts = line.trim().strip_prefix("test result: ")?;
                Some(Tally {
                    passed: number_before(counts, " passed")?,
                    failed: number_before(counts, " failed")?,
                })
            }
            Self::Node => {
                let (word, number) = line
                    .trim_end()
                    .strip_prefix("ℹ ")
                    .or(line.trim_end().strip_prefix("# "))?
                    .split_once(' ')?;
                let number = number.parse().ok()?;
                match word {
                    "pass" => Some(Tally {
                        passed: number,
                        failed: 0,
                    }),
                    // Cancelled is what happens to tests whose file or parent died.
                    "fail" | "cancelled" => Some(Tally {
                        passed: 0,
                        failed: number,
                    }),
                    _ => None,
                }
            }
        }
    }
}

/// The verdict on a runner's end: its own counts, and one more failure where they do not tell the whole story. With a remark on that.
pub(crate) fn judge(runner: Runner, finished: &Finished) -> (Tally, Option<String>) {
    let mut tally = runner.count(&finished.output);
    let remark = if finished.status.is_none() {
        tally.failed += 1;
        Some("killed at its time limit".to_owned())
    } else if !finished.succeeded() && tally.failed == 0 {
        tally.failed = 1;
        Some(format!(
            "no test failed, but the runner did ({}): see its output",
            finished.describe()
        ))
    } else if tally == Tally::default() {
        tally.failed = 1;
        Some("no test ran".to_owned())
    } else {
        None
    };
    (tally, remark)
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |sum, one| Self {
            passed: sum.passed + one.passed,
            failed: sum.failed + one.failed,
        })
    }
}

fn number_before(text: &str, marker: &str) -> Option<u64> {
    text.split(marker).next()?.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::*;

    const CARGO_TEST: &str = "\
     Running unittests src/main.rs (target/debug/deps/xtask-0f3f0ff5c7bd1f4e)

running 3 tests
test text::tests::thousands_are_grouped ... ok
test text::tests::colours_are_taken_off ... FAILED
test text::tests::other ... ok

failures:

---- text::tests::colours_are_taken_off stdout ----
thread 'text::tests::colours_are_taken_off' panicked at src/text.rs:60:9: 7 tests, 7 passed

test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

   Doc-tests callscope_core

running 12 tests
test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s
";

    #[test]
    fn cargo_test_is_summed_over_its_binaries() {
        assert_eq!(
            Runner::Libtest.count(CARGO_TEST),
            Tally {
                passed: 14,
                failed: 1
            }
        );
    }

    #[test]
    fn wasm_bindgens_runner_speaks_as_cargo_test_does() {
        let passing = include_str!("../samples/wasm-pack-pass.txt");
        assert_eq!(
            Runner::Libtest.count(passing),
            Tally {
                passed: 2,
                failed: 0
            }
        );
        let failing = include_str!("../samples/wasm-pack-fail.txt");
        assert_eq!(
            Runner::Libtest.count(failing),
            Tally {
                passed: 2,
                failed: 1
            }
        );
    }

    #[test]
    fn nodes_runner_is_read_in_both_its_forms() {
        let spec = include_str!("../samples/node-spec.txt");
        assert_eq!(
            Runner::Node.count(spec),
            Tally {
                passed: 2,
                failed: 1
            }
        );
        let tap = include_str!("../samples/node-tap.txt");
        assert_eq!(
            Runner::Node.count(tap),
            Tally {
                passed: 2,
                failed: 1
            }
        );
    }

    #[test]
    fn nodes_cancelled_tests_have_failed() {
        assert_eq!(
            Runner::Node.count("ℹ tests 3\nℹ pass 1\nℹ fail 0\nℹ cancelled 2\nℹ skipped 0\n"),
            Tally {
                passed: 1,
                failed: 2
            }
        );
    }

    fn finished(code: Option<i32>, output: &str) -> Finished {
        // A wait status carries the exit code in its second byte.
        Finished {
            status: code.map(|code| ExitStatus::from_raw(code << 8)),
            output: output.to_owned(),
        }
    }

    #[test]
    fn a_green_run_is_taken_as_it_is() {
        let (tally, remark) = judge(
            Runner::Libtest,
            &finished(Some(0), "test result: ok. 4 passed; 0 failed; 0 ignored"),
        );
        assert_eq!(
            (tally, remark),
            (
                Tally {
                    passed: 4,
                    failed: 0
                },
                None
            )
        );
    }

    #[test]
    fn no_test_at_all_is_a_failure() {
        let (tally, remark) = judge(
            Runner::Libtest,
            &finished(Some(0), "test result: ok. 0 passed; 0 failed; 0 ignored"),
        );
        assert_eq!(
            tally,
            Tally {
                passed: 0,
                failed: 1
            }
        );
        assert_eq!(remark.as_deref(), Some("no test ran"));
    }

    #[test]
    fn a_runner_that_fails_with_green_tests_has_failed() {
        let (tally, remark) = judge(
            Runner::Libtest,
            &finished(Some(101), "test result: ok. 4 passed; 0 failed; 0 ignored"),
        );
        assert_eq!(
            tally,
            Tally {
                passed: 4,
                failed: 1
            }
        );
        assert!(remark.is_some());
    }

    #[test]
    fn a_killed_runner_adds_a_failure_to_what_it_had_said() {
        let (tally, _) = judge(Runner::Libtest, &finished(None, CARGO_TEST));
        assert_eq!(
            tally,
            Tally {
                passed: 14,
                failed: 2
            }
        );
    }
}
