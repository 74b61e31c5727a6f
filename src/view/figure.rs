//! One figure. What is unknown is an em dash that says why.

use callscope_core::{Interval, Metric};

use super::shown::Shown;
use crate::chart::UNKNOWN;
use crate::erased::{Read, dynamic};
use crate::markup::*;
use crate::model::{Fact, Subject, format, why_absent};

/// A metric of a track or connection now.
pub(super) fn now(shown: Shown, place: usize, metric: Metric) -> AnyView {
    fact(shown, place, move |subject| {
        let interval = subject.latest(metric);
        let value = interval.and_then(|interval| interval.value(metric));
        Some(
            value
                .map(|value| format(metric, value))
                .ok_or_else(|| why_absent(interval, metric).unwrap_or_default()),
        )
    })
}

/// What is said of a track or connection now; nothing where there is nothing to say.
pub(super) fn fact(
    shown: Shown,
    place: usize,
    read: impl Fn(&Subject) -> Option<Fact> + Send + Sync + 'static,
) -> AnyView {
    fn erased(read: Read<Option<Fact>>) -> AnyView {
        // Most seconds change few of the figures.
        let fact = Memo::new(move |_| read());
        dynamic(move || match fact.get() {
            Some(fact) => text_or_reason(fact),
            None => ().into_any(),
        })
    }
    erased(Box::new(move || {
        shown.read(place, |_, subject| read(subject)).flatten()
    }))
}

/// A metric of an interval.
pub(super) fn of_interval(interval: &Interval, metric: Metric) -> AnyView {
    text_or_reason(
        interval
            .value(metric)
            .map(|value| format(metric, value))
            .ok_or_else(|| why_absent(Some(interval), metric).unwrap_or_default()),
    )
}

/// A text, or the reason why there is none.
pub(super) fn text_or_reason(fact: Fact) -> AnyView {
    match fact {
        Ok(text) => view! { <span class="figure">{text}</span> }.into_any(),
        Err(reason) => {
            let reason = format!("unknown: {reason}");
            view! {
                <span class="unknown" title=reason.clone()>
                    <span aria-hidden="true">{UNKNOWN}</span>
                    <span class="visually-hidden">{reason.clone()}</span>
                </span>
            }
            .into_any()
        }
    }
}
