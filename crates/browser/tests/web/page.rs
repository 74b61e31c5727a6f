//! What the tests ask of the page: see `loopback.js`.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::RtcPeerConnection;

#[wasm_bindgen(module = "/tests/loopback.js")]
extern "C" {
    pub(crate) type Call;
    #[wasm_bindgen(static_method_of = Call, catch)]
    pub(crate) async fn make() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn local(this: &Call) -> RtcPeerConnection;
    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &Call);

    /// Bits per second, as the page computes them from the same reports.
    pub(crate) type Rates;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn layers(this: &Rates) -> Vec<LayerRate>;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn received(this: &Rates) -> f64;

    pub(crate) type LayerRate;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn ssrc(this: &LayerRate) -> u32;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn rid(this: &LayerRate) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn rate(this: &LayerRate) -> f64;

    pub(crate) fn overhear(pc: &RtcPeerConnection) -> JsValue;
    pub(crate) fn rates(heard: &JsValue, from: f64, to: f64) -> Rates;

    pub(crate) fn report(json: &str) -> JsValue;
    pub(crate) fn hostile() -> JsValue;
    pub(crate) fn streams(count: u32, names: &str) -> JsValue;

    pub(crate) fn stubborn(how: &str) -> RtcPeerConnection;
    pub(crate) fn asked(pc: &RtcPeerConnection) -> u32;
    pub(crate) fn steady() -> RtcPeerConnection;
    pub(crate) fn sleep(milliseconds: f64);
    pub(crate) fn wake();
    pub(crate) fn say(event: &str);
    pub(crate) fn turn(pc: &RtcPeerConnection, state: &str);
}

#[wasm_bindgen(module = "/src/sampler.js")]
extern "C" {
    /// How long the sampler waits.
    pub(crate) fn wait(now: f64, period: f64) -> f64;
}

/// Lets the page run for so long.
pub(crate) async fn pause(milliseconds: i32) {
    let mut start = |resolve: js_sys::Function, _| {
        web_sys::window()
            .unwrap()
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds)
            .unwrap();
    };
    JsFuture::from(Promise::new(&mut start)).await.unwrap();
}
