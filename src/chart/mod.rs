//! Charts.
mod backend;
mod decimate;
mod draw;
mod frame;
mod marks;
mod model;
mod palette;
mod scale;
mod spans;
mod time;
mod tracks;
mod unit;

#[cfg(test)]
mod recording;
