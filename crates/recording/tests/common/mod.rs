//! The recordings, and what a replay makes of them.

#![allow(
    dead_code,
    clippy::allow_attributes,
    clippy::unwrap_used,
    reason = "each test uses a part; a recording that cannot be read fails it"
)]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use callscope_core::Config;
use callscope_recording::json::Writer;
use callscope_recording::{Analysis, Error, Recording, is_gzip};
use serde_json::Value;

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures")
}

/// The names of all recordings that end so, without folder and ending, in order.
pub(crate) fn named(ending: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .filter_map(|file| {
            let name = file.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(ending).map(String::from)
        })
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no recording ends with {ending}");
    names
}

pub(crate) fn unpacked(name: &str) -> Vec<u8> {
    let packed = fs::read(folder().join(name)).unwrap();
    assert!(is_gzip(&packed), "{name}");
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(packed.as_slice())
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

/// What a replay prints.
pub(crate) fn replayed(bytes: &[u8]) -> Result<String, Error> {
    replayed_in(bytes.chunks(usize::MAX))
}

/// What a replay prints, fed in those chunks.
pub(crate) fn replayed_in<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> Result<String, Error> {
    let mut writer = Writer::new(Vec::new());
    let mut analysis = Analysis::new(Config::default(), |interval: &_, names: &_| {
        writer.interval(interval, names).unwrap();
    });
    let mut recording = Recording::new();
    for chunk in chunks {
        recording.feed(chunk, &mut analysis);
    }
    let ended = recording.finish(&mut analysis)?;
    let output = analysis.finish(ended);
    Ok(String::from_utf8(writer.finish_with(&output).unwrap()).unwrap())
}

pub(crate) fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_str(&replayed(bytes).unwrap()).unwrap()
}
