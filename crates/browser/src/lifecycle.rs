//! What happens to the page: hidden, frozen, left.

use crate::ears::{Ears, Heard};

/// Something happened to the page ([Page Lifecycle](https://wicg.github.io/page-lifecycle/)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageEvent {
    /// Nobody sees it any more. On a phone this can be the last that it hears.
    Hidden,
    /// It is seen again.
    Visible,
    /// It stops running, for a while or for good. Not all browsers say so.
    Frozen,
    /// It runs again, after having been frozen or kept in the back/forward cache.
    Resumed,
    /// It is being left.
    Left,
}

/// Listens to what happens to the page, until it is dropped.
#[must_use = "it stops listening when it is dropped"]
#[derive(Debug)]
pub struct Lifecycle {
    _ears: Ears,
}

impl Lifecycle {
    /// Starts to listen; `None` where there is no document (in a worker).
    pub fn watch(on: impl Fn(PageEvent) + 'static) -> Option<Self> {
        let ears = Ears::new(move |heard| {
            if let Heard::Page(event) = heard {
                on(event);
            }
        });
        ears.watch(0).then_some(Self { _ears: ears })
    }
}
