//! What is heard of the page: timers, its life, its connections and their answers.

use wasm_bindgen::prelude::*;
use web_sys::RtcPeerConnection;

use crate::PageEvent;

#[wasm_bindgen(module = "/src/ears.js")]
extern "C" {
    #[wasm_bindgen(js_name = Ears)]
    #[derive(Debug)]
    type JsEars;

    #[wasm_bindgen(constructor, js_class = "Ears")]
    fn new(hear: &Closure<Hear>) -> JsEars;

    #[wasm_bindgen(method)]
    fn wait(this: &JsEars, which: u32, milliseconds: f64);

    #[wasm_bindgen(method)]
    fn watch(this: &JsEars, which: u32) -> bool;

    #[wasm_bindgen(method)]
    fn listen(this: &JsEars, which: u32, connection: &RtcPeerConnection);

    #[wasm_bindgen(method)]
    fn ask(this: &JsEars, which: u32, connection: &RtcPeerConnection);

    #[wasm_bindgen(method)]
    fn end(this: &JsEars, which: u32);

    #[wasm_bindgen(method)]
    fn close(this: &JsEars);
}

type Hear = dyn Fn(u32, u32, JsValue);

/// Something that was heard, with the number of what was started.
#[derive(Debug)]
pub(crate) enum Heard {
    /// The time is over.
    Woke(u32),
    /// Something happened to the page.
    Page(PageEvent),
    /// The ICE of a connection changed.
    Ice(u32),
    /// A connection answered with a report.
    Answer(u32, JsValue),
    /// A connection gave no report, and threw this.
    Refusal(u32, JsValue),
}

/// Hears until it is dropped; what was started ends then.
///
/// One function is called for everything, because each further one costs the module: see `ears.js` for the other side.
#[derive(Debug)]
pub(crate) struct Ears {
    js: JsEars,
    _hear: Closure<Hear>,
}

impl Ears {
    pub(crate) fn new(on: impl Fn(Heard) + 'static) -> Self {
        let hear = Closure::<Hear>::new(move |what, which, value: JsValue| {
            on(match what {
                0 => Heard::Woke(which),
                1 => match page_event(&value) {
                    Some(event) => Heard::Page(event),
                    None => return,
                },
                2 => Heard::Ice(which),
                3 => Heard::Answer(which, value),
                _ => Heard::Refusal(which, value),
            });
        });
        Self {
            js: JsEars::new(&hear),
            _hear: hear,
        }
    }

    /// Sets a timer; one that has the number already is replaced.
    pub(crate) fn wait(&self, which: u32, milliseconds: f64) {
        self.js.wait(which, milliseconds);
    }

    /// Watches the page; tells whether there is one.
    pub(crate) fn watch(&self, which: u32) -> bool {
        self.js.watch(which)
    }

    /// Hears how the connection's ICE is doing.
    pub(crate) fn listen(&self, which: u32, connection: &RtcPeerConnection) {
        self.js.listen(which, connection);
    }

    /// Asks a connection for a report, at once; the answer comes later.
    pub(crate) fn ask(&self, which: u32, connection: &RtcPeerConnection) {
        self.js.ask(which, connection);
    }

    /// Ends a timer, or stops listening.
    pub(crate) fn end(&self, which: u32) {
        self.js.end(which);
    }
}

impl Drop for Ears {
    fn drop(&mut self) {
        self.js.close();
    }
}

fn page_event(code: &JsValue) -> Option<PageEvent> {
    let events = [
        PageEvent::Hidden,
        PageEvent::Visible,
        PageEvent::Frozen,
        PageEvent::Resumed,
        PageEvent::Left,
    ];
    let code = code.as_f64()?;
    events
        .into_iter()
        .find(|&event| f64::from(event as u8) == code)
}
