//! `cargo xtask size`: what a browser has to load, against the committed budgets.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::text::thousands;
use crate::{compress, first_load, peers, place};

/// The committed budgets.
const BUDGETS: &str = "size-budget.json";

/// size-budget.json.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Budgets {
    /// For the people who read it.
    #[serde(rename = "note")]
    _note: String,
    artifacts: Vec<Artifact>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Artifact {
    name: String,
    /// A page: it and all that it loads at once are measured.
    entry: Option<PathBuf>,
    /// Files that it refers to and does not load at once: those whose paths beside it begin so.
    #[serde(default)]
    later: Vec<String>,
    /// Files that are measured as they are listed.
    #[serde(default)]
    files: Vec<PathBuf>,
    /// The budget in bytes.
    brotli: u64,
    /// What it is to come down to, where it is not there yet.
    goal: Option<u64>,
}

/// Bytes of a file, or of all files of an artifact.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) raw: u64,
    pub(crate) gzip: u64,
    pub(crate) brotli: u64,
}

/// The module's name among the artifacts.
pub(crate) const MODULE: &str = "the module, npm/dist";

/// Measures every artifact, or the one of that name, prints the table and tells whether all are within their budgets.
pub(crate) fn report(only: Option<&str>) -> Result<bool> {
    let text = fs::read_to_string(place::root().join(BUDGETS))
        .with_context(|| format!("cannot read {BUDGETS}"))?;
    let budgets: Budgets =
        serde_json::from_str(&text).with_context(|| format!("{BUDGETS} is not as expected"))?;
    ensure!(!budgets.artifacts.is_empty(), "{BUDGETS} names no artifact");
    let mut within = true;
    let chosen = |artifact: &&Artifact| only.is_none_or(|name| artifact.name == name);
    for artifact in budgets.artifacts.iter().filter(chosen) {
        within &= report_one(artifact, place::root())?;
        if artifact.name == MODULE {
            report_peers(place::root())?;
        }
    }
    Ok(within)
}

/// What applications that measure their calls load instead.
fn report_peers(root: &Path) -> Result<()> {
    println!("beside its peers (benches/README.md):");
    for peer in peers::read(root)? {
        print_row(&peer.to_string(), peer.size);
    }
    Ok(())
}

fn report_one(artifact: &Artifact, root: &Path) -> Result<bool> {
    let files = files_of(artifact, root)?;
    println!(
        "\n{:<46} {:>11} {:>11} {:>11}",
        artifact.name, "raw", "gzip -9", "brotli 11"
    );
    let mut total = Size::default();
    for file in &files {
        let bytes = fs::read(file)
            .with_context(|| format!("{} is missing: build it first", file.display()))?;
        let size = Size::of(&bytes)?;
        print_row(
            &file
                .strip_prefix(root)
                .unwrap_or(file)
                .display()
                .to_string(),
            size,
        );
        total = Size {
            raw: total.raw + size.raw,
            gzip: total.gzip + size.gzip,
            brotli: total.brotli + size.brotli,
        };
    }
    print_row("total", total);
    let budget = artifact.brotli;
    let within = total.brotli <= budget;
    if within {
        println!(
            "within the budget of {}: {} to spare",
            thousands(budget),
            thousands(budget - total.brotli)
        );
    } else {
        println!(
            "OVER the budget of {} by {}",
            thousands(budget),
            thousands(total.brotli - budget)
        );
    }
    if let Some(goal) = artifact.goal.filter(|&goal| goal < total.brotli) {
        println!(
            "above its goal of {} by {}",
            thousands(goal),
            thousands(total.brotli - goal)
        );
    }
    Ok(within)
}

fn files_of(artifact: &Artifact, root: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = artifact.files.iter().map(|file| root.join(file)).collect();
    if let Some(entry) = &artifact.entry {
        files.extend(first_load::files(&root.join(entry), &artifact.later)?);
    }
    ensure!(
        !files.is_empty(),
        "{BUDGETS}: `{}` has neither an entry nor files",
        artifact.name
    );
    Ok(files)
}

fn print_row(name: &str, size: Size) {
    println!(
        "{name:<46} {:>11} {:>11} {:>11}",
        thousands(size.raw),
        thousands(size.gzip),
        thousands(size.brotli)
    );
}

impl Size {
    fn of(bytes: &[u8]) -> Result<Self> {
        Ok(Self {
            raw: length(bytes),
            gzip: length(&compress::gzip(bytes)?),
            brotli: length(&compress::brotli(bytes)?),
        })
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifact(brotli: u64) -> Artifact {
        Artifact {
            name: "this crate".to_owned(),
            entry: None,
            later: Vec::new(),
            files: vec!["Cargo.toml".into()],
            brotli,
            goal: None,
        }
    }

    #[test]
    fn the_committed_budgets_can_be_read() {
        let budgets: Budgets =
            serde_json::from_str(include_str!("../../size-budget.json")).unwrap();
        assert!(budgets.artifacts.iter().all(|artifact| artifact.brotli > 0));
        assert!(
            budgets
                .artifacts
                .iter()
                .any(|artifact| artifact.name == MODULE)
        );
    }

    #[test]
    fn repetition_is_compressed_away_and_never_to_nothing() {
        let size = Size::of(&[7; 10_000]).unwrap();
        assert_eq!(size.raw, 10_000);
        assert!(
            (1..200).contains(&size.gzip) && (1..200).contains(&size.brotli),
            "{size:?}"
        );
    }

    #[test]
    fn a_budget_holds_up_to_its_last_byte() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let exact = Size::of(&fs::read(root.join("Cargo.toml")).unwrap())
            .unwrap()
            .brotli;
        assert!(report_one(&artifact(exact), root).unwrap());
        assert!(!report_one(&artifact(exact - 1), root).unwrap());
    }

    #[test]
    fn a_missing_file_is_an_error() {
        let mut missing = artifact(1);
        missing.files = vec!["no-such-file".into()];
        assert!(
            report_one(&missing, Path::new(env!("CARGO_MANIFEST_DIR")))
                .unwrap_err()
                .to_string()
                .contains("no-such-file")
        );
    }
}
