//! Rooms as there might be, as the batches that their browsers would send.
//!
//! They fill a dashboard before there are calls, and load a collector: `callscope simulate` writes or sends them, the app makes them up in
//! the browser. All chance comes from a seed: the same plan gives the same batches, to the last bit and on every machine. Who calls when,
//! with what, over which lines is in a module of its own each; issues and signals are not drawn but follow from the intervals, by the rules
//! of the engine.
//!
//! It has no network, no clock, no files and no threads: the time comes in with the [`Plan`].

mod calendar;
mod call;
mod clients;
mod network;
mod plan;
mod random;
mod received;
mod room;
mod timeline;
mod totals;
mod track;
mod watch;

pub use call::Call;
pub use plan::{Plan, PlanError, Simulation};
pub use timeline::Timeline;

const HOUR_MS: i64 = 3_600_000;

/// A figure with so many decimals, as the wire has it; `None` if it is no finite number.
fn rounded(value: f64, places: u8) -> Option<f64> {
    let scale = 10.0_f64.powi(i32::from(places));
    // Zero has no sign.
    value
        .is_finite()
        .then(|| (value * scale).round() / scale + 0.0)
}
