//! What can be read: Twilio's Insights REST API for video, and beside it what Twilio only shows on screen.

pub(crate) mod twilio;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use callscope_insights::{Settings, answer};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::keys::KeyKind;
use crate::model::AccountSid;
use crate::problem::Problem;
use crate::serve::{Shared, Told};

/// What Twilio only shows on screen, as callscope-insights answers it.
pub(crate) async fn insights(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Json<Value>, Told> {
    let account = reader(&shared, &headers)?;
    let settings = Settings {
        session_timeout_ms: shared.config.session_timeout_ms,
        dashboard_ms: shared.config.retention.dashboard,
        rooms_ms: shared.config.retention.rooms,
    };
    let (store, now) = (&*shared.store, shared.now());
    let answer = answer(store, &account, now, settings, uri.path(), uri.query());
    Ok(Json(answer.await?))
}

/// Lets in who may read.
fn reader(shared: &Shared, headers: &HeaderMap) -> Result<AccountSid, Problem> {
    let guest = shared.access.enter(headers, None, KeyKind::Read)?;
    Ok(guest.account)
}

/// Under what address the server is asked.
fn base(shared: &Shared, headers: &HeaderMap) -> String {
    if let Some(url) = &shared.config.public_url {
        return url.clone();
    }
    let text = |name| headers.get(name).and_then(|it| it.to_str().ok());
    let scheme = match text(header::HeaderName::from_static("x-forwarded-proto")) {
        Some("https") => "https",
        _ => "http",
    };
    match text(header::HOST) {
        Some(host) => format!("{scheme}://{host}"),
        None => format!("{scheme}://{}", shared.config.listen),
    }
}

/// As ISO 8601, to the second.
fn iso(ms: i64) -> Value {
    let time = OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).ok();
    json!(time.and_then(|it| it.format(&Rfc3339).ok()))
}

fn seconds(ms: i64) -> i64 {
    (ms + 500).div_euclid(1000)
}
