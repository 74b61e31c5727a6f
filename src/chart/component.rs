//! The chart as a component: a card with title, legend, plot, and ways to take the numbers away.

use wasm_bindgen::JsCast;

use super::bands::band_names;
use super::export::{save_csv, save_png};
use super::group::ChartGroup;
use super::legend::legend;
use super::model::{Band, Series, Threshold, unknown_spans};
use super::plot::plot;
use super::state::Chart;
use super::table::table;
use super::unit::Unit;
use crate::erased::{Button, class_while, fixed, handler, when};
use crate::markup::*;

/// A chart of tracks over time. All charts of a `group` share view, crosshair and isolated track.
///
/// `min_range` is the least top of the value axis, by default the unit's; `empty` is what to say
/// while no value is known; `height` is in CSS pixels, axes included.
///
/// The pointer moves the crosshair, the wheel zooms at it, dragging pans, dragging with shift (or
/// in an unzoomed chart) zooms to what it spans, a double click shows all. The plot is one tab
/// stop: arrows move the crosshair, with shift in large steps, plus and minus zoom, Home and End go
/// to the ends, Escape shows all.
#[component]
pub fn TimeSeriesChart(
    /// What the chart shares with the others of its page.
    group: ChartGroup,
    /// What the chart shows, as its heading.
    #[prop(into)]
    title: String,
    /// What the values are measured in.
    unit: Unit,
    /// The tracks.
    #[prop(into)]
    series: Signal<Vec<Series>>,
    /// A value past which the chart reads as bad.
    #[prop(into, optional)]
    threshold: MaybeProp<Threshold>,
    /// Spans behind the lines: issues, signals.
    #[prop(into, optional)]
    bands: Signal<Vec<Band>>,
    /// The least top of the value axis, in the unit.
    #[prop(into, optional)]
    min_range: Option<f64>,
    /// What to say while no value is known.
    #[prop(into, default = "Nothing was reported yet".to_owned())]
    empty: String,
    /// In CSS pixels, axes included.
    #[prop(default = 220)]
    height: u32,
) -> impl IntoView {
    time_series_chart(TimeSeries {
        group,
        title,
        unit,
        series,
        threshold,
        bands,
        min_range,
        empty,
        height,
    })
}

/// What a [`TimeSeriesChart`] is given.
#[derive(Clone, Debug)]
pub(crate) struct TimeSeries {
    pub(crate) group: ChartGroup,
    pub(crate) title: String,
    pub(crate) unit: Unit,
    pub(crate) series: Signal<Vec<Series>>,
    pub(crate) threshold: MaybeProp<Threshold>,
    pub(crate) bands: Signal<Vec<Band>>,
    pub(crate) min_range: Option<f64>,
    pub(crate) empty: String,
    pub(crate) height: u32,
}

/// As [`TimeSeriesChart`], which takes a third more to load: what makes its properties optional is
/// code, too.
pub(crate) fn time_series_chart(given: TimeSeries) -> AnyView {
    let TimeSeries {
        group,
        title,
        unit,
        series,
        threshold,
        bands,
        min_range,
        empty,
        height,
    } = given;
    let chart = Chart {
        id: group.join(),
        group,
        title: StoredValue::new(title.clone()),
        unit,
        min_range: min_range.unwrap_or_else(|| unit.min_range()),
        series,
        bands,
        threshold,
        unknown: Memo::new(move |_| series.with(|series| unknown_spans(series))),
        frame: RwSignal::new(None),
    };
    let canvas = AnyNode::new();
    let as_table = RwSignal::new(false);
    let picture = move || {
        if let Some(canvas) = canvas.get_untracked() {
            save_png(chart, canvas.unchecked_ref());
        }
    };
    let button = |words: &'static str, act: Box<dyn Fn() + Send + Sync>| {
        Button::new(fixed(words), act).class("chart-action")
    };
    let reset = class_while(move || !group.is_zoomed());
    view! {
        <section class="chart-card" aria-label=title.clone()>
            <header class="chart-header">
                <h3 class="chart-title">{title.clone()}</h3>
                <div class="chart-actions">
                    {button("PNG", Box::new(picture)).title("Save as a picture").view()}
                    {button("CSV", Box::new(move || save_csv(chart))).title("Save the numbers").view()}
                    {button("Table", Box::new(move || as_table.update(|shown| *shown = !*shown)))
                        .title("Show as table")
                        .pressed(move || as_table.get())
                        .view()}
                    // It keeps its place while there is nothing to reset, so that the legend does
                    // not jump.
                    <button
                        type="button"
                        class="chart-action chart-reset"
                        title="Show the whole call"
                        class:chart-reset-idle=reset
                        on:click=handler(move |_| group.reset())
                    >
                        "Reset"
                    </button>
                </div>
                {legend(chart)}
            </header>
            {band_names(chart)}
            {plot(chart, canvas, empty, height)}
            {when(move || as_table.get(), move || table(chart))}
        </section>
    }
    .into_any()
}
