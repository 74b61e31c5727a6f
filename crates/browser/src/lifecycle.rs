//! What happens to the page: hidden, frozen, left.

use alloc::string::String;

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/sampler.js")]
extern "C" {
    #[wasm_bindgen(js_name = watchPage)]
    fn watch_page(heard: &Closure<dyn Fn(String)>) -> Option<js_sys::Function>;
}

/// Something happened to the page ([Page Lifecycle](https://wicg.github.io/page-lifecycle/)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageEvent {
    /// Nobody sees it any more. On a phone this can be the last that it hears.
    Hidden,
    /// It is seen again.
    Visible,
    /// It stops running, for a while or for good. Not all browsers say so.
    Frozen,
    /// It runs again, after having been frozen or kept in the back/forward cache.
    Resumed,
    /// It is being left.
    Left,
}

/// Listens to what happens to the page, until it is dropped.
#[must_use = "it stops listening when it is dropped"]
#[derive(Debug)]
pub struct Lifecycle {
    end: js_sys::Function,
    _heard: Closure<dyn Fn(String)>,
}

impl Lifecycle {
    /// Starts to listen; `None` where there is no document (in a worker).
    pub fn watch(on: impl Fn(PageEvent) + 'static) -> Option<Self> {
        let heard = Closure::<dyn Fn(String)>::new(move |what: String| {
            on(match what.as_str() {
                "hidden" => PageEvent::Hidden,
                "visible" => PageEvent::Visible,
                "freeze" => PageEvent::Frozen,
                "resume" => PageEvent::Resumed,
                _ => PageEvent::Left,
            });
        });
        let end = watch_page(&heard)?;
        Some(Self { end, _heard: heard })
    }
}

impl Drop for Lifecycle {
    fn drop(&mut self) {
        // It does not throw.
        drop(self.end.call0(&JsValue::UNDEFINED));
    }
}
