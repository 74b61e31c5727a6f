//! The worker that reads recordings, as seen from the page. What goes back and forth is told where it is made: crates/reader.

use callscope_recording::handover::VERSION;
use callscope_recording::{Damage, Warning};
use js_sys::{Array, Float64Array, Uint32Array};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, ErrorEvent, MessageEvent, Worker};

/// What starts the worker, beside the page.
const SCRIPT: &str = "reader.js";

/// So many parts are asked for ahead, so that the worker reads while the page measures.
const AHEAD: u32 = 2;

/// A part of a recording.
#[derive(Debug)]
pub(super) struct Part {
    /// For [`callscope_recording::handover::unpack`].
    pub(super) numbers: Vec<f64>,
    pub(super) names: Vec<String>,
    pub(super) warnings: Vec<Warning>,
    /// How many bytes of the file were read.
    pub(super) read: f64,
    pub(super) end: End,
}

/// Whether a part is the last.
#[derive(Debug)]
pub(super) enum End {
    /// There is more.
    No,
    /// It is; the counts of what was odd.
    Ended(Vec<u32>),
    /// The file cannot be read, and why.
    Failed(String),
}

/// A worker that reads a file. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Reader {
    worker: Worker,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(ErrorEvent)>,
}

impl Reader {
    /// Has a file read; `take` is called with each part, or once with why there is none.
    pub(super) fn open(
        file: Blob,
        take: impl Fn(Result<Part, String>) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let worker = Worker::new(SCRIPT)?;
        let fail = take.clone();
        let to = worker.clone();
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let data = event.data();
            if let Some(part) = data.dyn_ref::<Array>() {
                let part = Part::of(part);
                let goes_on = matches!(part.end, End::No);
                take(Ok(part));
                if goes_on {
                    ask(&to, &JsValue::NULL);
                }
            } else if data.as_f64() == Some(f64::from(VERSION)) {
                ask(&to, &file);
                (0..AHEAD).for_each(|_| ask(&to, &JsValue::NULL));
            } else {
                take(Err(data.as_string().unwrap_or_else(|| {
                    "its reader is of another version".to_owned()
                })));
            }
        });
        let on_error = Closure::<dyn Fn(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            fail(Err(event.message()));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self {
            worker,
            _on_message: on_message,
            _on_error: on_error,
        })
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

impl Part {
    fn of(part: &Array) -> Self {
        let numbers: Float64Array = part.get(0).unchecked_into();
        let names: Array = part.get(1).unchecked_into();
        let warnings: Array = part.get(2).unchecked_into();
        let text = |value: JsValue| value.as_string().unwrap_or_default();
        let warning = |place: u32| Warning {
            line: line(&warnings.get(2 * place)),
            damage: Damage::Told(text(warnings.get(2 * place + 1))),
        };
        let end = part.get(4);
        Self {
            numbers: numbers.to_vec(),
            names: (0..names.length())
                .map(|place| text(names.get(place)))
                .collect(),
            warnings: (0..warnings.length() / 2).map(warning).collect(),
            read: part.get(3).as_f64().unwrap_or(0.0),
            end: if let Some(counts) = end.dyn_ref::<Uint32Array>() {
                End::Ended(counts.to_vec())
            } else {
                end.as_string().map_or(End::No, End::Failed)
            },
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "lines are counted from 1, and below 2^53"
)]
fn line(number: &JsValue) -> Option<u64> {
    number.as_f64().map(|number| number as u64)
}

fn ask(worker: &Worker, message: &JsValue) {
    let posted = worker.post_message(message);
    debug_assert!(posted.is_ok(), "files and nothing can be posted");
}
