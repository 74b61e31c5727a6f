//! What is answered when something is not done, in the shape of Twilio's errors.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::store::StoreError;

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

    /// What is answered.
    pub(crate) fn json(&self) -> Value {
        let code = self.code();
        json!({
            "code": code,
            "message": self.message,
            "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
            "status": self.status.as_u16(),
        })
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
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let (word, message) = match error {
            StoreError::Busy => (
                "busy",
                "there is more to store than can be kept up with: try again",
            ),
            StoreError::Closed => ("closing", "the collector is being stopped: try again"),
            StoreError::Full => {
                let message =
                    "the collector's disk is full: try again, and tell who runs the collector";
                return Self::for_now(StatusCode::SERVICE_UNAVAILABLE, "full", message, 30);
            }
            StoreError::ReadOnly => {
                let message = "the collector's database can only be read: try again, and tell who runs the collector";
                return Self::for_now(StatusCode::SERVICE_UNAVAILABLE, "read_only", message, 30);
            }
            _ => {
                tracing::error!(error = &error as &dyn std::error::Error, "the store failed");
                (
                    "store",
                    "the store failed: try again, and tell who runs the collector",
                )
            }
        };
        Self::for_now(StatusCode::SERVICE_UNAVAILABLE, word, message, 5)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.json())).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            // Not Basic: a browser would ask the user for a password.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(Word(self.word));
        response
    }
}

/// The word for a problem, left on its answer for the metrics.
#[derive(Clone, Copy, Debug)]
pub struct Word(pub &'static str);
