//! The names of bands, in a strip above the plot: inside it they would hide peaks.

use callscope_core::to_fixed;

use super::model::Severity;
use super::state::Chart;
use crate::erased::{all, dynamic, when};
use crate::markup::*;
use crate::order::by_number;

/// About the width of a letter of a name, in CSS pixels.
const LETTER: f64 = 6.2;
/// The least distance between two names, in CSS pixels.
const DISTANCE: f64 = 8.0;

/// The names of the bands in view, from the left, each where it does not cover the one before.
pub(super) fn band_names(chart: Chart) -> AnyView {
    let has_names = move || {
        chart
            .backdrop
            .with(|backdrop| backdrop.bands.iter().any(|band| !band.label.is_empty()))
    };
    let names = move || {
        let Some(frame) = chart.frame.get() else {
            return ().into_any();
        };
        let spans: Vec<(f64, String, Severity)> = chart.backdrop.with(|backdrop| {
            let named = backdrop.bands.iter().filter(|band| !band.label.is_empty());
            let spans: Vec<_> = named
                .filter_map(|band| {
                    let t1 = band.t1.unwrap_or(frame.view.t1);
                    let (x, _) = frame.columns(band.t0, t1, 2.0)?;
                    Some((x / frame.scale, band.label.clone(), band.severity))
                })
                .collect();
            by_number(spans, |span| span.0)
        });
        let placed = placed(&spans, frame.right / frame.scale).into_iter();
        all(placed.zip(spans).filter_map(|(x, (_, name, severity))| {
            let class = severity.class();
            let style = format!("transform: translateX({}px)", to_fixed(x?, 1));
            Some(view! { <span class=class style=style>{name}</span> }.into_any())
        }))
    };
    when(has_names, move || {
        view! { <div class="chart-bands" aria-hidden="true">{dynamic(names)}</div> }.into_any()
    })
}

/// Where each name begins; none where it would cover the one before.
fn placed<T>(spans: &[(f64, String, T)], right: f64) -> Vec<Option<f64>> {
    let mut taken = f64::NEG_INFINITY;
    spans
        .iter()
        .map(|(x0, name, _)| {
            let width = u32::try_from(name.chars().count()).map_or(0.0, f64::from) * LETTER;
            let x = x0.min(right - width);
            let free = x >= taken;
            if free {
                taken = x + width + DISTANCE;
            }
            free.then_some(x)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_neither_cover_one_another_nor_leave_the_plot() {
        let span = |x: f64| (x, "Packet loss".to_owned(), ());
        let places = placed(&[span(10.0), span(40.0), span(200.0), span(590.0)], 600.0);
        assert_eq!(places[..3], [Some(10.0), None, Some(200.0)]);
        assert!(places[3].is_some_and(|x| x + 11.0 * LETTER <= 600.0));
    }
}
