//! The project's commands: see `cargo xtask help`.

mod args;
mod browser;
mod child;
mod chromium;
mod compress;
mod engine;
mod example;
mod firefox;
mod first_load;
mod imports;
mod module;
mod naming;
mod packages;
mod pages;
mod peers;
mod place;
mod serve;
mod shrink;
mod size;
mod step;
mod suite;
mod tally;
mod text;
mod tool;
mod toolbox;
mod wasm;

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};

use args::Task;
use child::Echo;
use toolbox::{Need, Toolbox, trunk};

/// A command could not do its work, which is something else than work with a bad result (1).
const COULD_NOT: u8 = 2;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(COULD_NOT)
        }
    }
}

/// Returns whether the result is good.
fn run() -> Result<bool> {
    let task = args::parse(std::env::args_os().skip(1))
        .map_err(|error| anyhow!("{error}\n`cargo xtask help` tells what there is"))?;
    child::end_children_on_interrupt()?;
    match task {
        Task::Run(options) => serve::run(options).map(|()| true),
        Task::Test(only) => suite::run(&only),
        Task::Module => {
            let toolbox = Toolbox::prepare(Need::MODULE)?;
            module::build(&toolbox, Instant::now() + Duration::from_mins(20))?;
            size::report(Some(size::MODULE))
        }
        Task::Example(name) => example::run(&name).map(|()| true),
        Task::Size { build } => size_of_all(build),
        Task::Shrink => shrink_app().map(|()| true),
        Task::List => {
            suite::list();
            Ok(true)
        }
        Task::Help => {
            println!("{}", args::HELP);
            Ok(true)
        }
    }
}

/// Trunk calls this when it has built the app, before that is moved to its place.
fn shrink_app() -> Result<()> {
    let folder = std::env::var_os("TRUNK_STAGING_DIR").context(
        "`cargo xtask shrink` is for Trunk, which says where the app is (see Trunk.toml)",
    )?;
    // Who is at work on the app wants it soon, and names to read.
    if std::env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "debug") {
        return Ok(());
    }
    let folder = Path::new(&folder);
    shrink::folder(folder)?;
    naming::parts(folder)?;
    // The app measures its demo call as applications measure theirs.
    module::copy_to(&folder.join("module"))?;
    compress::beside(&shrink::files(folder)?)
}

fn size_of_all(build: bool) -> Result<bool> {
    if build {
        let toolbox = Toolbox::prepare(&[Need::APP, Need::MODULE].concat())?;
        let deadline = Instant::now() + Duration::from_mins(30);
        println!("\n== module: what applications embed (1 minute)");
        module::build(&toolbox, deadline)?;
        println!("\n== app: Trunk builds it for release (4 minutes on 2 cores from nothing)");
        let finished = trunk(&toolbox, deadline, &["build", "--release"])?.run(Echo::Live)?;
        ensure!(
            finished.succeeded(),
            "the app was not built ({}): see Trunk's output above",
            finished.describe()
        );
    }
    size::report(None)
}
