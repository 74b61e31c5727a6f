//! The pages, one a file.

mod live;
mod not_found;
mod replay;

pub use live::LivePage;
pub use not_found::NotFoundPage;
pub use replay::ReplayPage;
