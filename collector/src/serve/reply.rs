//! Problems as responses.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;
use crate::store::StoreError;

/// A problem that is told to who asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told(pub Problem);

impl<T: Into<Problem>> From<T> for Told {
    fn from(problem: T) -> Self {
        Self(problem.into())
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

impl IntoResponse for Told {
    fn into_response(self) -> Response {
        let Self(problem) = self;
        let mut response = (problem.status, Json(problem.json())).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = problem.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if problem.status == StatusCode::UNAUTHORIZED {
            // Not Basic: a browser would ask the user for a password.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
