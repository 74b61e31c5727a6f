//! Stored calls to take away.

use callscope_core::Metric;
use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::json::Json;
use super::shelf::Shelf;

#[wasm_bindgen(module = "/src/stored/keep.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = saveExport)]
    async fn save_export(
        prefix: &str,
        room: &str,
        participants: Array,
        is_whole: bool,
        name: &str,
        tell: &Closure<dyn Fn(f64)>,
    ) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = saveRows)]
    async fn save_rows(
        prefix: &str,
        room: &str,
        participants: Array,
        metrics: Array,
        name: &str,
        tell: &Closure<dyn Fn(f64)>,
    ) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = copy)]
    async fn copy_js(words: &str, prefix: &str) -> Result<JsValue, JsValue>;
}

/// What of a room is taken away.
#[derive(Clone, Debug)]
pub(crate) struct Extract {
    pub(crate) shelf: Shelf,
    pub(crate) room: String,
    pub(crate) participants: Vec<String>,
    /// Whether that is the whole room, else one participant.
    pub(crate) is_whole: bool,
    /// What files of it are called, without an ending.
    pub(crate) name: String,
}

impl Extract {
    /// As a file that the replay page opens again; `tell` hears how many participants are in it already.
    pub(crate) async fn save_export(self, tell: impl Fn(f64) + 'static) -> Result<(), String> {
        let tell = Closure::<dyn Fn(f64)>::new(tell);
        let file = format!("{}.callscope.json", self.name);
        let prefix = self.shelf.prefix();
        let people = texts(self.participants.iter().map(String::as_str));
        let saved = save_export(prefix, &self.room, people, self.is_whole, &file, &tell).await;
        saved.map(|_| ()).map_err(in_words)
    }

    /// As a row for each interval.
    pub(crate) async fn save_rows(self, tell: impl Fn(f64) + 'static) -> Result<(), String> {
        let tell = Closure::<dyn Fn(f64)>::new(tell);
        let file = format!("{}.csv", self.name);
        let prefix = self.shelf.prefix();
        let people = texts(self.participants.iter().map(String::as_str));
        let metrics = texts(Metric::ALL.iter().map(|metric| metric.name()));
        let saved = save_rows(prefix, &self.room, people, metrics, &file, &tell).await;
        saved.map(|_| ()).map_err(in_words)
    }
}

/// Copies words about a page that shows what is on a shelf, with a link to it if others can follow that.
pub(crate) async fn copy(words: &str, shelf: Shelf) -> Result<(), String> {
    copy_js(words, shelf.prefix())
        .await
        .map(|_| ())
        .map_err(in_words)
}

fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> Array {
    texts.map(JsValue::from_str).collect()
}

fn in_words(thrown: JsValue) -> String {
    let message = Json::new(thrown).text("message");
    message.unwrap_or_else(|| "The browser did not say why.".to_owned())
}
