//! What the parts of one participant's media share.

use callscope_core::issue::Issue;
use callscope_core::{Atom, Metric, Scope};

use crate::chart::{Backdrop, ChartGroup, Series, timeline};
use crate::erased::{dynamic, text, when};
use crate::markup::*;
use crate::model::{Call, Subject, bands, lanes, series, shown, shown_name};
use crate::threshold;

/// How high a chart is, in CSS pixels, axes included.
pub(super) const CHART_HEIGHT: u32 = 220;

/// What the timeline says while it is empty.
const NOTHING_FOUND: &str = "Nothing was found so far. Issues are judged per track over its whole duration; signals are shorter-lived.";

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
    /// Whose call it is, where others' are beside it.
    pub whose: StoredValue<Option<String>>,
    /// The call that this one is compared with.
    pub other: StoredValue<Option<RwSignal<Call>>>,
    /// How what is drawn together is taken apart, where that can be chosen.
    pub apart: Option<Apart>,
}

/// The choice to see layers, and received tracks, apart.
#[derive(Clone, Copy, Debug)]
pub struct Apart {
    /// Whether they are.
    pub is_on: RwSignal<bool>,
    /// What makes their lines; a pointer, so that who does not offer it does not load it.
    pub series: fn(&Call, Scope, Metric, Option<Atom>) -> Vec<Series>,
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
            whose: StoredValue::new(None),
            other: StoredValue::new(None),
            apart: None,
        }
    }

    /// A chart's title, with whose it is where that is not plain.
    pub(super) fn titled(self, title: &str) -> String {
        match self.whose.get_value() {
            Some(whose) => format!("{title} \u{b7} {whose}"),
            None => title.to_owned(),
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
        let call = self.call.read();
        call.subjects.get(place).map(|subject| read(&call, subject))
    }

    /// What a track or connection is called here. Tracks.
    #[must_use]
    pub fn name(self, place: usize) -> String {
        let connection = self.connection.get();
        self.read(place, |call, subject| shown_name(call, subject, connection))
            .unwrap_or_default()
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

    /// The lines of a chart.
    pub(super) fn series(self, scope: Scope, metric: Metric) -> Signal<Vec<Series>> {
        self.series_of(self.call, self.connection, scope, metric)
    }

    /// The lines that a chart is compared with.
    pub(super) fn beside(self, scope: Scope, metric: Metric) -> Option<Signal<Vec<Series>>> {
        let other = self.other.get_value()?;
        Some(self.series_of(other, RwSignal::new(None), scope, metric))
    }

    fn series_of(
        self,
        call: RwSignal<Call>,
        connection: RwSignal<Option<Atom>>,
        scope: Scope,
        metric: Metric,
    ) -> Signal<Vec<Series>> {
        Signal::derive(move || {
            let connection = connection.get();
            let lines = match self.apart {
                Some(apart) if apart.is_on.get() => apart.series,
                _ => series,
            };
            call.with(|call| lines(call, scope, metric, connection))
        })
    }

    /// What the lines of a chart are held against: where an issue begins, and where it stood.
    pub(super) fn backdrop(self, issue: Option<Issue>) -> Signal<Backdrop> {
        let chosen = issue.and_then(threshold::chosen);
        Signal::derive(move || {
            let connection = self.connection.get();
            issue.map_or_else(Backdrop::default, |issue| {
                self.call.with(|call| Backdrop {
                    thresholds: threshold::drawn(issue, call.judged_by(issue), chosen),
                    bands: bands(call, issue, connection),
                })
            })
        })
    }

    /// Issues and signals over time.
    pub(crate) fn timeline(self) -> AnyView {
        let rows = Signal::derive(move || {
            let connection = self.connection.get();
            self.call.with(|call| lanes(call, connection))
        });
        timeline(
            self.charts,
            rows,
            &self.titled("Issues and signals"),
            NOTHING_FOUND.to_owned(),
        )
    }

    /// What a row of a table is about: its name, its codec and identifier, and when it ended.
    pub(super) fn heading(self, place: usize) -> AnyView {
        let about = move || {
            self.read(place, |call, subject| subject.about(call))
                .unwrap_or_default()
        };
        let ended = move || {
            self.read(place, |call, subject| subject.ended(call))
                .flatten()
        };
        view! {
            <span class="track-name">{text(move || self.name(place))}</span>
            {dynamic(move || {
                let about = about();
                view! {
                    <span class="muted" title=about.clone()>
                        {about.clone()}
                    </span>
                }
                    .into_any()
            })}
            {when(
                move || ended().is_some(),
                move || {
                    view! { <span class="badge">{text(move || ended().unwrap_or_default())}</span> }.into_any()
                },
            )}
        }
        .into_any()
    }

    /// What to say while there is nothing of a scope.
    pub(super) fn none_of(self, scope: Scope, words: &'static str) -> AnyView {
        when(
            move || self.places(scope).is_empty(),
            move || view! { <p class="empty">{words}</p> }.into_any(),
        )
    }
}
