//! The built app: its files, and its page for every address that is none of them.

use std::path::Path;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::services::{ServeDir, ServeFile};

use super::Told;
use crate::problem::Problem;

/// A file whose name changes with what is in it.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Anything else is asked for again, and not sent again if it is the same.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Serves the app in that folder.
pub(super) fn app(folder: &Path) -> Router {
    let page = ServeFile::new(folder.join("index.html"))
        .precompressed_br()
        .precompressed_gzip();
    let files = ServeDir::new(folder)
        .precompressed_br()
        .precompressed_gzip()
        .fallback(page);
    Router::new()
        .fallback_service(files)
        .layer(middleware::from_fn_with_state((), around))
}

async fn around(State(()): State<()>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    if path.starts_with("/v1/") || !is_reading {
        return Told(Problem::not_found(&path)).into_response();
    }
    let wants_file = is_file(&path);
    let mut response = next.run(request).await;
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|it| it.as_bytes().starts_with(b"text/html"));
    // A file of an earlier build is gone: the page instead of it would be read as that file.
    if wants_file && is_page && !path.ends_with(".html") {
        return Told(Problem::not_found(&path)).into_response();
    }
    let is_there = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let cache = if is_there && is_hashed(&path) {
        FOR_EVER
    } else {
        ASK_AGAIN
    };
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    response
}

/// Whether a path is of a file: sids and names have no extension that the app has.
fn is_file(path: &str) -> bool {
    const EXTENSIONS: [&str; 12] = [
        "br", "css", "gz", "ico", "js", "json", "map", "png", "svg", "txt", "wasm", "woff2",
    ];
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.')
        .is_some_and(|(_, extension)| EXTENSIONS.contains(&extension))
}

/// Whether the name has a hash of what is in the file, as Trunk gives them: `callscope-app-0123456789abcdef_bg.wasm`.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split(['-', '_', '.'])
        .any(|part| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_with_a_hash_are_kept_for_ever() {
        for (path, is_kept) in [
            ("/callscope-app-0123456789abcdef_bg.wasm", true),
            ("/app-fedcba9876543210.css", true),
            ("/index.html", false),
            ("/rooms/0123456789abcde", false),
            ("/reader.js", false),
        ] {
            assert_eq!(is_hashed(path), is_kept, "{path}");
        }
    }
}
