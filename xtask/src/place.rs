//! Where things are: the workspace, and the cache of tools outside of it.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::child::output_of;

/// The workspace's root.
pub(crate) fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// The app as Trunk builds it.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// Where cargo builds, which can be set in many places: it knows.
pub(crate) fn target() -> Result<PathBuf> {
    let metadata = output_of("cargo", ["metadata", "--format-version=1", "--no-deps"])?;
    let metadata: serde_json::Value =
        serde_json::from_str(&metadata).context("cargo's metadata are not as expected")?;
    let folder = metadata
        .get("target_directory")
        .and_then(|folder| folder.as_str());
    Ok(folder
        .context("cargo's metadata name no target folder")?
        .into())
}

/// Tools that were installed once and outlive `target/`: `CALLSCOPE_CACHE`, or `callscope` in the user's cache folder.
pub(crate) fn cache() -> Result<PathBuf> {
    let set = |name: &str| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("CALLSCOPE_CACHE")
        .or_else(|| Some(set("XDG_CACHE_HOME")?.join("callscope")))
        .or_else(|| {
            Some(
                set("HOME")
                    .or_else(|| set("USERPROFILE"))?
                    .join(".cache")
                    .join("callscope"),
            )
        })
        .context("no place for the tools: set CALLSCOPE_CACHE to a folder that may grow to 200 MB")
}

/// The first file called `name` in the folders of `PATH`.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders)
        .map(|folder| folder.join(name).with_extension(env::consts::EXE_EXTENSION))
        .find(|file| file.is_file())
}

/// `PATH` with `folders` before it.
pub(crate) fn path_with(folders: &[PathBuf]) -> Result<std::ffi::OsString> {
    let rest = env::var_os("PATH").unwrap_or_default();
    env::join_paths(folders.iter().cloned().chain(env::split_paths(&rest)))
        .context("a folder's name does not fit into PATH")
}
