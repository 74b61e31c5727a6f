//! The bytes of a file that the page was given, read when they are needed.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, FileReaderSync};

/// A file, and a place in it. Clones have places of their own.
#[derive(Clone, Debug)]
pub(crate) struct FileBytes {
    file: Blob,
    place: f64,
    furthest: Rc<Cell<f64>>,
}

impl FileBytes {
    pub(crate) fn new(file: Blob) -> Self {
        Self {
            file,
            place: 0.0,
            furthest: Rc::default(),
        }
    }

    /// How far it was read, by any of its clones.
    pub(crate) fn furthest(&self) -> f64 {
        self.furthest.get()
    }
}

impl Read for FileBytes {
    #[expect(
        clippy::cast_precision_loss,
        reason = "buffers are far smaller than 2^53 bytes"
    )]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = (self.place + buffer.len() as f64).min(self.file.size());
        if end <= self.place {
            return Ok(0);
        }
        let slice = self.file.slice_with_f64_and_f64(self.place, end);
        let bytes = slice
            .and_then(|slice| FileReaderSync::new()?.read_as_array_buffer(&slice))
            .map_err(failed)?;
        let bytes = Uint8Array::new(&bytes);
        let length = bytes.length() as usize;
        let Some(filled) = buffer.get_mut(..length) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        bytes.copy_to(filled);
        self.place += length as f64;
        self.furthest.set(self.furthest.get().max(self.place));
        Ok(length)
    }
}

impl Seek for FileBytes {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "places in files are whole numbers below 2^53"
    )]
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => place as f64,
            SeekFrom::Current(by) => self.place + by as f64,
            SeekFrom::End(by) => self.file.size() + by as f64,
        };
        if place < 0.0 {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.place = place;
        Ok(place as u64)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn failed(thrown: JsValue) -> io::Error {
    let words = match thrown.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.to_string()),
        None => "the browser did not say why".to_owned(),
    };
    io::Error::other(words)
}
