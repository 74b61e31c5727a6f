//! The numbers of a chart as a table, for those who cannot see it or want to read them.

use leptos::prelude::*;

use super::group::ChartGroup;
use super::rows::{Cell, Row, row_length, rows};
use super::state::Chart;
use super::time::{clock, date};

/// The view of a chart as rows of minimum, mean and maximum for each track. The unknown is spelt
/// out.
#[component]
pub(super) fn Table(chart: Chart) -> impl IntoView {
    let names = move || {
        chart.series.with(|series| {
            series
                .iter()
                .map(|track| track.name.clone())
                .collect::<Vec<_>>()
        })
    };
    let body = move || {
        let view = chart.group.view().get();
        let length = row_length(view);
        chart.series.with(|series| rows(series, view, length))
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
    let row = move |Row { start, cells }: Row| {
        view! {
            <tr>
                <th scope="row">{clock(start, ChartGroup::offset(start), true)}</th>
                {cells.into_iter().map(|cell| match cell {
                    None => view! { <td colspan="3" class="chart-unknown">"unknown"</td> }.into_any(),
                    Some(Cell { min, mean, max }) => {
                        let text = |value| chart.unit.format(value);
                        view! { <td>{text(min)}</td><td>{text(mean)}</td><td>{text(max)}</td> }.into_any()
                    }
                }).collect_view()}
            </tr>
        }
    };
    view! {
        <div class="chart-table" tabindex="0" role="region" aria-label=move || format!("{}, table", chart.title.get_value())>
            <table>
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col" rowspan="2">"Time"</th>
                        {move || names().into_iter().map(|name| view! { <th scope="colgroup" colspan="3">{name}</th> }).collect_view()}
                    </tr>
                    <tr>
                        {move || names().into_iter().map(|_| view! {
                            <th scope="col">"Min"</th><th scope="col">"Mean"</th><th scope="col">"Max"</th>
                        }).collect_view()}
                    </tr>
                </thead>
                <tbody>{move || body().into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn length_in_words(ms: f64) -> String {
    let seconds = ms / 1_000.0;
    if seconds < 60.0 {
        format!("{seconds} s")
    } else if seconds < 3_600.0 {
        format!("{} min", seconds / 60.0)
    } else {
        format!("{} h", seconds / 3_600.0)
    }
}
