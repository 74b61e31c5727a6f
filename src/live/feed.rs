//! The calls of the page that opened this one: the port, as seen from here. `public/feed.js` asks for it.

use js_sys::{Array, Float64Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/later.js")]
extern "C" {
    /// Whether this window was opened to watch the calls of another page.
    #[wasm_bindgen(js_name = isWatching)]
    pub(super) fn is_wanted() -> bool;

    fn watch(take: &Closure<dyn Fn(Array)>);
}

/// What came from the other page.
#[derive(Debug)]
pub(super) enum Told {
    /// What is to be said while no call is heard of.
    Note(String),
    /// All its calls are over.
    Over,
    /// What is new of a call.
    Call(Box<News>),
}

/// What is new of a call.
#[derive(Debug)]
pub(super) struct News {
    /// Whose it is.
    pub(super) about: Option<String>,
    /// Which call.
    pub(super) session: String,
    pub(super) room: Option<String>,
    pub(super) participant: Option<String>,
    /// The strings behind the atoms from where those before ended.
    pub(super) names: Vec<String>,
    /// What people call tracks, by their identifiers.
    pub(super) labels: Vec<(String, String)>,
    /// For [`callscope_recording::handover::unpack`].
    pub(super) numbers: Vec<f64>,
    /// The thresholds in percent, milliseconds and packets.
    pub(super) thresholds: [f64; 3],
    /// Whether only what is published is a track.
    pub(super) published_only: bool,
    pub(super) is_over: bool,
}

/// Has `take` called with what comes, as long as the page lives.
pub(super) fn listen(take: impl Fn(Told) + 'static) {
    let take = Closure::<dyn Fn(Array)>::new(move |told: Array| take(Told::of(&told)));
    watch(&take);
    take.forget();
}

impl Told {
    fn of(told: &Array) -> Self {
        let text = |place| told.get(place).as_string();
        let Some(first) = text(0) else {
            return Self::Over;
        };
        if told.length() == 1 {
            return Self::Note(first);
        }
        let mut labels = strings(&told.get(5)).into_iter();
        let settings: Array = told.get(6).unchecked_into();
        let setting = |place| settings.get(place).as_f64().unwrap_or(f64::NAN);
        let numbers: Float64Array = told.get(7).unchecked_into();
        Self::Call(Box::new(News {
            session: first,
            room: text(1),
            participant: text(2),
            about: text(3),
            names: strings(&told.get(4)),
            labels: std::iter::from_fn(|| labels.next().zip(labels.next())).collect(),
            numbers: numbers.to_vec(),
            thresholds: [setting(0), setting(1), setting(2)],
            published_only: setting(3) > 0.0,
            is_over: setting(4) > 0.0,
        }))
    }
}

fn strings(list: &JsValue) -> Vec<String> {
    let list: &Array = list.unchecked_ref();
    (0..list.length())
        .map(|place| list.get(place).as_string().unwrap_or_default())
        .collect()
}
