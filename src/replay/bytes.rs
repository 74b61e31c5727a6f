//! The bytes of a file, as the browser reads them, unpacked if they are gzip.

use std::cell::Cell;
use std::rc::Rc;

use callscope_browser::Error;
use js_sys::{Promise, Reflect, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, ReadableStream, ReadableStreamDefaultReader, WritableStream, WritableStreamDefaultWriter,
};

// Every browser has it (https://compression.spec.whatwg.org), and web-sys still calls it unstable.
#[wasm_bindgen]
extern "C" {
    type DecompressionStream;

    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<DecompressionStream, JsValue>;

    #[wasm_bindgen(method, getter)]
    fn readable(this: &DecompressionStream) -> ReadableStream;

    #[wasm_bindgen(method, getter)]
    fn writable(this: &DecompressionStream) -> WritableStream;
}

/// The bytes of a file. Reading stops when it is dropped.
#[derive(Debug)]
pub(super) struct Bytes {
    reader: ReadableStreamDefaultReader,
    /// The file's own bytes that were read so far.
    read: Rc<Cell<f64>>,
    /// Whether the file's bytes are those that come out.
    is_plain: bool,
    is_stopped: Rc<Cell<bool>>,
}

impl Bytes {
    /// Begins to read.
    pub(super) async fn of(file: &Blob) -> Result<Self, Error> {
        let read = Rc::new(Cell::new(0.0));
        let is_stopped = Rc::new(Cell::new(false));
        let head = file.slice_with_i32_and_i32(0, 2).map_err(thrown)?;
        let head = Uint8Array::new(&settled(head.array_buffer()).await?).to_vec();
        let raw = reader_of(&file.stream())?;
        let is_plain = !callscope_recording::is_gzip(&head);
        let reader = if is_plain {
            raw
        } else {
            let unpacked = DecompressionStream::new("gzip").map_err(thrown)?;
            let writer = WritableStreamDefaultWriter::new(&unpacked.writable()).map_err(thrown)?;
            spawn_local(pump(raw, writer, Rc::clone(&read), Rc::clone(&is_stopped)));
            reader_of(&unpacked.readable())?
        };
        Ok(Self {
            reader,
            read,
            is_plain,
            is_stopped,
        })
    }

    /// The next bytes; `None` at the end.
    pub(super) async fn next(&self) -> Result<Option<Vec<u8>>, Error> {
        let chunk = next_chunk(&self.reader).await?;
        if let Some(chunk) = &chunk
            && self.is_plain
        {
            self.read.set(self.read.get() + f64::from(chunk.length()));
        }
        Ok(chunk.map(|chunk| chunk.to_vec()))
    }

    /// How many of the file's own bytes were read.
    pub(super) fn read(&self) -> f64 {
        self.read.get()
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        self.is_stopped.set(true);
        let cancelled = self.reader.cancel();
        spawn_local(async move {
            // Nobody waits for it, and one that failed is over, too.
            let _over = JsFuture::from(cancelled).await;
        });
    }
}

/// Gives the file's bytes to be unpacked, as fast as they are taken, and counts them.
async fn pump(
    raw: ReadableStreamDefaultReader,
    writer: WritableStreamDefaultWriter,
    read: Rc<Cell<f64>>,
    is_stopped: Rc<Cell<bool>>,
) {
    loop {
        let chunk = next_chunk(&raw).await;
        let ended = match chunk {
            Ok(Some(chunk)) if !is_stopped.get() => {
                read.set(read.get() + f64::from(chunk.length()));
                settled(writer.write_with_chunk(&chunk)).await.is_err()
            }
            Ok(None) => {
                // Where the packed data ends too early, reading the unpacked tells of it.
                let _told = settled(writer.close()).await;
                true
            }
            Ok(Some(_)) => true,
            Err(error) => {
                let reason = JsValue::from_str(&error.to_string());
                let _told = settled(writer.abort_with_reason(&reason)).await;
                true
            }
        };
        if ended {
            break;
        }
    }
    let _over = settled(raw.cancel()).await;
}

fn reader_of(stream: &ReadableStream) -> Result<ReadableStreamDefaultReader, Error> {
    ReadableStreamDefaultReader::new(stream).map_err(thrown)
}

async fn next_chunk(reader: &ReadableStreamDefaultReader) -> Result<Option<Uint8Array>, Error> {
    let result = settled(reader.read()).await?;
    let member = |name: &str| Reflect::get(&result, &JsValue::from_str(name)).map_err(thrown);
    if member("done")?.is_truthy() {
        return Ok(None);
    }
    Ok(member("value")?.dyn_into().ok())
}

async fn settled(promise: Promise) -> Result<JsValue, Error> {
    JsFuture::from(promise).await.map_err(thrown)
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn thrown(thrown: JsValue) -> Error {
    Error::new(&thrown)
}
