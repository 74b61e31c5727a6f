//! One chart's state, which its parts share.

use leptos::prelude::*;

use super::draw::Scene;
use super::frame::Frame;
use super::group::ChartGroup;
use super::model::{Backdrop, Series};
use super::palette::Palette;
use super::scale::View;
use super::tracks::max_in;
use super::unit::Unit;

/// What the parts of a chart share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chart {
    pub(super) id: u32,
    pub(super) group: ChartGroup,
    pub(super) title: StoredValue<String>,
    pub(super) unit: Unit,
    pub(super) series: Signal<Vec<Series>>,
    /// Other tracks that the value axis has room for.
    pub(super) beside: Option<Signal<Vec<Series>>>,
    pub(super) backdrop: Signal<Backdrop>,
    /// The spans in which no track has a value.
    pub(super) unknown: Memo<Vec<View>>,
    /// Where the plot was when it was last painted.
    pub(super) frame: RwSignal<Option<Frame>>,
}

impl Chart {
    /// The places of its tracks. Tracks.
    pub(super) fn places(&self) -> Vec<usize> {
        (0..self.series.with(Vec::len)).collect()
    }

    /// Reads the track at a place. Tracks.
    pub(super) fn track_at<T>(&self, place: usize, read: impl FnOnce(&Series) -> T) -> Option<T> {
        self.series.read().get(place).map(read)
    }

    /// Subscribes to everything that a painting shows.
    pub(super) fn track(&self) {
        self.series.track();
        if let Some(beside) = self.beside {
            beside.track();
        }
        self.backdrop.track();
        self.group.view().track();
        self.group.isolated.track();
        self.group.highlighted.track();
    }

    /// Does `then` with what the chart shows now.
    pub(super) fn with_scene<T>(&self, draft: bool, then: impl FnOnce(&Scene<'_>) -> T) -> T {
        let group = self.group;
        let series = self.series.read_untracked();
        let backdrop = self.backdrop.read_untracked();
        let unknown = self.unknown.read_untracked();
        let isolated = group.isolated.read_untracked();
        let highlighted = group.highlighted.read_untracked();
        let view = group.view().get_untracked();
        let beside = self.beside.and_then(|beside| {
            let beside = beside.read_untracked();
            let most = beside.iter().filter_map(|track| max_in(track, view));
            most.reduce(f64::max)
        });
        let least = self.unit.min_range();
        then(&Scene {
            scale: group.display.scale.get_untracked(),
            view,
            unit: self.unit,
            min_range: beside.map_or(least, |most| most.max(least)),
            series: &series,
            unknown: &unknown,
            bands: &backdrop.bands,
            thresholds: &backdrop.thresholds,
            isolated: isolated.as_deref(),
            highlighted: highlighted.as_deref(),
            palette: Palette::of(group.display.dark.get_untracked()),
            offset: &ChartGroup::offset,
            draft,
        })
    }

    /// Whether a track is drawn: the isolated one alone, if this chart has it. Tracks.
    pub(super) fn shows(&self, name: &str) -> bool {
        self.group.isolated.with(|isolated| {
            isolated.as_deref().is_none_or(|only| {
                only == name
                    || self
                        .series
                        .with(|series| series.iter().all(|track| track.name != only))
            })
        })
    }
}
