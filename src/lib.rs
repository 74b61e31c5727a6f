//! The single-page app.

pub mod demo;
