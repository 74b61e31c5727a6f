//! What is heard of the page: timers and clocks, its life, its connections and their answers.

use callscope_core::Timestamp;
use callscope_core::signal::ConnectionState;
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
    fn steady(this: &JsEars) -> f64;

    #[wasm_bindgen(method)]
    fn now(this: &JsEars) -> f64;

    #[wasm_bindgen(method)]
    fn wall(this: &JsEars) -> f64;

    #[wasm_bindgen(method, js_name = isClosed)]
    fn is_closed(this: &JsEars, connection: &RtcPeerConnection) -> bool;

    #[wasm_bindgen(method, js_name = iceState)]
    fn ice_state(this: &JsEars, connection: &RtcPeerConnection) -> f64;

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
                1 => Heard::Ice(which),
                2 => Heard::Answer(which, value),
                3 => Heard::Refusal(which, value),
                4 => Heard::Page(PageEvent::Hidden),
                5 => Heard::Page(PageEvent::Visible),
                6 => Heard::Page(PageEvent::Frozen),
                7 => Heard::Page(PageEvent::Resumed),
                _ => Heard::Page(PageEvent::Left),
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

    /// Now, on the clock that the [timestamps of statistics](https://www.w3.org/TR/webrtc-stats/#dom-rtcstats-timestamp)
    /// are on. It never runs backwards, and in some browsers it stands still while the machine sleeps.
    pub(crate) fn now(&self) -> Option<Timestamp> {
        Timestamp::new(self.js.now())
    }

    /// Both clocks, in milliseconds: one that cannot be set, and one that does not sleep.
    pub(crate) fn clocks(&self) -> [f64; 2] {
        [self.js.steady(), self.js.wall()]
    }

    /// Whether the connection was closed.
    pub(crate) fn is_closed(&self, connection: &RtcPeerConnection) -> bool {
        self.js.is_closed(connection)
    }

    /// How the connection's ICE is doing.
    pub(crate) fn ice_state(&self, connection: &RtcPeerConnection) -> Option<ConnectionState> {
        ConnectionState::unpack(self.js.ice_state(connection))
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
