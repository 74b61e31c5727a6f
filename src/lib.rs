//! The single-page app.

#[expect(
    unreachable_pub,
    reason = "leptos makes what it generates for a component public"
)]
mod app;
pub mod chart;
pub mod demo;
mod live;
mod model;
#[expect(
    unreachable_pub,
    reason = "leptos makes what it generates for a component public"
)]
mod page;
mod replay;
mod route;
mod theme;
#[expect(
    unreachable_pub,
    reason = "leptos makes what it generates for a component public"
)]
mod view;

pub use app::{App, start};
