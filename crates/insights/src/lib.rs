//! What batches come to, and the answers that are read from it. The collector answers with this from its store, the app's worker from
//! what the module keeps in a browser.
//!
//! It has no network, no clock, no files and no database: what is kept is behind the trait [`History`], and the time comes in with each
//! question.

pub mod answer;
pub mod behind;
pub mod dashboard;
pub mod history;
pub mod listed;
pub mod memory;
pub mod model;
pub mod problem;
pub mod query;
pub mod rest;
mod zone;

pub use answer::{Settings, answer, answer_at_once};
pub use history::History;
pub use memory::Memory;
pub use problem::Problem;
