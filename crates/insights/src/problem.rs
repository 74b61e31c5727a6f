//! What is answered when something is not done, in the shape of Twilio's errors.

use std::convert::Infallible;

use http::StatusCode;
use serde_json::{Value, json};

/// Why a request is not answered as it asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The status.
    pub status: StatusCode,
    /// A word for it, as the metrics count it.
    pub word: &'static str,
    /// What is wrong and what to do.
    pub message: String,
    /// After how many seconds to try again.
    pub retry_after: Option<u64>,
}

impl Problem {
    /// A problem.
    #[must_use]
    pub fn new(status: StatusCode, word: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            word,
            message: message.into(),
            retry_after: None,
        }
    }

    /// One that passes.
    #[must_use]
    pub fn for_now(status: StatusCode, word: &'static str, message: &str, seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new(status, word, message)
        }
    }

    /// There is no such thing.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        let message = format!("the requested resource {what} was not found");
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// A parameter is not one.
    #[must_use]
    pub fn parameter(name: &str, what: &str) -> Self {
        let message = format!("the parameter {name} {what}");
        Self::new(StatusCode::BAD_REQUEST, "parameter", message)
    }

    /// Twilio's code of such a problem, which its clients show.
    const fn code(&self) -> u32 {
        match self.status.as_u16() {
            401 => 20003,
            403 => 20403,
            404 => 20404,
            405 => 20004,
            429 => 20429,
            500..=599 => 20500,
            _ => 20001,
        }
    }

    /// What is answered.
    #[must_use]
    pub fn json(&self) -> Value {
        let code = self.code();
        json!({
            "code": code,
            "message": self.message,
            "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
            "status": self.status.as_u16(),
        })
    }
}

impl From<Infallible> for Problem {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
