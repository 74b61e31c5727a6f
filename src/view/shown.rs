//! What the parts of one participant's media share.

use callscope_core::{Atom, Scope};
use leptos::prelude::*;

use crate::chart::ChartGroup;
use crate::model::{Call, Subject, shown, shown_name};

/// A call, the part of it that is looked at, and how. Made once by a page.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// The call.
    pub call: RwSignal<Call>,
    /// The only connection to show; `None` shows all.
    pub connection: RwSignal<Option<Atom>>,
    /// What its charts share.
    pub charts: ChartGroup,
    /// The start of the interval whose figures are shown, in milliseconds since the epoch.
    pub interval: RwSignal<Option<f64>>,
}

impl Shown {
    /// All of that call.
    #[must_use]
    pub fn new(call: RwSignal<Call>, connection: RwSignal<Option<Atom>>) -> Self {
        Self {
            call,
            connection,
            charts: ChartGroup::new(),
            interval: RwSignal::new(None),
        }
    }

    /// The places of the tracks or connections of a scope: they stay while their figures change. Tracks.
    #[must_use]
    pub fn places(self, scope: Scope) -> Vec<usize> {
        let connection = self.connection.get();
        self.call.with(|call| {
            shown(call, scope, connection)
                .map(|(place, _)| place)
                .collect()
        })
    }

    /// Reads a track or connection. Tracks.
    pub fn read<T>(self, place: usize, read: impl FnOnce(&Call, &Subject) -> T) -> Option<T> {
        self.call
            .with(|call| call.subjects.get(place).map(|subject| read(call, subject)))
    }

    /// Which interval the figures of tables are of. Tracks.
    #[must_use]
    pub fn which_interval(self) -> &'static str {
        if self.call.with(|call| call.is_over) {
            "The last ten seconds of each. All of the call is in the summary."
        } else {
            "Now: the interval in progress, or the last one where that does not know yet."
        }
    }

    /// What a track or connection is called here. Tracks.
    #[must_use]
    pub fn name(self, place: usize) -> String {
        let connection = self.connection.get();
        self.read(place, |call, subject| shown_name(call, subject, connection))
            .unwrap_or_default()
    }
}
