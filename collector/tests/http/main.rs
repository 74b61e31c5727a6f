//! `callscope serve` on a port, as a shell starts it.

#![expect(clippy::unwrap_used, reason = "tests")]

mod access;
mod crowd;
mod disk;
mod ingest;
mod openapi;
mod operation;
mod read;
mod server;
mod twilio;
