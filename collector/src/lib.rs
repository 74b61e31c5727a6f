//! The native side of callscope: what the binary `callscope` does, as a library that tests can call.

pub mod keys;
pub mod model;
pub mod replay;
pub mod store;
