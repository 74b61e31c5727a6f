//! Chrome's `webrtc_internals_dump`: one JSON object, a time series for every member of every entry.
//!
//! A dump of a long call has hundreds of megabytes, so it is not taken into memory: each connection is scanned once for
//! where its series are, and then walked in time with a small window on each of them.

mod index;
mod placement;
mod scan;
mod series;
mod walk;

use std::io::{Read, Seek, SeekFrom};

use crate::error::{Damage, Error, Warning};
use crate::names::Names;
use crate::recording::{Ended, Sink};
use scan::Scanner;
use walk::Walk;

/// How much is scanned at once.
const CHUNK: usize = 256 << 10;

/// Reads a dump. Its connections come one after the other, each from its start to its end, and each closed at its end.
///
/// # Errors
///
/// If it cannot be read, or nothing in it is what Chrome writes.
pub fn read<R: Read + Seek>(input: &mut R, sink: &mut impl Sink) -> Result<Ended, Error> {
    let mut ended = Ended {
        names: Names::new(),
        oddities: callscope_core::Oddities::new(),
        reports: 0,
    };
    let mut scanner = Scanner::new();
    let mut chunk = vec![0; CHUNK];
    let mut holes = 0;
    let mut done = false;
    while !done {
        input.seek(SeekFrom::Start(scanner.offset()))?;
        let length = input.read(&mut chunk)?;
        scanner.feed(chunk.get(..length).unwrap_or_default());
        done = length == 0 || scanner.is_over();
        if done {
            scanner.finish();
        }
        for connection in scanner.finished() {
            for _ in 0..connection.unknown_entries {
                ended.oddities.count(callscope_core::Oddity::UnknownType);
            }
            let walk = Walk::new(connection, input)?;
            holes += walk.holes();
            ended.reports += walk.run(input, &mut ended.names, sink)?;
        }
    }
    if scanner.offset() == 0 {
        return Err(Error::Empty);
    }
    let byte = scanner.offset();
    if !scanner.has_connections() {
        return Err(if scanner.is_complete() {
            Error::NotARecording
        } else {
            Error::BrokenDump { byte }
        });
    }
    let damages = [
        (holes > 0).then_some(Damage::Holes { series: holes }),
        (!scanner.is_complete()).then_some(Damage::DumpEnds { byte }),
        (ended.reports == 0).then_some(Damage::NoReport),
    ];
    for damage in damages.into_iter().flatten() {
        sink.warning(Warning { line: None, damage });
    }
    Ok(ended)
}
