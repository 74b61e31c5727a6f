//! Handles on what the browser tells about an element; dropping a handle ends the watching.

use js_sys::Array;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit,
    MutationObserver, MutationObserverInit, ResizeObserver, ResizeObserverEntry,
};

/// Tells an element's content size in CSS pixels, now and whenever it changes.
#[must_use = "dropping it ends the watching"]
#[derive(Debug)]
pub(super) struct SizeWatch {
    observer: ResizeObserver,
    _callback: Closure<dyn FnMut(Array)>,
}

impl SizeWatch {
    pub(super) fn new(
        element: &Element,
        on_size: impl Fn((f64, f64)) + 'static,
    ) -> Result<Self, JsValue> {
        let callback = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
            if let Some(entry) = last::<ResizeObserverEntry>(&entries) {
                let content = entry.content_rect();
                on_size((content.width(), content.height()));
            }
        });
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref())?;
        observer.observe(element);
        Ok(Self {
            observer,
            _callback: callback,
        })
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Tells whether an element is in or near the viewport, now and whenever it changes.
#[must_use = "dropping it ends the watching"]
#[derive(Debug)]
pub(super) struct VisibilityWatch {
    observer: IntersectionObserver,
    _callback: Closure<dyn FnMut(Array)>,
}

impl VisibilityWatch {
    /// `margin` is how far outside the viewport an element counts as visible, as in CSS.
    pub(super) fn new(
        element: &Element,
        margin: &str,
        on_change: impl Fn(bool) + 'static,
    ) -> Result<Self, JsValue> {
        let callback = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
            if let Some(entry) = last::<IntersectionObserverEntry>(&entries) {
                on_change(entry.is_intersecting());
            }
        });
        let options = IntersectionObserverInit::new();
        options.set_root_margin(margin);
        let observer =
            IntersectionObserver::new_with_options(callback.as_ref().unchecked_ref(), &options)?;
        observer.observe(element);
        Ok(Self {
            observer,
            _callback: callback,
        })
    }
}

impl Drop for VisibilityWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Tells that an attribute of an element has changed.
#[must_use = "dropping it ends the watching"]
#[derive(Debug)]
pub(super) struct AttributeWatch {
    observer: MutationObserver,
    _callback: Closure<dyn FnMut()>,
}

impl AttributeWatch {
    pub(super) fn new(
        element: &Element,
        attribute: &str,
        on_change: impl Fn() + 'static,
    ) -> Result<Self, JsValue> {
        let callback = Closure::<dyn FnMut()>::new(on_change);
        let observer = MutationObserver::new(callback.as_ref().unchecked_ref())?;
        let options = MutationObserverInit::new();
        options.set_attributes(true);
        options.set_attribute_filter(&Array::of1(&JsValue::from_str(attribute)));
        observer.observe_with_options(element, &options)?;
        Ok(Self {
            observer,
            _callback: callback,
        })
    }
}

impl Drop for AttributeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

fn last<T: JsCast>(entries: &Array) -> Option<T> {
    entries
        .get(entries.length().checked_sub(1)?)
        .dyn_into()
        .ok()
}
