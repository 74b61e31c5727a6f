//! A Firefox: what the tests of the adapters run in as well.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::json;

use crate::browser::{self, first_file, major_version, named_by};
use crate::place;

const BROWSERS: [&str; 2] = ["firefox", "firefox-esr"];

/// Where systems keep browsers that are not on `PATH`.
const ELSEWHERE: [&str; 2] = [
    "/Applications/Firefox.app/Contents/MacOS/firefox",
    "/usr/lib/firefox-esr/firefox-esr",
];

const BY_HAND: &str = "install Firefox (Debian: `sudo apt-get install firefox-esr`), or set FIREFOX to the path of yours";

/// The browser, ready to run.
#[derive(Clone, Debug)]
pub(crate) struct Firefox {
    pub(crate) program: PathBuf,
    /// What wasm-bindgen's test runner is to tell the driver.
    pub(crate) capabilities: PathBuf,
}

impl Firefox {
    /// Finds it, or installs it where that can be done without asking anybody.
    pub(crate) fn provide() -> Result<Self> {
        if find()?.is_none() {
            browser::install(&["firefox-esr"], BY_HAND)?;
        }
        let program =
            find()?.with_context(|| format!("still missing after the installation: {BY_HAND}"))?;
        println!(
            "  Firefox {}: {}",
            major_version(&program)?,
            program.display()
        );
        let capabilities = place::cache()?.join("firefox.json");
        fs::create_dir_all(place::cache()?).context("cannot make the cache folder")?;
        fs::write(&capabilities, capabilities_of(&program).to_string())
            .with_context(|| format!("cannot write {}", capabilities.display()))?;
        Ok(Self {
            program,
            capabilities,
        })
    }
}

/// A camera and a microphone without asking.
fn capabilities_of(program: &Path) -> serde_json::Value {
    json!({
        "moz:firefoxOptions": {
            "binary": program,
            "args": ["-headless"],
            "prefs": { "media.navigator.streams.fake": true, "media.navigator.permission.disabled": true },
        }
    })
}

fn find() -> Result<Option<PathBuf>> {
    Ok(named_by("FIREFOX")?
        .or_else(|| BROWSERS.into_iter().find_map(place::on_path))
        .or_else(|| first_file(&ELSEWHERE)))
}
