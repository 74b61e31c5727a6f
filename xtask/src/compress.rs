//! Files compressed as a server may send them.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use ::brotli::enc::BrotliEncoderParams;
use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

/// What a browser loads that is not compressed already.
const KINDS: [&str; 5] = ["css", "html", "js", "svg", "wasm"];

/// As small as brotli makes it.
///
/// # Errors
/// Never, with a buffer in memory.
pub(crate) fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let settings = BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    let mut compressed = Vec::new();
    ::brotli::BrotliCompress(&mut &*bytes, &mut compressed, &settings)?;
    Ok(compressed)
}

/// As small as gzip makes it.
///
/// # Errors
/// Never, with a buffer in memory.
pub(crate) fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes)?;
    Ok(gzip.finish()?)
}

/// Puts each of the app's files compressed beside it, which the collector sends to browsers that take it: it has no time to compress
/// this well when it is asked.
///
/// # Errors
/// When a file cannot be read or written.
pub(crate) fn beside(files: &[PathBuf]) -> Result<()> {
    let is_ours = |file: &&PathBuf| {
        let extension = file.extension().and_then(|it| it.to_str());
        extension.is_some_and(|it| KINDS.contains(&it))
    };
    for file in files.iter().filter(is_ours) {
        write(file).with_context(|| format!("cannot compress {}", file.display()))?;
    }
    Ok(())
}

fn write(file: &Path) -> Result<()> {
    let bytes = fs::read(file)?;
    let compressed = brotli(&bytes)?;
    if compressed.len() < bytes.len() {
        let mut name = file.as_os_str().to_owned();
        name.push(".br");
        fs::write(name, compressed)?;
    }
    Ok(())
}
