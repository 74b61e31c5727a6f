//! The single-page app.

pub mod chart;
pub mod demo;
