//! JavaScript's streams as Rust's, and the other way round.
//!
//! leptos brings server functions, which stream through the crate of this name. The app has no server functions; but that crate
//! exports three classes to JavaScript, and what is exported is loaded by every browser, used or not: six kilobytes. This one
//! does what leptos asks for without exporting anything, so that nothing of it stays where nobody uses it.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;

use futures_util::stream::{self, Stream, StreamExt};
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{ReadableStreamDefaultController, ReadableStreamDefaultReader};

type Chunks = Pin<Box<dyn Stream<Item = Result<JsValue, JsValue>>>>;

/// A stream of JavaScript's that can be read.
#[derive(Clone, Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// A stream of the browser's.
    #[must_use]
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// The stream, as the browser knows it.
    #[must_use]
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// A stream that gives what `chunks` gives, when it is asked for, and ends or fails with it.
    ///
    /// # Panics
    ///
    /// In a browser without streams.
    pub fn from_stream<S>(chunks: S) -> Self
    where
        S: Stream<Item = Result<JsValue, JsValue>> + 'static,
    {
        // It is not here while a chunk is waited for; the browser asks for one at a time.
        let chunks: Rc<RefCell<Option<Chunks>>> = Rc::new(RefCell::new(Some(Box::pin(chunks))));
        let pull = Closure::<dyn FnMut(ReadableStreamDefaultController) -> Promise>::new(
            move |controller| future_to_promise(give_next(Rc::clone(&chunks), controller)),
        );
        let source = Object::new();
        let raw = Reflect::set(&source, &"pull".into(), &pull.into_js_value())
            .and_then(|_| web_sys::ReadableStream::new_with_underlying_source(&source));
        Self(raw.expect("browsers have streams"))
    }

    /// What the stream gives; one item that is an error, if it cannot be read or fails.
    pub fn into_stream(self) -> impl Stream<Item = Result<JsValue, JsValue>> {
        let reader = ReadableStreamDefaultReader::new(&self.0);
        stream::unfold(Some(reader), |reader| async {
            let reader = match reader? {
                Ok(reader) => reader,
                Err(error) => return Some((Err(error), None)),
            };
            match next_of(&reader).await {
                Ok(chunk) => Some((Ok(chunk?), Some(Ok(reader)))),
                Err(error) => Some((Err(error), None)),
            }
        })
    }
}

async fn give_next(
    chunks: Rc<RefCell<Option<Chunks>>>,
    controller: ReadableStreamDefaultController,
) -> Result<JsValue, JsValue> {
    let Some(mut waiting) = chunks.take() else {
        return Ok(JsValue::UNDEFINED);
    };
    match waiting.next().await {
        Some(Ok(chunk)) => {
            chunks.replace(Some(waiting));
            controller.enqueue_with_chunk(&chunk)?;
        }
        Some(Err(error)) => controller.error_with_e(&error),
        None => controller.close()?,
    }
    Ok(JsValue::UNDEFINED)
}

/// The next chunk; none at the end.
async fn next_of(reader: &ReadableStreamDefaultReader) -> Result<Option<JsValue>, JsValue> {
    let read = JsFuture::from(reader.read()).await?;
    let is_done = Reflect::get(&read, &"done".into())?.is_truthy();
    let value = Reflect::get(&read, &"value".into())?;
    Ok((!is_done).then_some(value))
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use super::*;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    wasm_bindgen_test_configure!(run_in_browser);

    async fn through_javascript(chunks: Vec<Result<JsValue, JsValue>>) -> Vec<Result<f64, f64>> {
        let raw = ReadableStream::from_stream(stream::iter(chunks)).into_raw();
        let read = ReadableStream::from_raw(raw).into_stream();
        let number = |value: JsValue| value.as_f64().unwrap_or(f64::NAN);
        read.map(|chunk| chunk.map(number).map_err(number))
            .collect()
            .await
    }

    #[wasm_bindgen_test]
    async fn what_goes_in_comes_out_and_ends() {
        let chunks = vec![Ok(1.into()), Ok(2.into()), Ok(3.into())];
        assert_eq!(
            through_javascript(chunks).await,
            [Ok(1.0), Ok(2.0), Ok(3.0)]
        );
        assert_eq!(through_javascript(Vec::new()).await, []);
    }

    #[wasm_bindgen_test]
    async fn an_error_is_the_last_that_comes_out() {
        let chunks = vec![Err(7.into()), Ok(2.into())];
        assert_eq!(through_javascript(chunks).await, [Err(7.0)]);
    }
}
