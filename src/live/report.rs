//! What a call came to, for tests, scripts and files.

use js_sys::{Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::{Fed, Live};
use crate::chart::iso_utc;
use crate::view::download;

/// The object of the page's window that scripts use.
const GLOBAL: &str = "callscope";

impl Live {
    /// The call so far as JSON; of no call, an empty one.
    #[must_use]
    pub fn report(self) -> String {
        let call = self.call.read_untracked();
        let fed = |calls: &Vec<Fed>| {
            let fed = calls.get(self.chosen.get_untracked().checked_sub(1)?)?;
            Some(call.report(&fed.engine, &[]))
        };
        if let Some(report) = self.fed.with_value(fed) {
            return report;
        }
        match self.sampler.get_value() {
            Some(sampler) => sampler.engine(|engine| call.report(engine, &[])),
            None => call.report(
                &callscope_core::Engine::new(callscope_core::Config::default()),
                &[],
            ),
        }
    }

    /// Saves the call as a file.
    pub fn save(self) {
        let started = iso_utc(self.started.get_untracked());
        let name = format!("callscope-{}.json", started.replace(':', "-"));
        if let Err(thrown) = download(&self.report(), &name, "application/json") {
            self.error.set(Some(format!(
                "The browser did not save the call ({}). Allow downloads for this page and try again.",
                callscope_browser::Error::new(&thrown)
            )));
        }
    }

    /// Lets scripts ask for the call: `window.callscope.report()`.
    pub fn export(self) {
        let report = Closure::<dyn Fn() -> String>::new(move || self.report());
        let key = JsValue::from_str(GLOBAL);
        let window = window();
        let exported = Reflect::get(&window, &key)
            .ok()
            .and_then(|object| object.dyn_into::<Object>().ok())
            .unwrap_or_default();
        let is_set = Reflect::set(&exported, &"report".into(), report.as_ref())
            .and_then(|_| Reflect::set(&window, &key, &exported));
        debug_assert!(is_set.is_ok(), "the window takes new members");
        // It lives as long as the app: what calls it later is told by JavaScript that it is gone.
        StoredValue::new_local(report);
    }
}
