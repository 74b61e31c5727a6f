//! A `getStats()` report, packed: the form in which reports reach the engine.
//!
//! A report is one flat slice of numbers, row after row: a tag, then the columns of that tag's table. Strings are
//! [`Atom`](crate::Atom)s, absent members are NaN, enumerated members are positions in a list. The tables say where in
//! the report each column comes from, so that the reader in JavaScript and the reader of recordings are made from them.

mod columns;
mod rows;

pub use columns::{
    Column, Kind, ROW_TYPES, RowType, candidate, codec, inbound, media_source, outbound, pair,
    remote_inbound, transport,
};
pub use rows::{Row, RowWriter, Rows};
