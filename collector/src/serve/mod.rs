//! `callscope serve`: takes batches, keeps them, answers what they come to, and serves the app.

mod clock;
mod files;
mod listen;
mod middle;
mod open_files;
pub mod openapi;
mod reply;
mod run;

use std::sync::Arc;

use axum::Router;
use axum::extract::State as Extract;
use axum::http::{StatusCode, Uri, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;

use crate::access::Access;
use crate::config::Config;
use crate::ingest::{self, Memory, Rate};
use crate::keys::Keys;
use crate::metrics::Metrics;
use crate::problem::Problem;
use crate::read::{insights, twilio};
use crate::store::{Before, Purged, Store, StoreError};

pub use clock::Clock;
pub use reply::Told;
pub use run::{Serve, open_store, run};

/// What the requests have in common.
#[derive(Debug)]
pub struct State {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// How it is configured.
    pub config: Config,
    /// Who is let in.
    pub access: Access,
    /// How fast.
    pub rate: Rate,
    /// How much at a time.
    pub memory: Memory,
    /// What is counted.
    pub metrics: Metrics,
    /// What the time is.
    pub clock: Clock,
}

/// The state as handlers have it.
pub type Shared = Arc<State>;

impl State {
    /// Over a store, with the keys that are in it.
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub async fn new(store: Arc<dyn Store>, config: Config) -> Result<Self, StoreError> {
        let keys = Keys::new(store.keys().await?);
        let is_loopback = config.listen.ip().is_loopback();
        Ok(Self {
            access: Access::new(keys, is_loopback, config.origins.clone()),
            rate: Rate::new(&config.limits),
            memory: Memory::new(config.limits.waiting_bytes),
            metrics: Metrics::default(),
            clock: Clock::default(),
            store,
            config,
        })
    }

    /// The time, in milliseconds since the epoch.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Takes the keys anew: another process may have added or revoked some.
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub async fn refresh_keys(&self) -> Result<(), StoreError> {
        let keys = self.store.keys().await?;
        self.access.replace(Keys::new(keys));
        Ok(())
    }

    /// Deletes what is older than it is to be kept, if it is known how old that is.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn purge(&self) -> Result<Purged, StoreError> {
        let before = before(&self.config, self.now());
        if self.clock.is_in_doubt() {
            return Ok(Purged::default());
        }
        let purged = self.store.purge(before).await?;
        self.metrics.purged(purged.rooms);
        Ok(purged)
    }
}

/// From when on things are kept.
#[must_use]
pub const fn before(config: &Config, now: i64) -> Before {
    Before {
        rooms: now - config.retention.rooms,
        go_rooms: now - config.retention.go_rooms,
        roll_ups: now - config.retention.dashboard,
    }
}

/// From how many bytes on an answer is compressed: the intervals of a long call are, the answer to a batch is not.
const WORTH_IT: SizeAbove = SizeAbove::new(2048);

/// What is answered, by path. The OpenAPI document has the same.
pub(crate) fn routes() -> Vec<(&'static str, MethodRouter<Shared>)> {
    vec![
        ("/v1/batches", post(ingest::post)),
        ("/v1/Video/Rooms", get(twilio::rooms)),
        ("/v1/Video/Rooms/{room_sid}", get(twilio::one_room)),
        (
            "/v1/Video/Rooms/{room_sid}/Participants",
            get(twilio::participants),
        ),
        (
            "/v1/Video/Rooms/{room_sid}/Participants/{participant_sid}",
            get(twilio::one_participant),
        ),
        ("/v1/insights/rooms", get(insights)),
        ("/v1/insights/rooms/{room_sid}", get(insights)),
        ("/v1/insights/rooms/{room_sid}/timeline", get(insights)),
        (
            "/v1/insights/rooms/{room_sid}/participants/{participant_sid}",
            get(insights),
        ),
        (
            "/v1/insights/rooms/{room_sid}/participants/{participant_sid}/intervals",
            get(insights),
        ),
        (
            "/v1/insights/rooms/{room_sid}/participants/{participant_sid}/events",
            get(insights),
        ),
        ("/v1/insights/dashboard", get(insights)),
        ("/healthz", get(health)),
        ("/metrics", get(metrics)),
        ("/openapi.json", get(openapi::document)),
    ]
}

/// The paths that are answered.
pub fn paths() -> impl Iterator<Item = &'static str> {
    routes().into_iter().map(|(path, _)| path)
}

/// The server, without a port.
pub fn app(state: State) -> Router {
    router(Arc::new(state))
}

pub(crate) fn router(shared: Shared) -> Router {
    let mut router = Router::new();
    for (path, method) in routes() {
        router = router.route(path, method.fallback(wrong_method));
    }
    let router = match &shared.config.app {
        Some(folder) => router.fallback_service(files::app(folder)),
        None => router.fallback(nothing),
    };
    router
        .layer(CompressionLayer::new().compress_when(WORTH_IT))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&shared),
            middle::around,
        ))
        .with_state(shared)
}

async fn wrong_method() -> Told {
    Told(Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method",
        "this address is not asked in that way: /openapi.json says how",
    ))
}

async fn nothing(uri: Uri) -> Told {
    Told(Problem::not_found(uri.path()))
}

async fn health(Extract(shared): Extract<Shared>) -> Response {
    match shared.store.check().await {
        Ok(()) => (StatusCode::OK, "ok\n").into_response(),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the store cannot be written"
            );
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the store cannot be written\n",
            )
                .into_response()
        }
    }
}

async fn metrics(Extract(shared): Extract<Shared>) -> Response {
    const FORM: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, FORM)], shared.metrics.text()).into_response()
}
