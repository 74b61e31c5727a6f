//! A Chromium and its driver: what the tests in a browser run in.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;

use crate::child::{Echo, Job, output_of};
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
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
    /// What wasm-bindgen's test runner is to tell the driver.
    pub(crate) capabilities: PathBuf,
}

impl Browser {
    /// Finds the pair, or installs it where that can be done without asking anybody.
    pub(crate) fn provide() -> Result<Self> {
        let (chromium, driver) = match (find_chromium()?, find_driver()?) {
            (Some(chromium), Some(driver)) => (chromium, driver),
            _ if may_install() => {
                install()?;
                let missing = || format!("still missing after the installation: {BY_HAND}");
                (
                    find_chromium()?.with_context(missing)?,
                    find_driver()?.with_context(missing)?,
                )
            }
            (None, _) => bail!("no Chromium or Chrome was found: {BY_HAND}"),
            (_, None) => bail!("no ChromeDriver was found: {BY_HAND}"),
        };
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
        let capabilities = place::cache()?.join("webdriver.json");
        fs::create_dir_all(place::cache()?).context("cannot make the cache folder")?;
        fs::write(
            &capabilities,
            capabilities_of(&chromium, is_root()).to_string(),
        )
        .with_context(|| format!("cannot write {}", capabilities.display()))?;
        Ok(Self {
            chromium,
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

fn first_file(paths: &[&str]) -> Option<PathBuf> {
    paths.iter().map(PathBuf::from).find(|path| path.is_file())
}

/// The program that an environment variable names; a name of nothing is a mistake to tell, not to pass over.
fn named_by(variable: &str) -> Result<Option<PathBuf>> {
    let Some(path) = env::var_os(variable)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
    else {
        return Ok(None);
    };
    ensure!(
        path.is_file(),
        "{variable} is set to {}, which is no file: correct or unset it",
        path.display()
    );
    Ok(Some(path))
}

fn may_install() -> bool {
    is_root() && place::on_path("apt-get").is_some()
}

fn install() -> Result<()> {
    println!(
        "  Chromium: tests run in it. Installing Debian's chromium and chromium-driver (about 2 minutes) …"
    );
    for args in [
        &["update"][..],
        &[
            "install",
            "-y",
            "--no-install-recommends",
            "chromium",
            "chromium-driver",
        ],
    ] {
        let finished = Job::new("apt-get", Instant::now() + Duration::from_mins(15))
            .args(args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .run(Echo::Live)?;
        ensure!(
            finished.succeeded(),
            "`apt-get {}` failed ({}): {BY_HAND}",
            args.join(" "),
            finished.describe()
        );
    }
    Ok(())
}

fn major_version(program: &Path) -> Result<u32> {
    let name = program
        .to_str()
        .with_context(|| format!("{} has a name that cannot be passed on", program.display()))?;
    let output = output_of(name, ["--version"])?;
    version_in(&output)
        .with_context(|| format!("cannot read the version of {name} from: {}", output.trim()))
}

/// The first number of the first word that looks like `156.0.8078.79`.
fn version_in(output: &str) -> Option<u32> {
    output.split_whitespace().find_map(|word| {
        let mut parts = word.split('.');
        let major = parts.next()?.parse().ok()?;
        (parts.count() >= 2).then_some(major)
    })
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_past_what_wrappers_print() {
        let chromium = "/usr/bin/chromium: 9: [: 25276510208: unexpected operator\nChromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)\n";
        assert_eq!(version_in(chromium), Some(156));
        assert_eq!(
            version_in("ChromeDriver 156.0.8078.79 (a21ce95c24ce-refs/branch-heads/8078@{#1704})"),
            Some(156)
        );
        assert_eq!(version_in("Google Chrome 141.0.7390.54 "), Some(141));
        assert_eq!(version_in("nothing here"), None);
    }

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
