//! What happens to the page: hidden, frozen, left.

use std::rc::Rc;

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Document, Event, PageTransitionEvent, VisibilityState};

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
    _listeners: [EventListener; 5],
}

impl Lifecycle {
    /// Starts to listen; `None` where there is no document (in a worker).
    pub fn watch(on: impl Fn(PageEvent) + 'static) -> Option<Self> {
        let window = web_sys::window()?;
        let document = window.document()?;
        let on = Rc::new(on);
        let tell = |event: PageEvent| {
            let on = Rc::clone(&on);
            move |_: &Event| on(event)
        };
        let seen = {
            let (on, document) = (Rc::clone(&on), document.clone());
            move |_: &Event| on(visibility(&document))
        };
        let shown = {
            let on = Rc::clone(&on);
            move |event: &Event| {
                if is_from_cache(event) {
                    on(PageEvent::Resumed);
                }
            }
        };
        Some(Self {
            _listeners: [
                EventListener::new(&document, "visibilitychange", seen),
                EventListener::new(&document, "freeze", tell(PageEvent::Frozen)),
                EventListener::new(&document, "resume", tell(PageEvent::Resumed)),
                EventListener::new(&window, "pagehide", tell(PageEvent::Left)),
                EventListener::new(&window, "pageshow", shown),
            ],
        })
    }
}

fn visibility(document: &Document) -> PageEvent {
    if document.visibility_state() == VisibilityState::Hidden {
        PageEvent::Hidden
    } else {
        PageEvent::Visible
    }
}

/// A page is shown once after it has loaded, too.
fn is_from_cache(event: &Event) -> bool {
    event
        .dyn_ref::<PageTransitionEvent>()
        .is_some_and(PageTransitionEvent::persisted)
}
