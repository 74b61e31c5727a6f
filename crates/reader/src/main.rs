//! The web worker in which the app reads recordings: the page stays free while hundreds of megabytes are parsed, and who opens
//! none loads no reader.
//!
//! When it is ready it posts [`VERSION`]. It is sent a `File` or `Blob`, and then anything each time the page is ready for more. For
//! that it posts, once or several times, an array of what stands in the recording next:
//!
//! | place | type | |
//! |---|---|---|
//! | 0 | `Float64Array` | reports and ends of connections, as [`callscope_recording::handover`] packs them |
//! | 1 | `string[]` | the names that are new |
//! | 2 | `(number or null, string)[]`, flat | what was left out: the line, if any, and what is wrong with it |
//! | 3 | `number` | the bytes of the file that were read so far |
//! | 4 | `undefined`, `Uint32Array` or `string` | there is more; or it ended, with the counts of what was odd; or why it cannot be read |

mod file;
mod post;
mod reading;

use std::cell::RefCell;

use callscope_recording::handover::VERSION;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent};

use post::Post;
use reading::Reading;

fn main() {
    console_error_panic_hook::set_once();
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let reading = RefCell::new(None);
    let to = scope.clone();
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let mut reading = reading.borrow_mut();
        if let Ok(file) = event.data().dyn_into::<Blob>() {
            *reading = Some(Reading::new(file, Post::new(to.clone())));
        } else if let Some(reading) = reading.as_mut() {
            reading.go_on();
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // It lives as long as the worker.
    on_message.forget();
    post::send(&scope, &VERSION.into());
}
