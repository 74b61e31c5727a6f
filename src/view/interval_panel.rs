//! The figures of one interval: each with where it came from, or why there is none.

use callscope_core::{Interval, Metric, Notes, Scope, to_fixed};
use leptos::ev::KeyboardEvent;

use super::figure::of_interval;
use super::shown::Shown;
use crate::erased::{Button, all, dynamic, each, fixed, nothing, on_load, text, when};
use crate::markup::*;
use crate::model::{Call, applies, clock_time, label, layer_name, why_absent};

/// The panel beside the charts. It stays while another interval is chosen, and closes with Escape.
pub(super) fn interval_panel(shown: Shown, scope: Scope) -> AnyView {
    let title_element = AnyNode::new();
    on_load(title_element, |title| super::focus(&title));
    let measured = move || {
        let start = shown.interval.get()?;
        let mut places = shown.places(scope);
        shown.call.with(|call| {
            places.retain(|place| {
                call.subjects
                    .get(*place)
                    .is_some_and(|subject| subject.interval_at(start).is_some())
            });
        });
        Some(places)
    };
    let places = move || measured().unwrap_or_default();
    let step = move |by: f64| {
        shown.interval.update(|start| {
            if let Some(start) = start {
                *start += by * 10_000.0;
            }
        });
    };
    let close = move || shown.interval.set(None);
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            close();
        }
    };
    let title = move || {
        let start = shown.interval.get().unwrap_or_default();
        format!(
            "{} \u{2013} {}",
            clock_time(start),
            clock_time(start + 10_000.0)
        )
    };
    let button = |content: &'static str, act: Box<dyn Fn() + Send + Sync>| {
        Button::new(fixed(content), act).class("button small")
    };
    view! {
        <aside class="interval-panel" aria-labelledby="interval-title" data-testid="interval-panel" on:keydown=on_key>
            <header>
                <h3 id="interval-title" tabindex="-1" aria-live="polite" node_ref=title_element>
                    {text(title)}
                </h3>
                {button("\u{2190}", Box::new(move || step(-1.0))).label("Previous interval").view()}
                {button("\u{2192}", Box::new(move || step(1.0))).label("Next interval").view()}
                {button("Close", Box::new(close)).view()}
            </header>
            {shown.whose.get_value().map(|whose| view! { <p class="muted whose">{whose}</p> }.into_any())}
            {when(
                move || places().is_empty(),
                || view! { <p class="empty">"Nothing was measured in these ten seconds."</p> }.into_any(),
            )}
            {each(places, move |place| figures(shown, place))}
        </aside>
    }
    .into_any()
}

/// The figures of one track or connection, and of its layers or received tracks.
fn figures(shown: Shown, place: usize) -> AnyView {
    let content = move || {
        let start = shown.interval.get()?;
        let part = |call: &Call, part: &Interval| {
            let name = match part.scope {
                Scope::Layer => layer_name(call, part),
                _ => call.received_name(part),
            };
            view! {
                <details>
                    <summary>{name}</summary>
                    {table(part)}
                </details>
            }
            .into_any()
        };
        shown.read(place, |call, subject| {
            let interval = subject.interval_at(start)?;
            // A track of one layer is that layer.
            let parts = interval.parts.iter().filter(|part| match part.scope {
                Scope::Layer => interval.parts.len() > 1,
                scope => scope == Scope::Received,
            });
            let own = [notes(interval), table(interval)];
            Some(all(own.into_iter().chain(parts.map(|of| part(call, of)))))
        })?
    };
    view! {
        <section>
            <h4>{text(move || shown.name(place))}</h4>
            {dynamic(move || content().unwrap_or_else(nothing))}
        </section>
    }
    .into_any()
}

fn table(interval: &Interval) -> AnyView {
    let metrics = Metric::ALL.iter().copied();
    let rows = metrics
        .filter(|&metric| applies(metric, interval.kind))
        .filter_map(|metric| figure(interval, metric));
    let rows = all(rows);
    view! {
        <table class="figures">
            <thead class="visually-hidden">
                <tr>
                    <th scope="col">"Metric, and where it comes from"</th>
                    <th scope="col">"Value"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// A row of it; `None` for what is no metric of this direction.
fn figure(interval: &Interval, metric: Metric) -> Option<AnyView> {
    let explanation = interval.explain(metric);
    let formula = explanation.formula?;
    let mut remarks: Vec<String> = why_absent(Some(interval), metric).into_iter().collect();
    if explanation.carried {
        remarks.push(
            "covers packets of earlier intervals: there was no report on them before".to_owned(),
        );
    }
    if explanation.unreported {
        remarks.push("a layer without a report is left out".to_owned());
    }
    let remark = |remark: String| view! { <span class="remark">{remark}</span> }.into_any();
    Some(
        view! {
            <tr>
                <th scope="row">
                    {label(metric)}
                    <span class="formula">{formula}</span>
                    {all(remarks.into_iter().map(remark))}
                </th>
                <td>{of_interval(interval, metric)}</td>
            </tr>
        }
        .into_any(),
    )
}

fn notes(interval: &Interval) -> AnyView {
    let Notes {
        open,
        counter_fell,
        cut_short,
        ..
    } = interval.notes;
    let mut notes = vec![format!(
        "{} s between its first and last reading",
        to_fixed(interval.duration.as_f64() / 1_000.0, 1)
    )];
    if open {
        notes.push("in progress".to_owned());
    }
    if cut_short {
        notes.push("ended early: readings were missed, or the media went away".to_owned());
    }
    if counter_fell {
        notes.push("a counter fell: that step is not in the figures".to_owned());
    }
    view! { <p class="muted">{notes.join("; ")}</p> }.into_any()
}
