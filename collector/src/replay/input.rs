//! The bytes of a recording: from a file or standard input, unpacked, into whichever reader they need.

use std::fs::File;
use std::io::{self, BufReader, Chain, Cursor, Read, Seek, Write};
use std::path::Path;

use callscope_recording::{
    Damage, Ended, Error, Format, Recording, Sink, Warning, internals, is_gzip, sniff,
};
use flate2::bufread::MultiGzDecoder;

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
    input: &mut Input,
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

type Packed = Chain<Cursor<Vec<u8>>, Box<dyn Read>>;

/// Unpacked bytes. Where the packed ones go wrong they end, and [`Input::warn`] tells.
enum Input {
    Plain(Packed),
    Gzip {
        unpacker: Box<MultiGzDecoder<BufReader<Packed>>>,
        damaged: bool,
    },
}

impl Input {
    fn open(mut packed: Box<dyn Read>) -> io::Result<Self> {
        let mut magic = Vec::new();
        packed.by_ref().take(2).read_to_end(&mut magic)?;
        let gzip = is_gzip(&magic);
        let packed = Cursor::new(magic).chain(packed);
        if !gzip {
            return Ok(Self::Plain(packed));
        }
        let packed = BufReader::with_capacity(CHUNK, packed);
        Ok(Self::Gzip {
            unpacker: Box::new(MultiGzDecoder::new(packed)),
            damaged: false,
        })
    }

    /// Reads as much as tells the format.
    fn head(&mut self) -> Result<(Vec<u8>, Format), Error> {
        let mut head = Vec::new();
        loop {
            let before = head.len();
            let chunk = u64::try_from(CHUNK).unwrap_or(u64::MAX);
            self.by_ref().take(chunk).read_to_end(&mut head)?;
            if let Some(format) = sniff(&head) {
                return Ok((head, format));
            }
            if head.len() == before {
                return Ok((head, Format::Lines));
            }
        }
    }

    const fn is_packed(&self) -> bool {
        matches!(self, Self::Gzip { .. })
    }

    fn warn(&self, sink: &mut impl Sink) {
        if matches!(self, Self::Gzip { damaged: true, .. }) {
            let damage = Damage::Unpacking;
            sink.warning(Warning { line: None, damage });
        }
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (unpacker, damaged) = match self {
            Self::Plain(plain) => return plain.read(buffer),
            Self::Gzip { damaged: true, .. } => return Ok(0),
            Self::Gzip { unpacker, damaged } => (unpacker, damaged),
        };
        unpacker.read(buffer).or_else(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::InvalidData => {
                *damaged = true;
                Ok(0)
            }
            _ => Err(error),
        })
    }
}
