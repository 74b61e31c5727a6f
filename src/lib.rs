//! The single-page app.

#[expect(
    unreachable_pub,
    reason = "leptos makes what it generates for a component public"
)]
mod app;
pub mod chart;
pub mod demo;
mod erased;
pub mod live;
mod markup;
pub mod model;
mod order;
pub mod page;
pub mod replay;
pub mod route;
pub mod theme;
pub mod view;

pub use app::{App, start};
