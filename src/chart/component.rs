//! The chart as a component: a card with title, legend, plot, and ways to take the numbers away.

use leptos::html;
use leptos::prelude::*;

use super::bands::BandNames;
use super::export::{save_csv, save_png};
use super::group::ChartGroup;
use super::legend::Legend;
use super::model::{Band, Series, Threshold, unknown_spans};
use super::plot::Plot;
use super::state::Chart;
use super::table::Table;
use super::unit::Unit;

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
    let canvas = NodeRef::<html::Canvas>::new();
    let as_table = RwSignal::new(false);
    let picture = move |_| {
        if let Some(canvas) = canvas.get_untracked() {
            save_png(chart, &canvas);
        }
    };
    let name = title.clone();
    view! {
        <section class="chart-card" aria-label=name>
            <header class="chart-header">
                <h3 class="chart-title">{title}</h3>
                <div class="chart-actions">
                    <button type="button" class="chart-action" title="Save as a picture" on:click=picture>"PNG"</button>
                    <button type="button" class="chart-action" title="Save the numbers" on:click=move |_| save_csv(chart)>
                        "CSV"
                    </button>
                    <button
                        type="button"
                        class="chart-action"
                        title="Show as table"
                        aria-pressed=move || as_table.get().to_string()
                        on:click=move |_| as_table.update(|shown| *shown = !*shown)
                    >
                        "Table"
                    </button>
                    // It keeps its place while there is nothing to reset, so that the legend does
                    // not jump.
                    <button
                        type="button"
                        class="chart-action chart-reset"
                        title="Show the whole call"
                        class:chart-reset-idle=move || !group.is_zoomed()
                        on:click=move |_| group.reset()
                    >
                        "Reset"
                    </button>
                </div>
                <Legend chart />
            </header>
            <BandNames chart />
            <Plot chart canvas empty height />
            <Show when=move || as_table.get()>
                <Table chart />
            </Show>
        </section>
    }
}
