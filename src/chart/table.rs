//! The numbers of a chart as a table, for those who cannot see it or want to read them.

use callscope_core::to_short;

use super::group::ChartGroup;
use super::model::Series;
use super::rows::{Cell, Row, row_length, rows};
use super::state::Chart;
use super::time::{clock, date};
use crate::erased::{all, dynamic, text};
use crate::markup::*;

/// The view of a chart as rows of minimum, mean and maximum for each track. The unknown is spelt
/// out.
pub(super) fn table(chart: Chart) -> AnyView {
    let body = move || {
        let view = chart.group.view().get();
        let length = row_length(view);
        let rows = chart.series.with(|series| rows(series, view, length));
        all(rows.into_iter().map(|of| row(chart, of)))
    };
    let caption = move || {
        let view = chart.group.view().get();
        let offset = ChartGroup::offset(view.t0);
        format!(
            "{}, {}, minimum, mean and maximum of every {}",
            chart.title.get_value(),
            date(view.t0, offset),
            length_in_words(row_length(view))
        )
    };
    let names = move || {
        let name = |track: &Series| {
            let name = track.name.clone();
            view! { <th scope="colgroup" colspan="3">{name}</th> }.into_any()
        };
        chart.series.with(|series| all(series.iter().map(name)))
    };
    let heads = move || {
        let heads = |_| {
            view! { <th scope="col">"Min"</th><th scope="col">"Mean"</th><th scope="col">"Max"</th> }
                .into_any()
        };
        all(chart.places().into_iter().map(heads))
    };
    let label = format!("{}, table", chart.title.get_value());
    view! {
        <div class="chart-table" tabindex="0" role="region" aria-label=label>
            <table>
                <caption>{text(caption)}</caption>
                <thead>
                    <tr>
                        <th scope="col" rowspan="2">"Time"</th>
                        {dynamic(names)}
                    </tr>
                    <tr>{dynamic(heads)}</tr>
                </thead>
                <tbody>{dynamic(body)}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(chart: Chart, Row { start, cells }: Row) -> AnyView {
    let cell = |cell: Option<Cell>| {
        let Some(Cell { min, mean, max }) = cell else {
            return view! { <td colspan="3" class="chart-unknown">"unknown"</td> }.into_any();
        };
        all([min, mean, max].map(|value| {
            let text = chart.unit.format(value);
            view! { <td>{text}</td> }.into_any()
        }))
    };
    view! {
        <tr>
            <th scope="row">{clock(start, ChartGroup::offset(start), true)}</th>
            {all(cells.into_iter().map(cell))}
        </tr>
    }
    .into_any()
}

fn length_in_words(ms: f64) -> String {
    let seconds = ms / 1_000.0;
    if seconds < 60.0 {
        format!("{} s", to_short(seconds, 3))
    } else if seconds < 3_600.0 {
        format!("{} min", to_short(seconds / 60.0, 3))
    } else {
        format!("{} h", to_short(seconds / 3_600.0, 3))
    }
}
