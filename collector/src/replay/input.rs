//! The bytes of a recording: from a file or standard input, into whichever reader they need.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use callscope_recording::{Ended, Error, Format, Input, Recording, Sink, internals};

/// How much is read at once.
const CHUNK: usize = 256 << 10;

/// Reads the recording in that file, or from standard input, until `stop` says so.
pub(super) fn read(
    file: Option<&Path>,
    sink: &mut impl Sink,
    stop: &dyn Fn() -> bool,
) -> Result<Ended, Error> {
    let file = match file.filter(|file| *file != Path::new("-")) {
        Some(path) => Some(File::open(path)?),
        None => None,
    };
    let packed: Box<dyn Read> = match &file {
        Some(file) => Box::new(file.try_clone()?),
        None => Box::new(io::stdin().lock()),
    };
    let mut input = Input::open(packed)?;
    let (head, format) = input.head()?;
    match (format, file) {
        (Format::Export, _) => Err(Error::Export),
        (Format::Lines, _) => feed(&mut input, &head, sink, stop),
        // What can be sought in is read where it is.
        (Format::Internals, Some(mut file)) if !input.is_packed() && (&file).rewind().is_ok() => {
            internals::read(&mut file, sink)
        }
        (Format::Internals, _) => {
            let mut spilled = tempfile::tempfile()?;
            spilled.write_all(&head)?;
            io::copy(&mut input, &mut spilled)?;
            let ended = internals::read(&mut spilled, sink)?;
            input.warn(sink);
            Ok(ended)
        }
    }
}

/// Feeds lines as they come.
fn feed(
    input: &mut Input<impl Read>,
    head: &[u8],
    sink: &mut impl Sink,
    stop: &dyn Fn() -> bool,
) -> Result<Ended, Error> {
    let mut recording = Recording::new();
    recording.feed(head, sink);
    let mut chunk = vec![0; CHUNK];
    while !stop() {
        let length = input.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        recording.feed(chunk.get(..length).unwrap_or_default(), sink);
    }
    let ended = recording.finish(sink)?;
    input.warn(sink);
    Ok(ended)
}
