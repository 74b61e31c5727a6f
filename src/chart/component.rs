//! The chart as a component: a card with title, legend, plot, and ways to take the numbers away.

use wasm_bindgen::JsCast;

use super::bands::band_names;
use super::export::{save_csv, save_png};
use super::group::ChartGroup;
use super::legend::legend;
use super::model::{Backdrop, Series, unknown_spans};
use super::plot::plot;
use super::state::Chart;
use super::table::table;
use super::unit::Unit;
use crate::erased::{Button, class_while, fixed, handler, when};
use crate::markup::*;

/// What a chart of tracks over time is made of.
#[derive(Clone, Debug)]
pub struct TimeSeries {
    /// What the chart shares with the others of its page: view, crosshair, isolated track.
    pub group: ChartGroup,
    /// What the chart shows, as its heading.
    pub title: String,
    /// What the values are measured in.
    pub unit: Unit,
    /// The tracks.
    pub series: Signal<Vec<Series>>,
    /// What they are held against.
    pub backdrop: Signal<Backdrop>,
    /// Other tracks that the value axis has room for, too: those of a chart to compare with.
    pub beside: Option<Signal<Vec<Series>>>,
    /// What to say while no value is known.
    pub empty: String,
    /// In CSS pixels, axes included.
    pub height: u32,
}

/// A chart of tracks over time.
///
/// The pointer moves the crosshair, the wheel zooms at it, dragging pans, dragging with shift (or
/// in an unzoomed chart) zooms to what it spans, a double click shows all. The plot is one tab
/// stop: arrows move the crosshair, with shift in large steps, plus and minus zoom, Home and End go
/// to the ends, Escape shows all.
///
/// It is a function and no component: what makes a component's properties optional is code, a third of the chart's.
#[must_use]
pub fn time_series_chart(given: TimeSeries) -> AnyView {
    let TimeSeries {
        group,
        title,
        unit,
        series,
        backdrop,
        beside,
        empty,
        height,
    } = given;
    let chart = Chart {
        id: group.join(),
        group,
        title: StoredValue::new(title.clone()),
        unit,
        series,
        beside,
        backdrop,
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
