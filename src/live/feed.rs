//! The calls of the page that opened this one: the port, as seen from here. `feed.js` beside this file asks for it.

use js_sys::{Array, Float64Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/live/feed.js")]
extern "C" {
    #[wasm_bindgen(js_name = Feed)]
    type JsFeed;

    #[wasm_bindgen(static_method_of = JsFeed, js_class = "Feed", js_name = isWanted)]
    fn is_wanted() -> bool;

    #[wasm_bindgen(constructor, js_class = "Feed")]
    fn new(allowed: &str, take: &Closure<dyn Fn(Array)>) -> JsFeed;
}

/// The meta element of the page that says who may feed it: `*`, or origins.
const ALLOWED: &str = "meta[name='callscope-feed']";

/// What came from the other page.
#[derive(Debug)]
pub(super) enum Told {
    /// Nothing, for too long.
    Silence,
    /// That it is there, and measures no call; its origin.
    Idle(String),
    /// That it measures no more.
    Over,
    /// What is new of a call.
    Call(Box<News>),
}

/// What is new of a call.
#[derive(Debug)]
pub(super) struct News {
    /// Of whose page it is.
    pub(super) origin: String,
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

/// Whether this window was opened to watch the calls of another page.
pub(super) fn is_wanted() -> bool {
    JsFeed::is_wanted()
}

/// Has `take` called with what comes, as long as the page lives.
pub(super) fn listen(take: impl Fn(Told) + 'static) {
    let meta = leptos::prelude::document().query_selector(ALLOWED);
    let allowed = meta
        .ok()
        .flatten()
        .and_then(|meta| meta.get_attribute("content"));
    let take = Closure::<dyn Fn(Array)>::new(move |told: Array| take(Told::of(&told)));
    JsFeed::new(&allowed.unwrap_or_default(), &take);
    take.forget();
}

impl Told {
    fn of(told: &Array) -> Self {
        let text = |place| told.get(place).as_string();
        let Some(origin) = text(0) else {
            return Self::Silence;
        };
        match text(1).as_deref() {
            Some("call") => {}
            Some("idle") => return Self::Idle(origin),
            _ => return Self::Over,
        }
        let mut labels = strings(&told.get(6)).into_iter();
        let settings: Array = told.get(7).unchecked_into();
        let setting = |place| settings.get(place).as_f64().unwrap_or(f64::NAN);
        let numbers: Float64Array = told.get(8).unchecked_into();
        Self::Call(Box::new(News {
            origin,
            session: text(2).unwrap_or_default(),
            room: text(3),
            participant: text(4),
            names: strings(&told.get(5)),
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
