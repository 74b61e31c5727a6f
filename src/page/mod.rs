//! The pages, one a file.

#![expect(
    unreachable_pub,
    reason = "leptos makes what it generates for a component public"
)]

mod live;
mod not_found;
mod replay;

pub use live::LivePage;
pub use not_found::NotFoundPage;
pub use replay::ReplayPage;
