//! When charts are painted: at most once per animation frame, whatever changed how often.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use leptos::leptos_dom::helpers::{
    AnimationFrameRequestHandle, request_animation_frame_with_handle,
};
use leptos::logging::error;

use crate::order::Few;

/// How urgent a repaint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pace {
    /// One chart a frame: the fine strokes after a movement, which take several times as long as a
    /// draft.
    Apart,
    /// With all others in the next frame.
    Together,
}

type Paint = Rc<dyn Fn()>;

/// The painters of a page's charts and which of them are due.
#[derive(Clone, Default)]
pub(super) struct Frames(Rc<Inner>);

#[derive(Default)]
struct Inner {
    painters: RefCell<Few<Paint>>,
    due: RefCell<Few<Pace>>,
    requested: Cell<Option<AnimationFrameRequestHandle>>,
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Frames").field(&self.0.due).finish()
    }
}

impl Frames {
    /// Makes `paint` what paints the chart `id`.
    pub(super) fn add(&self, id: u32, paint: impl Fn() + 'static) {
        self.0.painters.borrow_mut().insert(id, Rc::new(paint));
    }

    /// Forgets a chart.
    pub(super) fn remove(&self, id: u32) {
        self.0.painters.borrow_mut().remove(id);
        self.0.due.borrow_mut().remove(id);
    }

    /// Has the chart `id` painted soon.
    pub(super) fn request(&self, id: u32, pace: Pace) {
        let mut due = self.0.due.borrow_mut();
        let pace = due.get(id).map_or(pace, |before| pace.max(*before));
        due.insert(id, pace);
        drop(due);
        self.0.schedule();
    }
}

impl Inner {
    fn schedule(self: &Rc<Self>) {
        if self.requested.get().is_some() {
            return;
        }
        let this = Rc::downgrade(self);
        let run = move || this.upgrade().iter().for_each(Self::run);
        match request_animation_frame_with_handle(run) {
            Ok(handle) => self.requested.set(Some(handle)),
            Err(reason) => error!("no animation frame for a chart: {reason:?}"),
        }
    }

    fn run(self: &Rc<Self>) {
        self.requested.set(None);
        let mut now = Vec::new();
        self.due.borrow_mut().retain(|id, pace| {
            let first_apart = *pace == Pace::Apart && now.is_empty();
            let paint = *pace == Pace::Together || first_apart;
            if paint {
                now.push(id);
            }
            !paint
        });
        for id in now {
            // Cloned, for painting may add and remove charts.
            let paint = self.painters.borrow().get(id).map(Rc::clone);
            if let Some(paint) = paint {
                paint();
            }
        }
        if !self.due.borrow().is_empty() {
            self.schedule();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(handle) = self.requested.take() {
            handle.cancel();
        }
    }
}
