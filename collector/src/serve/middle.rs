//! What is done around every request: pages of other origins, panics, counting.

use std::panic::AssertUnwindSafe;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use super::{Shared, Told};
use crate::problem::Problem;

/// For how long a browser need not ask again whether it may.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// What pages may send and read.
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST");
const HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-type, content-encoding");
const EXPOSED: HeaderValue = HeaderValue::from_static("retry-after");

pub(super) async fn around(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let allowed = allowed_origin(&shared, request.headers());
    let is_question = request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut response = if is_question {
        StatusCode::NO_CONTENT.into_response()
    } else {
        let answering = AssertUnwindSafe(next.run(request)).catch_unwind();
        answering.await.unwrap_or_else(|_panic| {
            tracing::error!(%path, "a request failed in an unexpected way");
            let message = "something unexpected went wrong: the collector's log tells more";
            let problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "panic", message);
            Told(problem).into_response()
        })
    };
    let status = response.status();
    shared.metrics.answered(status.as_u16());
    tracing::debug!(%method, %path, status = status.as_u16(), "answered");
    let headers = response.headers_mut();
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        if is_question {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        }
    }
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

/// The origin of the page that asks, if it may.
fn allowed_origin(shared: &Shared, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
    let is_admitted = shared.access.admits(origin.to_str().ok()?, host);
    is_admitted.then(|| origin.clone())
}
