//! Makes what Trunk built smaller where the tools before it do not: short names between WebAssembly and its JavaScript, and JavaScript
//! and style sheets without what only people read.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::child::{Echo, Job};
use crate::{imports, place};

/// Shrinks everything in a folder, in place.
///
/// # Errors
/// When a file cannot be read or written, or is not what wasm-bindgen writes.
pub(crate) fn folder(folder: &Path) -> Result<()> {
    let mut scripts = Vec::new();
    for file in files(folder)? {
        let name = file.file_name().and_then(|name| name.to_str());
        if let Some(stem) = name.and_then(|name| name.strip_suffix("_bg.wasm")) {
            let script = file.with_file_name(format!("{stem}.js"));
            shorten(&file, &script)
                .with_context(|| format!("cannot shorten the names in {}", file.display()))?;
        }
        // Style sheets that Trunk links are small already.
        let is_style = |extension| extension == "css" && file.parent() != Some(folder);
        if file
            .extension()
            .is_some_and(|extension| extension == "js" || is_style(extension))
        {
            scripts.push(file);
        }
    }
    minify(folder, &scripts)
}

/// All files of a folder and of those in it.
///
/// # Errors
/// When one cannot be looked into.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot look into {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn minify(folder: &Path, scripts: &[PathBuf]) -> Result<()> {
    if scripts.is_empty() {
        return Ok(());
    }
    if place::on_path("esbuild").is_none() {
        println!(
            "JavaScript and style sheets are left as they are: esbuild is not on PATH (`cargo xtask run` installs it)"
        );
        return Ok(());
    }
    let outputs = ["--outdir", "--outbase"].map(|option| format!("{option}={}", folder.display()));
    let finished = Job::new("esbuild", Instant::now() + Duration::from_mins(2))
        .args([
            "--minify",
            "--charset=utf8",
            "--log-level=warning",
            "--allow-overwrite",
        ])
        .args(&outputs)
        .args(scripts)
        .dir(place::root())
        .run(Echo::Live)?;
    ensure!(
        finished.succeeded(),
        "esbuild could not minify scripts and style sheets ({})",
        finished.describe()
    );
    Ok(())
}

/// Gives the imports of a module short names, in it and in its script.
fn shorten(module: &Path, script: &Path) -> Result<()> {
    let bytes = fs::read(module)?;
    let text =
        fs::read_to_string(script).with_context(|| format!("cannot read {}", script.display()))?;
    let (bytes, text) = imports::shorten(&bytes, &text)?;
    fs::write(module, bytes)?;
    fs::write(script, text)?;
    Ok(())
}
