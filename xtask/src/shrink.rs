//! Makes what was built smaller where the tools before it do not: short names between WebAssembly and its JavaScript, and JavaScript without
//! what only people read.
//!
//! wasm-bindgen names each import after what it is and 16 digits of a hash, in both files: no compression helps with those, and there
//! are hundreds.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::child::{Echo, Job};
use crate::place;

/// The section of a module that holds its imports.
const IMPORTS: u8 = 2;
/// An import that is a function.
const FUNCTION: u8 = 0;

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
    minify(folder, &scripts)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
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
            "JavaScript is left as it is: esbuild is not on PATH (`cargo xtask run` installs it)"
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
        "esbuild could not minify the scripts ({})",
        finished.describe()
    );
    Ok(())
}

/// Gives the imports of a module short names, in it and in its script.
fn shorten(module: &Path, script: &Path) -> Result<()> {
    let bytes = fs::read(module)?;
    let text =
        fs::read_to_string(script).with_context(|| format!("cannot read {}", script.display()))?;
    let used = words(&text);
    let mut short: HashMap<String, String> = HashMap::new();
    let bytes = rename_imports(&bytes, |name| {
        // What the script has twice is more than the import's key.
        if used.get(name) != Some(&1) {
            return None;
        }
        let next = spelt(short.len());
        Some(short.entry(name.to_owned()).or_insert(next).clone())
    })?;
    fs::write(module, bytes)?;
    fs::write(script, replaced(&text, &short))?;
    Ok(())
}

/// How often each word of JavaScript stands in a script.
fn words(text: &str) -> HashMap<&str, u32> {
    let mut counts = HashMap::new();
    for word in text.split(|letter: char| !is_of_word(letter)) {
        *counts.entry(word).or_insert(0) += 1;
    }
    counts
}

fn replaced(text: &str, short: &HashMap<String, String>) -> String {
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive(|letter: char| !is_of_word(letter)) {
        let word = part.trim_end_matches(|letter: char| !is_of_word(letter));
        out.push_str(short.get(word).map_or(word, String::as_str));
        out.push_str(&part[word.len()..]);
    }
    out
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}

/// `a` to `z`, `A` to `Z`, `aa` and so on.
fn spelt(mut number: usize) -> String {
    const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut name = String::new();
    loop {
        name.insert(0, char::from(LETTERS[number % LETTERS.len()]));
        number /= LETTERS.len();
        if number == 0 {
            return name;
        }
        number -= 1;
    }
}

/// The module with other names for those of its imported functions for which `rename` has one
/// ([binary format](https://webassembly.github.io/spec/core/binary/modules.html#import-section)).
fn rename_imports(
    module: &[u8],
    mut rename: impl FnMut(&str) -> Option<String>,
) -> Result<Vec<u8>> {
    let Some((head, mut rest)) = module.split_at_checked(8) else {
        bail!("it is no WebAssembly module");
    };
    ensure!(head.starts_with(b"\0asm"), "it is no WebAssembly module");
    let mut out = head.to_vec();
    while let Some((&id, after)) = rest.split_first() {
        rest = after;
        let length = number(&mut rest)?;
        let section = take(&mut rest, length)?;
        out.push(id);
        if id == IMPORTS {
            let section = renamed(section, &mut rename)?;
            write_bytes(&mut out, &section);
        } else {
            write_bytes(&mut out, section);
        }
    }
    Ok(out)
}

fn renamed(mut section: &[u8], rename: &mut impl FnMut(&str) -> Option<String>) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let count = number(&mut section)?;
    write_number(&mut out, count);
    for _ in 0..count {
        let length = number(&mut section)?;
        write_bytes(&mut out, take(&mut section, length)?);
        let length = number(&mut section)?;
        let name = std::str::from_utf8(take(&mut section, length)?)?;
        let [kind] = *take(&mut section, 1)? else {
            bail!("an import without a kind");
        };
        ensure!(
            kind == FUNCTION,
            "the import {name} is no function: wasm-bindgen writes no others"
        );
        let short = rename(name);
        write_bytes(&mut out, short.as_deref().unwrap_or(name).as_bytes());
        out.push(kind);
        write_number(&mut out, number(&mut section)?);
    }
    Ok(out)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8]> {
    let (taken, after) = rest
        .split_at_checked(length)
        .context("the module ends in the middle")?;
    *rest = after;
    Ok(taken)
}

/// An unsigned LEB128 number.
fn number(rest: &mut &[u8]) -> Result<usize> {
    let mut number = 0;
    for place in 0..5 {
        let [byte] = *take(rest, 1)? else {
            break;
        };
        number |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    bail!("a number that is too long")
}

fn write_number(out: &mut Vec<u8>, mut number: usize) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            out.push(low & 0x7f);
            return;
        }
        out.push(low | 0x80);
    }
}

fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    write_number(out, bytes.len());
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module that imports functions of these names.
    fn module(names: &[&str]) -> Vec<u8> {
        let mut imports = Vec::new();
        write_number(&mut imports, names.len());
        for name in names {
            write_bytes(&mut imports, b"./app_bg.js");
            write_bytes(&mut imports, name.as_bytes());
            imports.extend([FUNCTION, 0]);
        }
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        module.push(1);
        write_bytes(&mut module, &[1, 0x60, 0, 0]);
        module.push(IMPORTS);
        write_bytes(&mut module, &imports);
        module.push(10);
        write_bytes(&mut module, &[0]);
        module
    }

    #[test]
    fn names_change_in_the_module_and_nothing_else_does() {
        let long = module(&["__wbg_log_0123456789abcdef", "__wbindgen_throw"]);
        let renamed = rename_imports(&long, |name| {
            name.starts_with("__wbg_").then(|| "a".to_owned())
        });
        assert_eq!(renamed.unwrap(), module(&["a", "__wbindgen_throw"]));
    }

    #[test]
    fn whole_words_of_the_script_are_replaced_once() {
        let text =
            "imports = { __wbg_log_01: function() { __wbg_log_012(); }, $__wbg_log_01: 1 };\n";
        let counts = words(text);
        assert_eq!(counts.get("__wbg_log_01"), Some(&1));
        let short = HashMap::from([("__wbg_log_01".to_owned(), "a".to_owned())]);
        assert_eq!(
            replaced(text, &short),
            "imports = { a: function() { __wbg_log_012(); }, $__wbg_log_01: 1 };\n"
        );
    }

    #[test]
    fn names_are_short_and_all_different() {
        assert_eq!(
            ["a", "Z", "aa"],
            [0, 51, 52].map(spelt).each_ref().map(String::as_str)
        );
        let mut all: Vec<String> = (0..4000).map(spelt).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 4000);
    }

    #[test]
    fn what_is_cut_off_is_an_error() {
        let whole = module(&["__wbg_log_01"]);
        for length in [0, 7, 9, 20, whole.len() - 1] {
            let result = rename_imports(&whole[..length], |_| None);
            // A module may end between two sections.
            assert!(result.is_err() || length == 8, "{length}");
        }
    }

    #[test]
    fn long_numbers_survive() {
        for value in [0, 127, 128, 300, 1 << 20] {
            let mut bytes = Vec::new();
            write_number(&mut bytes, value);
            assert_eq!(number(&mut bytes.as_slice()).unwrap(), value);
        }
    }
}
