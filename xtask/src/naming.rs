//! Names by content for the files that Trunk leaves without: a browser may keep such a file for good, and never has two of different builds.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// The parts of the app that Trunk builds as it does workers.
const PARTS: [&str; 2] = ["callscope-overview", "callscope-room"];

/// The folder of the style sheets: each is loaded by itself, those in folders below are imported by them.
pub(crate) const STYLES: &str = "style";

/// Renames their files in a folder, and says so in its page.
///
/// # Errors
/// When a file cannot be read or written, or the page does not refer to one.
pub(crate) fn parts(folder: &Path) -> Result<()> {
    let page = folder.join("index.html");
    let mut text =
        fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
    let of_part = |part: &str| [format!("{part}.js"), format!("{part}_bg.wasm")];
    let mut names: Vec<String> = PARTS.into_iter().flat_map(of_part).collect();
    names.extend(styles(folder)?);
    let mut hasher = DefaultHasher::new();
    for name in &names {
        let file = folder.join(name);
        hasher.write(&fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?);
    }
    let hash = hasher.finish();
    for name in names {
        let ending = name.find(['.', '_']).unwrap_or(name.len());
        let (stem, ending) = name.split_at(ending);
        let named = format!("{stem}-{hash:016x}{ending}");
        ensure!(
            text.contains(name.as_str()),
            "{} does not refer to {name}",
            page.display()
        );
        text = text.replace(name.as_str(), &named);
        let (from, to) = (folder.join(&name), folder.join(named));
        fs::rename(&from, &to).with_context(|| format!("cannot rename {}", from.display()))?;
    }
    fs::write(&page, text).with_context(|| format!("cannot write {}", page.display()))
}

fn styles(folder: &Path) -> Result<Vec<String>> {
    let path = folder.join(STYLES);
    let mut names = Vec::new();
    for entry in
        fs::read_dir(&path).with_context(|| format!("cannot look into {}", path.display()))?
    {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            let name = entry.file_name();
            let name = name.to_str().context("a style sheet's name is no text")?;
            names.push(format!("{STYLES}/{name}"));
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: [&str; 5] = [
        "callscope-overview.js",
        "callscope-overview_bg.wasm",
        "callscope-room.js",
        "callscope-room_bg.wasm",
        "style/rooms.css",
    ];

    fn folder(page: &str, content: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(STYLES)).unwrap();
        for file in FILES {
            fs::write(folder.path().join(file), content).unwrap();
        }
        fs::write(folder.path().join("index.html"), page).unwrap();
        folder
    }

    #[test]
    fn names_follow_the_content() {
        let names = |content: &str| {
            let folder = folder(&FILES.join(" "), content);
            parts(folder.path()).unwrap();
            let text = fs::read_to_string(folder.path().join("index.html")).unwrap();
            for name in text.split(' ') {
                assert!(folder.path().join(name).is_file(), "{name}");
                assert!(!FILES.contains(&name), "{name}");
            }
            text
        };
        assert_eq!(names("one"), names("one"));
        assert_ne!(names("one"), names("other"));
    }

    #[test]
    fn a_page_without_a_part_is_told() {
        let folder = folder(&FILES[..2].join(" "), "");
        let error = parts(folder.path()).unwrap_err().to_string();
        assert!(
            error.contains("does not refer to callscope-room.js"),
            "{error}"
        );
    }
}
