//! Where stored calls are read from: a collector, what this browser keeps, or calls that are made up.

use wasm_bindgen::prelude::*;

use super::json::Json;

#[wasm_bindgen(module = "/src/stored/source.js")]
extern "C" {
    /// What was chosen: [`BROWSER`], [`MADE_UP`], the address of a collector, or nothing for whatever fits this page.
    pub(crate) fn chosen() -> String;
    /// The key that a collector asks for.
    pub(crate) fn key() -> String;
    /// Keeps both; whether it could.
    pub(crate) fn choose(source: &str, key: &str) -> bool;
    #[wasm_bindgen(catch, js_name = current)]
    async fn current_js() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = ask)]
    async fn ask_js(path: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = kept)]
    async fn kept_js() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = clear)]
    async fn clear_js() -> Result<JsValue, JsValue>;
}

#[wasm_bindgen(module = "/src/stored/made_up.js")]
extern "C" {
    /// Looks at made-up calls, or no more; whether that could be kept.
    #[wasm_bindgen(js_name = makeUp)]
    pub(crate) fn make_up(is_wanted: bool) -> bool;
    /// Shows the dashboard, with nothing left of what was shown before.
    #[wasm_bindgen(js_name = startOver)]
    pub(crate) fn start_over();
}

/// The source that is what this browser keeps.
pub(crate) const BROWSER: &str = "browser";

/// The source that is made up.
pub(crate) const MADE_UP: &str = "made-up";

/// What is said where a choice cannot be kept.
pub(crate) const NO_STORAGE: &str = "This browser keeps nothing: allow storage for this page.";

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure {
    /// The status of the answer, as HTTP has them; 0 if nobody answered.
    pub(crate) status: f64,
    /// What happened, in a sentence.
    pub(crate) message: String,
}

impl Failure {
    /// Whether what was asked for is not there.
    pub(crate) fn is_missing(&self) -> bool {
        self.status == 404.0
    }

    /// Whether a key is needed, or another one.
    pub(crate) fn is_refused(&self) -> bool {
        self.status == 401.0 || self.status == 403.0
    }
}

/// The source that is read: [`BROWSER`], [`MADE_UP`], or the address of a collector.
pub(crate) async fn current() -> String {
    let source = current_js().await.ok().and_then(|it| it.as_string());
    source.unwrap_or_else(|| BROWSER.to_owned())
}

/// Asks for a path of the read API, such as `/v1/insights/rooms?type=group`.
pub(crate) async fn ask(path: &str) -> Result<Json, Failure> {
    answer(ask_js(path).await)
}

/// How much this browser keeps, whatever the source is.
pub(crate) async fn kept() -> Result<Json, Failure> {
    answer(kept_js().await)
}

/// Deletes what this browser keeps, but for what waits to be sent.
pub(crate) async fn clear() -> Result<Json, Failure> {
    answer(clear_js().await)
}

/// Reads a status and JSON.
fn answer(answer: Result<JsValue, JsValue>) -> Result<Json, Failure> {
    match answer {
        Ok(answer) => {
            let parts = Json::new(answer).items();
            let status = parts.first().and_then(Json::as_number).unwrap_or_default();
            let body = parts.into_iter().nth(1);
            match body {
                Some(body) if status < 400.0 => Ok(body),
                body => Err(refusal(status, body)),
            }
        }
        Err(error) => Err(Failure {
            status: 0.0,
            message: Json::new(error)
                .text("message")
                .unwrap_or_else(|| "Nobody answers.".to_owned()),
        }),
    }
}

fn refusal(status: f64, body: Option<Json>) -> Failure {
    let message = body.and_then(|body| body.text("message"));
    Failure {
        status,
        message: message.unwrap_or_else(|| "It was refused without a reason.".to_owned()),
    }
}
