//! How the page is shown: its theme, its pixels, its fonts.

use gloo::events::EventListener;
use js_sys::Number;
use leptos::logging::error;
use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::MediaQueryList;

use super::watch::AttributeWatch;
use crate::erased::effect;

/// The attribute of the document's element that names the theme, `dark` or `light`; without it the
/// system decides.
const THEME_ATTRIBUTE: &str = "data-theme";

/// Signals of what all charts of a page depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Display {
    /// Whether the theme is dark.
    pub(super) dark: RwSignal<bool>,
    /// Device pixels to a CSS pixel.
    pub(super) scale: RwSignal<f64>,
    /// Rises when fonts have been loaded.
    pub(super) fonts: RwSignal<u32>,
}

impl Display {
    /// Watches until the current reactive owner is disposed of.
    pub(super) fn watch() -> Self {
        let display = Self {
            dark: RwSignal::new(is_dark()),
            scale: RwSignal::new(window().device_pixel_ratio()),
            fonts: RwSignal::new(0),
        };
        display.watch_theme();
        display.watch_scale();
        display.watch_fonts();
        display
    }

    fn watch_theme(self) {
        let update = move || {
            let dark = is_dark();
            if self
                .dark
                .try_get_untracked()
                .is_some_and(|before| before != dark)
            {
                self.dark.set(dark);
            }
        };
        let system = media("(prefers-color-scheme: dark)")
            .map(|query| EventListener::new(&query, "change", move |_| update()));
        let page = document().document_element().and_then(|root| {
            AttributeWatch::new(&root, THEME_ATTRIBUTE, update)
                .map_err(report)
                .ok()
        });
        StoredValue::new_local((system, page));
    }

    /// A media query can only ask for one resolution, so each change asks for the next.
    fn watch_scale(self) {
        let listener = StoredValue::new_local(None);
        effect(move || {
            let query = media(&format!("(resolution: {}dppx)", in_full(self.scale.get())));
            listener.set_value(query.map(|query| {
                EventListener::new(&query, "change", move |_| {
                    self.scale.set(window().device_pixel_ratio());
                })
            }));
        });
    }

    fn watch_fonts(self) {
        let ready = document().fonts().ready().map_err(report);
        if let Ok(ready) = ready {
            leptos::task::spawn_local(async move {
                if JsFuture::from(ready).await.is_ok() {
                    // The page may be gone by then.
                    let _gone = self.fonts.try_update(|count| *count += 1);
                }
            });
        }
    }
}

fn is_dark() -> bool {
    let theme = document()
        .document_element()
        .and_then(|root| root.get_attribute(THEME_ATTRIBUTE));
    match theme.as_deref() {
        Some(theme) => theme == "dark",
        None => media("(prefers-color-scheme: dark)").is_some_and(|query| query.matches()),
    }
}

fn media(query: &str) -> Option<MediaQueryList> {
    window().match_media(query).map_err(report).ok().flatten()
}

/// A number to its last digit, as JavaScript writes it.
fn in_full(number: f64) -> String {
    let text = Number::from(number).to_string_with_radix(10);
    // It fails for a radix that is none.
    text.map(String::from).unwrap_or_default()
}

/// A chart is still a chart where the browser refuses to tell of changes.
pub(super) fn report(reason: wasm_bindgen::JsValue) {
    error!("a chart cannot follow changes of the page: {reason:?}");
}
