//! The native side of callscope: what the binary `callscope` does, as a library that tests can call.

pub mod replay;
