//! The native side of callscope: what the binary `callscope` does, as a library that tests can call.

pub mod access;
pub mod administer;
pub mod config;
pub mod ingest;
pub mod keys;
pub mod metrics;
pub mod read;
pub mod replay;
pub mod serve;
pub mod simulate;
pub mod store;
mod tls;

pub use callscope_insights::{model, problem};
pub use serve::{State, app};
