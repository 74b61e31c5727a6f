//! `POST /v1/batches`: from the bytes of a request to a durable batch.

mod body;
mod memory;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::body::Body;
use axum::extract::{RawQuery, State as Extract};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use callscope_core::wire::{Batch, Bounds, Refusal, RoomType};
use callscope_insights::query::Parameters;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde_json::json;

use memory::Held;
pub use memory::Memory;

use crate::config::{Config, Limits};
use crate::keys::KeyKind;
use crate::problem::Problem;
use crate::serve::{Shared, State, Told};
use crate::store::{Recorded, StoreError};

/// How many bytes take long to unpack and read: a browser sends few thousand.
const LARGE: usize = 64 << 10;

/// How much larger a batch is than its JSON, when it is read.
const PARSED: usize = 3;

/// How many characters are said of what is wrong with a batch.
const SAID: usize = 400;

/// Batches a second, by key.
#[derive(Debug)]
pub struct Rate(DefaultKeyedRateLimiter<String>);

impl Rate {
    /// So many a second with one key, and no more than that at once.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        let most = NonZeroU32::new(limits.batches_per_second).unwrap_or(NonZeroU32::MIN);
        Self(RateLimiter::keyed(Quota::per_second(most)))
    }

    fn check(&self, key: &String) -> Result<(), Problem> {
        self.0.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            Problem::for_now(
                StatusCode::TOO_MANY_REQUESTS,
                "rate",
                "there are more batches a second with this key than may be: try again later",
                wait.as_secs() + 1,
            )
        })
    }
}

/// Takes a batch. Whatever becomes of it is counted.
pub(crate) async fn post(
    Extract(shared): Extract<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let parameters = Parameters::new(query.as_deref());
    let mut body = Some(body);
    let taken = take(&shared, parameters.text("key"), &headers, &mut body).await;
    if let Some(unread) = body {
        let most = shared.config.limits.body_bytes;
        body::discard(unread, most, shared.config.request_timeout).await;
    }
    match taken {
        Ok((recorded, batch)) => {
            let (status, outcome) = match recorded {
                Recorded::New => (StatusCode::CREATED, "new"),
                Recorded::Repeated => (StatusCode::OK, "repeated"),
            };
            shared.metrics.batch(outcome);
            (status, Json(json!({"batch_id": batch, "status": outcome}))).into_response()
        }
        Err(problem) => {
            shared.metrics.batch(problem.word);
            Told(problem).into_response()
        }
    }
}

async fn take(
    shared: &Shared,
    key: Option<&str>,
    headers: &HeaderMap,
    body: &mut Option<Body>,
) -> Result<(Recorded, String), Problem> {
    let begun = Instant::now();
    let guest = shared.access.enter(headers, key, KeyKind::Ingest)?;
    shared.rate.check(&guest.key)?;
    let limits = &shared.config.limits;
    let is_packed = body::is_packed(headers)?;
    let body = body.take().unwrap_or_default();
    // Until it is stored.
    let mut held = shared.memory.hold();
    let within = shared.config.request_timeout;
    let bytes = body::read(body, limits.body_bytes, within, &mut held).await?;
    shared.metrics.received(bytes.len());
    let batch = if bytes.len() < LARGE {
        decode(shared, &bytes, is_packed, &mut held)?
    } else {
        // Others are not to wait for it.
        let shared = Arc::clone(shared);
        let decoding = move || {
            let decoded = decode(&shared, &bytes, is_packed, &mut held);
            decoded.map(|batch| (batch, held))
        };
        let decoded = tokio::task::spawn_blocking(decoding).await;
        let decoded = decoded.map_err(|_error| Problem::from(StoreError::Closed))?;
        let batch;
        (batch, held) = decoded?;
        batch
    };
    let id = batch.batch_id.to_string();
    let (intervals, events) = (batch.intervals.len(), batch.events.len());
    let dropped = batch.dropped.clone();
    let recorded = shared.store.record(&guest.account, batch).await?;
    drop(held);
    if recorded == Recorded::New {
        shared.metrics.stored(intervals, events, begun.elapsed());
        for (reason, batches) in dropped {
            shared.metrics.dropped(&reason, batches);
        }
    }
    Ok((recorded, id))
}

fn decode(
    shared: &State,
    bytes: &[u8],
    is_packed: Option<bool>,
    held: &mut Held,
) -> Result<Batch, Problem> {
    let limits = &shared.config.limits;
    let unpacked = body::unpack(bytes, is_packed, limits.unpacked_bytes)?;
    held.add(unpacked.len().saturating_mul(PARSED))?;
    let now = shared.now();
    parse(&unpacked, &shared.config, now).map_err(|problem| {
        if matches!(problem.word, "clock" | "too_old") && shared.clock.is_in_doubt() {
            // Whose clock is wrong is not known: the browser is to keep it.
            let message = "the collector's clock was set, and the batch does not fit it: try again";
            return Problem::for_now(StatusCode::SERVICE_UNAVAILABLE, "clock", message, 60);
        }
        problem
    })
}

/// What is wrong may be as long as the batch, as it is said with the value; where it is comes last.
fn shortened(sentence: &str) -> String {
    let whole: Vec<char> = sentence.chars().collect();
    match (
        whole.get(..SAID / 2),
        whole.get(whole.len().saturating_sub(SAID / 2)..),
    ) {
        (Some(first), Some(last)) if whole.len() > SAID => {
            first.iter().chain(&['…']).chain(last).collect()
        }
        _ => sentence.to_owned(),
    }
}

/// Reads a batch, and holds it to what is asked of one.
///
/// # Errors
///
/// If it is no batch, or one that is not taken.
pub fn parse(json: &[u8], config: &Config, now: i64) -> Result<Batch, Problem> {
    let batch: Batch = serde_json::from_slice(json).map_err(|error| {
        let message = format!("the body is no batch: {}", shortened(&error.to_string()));
        Problem::new(StatusCode::BAD_REQUEST, "malformed", message)
    })?;
    let is_go = batch
        .room
        .as_ref()
        .is_some_and(|room| room.r#type == Some(RoomType::Go));
    // What is older is deleted, and would be counted a second time.
    let max_age_ms = match is_go {
        true => config.retention.go_rooms.min(config.retention.rooms),
        false => config.retention.rooms,
    };
    let bounds = Bounds {
        now,
        max_skew_ms: config.limits.clock_skew_ms,
        max_age_ms,
        max_intervals: config.limits.intervals,
        max_events: config.limits.events,
    };
    match batch.check(&bounds) {
        Ok(()) => Ok(batch),
        Err(refusal) => {
            let (status, word) = match refusal {
                Refusal::Schema(_) => (StatusCode::UNPROCESSABLE_ENTITY, "schema"),
                Refusal::TooMany { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
                Refusal::FromTheFuture { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "clock"),
                Refusal::TooOld { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "too_old"),
                _ => (StatusCode::UNPROCESSABLE_ENTITY, "content"),
            };
            Err(Problem::new(status, word, refusal.to_string()))
        }
    }
}
