//! What the module's peers add to a page: committed figures, so that nothing has to be installed to see them.

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::size::Size;

/// Made by `node benches/peers/bundles.mjs`.
const FILE: &str = "benches/peers/bundles.json";

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bundles {
    /// For the people who read it.
    #[serde(rename = "note")]
    _note: String,
    libraries: Vec<Peer>,
}

/// A library as an application's bundler makes it.
#[derive(Debug, Deserialize)]
pub(crate) struct Peer {
    name: String,
    version: String,
    /// What of it, where that is not all.
    part: Option<String>,
    #[serde(flatten)]
    pub(crate) size: Size,
}

/// Reads the committed figures.
pub(crate) fn read(root: &Path) -> Result<Vec<Peer>> {
    let text =
        fs::read_to_string(root.join(FILE)).with_context(|| format!("cannot read {FILE}"))?;
    let bundles: Bundles = serde_json::from_str(&text)
        .with_context(|| format!("{FILE} is not as `node benches/peers/bundles.mjs` makes it"))?;
    Ok(bundles.libraries)
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.version)?;
        self.part.iter().try_for_each(|part| write!(f, ", {part}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place;

    #[test]
    fn the_committed_figures_are_of_the_versions_that_the_benchmark_installs() {
        let manifest =
            fs::read_to_string(place::root().join("benches/peers/package.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        let peers = read(place::root()).unwrap();
        assert!(peers.len() >= 4, "{peers:?}");
        for peer in peers {
            let installed = manifest["devDependencies"][&peer.name].as_str();
            assert_eq!(
                installed,
                Some(peer.version.as_str()),
                "{peer}: run `node benches/peers/bundles.mjs`"
            );
            assert!((1..peer.size.raw).contains(&peer.size.brotli), "{peer}");
        }
    }

    #[test]
    fn a_part_is_named() {
        let peer = Peer {
            name: "sdk".to_owned(),
            version: "1.2.3".to_owned(),
            part: Some("its parser".to_owned()),
            size: Size::default(),
        };
        assert_eq!(peer.to_string(), "sdk 1.2.3, its parser");
    }
}
