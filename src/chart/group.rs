//! What the charts of a page share: the part of the call they show, the crosshair, the track that
//! is looked at.

use gloo::timers::callback::Timeout;
use leptos::prelude::*;

use super::cursor::Cursor;
use super::display::Display;
use super::frames::Frames;
use super::scale::View;
use super::view::Zoom;
use crate::order::Few;

/// How long the view has to stand still before fine lines replace the draft, in milliseconds.
const IDLE_MS: u32 = 120;

/// The state that all charts of a page share. Made once by the page and passed to each of its
/// charts; it lives as long as the reactive owner it was made under.
#[derive(Clone, Copy, Debug)]
pub struct ChartGroup {
    zoom: RwSignal<Zoom>,
    extents: RwSignal<Few<View>>,
    extent: Memo<View>,
    view: Memo<View>,
    next_id: StoredValue<u32>,
    idle: StoredValue<Option<Timeout>, LocalStorage>,
    pub(super) frames: StoredValue<Frames, LocalStorage>,
    pub(super) display: Display,
    /// Whether the view is being moved right now.
    pub(super) moving: RwSignal<bool>,
    /// The time that is looked at.
    pub(super) cursor: RwSignal<Option<Cursor>>,
    /// The name of the only track to show.
    pub(super) isolated: RwSignal<Option<String>>,
    /// The name of the track to show strongest.
    pub(super) highlighted: RwSignal<Option<String>>,
}

impl Default for ChartGroup {
    fn default() -> Self {
        Self::new()
    }
}

impl ChartGroup {
    /// A group that shows the whole call.
    #[must_use]
    pub fn new() -> Self {
        let zoom = RwSignal::new(Zoom::All);
        let extents = RwSignal::new(Few::default());
        // Before there is data: now is when it will come.
        let now = js_sys::Date::now();
        let none = View {
            t0: now,
            t1: now + 1.0,
        };
        let extent = Memo::new(move |_| {
            extents.with(|extents: &Few<View>| {
                extents
                    .values()
                    .copied()
                    .reduce(View::union)
                    .unwrap_or(none)
            })
        });
        Self {
            zoom,
            extents,
            extent,
            view: Memo::new(move |_| zoom.get().view(extent.get())),
            next_id: StoredValue::new(0),
            idle: StoredValue::new_local(None),
            frames: StoredValue::new_local(Frames::default()),
            display: Display::watch(),
            moving: RwSignal::new(false),
            cursor: RwSignal::new(None),
            isolated: RwSignal::new(None),
            highlighted: RwSignal::new(None),
        }
    }

    /// The span of time that the charts show.
    #[must_use]
    pub fn view(&self) -> Memo<View> {
        self.view
    }

    /// The span of time of the data of all charts.
    #[must_use]
    pub fn extent(&self) -> Memo<View> {
        self.extent
    }

    /// Where the crosshair stands, whichever chart it was put in.
    #[must_use]
    pub fn cursor(&self) -> ReadSignal<Option<Cursor>> {
        self.cursor.read_only()
    }

    /// The name of the only track that is shown, if one is isolated.
    #[must_use]
    pub fn isolated(&self) -> ReadSignal<Option<String>> {
        self.isolated.read_only()
    }

    /// Shows the track of that name alone, or all.
    pub fn isolate(&self, name: Option<String>) {
        if self.isolated.with_untracked(|before| *before != name) {
            self.isolated.set(name);
        }
    }

    /// Whether the charts show a part of the call. Tracks.
    #[must_use]
    pub fn is_zoomed(&self) -> bool {
        self.zoom.get() != Zoom::All
    }

    /// Shows `view`, as far as there is data. A view at the end of the data follows what arrives.
    pub fn show(&self, view: View) {
        let zoom = Zoom::of(view, self.extent.get_untracked());
        if zoom != self.zoom.get_untracked() {
            self.zoom.set(zoom);
        }
    }

    /// Shows a span and so many milliseconds around it, as far as the call goes.
    pub fn show_around(&self, from: f64, to: f64, around: f64) {
        let extent = self.extent.get_untracked();
        self.show(View { t0: from, t1: to }.with_around(around, extent));
    }

    /// Shows the whole call and keeps showing it as it goes on.
    pub fn reset(&self) {
        self.zoom.set(Zoom::All);
    }

    /// As [`ChartGroup::show`], for a view that is on the move: lines are drawn fast until it
    /// stands still.
    pub(super) fn glide(&self, view: View) {
        let this = *self;
        let rest = Timeout::new(IDLE_MS, move || {
            // The page may be gone by then.
            let _gone = this.moving.try_set(false);
        });
        self.idle.set_value(Some(rest));
        if !self.moving.get_untracked() {
            self.moving.set(true);
        }
        self.show(view);
    }

    /// A number for a new chart.
    pub(super) fn join(&self) -> u32 {
        let id = self.next_id.get_value();
        self.next_id.set_value(id + 1);
        id
    }

    /// Says which span the data of the chart `id` has.
    pub(super) fn set_extent(&self, id: u32, extent: Option<View>) {
        if self
            .extents
            .with_untracked(|extents| extents.get(id).copied())
            == extent
        {
            return;
        }
        self.extents.update(|extents| {
            match extent {
                Some(extent) => extents.insert(id, extent),
                None => extents.remove(id),
            };
        });
    }

    /// Forgets the chart `id`. The group itself may be gone already.
    pub(super) fn leave(&self, id: u32) {
        let _gone = self.extents.try_update(|extents| extents.remove(id));
        let _gone = self.frames.try_with_value(|frames| frames.remove(id));
    }

    /// How many milliseconds the clock that is shown is ahead of UTC at `t`.
    pub(super) fn offset(t: f64) -> f64 {
        crate::zone::offset(t)
    }
}
