//! ClickHouse's engine, which the tests of that store ask: a Python package in an environment of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::browser;
use crate::child::{Echo, Job, output_of};
use crate::place;

/// What the environment has, by which it is known to be current.
const REQUIREMENTS: &str = "tests/clickhouse/requirements.txt";

/// What it takes to find the engine missing or broken before the tests do.
const ASK: &str = "import chdb; print(chdb.engine_version)";

/// The interpreter of the environment, which is made if it is not there or not as the requirements say.
pub(crate) fn provide() -> Result<PathBuf> {
    let folder = place::target()?.join("python-clickhouse");
    let python = folder.join("bin/python");
    let stamp = folder.join("requirements.txt");
    let wanted = fs::read_to_string(place::root().join(REQUIREMENTS))
        .with_context(|| format!("cannot read {REQUIREMENTS}"))?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted)
        && let Ok(version) = version(&python)
    {
        println!("  ClickHouse's engine {}: installed", version.trim());
        return Ok(python);
    }
    println!("  ClickHouse's engine: installing what {REQUIREMENTS} names (a minute; 150 MB) …");
    make_environment(&folder)?;
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
        REQUIREMENTS,
    ];
    if !run(&python, &pip)? {
        bail!(
            "pip cannot install what {REQUIREMENTS} names: is there a network, or a mirror in pip's configuration?"
        );
    }
    let version = version(&python).context("the engine was installed and does not start")?;
    println!("  ClickHouse's engine {}: installed", version.trim());
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(python)
}

fn version(python: &Path) -> Result<String> {
    output_of(&python.to_string_lossy(), ["-c", ASK])
}

fn make_environment(folder: &Path) -> Result<()> {
    if place::on_path("python3").is_none() {
        bail!(
            "there is no python3 on PATH: install Python 3.9 or later (Debian and Ubuntu: `sudo apt-get install python3 python3-venv`)"
        );
    }
    let made = || {
        // What is half there stands in the way.
        if folder.exists() {
            fs::remove_dir_all(folder)
                .with_context(|| format!("cannot delete {}", folder.display()))?;
        }
        run(
            Path::new("python3"),
            &["-m", "venv", &folder.to_string_lossy()],
        )
    };
    if made()? {
        return Ok(());
    }
    // Debian has the module that makes environments in a package of its own.
    browser::install(
        &["python3-venv"],
        "`python3 -m venv` fails: install it (Debian and Ubuntu: `sudo apt-get install python3-venv`)",
    )?;
    if made()? {
        return Ok(());
    }
    bail!(
        "`python3 -m venv {}` fails: run it by hand to see why",
        folder.display()
    )
}

fn run(program: &Path, arguments: &[&str]) -> Result<bool> {
    let job = Job::new(program, Instant::now() + Duration::from_mins(15))
        .args(arguments)
        .dir(place::root());
    Ok(job.run(Echo::Live)?.succeeded())
}
