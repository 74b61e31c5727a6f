//! What of callscope is measured against its peers, exported to the benchmark's page.

use callscope_browser::{Reader, Sampler};
use callscope_core::{Atom, Config, Engine, Scope};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::RtcPeerConnection;

/// Reads reports into rows, and no more.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Packing(Reader);

#[wasm_bindgen]
impl Packing {
    /// One that has read nothing yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Packs a report and returns how many numbers that took.
    #[must_use]
    pub fn sample(&mut self, report: &JsValue) -> usize {
        self.0.pack(report).len()
    }
}

/// Reads reports and measures.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Measuring {
    reader: Reader,
    engine: Engine,
    pc: Atom,
}

#[wasm_bindgen]
impl Measuring {
    /// One that has measured nothing yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        let reader = Reader::new();
        let pc = reader.intern("pc");
        Self {
            reader,
            engine: Engine::new(Config::default()),
            pc,
        }
    }

    /// Takes a report and returns how many intervals, issues and signals came of it.
    #[must_use]
    pub fn sample(&mut self, report: &JsValue) -> usize {
        self.engine.sample(self.pc, self.reader.pack(report));
        self.engine.drain().count()
    }

    /// What is received so far in the interval in progress, in bits per second; NaN if that is not known.
    #[must_use]
    pub fn received(&self) -> f64 {
        received(&self.engine)
    }
}

impl Default for Measuring {
    fn default() -> Self {
        Self::new()
    }
}

/// All of it: asks the connection, reads, measures.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Sampling(Sampler);

#[wasm_bindgen]
impl Sampling {
    /// One that samples that connection.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(pc: &RtcPeerConnection) -> Self {
        let sampler = Sampler::new(Config::default());
        sampler.attach(pc, "pc");
        Self(sampler)
    }

    /// Takes a sample; the promise is kept when the connection has answered.
    pub fn sample(&self) -> Promise {
        Promise::new(&mut |resolve, _| {
            let sampler = self.0.clone();
            self.0.sample_now(move || {
                sampler.engine_mut(|engine| engine.drain().count());
                drop(resolve.call0(&JsValue::UNDEFINED));
            });
        })
    }

    /// As [`Measuring::received`].
    #[must_use]
    pub fn received(&self) -> f64 {
        self.0.engine(received)
    }
}

fn received(engine: &Engine) -> f64 {
    let received = engine
        .in_progress()
        .find(|interval| interval.scope == Scope::Connection);
    let bitrate = received.and_then(|interval| interval.bitrate());
    bitrate.map_or(f64::NAN, |bitrate| bitrate.as_f64())
}
