//! What the collector counts of itself, as Prometheus reads it. No label says whose it is.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    status: u16,
}

/// Why something was dropped or closed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

/// Why the collector closed a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// There are as many as there may be.
    Many,
    /// Its request came too slowly, or its answer was not read.
    Slow,
}

/// The counters.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    batches: Family<Outcome, Counter>,
    intervals: Counter,
    events: Counter,
    bytes: Counter,
    dropped: Family<Reason, Counter>,
    stored_in: Histogram,
    answers: Family<Answer, Counter>,
    purged: Counter,
    connections: Gauge,
    closed: Family<Reason, Counter>,
}

/// The reasons that the module gives.
const REASONS: [&str; 4] = ["expired", "full", "refused", "too_large"];

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("callscope");
        let batches = Family::<Outcome, Counter>::default();
        let intervals = Counter::default();
        let events = Counter::default();
        let bytes = Counter::default();
        let dropped = Family::<Reason, Counter>::default();
        let stored_in = Histogram::new(exponential_buckets(0.0005, 2.0, 16));
        let answers = Family::<Answer, Counter>::default();
        let purged = Counter::default();
        let connections = Gauge::default();
        let closed = Family::<Reason, Counter>::default();
        registry.register("batches", "Batches by what became of them", batches.clone());
        registry.register("intervals", "Intervals that were stored", intervals.clone());
        registry.register("events", "Events that were stored", events.clone());
        registry.register_with_unit(
            "body",
            "What was sent of batches",
            Unit::Bytes,
            bytes.clone(),
        );
        registry.register(
            "client_dropped_batches",
            "Batches that clients told they dropped",
            dropped.clone(),
        );
        registry.register_with_unit(
            "batch_duration",
            "From the arrival of a batch until it was durable",
            Unit::Seconds,
            stored_in.clone(),
        );
        registry.register("answers", "Answers by status", answers.clone());
        registry.register(
            "purged_rooms",
            "Rooms that were deleted because of their age",
            purged.clone(),
        );
        registry.register("connections", "Open connections", connections.clone());
        registry.register(
            "closed_connections",
            "Connections that the collector closed",
            closed.clone(),
        );
        Self {
            registry,
            batches,
            intervals,
            events,
            bytes,
            dropped,
            stored_in,
            answers,
            purged,
            connections,
            closed,
        }
    }
}

impl Metrics {
    /// A batch was dealt with.
    pub fn batch(&self, outcome: &'static str) {
        self.batches.get_or_create(&Outcome { outcome }).inc();
    }

    /// One was stored that was not there.
    pub fn stored(&self, intervals: usize, events: usize, took: Duration) {
        self.intervals.inc_by(intervals as u64);
        self.events.inc_by(events as u64);
        self.stored_in.observe(took.as_secs_f64());
    }

    /// So many bytes came.
    pub fn received(&self, bytes: usize) {
        self.bytes.inc_by(bytes as u64);
    }

    /// A client told that it dropped batches. Words of its own are one.
    pub fn dropped(&self, reason: &str, batches: u32) {
        let known = REASONS.into_iter().find(|it| *it == reason);
        let reason = known.unwrap_or("other");
        self.dropped
            .get_or_create(&Reason { reason })
            .inc_by(u64::from(batches));
    }

    /// A request was answered.
    pub fn answered(&self, status: u16) {
        self.answers.get_or_create(&Answer { status }).inc();
    }

    /// Rooms were deleted.
    pub fn purged(&self, rooms: u64) {
        self.purged.inc_by(rooms);
    }

    /// A connection was opened.
    pub fn connected(&self) {
        self.connections.inc();
    }

    /// A connection was closed.
    pub fn disconnected(&self) {
        self.connections.dec();
    }

    /// The collector closed a connection.
    pub fn closed(&self, reason: Closed) {
        let reason = match reason {
            Closed::Many => "many",
            Closed::Slow => "slow",
        };
        self.closed.get_or_create(&Reason { reason }).inc();
    }

    /// All of them as text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            // Writing into a string does not fail.
            Err(std::fmt::Error) => String::new(),
        }
    }
}
