//! Names by content for the files that Trunk leaves without: a browser may keep such a file for good, and never has two of different builds.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// The part of the app that Trunk builds as it does workers.
const PART: &str = "callscope-history";

/// The folder of its style sheets.
const STYLES: &str = "history";

/// Renames the part's files in a folder, and says so in its page.
///
/// # Errors
/// When a file cannot be read or written, or the page does not refer to one.
pub(crate) fn part(folder: &Path) -> Result<()> {
    let page = folder.join("index.html");
    let mut text =
        fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
    let mut names = vec![format!("{PART}.js"), format!("{PART}_bg.wasm")];
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
        let name = entry?.file_name();
        let name = name.to_str().context("a style sheet's name is no text")?;
        names.push(format!("{STYLES}/{name}"));
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_content() {
        let names = |content: &str| {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path();
            fs::write(path.join("callscope-history.js"), "script").unwrap();
            fs::write(path.join("callscope-history_bg.wasm"), content).unwrap();
            fs::create_dir(path.join(STYLES)).unwrap();
            fs::write(path.join("history/rooms.css"), "style").unwrap();
            let page = "<link href=callscope-history.js data-wasm=callscope-history_bg.wasm data-styles=history/rooms.css>";
            fs::write(path.join("index.html"), page).unwrap();
            part(path).unwrap();
            let text = fs::read_to_string(path.join("index.html")).unwrap();
            for name in text
                .split(['=', ' ', '>'])
                .filter(|it| it.starts_with(PART))
            {
                assert!(path.join(name).is_file(), "{name}");
                assert_ne!(name, "callscope-history.js");
            }
            text
        };
        assert_eq!(names("one"), names("one"));
        assert_ne!(names("one"), names("other"));
    }

    #[test]
    fn a_page_without_the_part_is_told() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(STYLES)).unwrap();
        for name in [
            "callscope-history.js",
            "callscope-history_bg.wasm",
            "index.html",
        ] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let error = part(folder.path()).unwrap_err().to_string();
        assert!(error.contains("does not refer to"), "{error}");
    }
}
