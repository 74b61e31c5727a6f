//! The tools that cargo does not bring, each in one exact version: found on `PATH`, or installed once into the cache.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::child::{Echo, Job, output_of};
use crate::place;

/// npm's package of Binaryen, whose `wasm-opt` Trunk runs. Trunk.toml names the same version.
const BINARYEN: &str = "132.0.0";

/// npm's package of esbuild, which minifies JavaScript.
const ESBUILD: &str = "0.28.2";

/// npm's package of terser, which makes smaller what esbuild has minified.
const TERSER: &str = "5.51.2";

/// The oldest Node.js that Binaryen and the end-to-end tests run on.
const OLDEST_NODE: u32 = 18;

/// Compiling Trunk takes 10 minutes on two cores; slower machines exist.
const LONGEST_INSTALL: Duration = Duration::from_mins(40);

/// A program out of a crate.
#[derive(Debug)]
pub(crate) struct CargoTool {
    crate_name: &'static str,
    program: &'static str,
    version: String,
    /// Whether the lock file it was published with still resolves.
    locked: bool,
    why: &'static str,
    takes: &'static str,
}

impl CargoTool {
    pub(crate) fn trunk() -> Self {
        Self {
            crate_name: "trunk",
            program: "trunk",
            version: "0.21.14".to_owned(),
            locked: true,
            why: "it builds and serves the app",
            takes: "10 minutes on 2 cores",
        }
    }

    pub(crate) fn wasm_pack() -> Self {
        Self {
            crate_name: "wasm-pack",
            program: "wasm-pack",
            version: "0.15.1".to_owned(),
            locked: false,
            why: "it runs the tests that need a browser",
            takes: "2 minutes on 2 cores",
        }
    }

    pub(crate) fn geckodriver() -> Self {
        Self {
            crate_name: "geckodriver",
            program: "geckodriver",
            version: "0.37.1".to_owned(),
            locked: true,
            why: "it drives Firefox in the tests",
            takes: "3 minutes on 2 cores",
        }
    }

    /// In the version of the library in Cargo.lock: the two refuse to work together otherwise.
    pub(crate) fn wasm_bindgen() -> Result<Self> {
        let lock = fs::read_to_string(place::root().join("Cargo.lock"))
            .context("cannot read Cargo.lock")?;
        Ok(Self {
            crate_name: "wasm-bindgen-cli",
            program: "wasm-bindgen",
            version: locked_version(&lock, "wasm-bindgen")
                .context("Cargo.lock names no wasm-bindgen")?,
            // Its own lock file names a version that was withdrawn.
            locked: false,
            why: "it writes the JavaScript around the app's WebAssembly and runs the tests in a browser",
            takes: "3 minutes on 2 cores",
        })
    }

    /// The folder to put on `PATH` for it; `None` when it is there already.
    pub(crate) fn provide(&self) -> Result<Option<PathBuf>> {
        let Self {
            crate_name,
            program,
            version,
            ..
        } = self;
        if place::on_path(program).is_some_and(|found| has_version(&found, version)) {
            println!("  {program} {version}: found on PATH");
            return Ok(None);
        }
        let home = place::cache()?
            .join("tools")
            .join(format!("{crate_name}-{version}"));
        let bin = home.join("bin");
        if has_version(&bin.join(program), version) {
            println!("  {program} {version}: found in {}", bin.display());
            return Ok(Some(bin));
        }
        println!(
            "  {program} {version}: {}. Compiling it once into {} (about {}) …",
            self.why,
            home.display(),
            self.takes
        );
        // Not in the workspace's target folder, and kept when interrupted, so that the next try goes on from there.
        let build = place::cache()?.join("build").join(crate_name);
        let mut args = vec!["install", crate_name, "--version", version, "--force"];
        if self.locked {
            args.push("--locked");
        }
        let finished = Job::new("cargo", Instant::now() + LONGEST_INSTALL)
            .args(args)
            .args(["--root".as_ref(), home.as_os_str()])
            .env("CARGO_TARGET_DIR", &build)
            // Flags meant for the project's own code.
            .without_env("RUSTFLAGS")
            .without_env("CARGO_BUILD_TARGET")
            .dir(place::root())
            .run(Echo::Live)?;
        let locked = if self.locked { " --locked" } else { "" };
        ensure!(
            finished.succeeded() && has_version(&bin.join(program), version),
            "{program} could not be installed ({}). By hand: `cargo install {crate_name} --version {version}{locked}`",
            finished.describe(),
        );
        // Only room on the disk: what fails to go away does no harm.
        fs::remove_dir_all(&build).ok();
        Ok(Some(bin))
    }
}

/// A program out of a package of npm.
#[derive(Debug)]
pub(crate) struct NpmTool {
    package: &'static str,
    version: &'static str,
    program: &'static str,
    /// The word of the output of `--version` that tells it is this one.
    marker: String,
    why: &'static str,
    takes: &'static str,
}

impl NpmTool {
    pub(crate) fn wasm_opt() -> Self {
        let major = BINARYEN.split('.').next().unwrap_or(BINARYEN);
        Self {
            package: "binaryen",
            version: BINARYEN,
            program: "wasm-opt",
            marker: format!("version_{major}"),
            why: "it makes the app's WebAssembly smaller",
            takes: "100 MB, seconds",
        }
    }

    pub(crate) fn esbuild() -> Self {
        Self {
            package: "esbuild",
            version: ESBUILD,
            program: "esbuild",
            marker: ESBUILD.to_owned(),
            why: "it makes the app's JavaScript smaller",
            takes: "10 MB, seconds",
        }
    }

    pub(crate) fn terser() -> Self {
        Self {
            package: "terser",
            version: TERSER,
            program: "terser",
            marker: TERSER.to_owned(),
            why: "it makes the module's JavaScript smaller still",
            takes: "5 MB, seconds",
        }
    }

    /// The folder to put on `PATH` for it; `None` when it is there already.
    pub(crate) fn provide(&self) -> Result<Option<PathBuf>> {
        let Self {
            package,
            version,
            program,
            marker,
            ..
        } = self;
        if place::on_path(program).is_some_and(|found| has_version(&found, marker)) {
            println!("  {program} {version}: found on PATH");
            return Ok(None);
        }
        require_node()?;
        let home = place::cache()?
            .join("tools")
            .join(format!("{package}-{version}"));
        let bin = home.join("node_modules").join(".bin");
        if has_version(&bin.join(program), marker) {
            println!("  {program} {version}: found in {}", bin.display());
            return Ok(Some(bin));
        }
        println!(
            "  {program} {version}: {}. Installing npm's {package} into {} ({}) …",
            self.why,
            home.display(),
            self.takes
        );
        fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
        let finished = Job::new("npm", Instant::now() + Duration::from_mins(10))
            .args([
                "install",
                "--no-save",
                "--no-audit",
                "--no-fund",
                "--prefix",
            ])
            .args([home.as_os_str(), format!("{package}@{version}").as_ref()])
            .dir(&home)
            .run(Echo::Live)?;
        ensure!(
            finished.succeeded() && has_version(&bin.join(program), marker),
            "{program} could not be installed ({}). By hand: `{program}` of {package} {version} on PATH",
            finished.describe(),
        );
        Ok(Some(bin))
    }
}

/// Node.js and npm must be there, in a version that is not too old.
pub(crate) fn require_node() -> Result<()> {
    let advice = format!(
        "install Node.js {OLDEST_NODE} or newer together with npm (nodejs.org, or your system's packages `nodejs` and `npm`)"
    );
    let Ok(version) = output_of("node", ["--version"]) else {
        bail!("Node.js is missing: {advice}");
    };
    let major = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    ensure!(
        major.is_some_and(|major| major >= OLDEST_NODE),
        "Node.js {} is too old: {advice}",
        version.trim()
    );
    ensure!(place::on_path("npm").is_some(), "npm is missing: {advice}");
    Ok(())
}

/// The target that the app is compiled for. rust-toolchain.toml names it, so rustup brings it; other installations have to have it.
pub(crate) fn provide_wasm_target() -> Result<()> {
    let target = "wasm32-unknown-unknown";
    let present = || {
        output_of("rustc", ["--print", "target-libdir", "--target", target])
            .is_ok_and(|folder| Path::new(folder.trim()).is_dir())
    };
    if !present() {
        println!("  {target}: the app is compiled for it. Adding it by rustup …");
        rustup(&["target", "add", target])?;
        ensure!(
            present(),
            "the target {target} is still missing: run `rustup target add {target}`"
        );
    }
    println!("  Rust's target {target}: found");
    Ok(())
}

/// clippy and rustfmt.
pub(crate) fn provide_checks() -> Result<()> {
    let present = || {
        output_of("cargo", ["clippy", "--version"]).is_ok()
            && output_of("cargo", ["fmt", "--version"]).is_ok()
    };
    if !present() {
        println!("  clippy, rustfmt: they check the code. Adding them by rustup …");
        rustup(&["component", "add", "clippy", "rustfmt"])?;
        ensure!(
            present(),
            "clippy or rustfmt is still missing: run `rustup component add clippy rustfmt`"
        );
    }
    println!("  clippy and rustfmt: found");
    Ok(())
}

fn rustup(args: &[&str]) -> Result<()> {
    let by_hand = format!(
        "run `rustup {}`, or install it with your system's packages of Rust",
        args.join(" ")
    );
    ensure!(
        place::on_path("rustup").is_some(),
        "rustup is missing: {by_hand}"
    );
    let finished = Job::new("rustup", Instant::now() + Duration::from_mins(15))
        .args(args)
        .dir(place::root())
        .run(Echo::Live)?;
    ensure!(
        finished.succeeded(),
        "rustup failed ({}): {by_hand}",
        finished.describe()
    );
    Ok(())
}

fn has_version(program: &Path, version: &str) -> bool {
    let Some(program) = program.is_file().then(|| program.to_str()).flatten() else {
        return false;
    };
    output_of(program, ["--version"]).is_ok_and(|output| names_version(&output, version))
}

fn names_version(output: &str, version: &str) -> bool {
    output
        .split(|end: char| end.is_whitespace() || "()".contains(end))
        .any(|word| word == version)
}

/// The version of a package in the text of a Cargo.lock.
fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.find_map(|line| line.strip_prefix("version = "))?;
    Some(version.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_files_version_is_that_of_the_very_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(
            locked_version(lock, "wasm-bindgen").as_deref(),
            Some("0.2.130")
        );
        assert_eq!(locked_version(lock, "leptos"), None);
    }

    #[test]
    fn a_version_is_a_whole_word() {
        assert!(names_version("trunk 0.21.14\n", "0.21.14"));
        assert!(!names_version("trunk 0.21.140\n", "0.21.14"));
        assert!(names_version(
            "wasm-opt version 132 (version_132)",
            "version_132"
        ));
    }

    #[test]
    fn trunk_looks_for_the_wasm_opt_that_is_installed() {
        let trunk = include_str!("../../Trunk.toml");
        let major = BINARYEN.split('.').next().unwrap_or_default();
        assert!(
            trunk.contains(&format!("wasm_opt = \"version_{major}\"")),
            "Trunk.toml and BINARYEN name different versions"
        );
    }
}
