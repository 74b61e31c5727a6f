//! What JavaScript threw, as a Rust error.

use std::fmt;

use wasm_bindgen::JsValue;

/// An exception or a rejection, with its name and message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    name: String,
    message: String,
}

impl Error {
    /// Reads what was thrown. Anything can be: what is no error is its own message.
    #[must_use]
    pub fn new(thrown: &JsValue) -> Self {
        let member = |name: &str| {
            let value = js_sys::Reflect::get(thrown, &JsValue::from_str(name)).ok()?;
            value.as_string()
        };
        Self {
            name: member("name").unwrap_or_else(|| "Error".to_owned()),
            message: member("message")
                .or_else(|| thrown.as_string())
                .unwrap_or_default(),
        }
    }

    pub(crate) fn named(name: &str, message: &str) -> Self {
        Self {
            name: name.to_owned(),
            message: message.to_owned(),
        }
    }

    /// Its name, such as `InvalidStateError`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its message; empty if there was none.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if !self.message.is_empty() {
            f.write_str(": ")?;
            f.write_str(&self.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
