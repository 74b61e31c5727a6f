//! The numbers of a chart of usage as a table.

use super::plate::Sheet;
use super::unit::UNKNOWN;
use super::usage::State;
use crate::erased::{all, dynamic};
use crate::markup::*;

/// All numbers; what is unknown is a dash.
pub(super) fn table(state: State) -> AnyView {
    let content = move || {
        let (sheet, measure) = state.plate.with(|plate| (plate.sheet(), plate.measure()));
        let Sheet {
            corner,
            heads,
            rows,
        } = sheet;
        let corner = if corner == "time" { "Time" } else { "Day" };
        let head = |head: String| view! { <th scope="col">{head}</th> }.into_any();
        let cell = move |value: Option<f64>| {
            let text = value.map_or_else(|| UNKNOWN.to_owned(), |value| measure.format(value));
            view! { <td>{text}</td> }.into_any()
        };
        let row = |(_, name, values): (String, String, Vec<Option<f64>>)| {
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    {all(values.into_iter().map(cell))}
                </tr>
            }
            .into_any()
        };
        view! {
            <table>
                <caption>{state.title.get_value()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{corner}</th>
                        {all(heads.into_iter().map(head))}
                    </tr>
                </thead>
                <tbody>{all(rows.into_iter().map(row))}</tbody>
            </table>
        }
        .into_any()
    };
    let label = format!("{}, table", state.title.get_value());
    view! {
        <div class="chart-table" tabindex="0" role="region" aria-label=label>
            {dynamic(content)}
        </div>
    }
    .into_any()
}
