//! The bytes of a recording, unpacked if they are gzip.

use std::io::{self, BufReader, Chain, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

use crate::error::{Damage, Error, Warning};
use crate::recording::Sink;
use crate::sniff::{Format, is_gzip, sniff};

/// How much is read at once.
const CHUNK: usize = 256 << 10;

/// Unpacked bytes. Where the packed ones go wrong they end, and [`Input::warn`] tells.
#[derive(Debug)]
pub struct Input<R>(Bytes<R>);

type Packed<R> = Chain<Cursor<Vec<u8>>, R>;

#[derive(Debug)]
enum Bytes<R> {
    Plain(Packed<R>),
    Gzip {
        unpacker: Box<MultiGzDecoder<BufReader<Packed<R>>>>,
        damaged: bool,
    },
}

impl<R: Read> Input<R> {
    /// Looks whether the bytes are packed.
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub fn open(mut packed: R) -> io::Result<Self> {
        let mut magic = Vec::new();
        packed.by_ref().take(2).read_to_end(&mut magic)?;
        let gzip = is_gzip(&magic);
        let packed = Cursor::new(magic).chain(packed);
        if !gzip {
            return Ok(Self(Bytes::Plain(packed)));
        }
        let packed = BufReader::with_capacity(CHUNK, packed);
        Ok(Self(Bytes::Gzip {
            unpacker: Box::new(MultiGzDecoder::new(packed)),
            damaged: false,
        }))
    }

    /// Reads as much as tells the format.
    ///
    /// # Errors
    ///
    /// If the bytes cannot be read.
    pub fn head(&mut self) -> Result<(Vec<u8>, Format), Error> {
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

    /// Whether the bytes are packed.
    #[must_use]
    pub const fn is_packed(&self) -> bool {
        matches!(self.0, Bytes::Gzip { .. })
    }

    /// Tells if the packed bytes went wrong.
    pub fn warn(&self, sink: &mut impl Sink) {
        if matches!(self.0, Bytes::Gzip { damaged: true, .. }) {
            let damage = Damage::Unpacking;
            sink.warning(Warning { line: None, damage });
        }
    }
}

impl<R: Read> Read for Input<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (unpacker, damaged) = match &mut self.0 {
            Bytes::Plain(plain) => return plain.read(buffer),
            Bytes::Gzip { damaged: true, .. } => return Ok(0),
            Bytes::Gzip { unpacker, damaged } => (unpacker, damaged),
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
