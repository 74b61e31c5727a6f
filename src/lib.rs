//! The single-page app.

pub mod chart;
