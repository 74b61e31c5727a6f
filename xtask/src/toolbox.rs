//! The set-up of a command: everything it needs, found or installed, before it begins.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::child::Job;
use crate::chromium::Chromium;
use crate::firefox::Firefox;
use crate::place;
use crate::tool::{self, CargoTool, NpmTool};
use crate::{engine, packages, text};

/// Something that has to be on the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// The WebAssembly target.
    Wasm,
    /// clippy and rustfmt.
    Checks,
    Trunk,
    WasmBindgen,
    WasmOpt,
    Esbuild,
    Terser,
    WasmPack,
    /// Chromium and ChromeDriver.
    Chromium,
    /// Firefox.
    Firefox,
    /// Its driver.
    Geckodriver,
    /// Node.js and what the package-lock.json files name.
    Packages,
    /// ClickHouse's engine, a Python package.
    Engine,
}

impl Need {
    /// In the order of how soon a failure shows.
    const ALL: [Self; 13] = [
        Self::Wasm,
        Self::Checks,
        Self::WasmOpt,
        Self::Esbuild,
        Self::Terser,
        Self::Chromium,
        Self::Firefox,
        Self::Packages,
        Self::Engine,
        Self::WasmBindgen,
        Self::WasmPack,
        Self::Geckodriver,
        Self::Trunk,
    ];

    /// What Trunk needs to build the app.
    pub(crate) const APP: &[Self] = &[
        Self::Wasm,
        Self::Trunk,
        Self::WasmBindgen,
        Self::WasmOpt,
        Self::Esbuild,
    ];

    /// What the module for applications is built with.
    pub(crate) const MODULE: &[Self] = &[
        Self::Wasm,
        Self::WasmOpt,
        Self::Esbuild,
        Self::Terser,
        Self::Packages,
    ];
}

/// What was found or installed, and what was not to be had.
#[derive(Debug, Default)]
pub(crate) struct Toolbox {
    /// Folders that go before `PATH` for all children.
    folders: Vec<PathBuf>,
    chromium: Option<Chromium>,
    firefox: Option<Firefox>,
    engine: Option<PathBuf>,
    missing: Vec<(Need, String)>,
}

impl Toolbox {
    /// Looks for all of `needs` and installs what can be; what cannot be is told and remembered, and the rest goes on.
    pub(crate) fn prepare(needs: &[Need]) -> Result<Self> {
        let begun = Instant::now();
        println!(
            "\n== set-up: tools that this needs (seconds; the first time up to 20 minutes on 2 cores)"
        );
        let _one_at_a_time = lock()?;
        let mut toolbox = Self::default();
        for need in Need::ALL.into_iter().filter(|need| needs.contains(need)) {
            if let Err(error) = toolbox.provide(need) {
                println!("  MISSING: {error:#}");
                toolbox.missing.push((need, format!("{error:#}")));
            }
        }
        println!("   set-up: {}", text::duration(begun.elapsed()));
        Ok(toolbox)
    }

    /// Why something with these needs cannot run, if so.
    pub(crate) fn missing_of(&self, needs: &[Need]) -> Option<&str> {
        self.missing
            .iter()
            .find(|(need, _)| needs.contains(need))
            .map(|(_, reason)| reason.as_str())
    }

    /// A command in the workspace's root that finds the tools first on its `PATH`.
    pub(crate) fn job(&self, program: impl AsRef<OsStr>, deadline: Instant) -> Result<Job> {
        Ok(Job::new(program, deadline)
            .dir(place::root())
            .env("PATH", place::path_with(&self.folders)?))
    }

    pub(crate) fn chromium(&self) -> Result<&Chromium> {
        self.chromium
            .as_ref()
            .context("the set-up was asked for no Chromium")
    }

    pub(crate) fn firefox(&self) -> Result<&Firefox> {
        self.firefox
            .as_ref()
            .context("the set-up was asked for no Firefox")
    }

    /// The Python that has ClickHouse's engine.
    pub(crate) fn engine(&self) -> Result<&Path> {
        self.engine
            .as_deref()
            .context("the set-up was asked for no ClickHouse")
    }

    fn provide(&mut self, need: Need) -> Result<()> {
        let folder = match need {
            Need::Wasm => tool::provide_wasm_target().map(|()| None)?,
            Need::Checks => tool::provide_checks().map(|()| None)?,
            Need::Trunk => CargoTool::trunk().provide()?,
            Need::WasmBindgen => CargoTool::wasm_bindgen()?.provide()?,
            Need::WasmOpt => NpmTool::wasm_opt().provide()?,
            Need::Esbuild => NpmTool::esbuild().provide()?,
            Need::Terser => NpmTool::terser().provide()?,
            Need::WasmPack => CargoTool::wasm_pack().provide()?,
            Need::Chromium => {
                self.chromium = Some(Chromium::provide()?);
                None
            }
            Need::Firefox => {
                self.firefox = Some(Firefox::provide()?);
                None
            }
            Need::Geckodriver => CargoTool::geckodriver().provide()?,
            Need::Packages => packages::provide().map(|()| None)?,
            Need::Engine => {
                self.engine = Some(engine::provide()?);
                None
            }
        };
        self.folders.extend(folder);
        Ok(())
    }
}

/// A Trunk command; it fails at once where one of Trunk's own needs is missing.
pub(crate) fn trunk(toolbox: &Toolbox, deadline: Instant, args: &[&str]) -> Result<Job> {
    if let Some(reason) = toolbox.missing_of(Need::APP) {
        bail!("the app cannot be built: {reason}");
    }
    // Trunk reads NO_COLOR as `true` or `false` and refuses the usual `1`; its colours are set below.
    let color = if std::env::var_os("NO_COLOR").is_some() {
        "never"
    } else {
        "auto"
    };
    Ok(toolbox
        .job("trunk", deadline)?
        .without_env("NO_COLOR")
        .env("TRUNK_SKIP_VERSION_CHECK", "true")
        .args(args)
        .args(["--color", color]))
}

/// Held while something may be installed: a second command waits instead of installing the same.
fn lock() -> Result<File> {
    let cache = place::cache()?;
    fs::create_dir_all(&cache).with_context(|| format!("cannot make {}", cache.display()))?;
    let file = File::create(cache.join("lock"))
        .with_context(|| format!("cannot write into {}", cache.display()))?;
    if file.try_lock().is_err() {
        println!("  waiting for another set-up on this machine …");
        file.lock().context("cannot wait for the other set-up")?;
    }
    Ok(file)
}
