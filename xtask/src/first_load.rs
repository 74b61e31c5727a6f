//! What a browser loads at once for a page: the page, what it refers to, and what that imports.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// The page and every file below its folder that loads with it, each once, the page first. What has a path in that folder that begins with one of `later` is loaded later, if ever.
///
/// # Errors
/// When the page is missing, or refers to no WebAssembly: then the page is not read rightly, and a small sum would be a lie.
pub(crate) fn files(page: &Path, later: &[String]) -> Result<Vec<PathBuf>> {
    ensure!(
        page.is_file(),
        "{} is missing: build the app first",
        page.display()
    );
    let root = page.parent().unwrap_or(page);
    let mut found = vec![page.to_owned()];
    let mut next = 0;
    while let Some(file) = found.get(next).cloned() {
        next += 1;
        let kind = file
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or_default();
        let references: fn(&str) -> Vec<&str> = match kind {
            "html" => of_page,
            "js" | "mjs" => of_script,
            "css" => of_style,
            _ => continue,
        };
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let folder = file.parent().unwrap_or(page);
        for reference in references(&text) {
            let is_new =
                |target: &PathBuf| !found.contains(target) && !is_later(target, root, later);
            if let Some(target) = local(folder, reference).filter(is_new) {
                found.push(target);
            }
        }
    }
    ensure!(
        has_wasm(&found),
        "{} refers to no WebAssembly file that is there: is it the built page?",
        page.display()
    );
    Ok(found)
}

fn is_later(file: &Path, folder: &Path, later: &[String]) -> bool {
    let path = file.strip_prefix(folder).ok().and_then(Path::to_str);
    path.is_some_and(|path| later.iter().any(|begin| path.starts_with(begin.as_str())))
}

fn has_wasm(files: &[PathBuf]) -> bool {
    files.iter().any(|file| {
        file.extension()
            .is_some_and(|extension| extension == "wasm")
    })
}

/// Attributes and inline scripts alike: whatever stands in quotes, and is a file, is loaded. The few attributes of which that is not true are left out.
fn of_page(text: &str) -> Vec<&str> {
    text.split('<')
        .filter(|tag| !tag.contains("rel=\"manifest\"") && !tag.contains("rel=manifest"))
        .flat_map(values)
        .collect()
}

/// Quoted strings, and the unquoted attribute values that minified pages have.
fn values(tag: &str) -> Vec<&str> {
    let quoted = tag.split(['"', '\'', '`']).skip(1);
    // Some attributes have a list of files.
    let quoted = quoted.flat_map(str::split_whitespace);
    let unquoted = tag
        .split([' ', '>'])
        .filter_map(|word| word.split_once('=').map(|(_, value)| value));
    quoted.chain(unquoted).collect()
}

/// Static imports. Those that a call makes (`import("…")`) are loaded later, if ever.
fn of_script(text: &str) -> Vec<&str> {
    ["from", "import"]
        .iter()
        .flat_map(|keyword| text.split(keyword).skip(1))
        .filter_map(|rest| {
            let rest = rest.trim_start();
            let quote = rest
                .chars()
                .next()
                .filter(|quote| matches!(quote, '"' | '\''))?;
            rest.get(1..)?.split(quote).next()
        })
        .collect()
}

/// `url(…)` and `@import "…"`.
fn of_style(text: &str) -> Vec<&str> {
    let urls = text
        .split("url(")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let imports = text
        .split("@import")
        .skip(1)
        .filter_map(|rest| rest.split(['"', '\'']).nth(1));
    urls.chain(imports)
        .map(|url| url.trim().trim_matches(['"', '\'']))
        .collect()
}

/// The file that a relative or root-relative reference names, if there is one.
fn local(folder: &Path, reference: &str) -> Option<PathBuf> {
    let path = reference
        .split(['?', '#'])
        .next()?
        .trim_start_matches("./")
        .trim_start_matches('/');
    let mut target = folder.to_owned();
    for part in path.split('/') {
        match part {
            ".." => {
                target.pop();
            }
            "." => {}
            name => target.push(name),
        }
    }
    (!path.is_empty() && target.is_file()).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[PathBuf], root: &Path) -> Vec<String> {
        files
            .iter()
            .map(|file| {
                file.strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    }

    /// A built page in a folder of its own, with `files` beside it.
    fn page(name: &str, files: &[(&str, &str)]) -> PathBuf {
        let root = std::env::temp_dir().join(format!(
            "callscope-first-load-{name}-{}",
            std::process::id()
        ));
        for (path, text) in files {
            let file = root.join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        root
    }

    #[test]
    fn everything_that_loads_at_once_is_found_and_nothing_else() {
        let root = page(
            "all",
            &[
                (
                    "index.html",
                    r#"<link rel="stylesheet" href="./app.css" integrity="sha384-x"/><link rel=modulepreload href=./app.js data-styles="part/one.css part/two.css">
                       <link rel="manifest" href="./site.json"><link rel="preload" href="https://elsewhere.example/app.css">
                       <script type="module">import init, * as bindings from './app.js';
                       const wasm = await init({ module_or_path: './app_bg.wasm' });</script>"#,
                ),
                (
                    "app.js",
                    r#"import{a}from"./snippets/one.js";const later=()=>import("./later.js");import "./snippets/two.js";"#,
                ),
                ("snippets/one.js", r#"export * from "../shared.js";"#),
                ("snippets/two.js", "export {};"),
                ("shared.js", "export {};"),
                ("later.js", "export {};"),
                ("part/one.css", "a{}"),
                ("part/two.css", "b{}"),
                ("app.css", "@font-face{src:url('./font.woff2?v=1')}"),
                ("font.woff2", "font"),
                ("app_bg.wasm", "wasm"),
                ("site.json", "{}"),
                ("unused.png", "png"),
            ],
        );
        let mut found = names(&files(&root.join("index.html"), &[]).unwrap(), &root);
        assert_eq!(found.first().unwrap(), "index.html");
        found.sort();
        let expected = [
            "app.css",
            "app.js",
            "app_bg.wasm",
            "font.woff2",
            "index.html",
            "part/one.css",
            "part/two.css",
            "shared.js",
            "snippets/one.js",
            "snippets/two.js",
        ];
        assert_eq!(found, expected);
        let later = [
            "snippets/".to_owned(),
            "font".to_owned(),
            "part/".to_owned(),
        ];
        let mut found = names(&files(&root.join("index.html"), &later).unwrap(), &root);
        found.sort();
        assert_eq!(found, ["app.css", "app.js", "app_bg.wasm", "index.html"]);
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn a_page_without_webassembly_is_refused() {
        let root = page("bare", &[("index.html", "<p>no app</p>")]);
        let error = files(&root.join("index.html"), &[])
            .unwrap_err()
            .to_string();
        assert!(error.contains("no WebAssembly"), "{error}");
        fs::remove_dir_all(root).unwrap();
    }
}
