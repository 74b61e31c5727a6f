//! A Chromium and its driver: what the tests in a browser run in.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::browser::{self, first_file, is_root, major_version, named_by};
use crate::place;

const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Where systems keep browsers and drivers that are not on `PATH`.
const ELSEWHERE: [&str; 4] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/usr/lib/chromium/chromium",
    "/usr/lib/chromium-browser/chromium-browser",
];
const DRIVERS_ELSEWHERE: [&str; 3] = [
    "/usr/lib/chromium/chromedriver",
    "/usr/lib/chromium-browser/chromedriver",
    "/opt/homebrew/bin/chromedriver",
];

const BY_HAND: &str = "install Chromium and the ChromeDriver of the same version (Debian and Ubuntu: `sudo apt-get install chromium chromium-driver`), \
     or set CHROMIUM and CHROMEDRIVER to the paths of yours";

/// The pair, ready to run.
#[derive(Clone, Debug)]
pub(crate) struct Chromium {
    pub(crate) program: PathBuf,
    pub(crate) driver: PathBuf,
    /// What wasm-bindgen's test runner is to tell the driver.
    pub(crate) capabilities: PathBuf,
}

impl Chromium {
    /// Finds the pair, or installs it where that can be done without asking anybody.
    pub(crate) fn provide() -> Result<Self> {
        if find_chromium()?.is_none() || find_driver()?.is_none() {
            browser::install(&["chromium", "chromium-driver"], BY_HAND)?;
        }
        let missing = || format!("still missing after the installation: {BY_HAND}");
        let (chromium, driver) = (
            find_chromium()?.with_context(missing)?,
            find_driver()?.with_context(missing)?,
        );
        let (browsers, drivers) = (major_version(&chromium)?, major_version(&driver)?);
        ensure!(
            browsers == drivers,
            "{} has version {browsers} but {} has {drivers}: {BY_HAND}",
            chromium.display(),
            driver.display(),
        );
        println!(
            "  Chromium {browsers}: {} with {}",
            chromium.display(),
            driver.display()
        );
        let capabilities = place::cache()?.join("chromium.json");
        fs::create_dir_all(place::cache()?).context("cannot make the cache folder")?;
        fs::write(
            &capabilities,
            capabilities_of(&chromium, is_root()).to_string(),
        )
        .with_context(|| format!("cannot write {}", capabilities.display()))?;
        Ok(Self {
            program: chromium,
            driver,
            capabilities,
        })
    }
}

/// A camera and a microphone without asking, calls within the page, no traffic of the browser's own.
fn capabilities_of(chromium: &Path, root: bool) -> serde_json::Value {
    let mut args = vec![
        "--headless",
        "--disable-gpu",
        "--disable-background-networking",
        "--no-first-run",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        "--allow-loopback-in-peer-connection",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
        "--autoplay-policy=no-user-gesture-required",
    ];
    // Chromium refuses to start as root with its sandbox; everybody else keeps it.
    if root {
        args.push("--no-sandbox");
    }
    json!({ "goog:chromeOptions": { "binary": chromium, "args": args } })
}

fn find_chromium() -> Result<Option<PathBuf>> {
    Ok(named_by("CHROMIUM")?
        .or_else(|| BROWSERS.into_iter().find_map(place::on_path))
        .or_else(|| first_file(&ELSEWHERE)))
}

fn find_driver() -> Result<Option<PathBuf>> {
    Ok(named_by("CHROMEDRIVER")?
        .or_else(|| place::on_path("chromedriver"))
        .or_else(|| first_file(&DRIVERS_ELSEWHERE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_root_gives_up_the_sandbox() {
        let path = Path::new("/usr/bin/chromium");
        assert!(
            capabilities_of(path, true)
                .to_string()
                .contains("--no-sandbox")
        );
        assert!(
            !capabilities_of(path, false)
                .to_string()
                .contains("--no-sandbox")
        );
    }
}
