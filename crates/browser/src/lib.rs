//! The browser's side of callscope: reads `getStats()` reports into the engine, at the right moments.
//!
//! A [`Sampler`] is all that an application needs: it is given connections, asks them for reports, and hands out what
//! the engine makes of them. Nothing here throws into the page, blocks it or changes a call, and what is started is owned
//! by handles that clean up when they are dropped.
//!
//! There are no `#[wasm_bindgen]` exports here: they would be in every module that uses this crate.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod error;
mod heard;
mod lifecycle;
mod reader;
mod sampler;

pub use error::Error;
pub use lifecycle::{Lifecycle, PageEvent};
pub use reader::Reader;
pub use sampler::{Failure, Sampled, Sampler};
