//! What JavaScript threw, as a Rust error.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use wasm_bindgen::JsValue;

/// An exception or a rejection.
#[derive(Clone, Debug, PartialEq)]
pub struct Error(JsValue);

impl Error {
    /// What was thrown. Anything can be: what is no error is its own message.
    #[must_use]
    pub fn new(thrown: &JsValue) -> Self {
        Self(thrown.clone())
    }

    /// Its name, such as `InvalidStateError`.
    #[must_use]
    pub fn name(&self) -> String {
        member(&self.0, "name").unwrap_or_else(|| "Error".to_owned())
    }

    /// Its message; empty if there was none.
    #[must_use]
    pub fn message(&self) -> String {
        member(&self.0, "message")
            .or_else(|| self.0.as_string())
            .unwrap_or_default()
    }
}

fn member(thrown: &JsValue, name: &str) -> Option<String> {
    let value = js_sys::Reflect::get(thrown, &JsValue::from_str(name)).ok()?;
    value.as_string()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())?;
        let message = self.message();
        if !message.is_empty() {
            f.write_str(": ")?;
            f.write_str(&message)?;
        }
        Ok(())
    }
}

impl core::error::Error for Error {}
