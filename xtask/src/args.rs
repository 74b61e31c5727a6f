//! The command line.

use std::ffi::OsString;

use anyhow::{Result, bail, ensure};
use lexopt::prelude::{Long, Short, Value, ValueExt};

use crate::{example, serve};

/// What `cargo xtask help` prints.
pub(crate) const HELP: &str = "\
The commands of callscope. Each installs what it needs first; that is told, and happens once.

cargo xtask run [--port 8080] [--no-open] [--demo]
    Builds the module, the app and the collector for release, and starts it all on http://localhost:8080. What the collector is
    sent stays in callscope.db, in cargo's target folder. With --demo it is callscope-demo.db, made anew, with two weeks of calls made up.

cargo xtask test [--only STEP[,STEP]] [--list]
    Checks and tests everything, and ends with `N passed, N failed`.
    --only runs some of the steps, --list names them.

cargo xtask module
    Builds the package that applications embed into npm/dist, and measures it.

cargo xtask example NAME
    Builds the module and starts an example with it: plain or twilio-vite (see their README.md).

cargo xtask size [--no-build]
    Builds the app and the module, measures what a browser has to load, and compares it with size-budget.json.

cargo xtask ci
    What continuous integration does: all of `cargo xtask test`.

cargo xtask shrink
    What Trunk runs after it built the app: makes its JavaScript and WebAssembly smaller.

cargo xtask help
    This.

Tools go into ~/.cache/callscope (or $XDG_CACHE_HOME/callscope, or $CALLSCOPE_CACHE).
CHROMIUM with CHROMEDRIVER, and FIREFOX, choose the browsers of the tests.";

/// One command with its options.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Run(serve::Options),
    /// With the steps that were chosen; none means all.
    Test(Vec<String>),
    List,
    Module,
    Example(String),
    Size {
        build: bool,
    },
    Shrink,
    Help,
}

/// Reads the arguments after the program's name.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Task> {
    let mut parser = lexopt::Parser::from_args(args);
    let mut task = match parser.next()? {
        None | Some(Long("help") | Short('h')) => return Ok(Task::Help),
        Some(Value(name)) => command(&name.string()?)?,
        Some(other) => return Err(other.unexpected().into()),
    };
    while let Some(arg) = parser.next()? {
        match (&mut task, arg) {
            (_, Long("help") | Short('h')) => return Ok(Task::Help),
            (Task::Run(options), Long("port")) => options.port = parser.value()?.parse()?,
            (Task::Run(options), Long("no-open")) => options.open = false,
            (Task::Run(options), Long("demo")) => options.demo = true,
            (Task::Test(only), Long("only")) => {
                only.extend(
                    parser
                        .value()?
                        .string()?
                        .split(',')
                        .filter(|name| !name.is_empty())
                        .map(str::to_owned),
                );
                ensure!(
                    !only.is_empty(),
                    "--only needs the name of a step (`cargo xtask test --list` names them)"
                );
            }
            (Task::Test(_), Long("list")) => return Ok(Task::List),
            (Task::Size { build }, Long("no-build")) => *build = false,
            (Task::Example(name), Value(value)) if name.is_empty() => *name = value.string()?,
            (_, other) => return Err(other.unexpected().into()),
        }
    }
    if let Task::Example(name) = &task {
        let known = example::NAMES.contains(&name.as_str());
        ensure!(known, "an example is one of: {}", example::NAMES.join(", "));
    }
    Ok(task)
}

fn command(name: &str) -> Result<Task> {
    Ok(match name {
        "run" => Task::Run(serve::Options {
            port: 8080,
            open: true,
            demo: false,
        }),
        "test" | "ci" => Task::Test(Vec::new()),
        "module" => Task::Module,
        "example" => Task::Example(String::new()),
        "size" => Task::Size { build: true },
        "shrink" => Task::Shrink,
        "help" => Task::Help,
        unknown => {
            bail!(
                "there is no command `{unknown}`; the commands are run, test, module, example, size, ci, shrink and help"
            )
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Task> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn commands_have_their_defaults() {
        assert_eq!(
            parsed("run").unwrap(),
            Task::Run(serve::Options {
                port: 8080,
                open: true,
                demo: false
            })
        );
        assert_eq!(parsed("ci").unwrap(), parsed("test").unwrap());
        assert_eq!(parsed("size").unwrap(), Task::Size { build: true });
        assert_eq!(parsed("module").unwrap(), Task::Module);
        assert_eq!(parsed("").unwrap(), Task::Help);
    }

    #[test]
    fn options_are_read() {
        assert_eq!(
            parsed("run --port=9000 --no-open").unwrap(),
            Task::Run(serve::Options {
                port: 9000,
                open: false,
                demo: false
            })
        );
        assert_eq!(
            parsed("test --only fmt,doc --only size").unwrap(),
            Task::Test(vec!["fmt".into(), "doc".into(), "size".into()])
        );
        assert_eq!(parsed("test --list").unwrap(), Task::List);
        assert_eq!(parsed("run --help").unwrap(), Task::Help);
        assert_eq!(
            parsed("example plain").unwrap(),
            Task::Example("plain".into())
        );
    }

    #[test]
    fn what_is_unknown_is_named() {
        for (line, named) in [
            ("rum", "`rum`"),
            ("run --prot 1", "--prot"),
            ("test fmt", "fmt"),
            ("run --port many", "many"),
            ("test --only ,", "--only"),
            ("example", "plain, twilio-vite"),
            ("example simple", "plain, twilio-vite"),
        ] {
            let error = parsed(line).unwrap_err().to_string();
            assert!(error.contains(named), "`{line}`: {error}");
        }
    }
}
