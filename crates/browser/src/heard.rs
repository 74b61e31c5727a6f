//! What the sampler tells of connections and their answers.

use callscope_core::signal::ConnectionState;
use callscope_core::{Atom, Timestamp};
use wasm_bindgen::prelude::*;
use web_sys::RtcPeerConnection;

#[wasm_bindgen(module = "/src/heard.js")]
extern "C" {
    fn engine(hear: &Closure<Hear>) -> JsValue;
}

#[wasm_bindgen(module = "/src/sampler.js")]
extern "C" {
    /// Takes the samples.
    #[derive(Debug)]
    pub(crate) type JsSampler;

    fn sampler(engine: &JsValue) -> JsSampler;

    #[wasm_bindgen(method)]
    pub(crate) fn attach(this: &JsSampler, pc: u32, connection: &RtcPeerConnection);

    #[wasm_bindgen(method)]
    pub(crate) fn detach(this: &JsSampler, pc: u32);

    #[wasm_bindgen(method)]
    pub(crate) fn start(this: &JsSampler, period: f64);

    #[wasm_bindgen(method)]
    pub(crate) fn stop(this: &JsSampler);

    #[wasm_bindgen(method)]
    pub(crate) fn sample(this: &JsSampler, done: &JsValue);

    #[wasm_bindgen(method)]
    pub(crate) fn give(this: &JsSampler);

    #[wasm_bindgen(method)]
    pub(crate) fn finish(this: &JsSampler);

    #[wasm_bindgen(method)]
    fn close(this: &JsSampler);
}

type Hear = dyn Fn(u32, u32, f64, JsValue) -> bool;

/// Something that the sampler tells.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A connection answered with a report.
    Report(Atom, JsValue),
    /// A connection gave no report, and threw this.
    Failed(Atom, JsValue),
    /// So many milliseconds after the last sample another is taken.
    Woke(f64),
    /// The ICE of a connection is in that state.
    State(Atom, ConnectionState, Timestamp),
    /// A connection is over.
    Closed(Atom),
    /// What has come is to be handed out: if it is not the first time, only if there is something.
    Give(bool),
    /// Something that means nothing here.
    Nothing,
}

/// The sampler in JavaScript, which ends when this is dropped.
///
/// One function is called for everything, because each further one costs the page: see `heard.js`.
#[derive(Debug)]
pub(crate) struct Ears {
    pub(crate) js: JsSampler,
    _hear: Closure<Hear>,
}

impl Ears {
    /// Tells what is heard; `on` says of [`Heard::Give`] whether something was handed out.
    pub(crate) fn new(on: impl Fn(Heard) -> bool + 'static) -> Self {
        let hear = Closure::<Hear>::new(move |what, pc, number, value: JsValue| {
            let pc = Atom::new(pc);
            on(match what {
                0 => Heard::Report(pc, value),
                1 => Heard::Failed(pc, value),
                2 => Heard::Woke(number),
                3 => value
                    .as_f64()
                    .and_then(ConnectionState::unpack)
                    .zip(Timestamp::new(number))
                    .map_or(Heard::Nothing, |(state, at)| Heard::State(pc, state, at)),
                4 => Heard::Closed(pc),
                _ => Heard::Give(number == 1.0),
            })
        });
        Self {
            js: sampler(&engine(&hear)),
            _hear: hear,
        }
    }
}

impl Drop for Ears {
    fn drop(&mut self) {
        self.js.close();
    }
}
