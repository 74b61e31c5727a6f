//! What can be set.

use crate::issue::{packet_loss, round_trip_time};
use crate::signal::SignalSet;
use crate::{LossRatio, Millis};

/// The length of an interval. Intervals are aligned to the epoch: …:00, …:10, …:20.
pub const INTERVAL: Millis = Millis::whole(10_000);

/// The engine's settings. The defaults are Twilio's thresholds.
#[derive(Clone, Debug)]
pub struct Config {
    /// A track that sent fewer packets is not judged; 0 turns the guard off.
    pub min_packets: f64,
    /// Cumulative loss from which a track has the issue `packet_loss`.
    pub high_loss: LossRatio,
    /// Average round trip time above which a track has the issue `round_trip_time`.
    pub high_round_trip_time: Millis,
    /// Samples of a connection further apart than this were missed (the page was frozen, the machine asleep): what was
    /// counted meanwhile belongs to no interval, and a new baseline is taken. Longer than two intervals, so that a
    /// throttled page still gets intervals, with their true length.
    pub missed_after: Millis,
    /// The signals to look for.
    pub signals: SignalSet,
    /// Whether only what was [published](crate::Engine::publish) is a track. Else what goes out unpublished is one, too,
    /// under the name that the browser gives it.
    pub published_only: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            min_packets: 100.0,
            high_loss: packet_loss::HIGH_LOSS,
            high_round_trip_time: round_trip_time::HIGH_ROUND_TRIP_TIME,
            missed_after: Millis::whole(30_000),
            signals: SignalSet::ALL,
            published_only: false,
        }
    }
}
