//! JSON as the browser has read it: what is not there, or is something else, is unknown.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// A value of it.
#[derive(Clone, Debug)]
pub(crate) struct Json(JsValue);

impl Json {
    /// That value.
    pub(crate) const fn new(value: JsValue) -> Self {
        Self(value)
    }

    /// It, for JavaScript.
    pub(crate) const fn value(&self) -> &JsValue {
        &self.0
    }

    /// The member of that name.
    pub(crate) fn get(&self, name: &str) -> Self {
        Self(Reflect::get(&self.0, &name.into()).unwrap_or(JsValue::UNDEFINED))
    }

    /// The text that the member of that name is.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name).0.as_string()
    }

    /// The number that the member of that name is.
    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.get(name).as_number()
    }

    /// Whether the member of that name is true.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.get(name).0.is_truthy()
    }

    /// The values of the list that the member of that name is; none if it is no list.
    pub(crate) fn list(&self, name: &str) -> Vec<Self> {
        self.get(name).items()
    }

    /// The values of a list; none if it is no list.
    pub(crate) fn items(&self) -> Vec<Self> {
        match self.0.dyn_ref::<Array>() {
            Some(array) => array.iter().map(Self).collect(),
            None => Vec::new(),
        }
    }

    /// The number that it is.
    pub(crate) fn as_number(&self) -> Option<f64> {
        self.0.as_f64()
    }

    /// The text that it is.
    pub(crate) fn as_text(&self) -> Option<String> {
        self.0.as_string()
    }
}
