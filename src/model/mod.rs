//! A call as the pages show it, built from what the engine gives out. Nothing is measured here.

mod call;
mod facts;
mod finding;
mod report;
mod series;
mod subject;
#[cfg(test)]
mod tests;
mod told;
mod words;

pub use call::{Call, NameOfAtom, Names};
pub use facts::{Fact, frame_size, layer_name, limitation, path_of, picture, sums};
pub use finding::{Finding, What};
pub use series::{bands, findings, found_on, lanes, series, series_apart, shown, shown_name};
pub use subject::{Subject, Totals};
pub use told::{Found, Tagged, Told};
pub use words::{applies, clock_time, finding_name, format, format_or_unknown, label, why_absent};
