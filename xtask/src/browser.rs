//! What all browsers of the tests have in common: where they are found, and how they are installed.

use std::env;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::child::{Echo, Job, output_of};
use crate::place;

pub(crate) fn first_file(paths: &[&str]) -> Option<PathBuf> {
    paths.iter().map(PathBuf::from).find(|path| path.is_file())
}

/// The program that an environment variable names; a name of nothing is a mistake to tell, not to pass over.
pub(crate) fn named_by(variable: &str) -> Result<Option<PathBuf>> {
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

/// Installs Debian's packages where that can be done without asking anybody.
///
/// # Errors
/// When it cannot, with `by_hand` for advice.
pub(crate) fn install(packages: &[&str], by_hand: &str) -> Result<()> {
    if !may_install() {
        bail!("{} is missing: {by_hand}", packages.join(" or "));
    }
    println!(
        "  {0}: tests run in it. Installing Debian's {0} (about 2 minutes) …",
        packages.join(" and ")
    );
    let install = ["install", "-y", "--no-install-recommends"];
    for args in [vec!["update"], [&install[..], packages].concat()] {
        let finished = Job::new("apt-get", Instant::now() + Duration::from_mins(15))
            .args(&args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .run(Echo::Live)?;
        ensure!(
            finished.succeeded(),
            "`apt-get {}` failed ({}): {by_hand}",
            args.join(" "),
            finished.describe()
        );
    }
    Ok(())
}

pub(crate) fn major_version(program: &std::path::Path) -> Result<u32> {
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
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
pub(crate) fn is_root() -> bool {
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
}
