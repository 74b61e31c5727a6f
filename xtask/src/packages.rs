//! Node packages: what the package-lock.json files of the workspace name.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::child::{Echo, Job};
use crate::place;
use crate::tool::require_node;

/// Not walked into: other people's packages, what is built, and the benchmarks, whose packages no test needs.
const PASSED_OVER: [&str; 5] = ["node_modules", "target", "dist", "benches", ".git"];

/// The copy of the lock file by which an installation is known to be current.
const INSTALLED_LOCK: &str = "node_modules/.installed-package-lock.json";

/// Runs `npm ci` in every folder with a package-lock.json that is not installed as it stands.
pub(crate) fn provide() -> Result<()> {
    require_node()?;
    let mut folders = Vec::new();
    collect(place::root(), &mut folders)?;
    folders.sort();
    for folder in folders {
        let name = folder
            .strip_prefix(place::root())
            .unwrap_or(&folder)
            .display()
            .to_string();
        let lock = fs::read(folder.join("package-lock.json"))
            .with_context(|| format!("cannot read {name}/package-lock.json"))?;
        let stamp = folder.join(INSTALLED_LOCK);
        if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
            println!("  node packages of {name}: installed");
            continue;
        }
        println!(
            "  node packages of {name}: installing what its package-lock.json names (seconds) …"
        );
        let finished = Job::new("npm", Instant::now() + Duration::from_mins(15))
            .args(["ci", "--no-audit", "--no-fund"])
            // The tests get this machine's Chromium; the packages need not bring one.
            .env("PUPPETEER_SKIP_DOWNLOAD", "1")
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .dir(&folder)
            .run(Echo::Live)?;
        ensure!(
            finished.succeeded(),
            "`npm ci` in {name} failed ({}): run it there by hand to see why",
            finished.describe()
        );
        fs::create_dir_all(folder.join("node_modules"))
            .and_then(|()| fs::write(&stamp, lock))
            .with_context(|| format!("cannot write {}", stamp.display()))?;
    }
    Ok(())
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    if folder.join("package-lock.json").is_file() {
        found.push(folder.to_owned());
    }
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?
    {
        let entry = entry.context("cannot list a folder")?;
        let passed_over = entry
            .file_name()
            .to_str()
            .is_none_or(|name| PASSED_OVER.contains(&name));
        if !passed_over && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            collect(&entry.path(), found)?;
        }
    }
    Ok(())
}
