//! Makes what Trunk built smaller where the tools before it do not: short names between WebAssembly and its JavaScript, JavaScript
//! and style sheets without what only people read, and each style sheet with those that it imports.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::child::{Echo, Job};
use crate::naming::STYLES;
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
        if file.extension().is_some_and(|extension| extension == "js") {
            scripts.push(file);
        }
    }
    if place::on_path("esbuild").is_none() {
        println!(
            "JavaScript and style sheets are left as they are: esbuild is not on PATH (`cargo xtask run` installs it)"
        );
        return Ok(());
    }
    minify(folder, &scripts, &[])?;
    bundle(folder)
}

/// Puts what the style sheets import into them.
fn bundle(folder: &Path) -> Result<()> {
    let styles = folder.join(STYLES);
    if !styles.is_dir() {
        return Ok(());
    }
    let (mut sheets, mut imported) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(&styles)? {
        let path = entry?.path();
        let list = if path.is_dir() {
            &mut imported
        } else {
            &mut sheets
        };
        list.push(path);
    }
    minify(folder, &sheets, &["--bundle"])?;
    for folder in imported {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
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

fn minify(folder: &Path, files: &[PathBuf], options: &[&str]) -> Result<()> {
    if files.is_empty() {
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
        .args(options)
        .args(&outputs)
        .args(files)
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
