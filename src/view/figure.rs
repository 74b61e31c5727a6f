//! One figure. What is unknown is an em dash that says why.

use callscope_core::{Interval, Metric};
use leptos::prelude::*;

use super::shown::Shown;
use crate::chart::UNKNOWN;
use crate::model::{format, why_absent};

/// A metric of a track or connection now.
pub(super) fn now(shown: Shown, place: usize, metric: Metric) -> impl IntoView {
    let figure = Memo::new(move |_| {
        shown.read(place, |_, subject| {
            let interval = subject.latest(metric);
            let value = interval.and_then(|interval| interval.value(metric));
            value
                .map(|value| format(metric, value))
                .ok_or_else(|| why_absent(interval, metric).unwrap_or_default())
        })
    });
    move || figure.get().map(text_or_reason)
}

/// A metric of an interval.
pub(super) fn of_interval(interval: &Interval, metric: Metric) -> impl IntoView + use<> {
    text_or_reason(
        interval
            .value(metric)
            .map(|value| format(metric, value))
            .ok_or_else(|| why_absent(Some(interval), metric).unwrap_or_default()),
    )
}

/// A text, or the reason why there is none.
pub(super) fn text_or_reason(text: Result<String, String>) -> impl IntoView {
    match text {
        Ok(text) => view! { <span class="figure">{text}</span> }.into_any(),
        Err(reason) => unknown(&reason).into_any(),
    }
}

/// What stands where nothing is known.
pub(super) fn unknown(reason: &str) -> impl IntoView + use<> {
    let reason = format!("unknown: {reason}");
    view! {
        <span class="unknown" title=reason.clone()>
            <span aria-hidden="true">{UNKNOWN}</span>
            <span class="visually-hidden">{reason.clone()}</span>
        </span>
    }
}
