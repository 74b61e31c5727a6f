//! Short names for what a WebAssembly module imports.
//!
//! wasm-bindgen gives every import a name with a hash of 16 digits, which stands in the module and in the JavaScript around it
//! and does not compress: a kilobyte in a module of twenty. No tool shortens them, so it is done here, on the import section
//! alone; the rest of the module is copied as it is.

use anyhow::{Context, Result, bail, ensure};

const IMPORTS: u8 = 2;
const HEADER: &[u8] = b"\0asm\x01\0\0\0";

/// The module and its JavaScript, with short names in both.
pub(crate) fn shorten(module: &[u8], glue: &str) -> Result<(Vec<u8>, String)> {
    let mut rest = module
        .strip_prefix(HEADER)
        .context("this is no WebAssembly module")?;
    let (mut out, mut glue) = (HEADER.to_vec(), glue.to_owned());
    while let Some((&id, after)) = rest.split_first() {
        let (section, after) = sized(after)?;
        rest = after;
        let renamed;
        let section = if id == IMPORTS {
            renamed = rename(section, &mut glue)?;
            &renamed
        } else {
            section
        };
        out.push(id);
        write_sized(&mut out, section)?;
    }
    Ok((out, glue))
}

fn rename(section: &[u8], glue: &mut String) -> Result<Vec<u8>> {
    let (count, mut rest) = number(section)?;
    let mut out = Vec::new();
    write_number(&mut out, count);
    for place in 0..count {
        let (module, after) = sized(rest)?;
        let (name, after) = sized(after)?;
        let name = std::str::from_utf8(name).context("an import's name is no text")?;
        let short = format!("_{place}");
        ensure!(
            !has_word(glue, &short),
            "{short} stands in the JavaScript already"
        );
        ensure!(
            has_word(glue, name),
            "{name} is imported, and not in the JavaScript"
        );
        *glue = replace_word(glue, name, &short);
        write_sized(&mut out, module)?;
        write_sized(&mut out, short.as_bytes())?;
        let length = description(after)?;
        let (description, after) = after
            .split_at_checked(length)
            .context("the module ends in its imports")?;
        out.extend_from_slice(description);
        rest = after;
    }
    ensure!(rest.is_empty(), "the import section is longer than it says");
    Ok(out)
}

/// How long the description of an import is. wasm-bindgen's modules import functions.
fn description(bytes: &[u8]) -> Result<usize> {
    match bytes.split_first() {
        Some((0, rest)) => {
            let (_, after) = number(rest)?;
            Ok(bytes.len() - after.len())
        }
        Some((kind, _)) => bail!("an import of kind {kind}, and only functions (0) are known here"),
        None => bail!("the module ends in its imports"),
    }
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || letter == '$'
}

fn has_word(text: &str, word: &str) -> bool {
    replace_word(text, word, "") != text
}

/// The text with a word replaced wherever it stands by itself.
fn replace_word(text: &str, word: &str, by: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(word) {
        let preceding: &str = if before.is_empty() { &out } else { before };
        let follows_one = preceding.ends_with(is_word);
        let is_alone = !follows_one && !after.starts_with(is_word);
        out.push_str(before);
        out.push_str(if is_alone { by } else { word });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What follows its own length.
fn sized(bytes: &[u8]) -> Result<(&[u8], &[u8])> {
    let (length, rest) = number(bytes)?;
    rest.split_at_checked(usize::try_from(length)?)
        .context("the module ends too early")
}

fn write_sized(out: &mut Vec<u8>, bytes: &[u8]) -> Result<()> {
    write_number(out, u32::try_from(bytes.len())?);
    out.extend_from_slice(bytes);
    Ok(())
}

/// An unsigned number in LEB128.
fn number(bytes: &[u8]) -> Result<(u32, &[u8])> {
    let mut value = 0_u32;
    for (place, &byte) in bytes.iter().take(5).enumerate() {
        value |= u32::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok((value, bytes.get(place + 1..).unwrap_or_default()));
        }
    }
    bail!("the module ends in a number")
}

fn write_number(out: &mut Vec<u8>, mut value: u32) {
    loop {
        let byte = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        if value == 0 {
            return out.push(byte);
        }
        out.push(byte | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module of a type section, imports of functions of type 0, and a section of its own.
    fn module(from: &str, names: &[&str]) -> Vec<u8> {
        let mut imports = vec![u8::try_from(names.len()).unwrap()];
        for name in names {
            write_sized(&mut imports, from.as_bytes()).unwrap();
            write_sized(&mut imports, name.as_bytes()).unwrap();
            imports.extend([0, 0]);
        }
        let mut module = HEADER.to_vec();
        for (id, section) in [
            (1, &[1, 0x60, 0, 0][..]),
            (2, &imports),
            (0, b"\x04name and more"),
        ] {
            module.push(id);
            write_sized(&mut module, section).unwrap();
        }
        module
    }

    #[test]
    fn names_are_short_on_both_sides_and_nothing_else_changes() {
        let long = "x".repeat(200);
        let names = ["__wbg_now_463a", &long, "__wbg_now_463ab"];
        let glue = format!(
            "export function __wbg_now_463a() {{}}\nexport const {long} = __wbg_now_463ab, my__wbg_now_463a = 1;"
        );
        let (short, glue) = shorten(&module("./module_bg.js", &names), &glue).unwrap();
        assert_eq!(short, module("./module_bg.js", &["_0", "_1", "_2"]));
        assert_eq!(
            glue,
            "export function _0() {}\nexport const _1 = _2, my__wbg_now_463a = 1;"
        );
    }

    #[test]
    fn what_is_not_as_expected_is_refused() {
        let refused = |module: &[u8], glue: &str| shorten(module, glue).unwrap_err().to_string();
        assert!(refused(b"<!doctype html>", "").contains("no WebAssembly"));
        let good = module("m", &["a"]);
        assert!(refused(&good, "let b;").contains("a is imported"));
        assert!(refused(&good, "let a, _0;").contains("_0 stands"));
        assert!(shorten(&good[..20], "let a;").is_err());
    }

    #[test]
    fn numbers_are_written_as_they_are_read() {
        for value in [0, 127, 128, 16_384, u32::MAX] {
            let mut out = Vec::new();
            write_number(&mut out, value);
            assert_eq!(number(&out).unwrap(), (value, &[][..]));
        }
    }
}
