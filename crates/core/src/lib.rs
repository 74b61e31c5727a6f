//! The measuring engine of callscope: `getStats()` reports in, ten-second intervals, issues and signals out.
//!
//! The same code runs in the participant's browser, in the collector and over recordings, so that they agree.
//! It never reads a clock, never does I/O and knows nothing of JavaScript: time comes in with each report.
//!
//! ```
//! use callscope_core::{Atom, Config, Engine, Output, report::{Kind, RowWriter, outbound}};
//!
//! let mut engine = Engine::new(Config::default());
//! let connection = Atom::new(0);
//! for (at, bytes) in [(1_000.0, 0.0), (11_000.0, 125_000.0)] {
//!     let mut rows = Vec::new();
//!     RowWriter::new(&mut rows, outbound::TAG)
//!         .set(outbound::TIMESTAMP, at)
//!         .set(outbound::SSRC, 7.0)
//!         .set(outbound::KIND, f64::from(Kind::Video as u8))
//!         .set(outbound::MID, 1.0)
//!         .set(outbound::BYTES, bytes);
//!     engine.sample(connection, &rows);
//! }
//! let interval = engine
//!     .drain()
//!     .find_map(|output| match output {
//!         Output::Interval(interval) if interval.track.is_some() => Some(interval),
//!         _ => None,
//!     })
//!     .unwrap();
//! assert_eq!(interval.duration.as_f64(), 10_000.0);
//! assert_eq!(interval.bitrate().unwrap().to_string(), "100 kbps");
//! ```
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod atom;
mod config;
mod connection;
mod counter;
pub mod delivery;
mod distribution;
mod engine;
mod explain;
mod fixed;
mod inbound;
mod interval;
pub mod issue;
mod layer;
mod ledger;
mod leg;
pub mod metric;
mod oddity;
mod path;
pub mod report;
pub mod signal;
mod span;
mod subject;
mod summary;
mod tally;
mod told;
mod units;
#[cfg(feature = "wire")]
pub mod wire;

pub use atom::Atom;
pub use config::{Config, INTERVAL};
pub use distribution::Distribution;
pub use engine::{Engine, Output};
pub use explain::{Absence, Explanation};
pub use fixed::{Fixed, to_fixed, to_short};
pub use interval::{Direction, Interval, LayerName, Notes, Scope, TrackId};
pub use metric::Metric;
pub use oddity::{Oddities, Oddity};
pub use path::{CandidateType, Path, Transport};
pub use report::Kind;
pub use subject::Totals;
pub use summary::{IssueSummary, TrackSummary};
pub use tally::Tally;
pub use units::{Bitrate, LossRatio, Millis, Timestamp};
