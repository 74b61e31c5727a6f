//! The figures of one interval: each with where it came from, or why there is none.

use callscope_core::{Interval, Metric, Notes, Scope};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

use super::figure::unknown;
use super::shown::Shown;
use crate::model::{applies, clock_time, format, label, layer_name, why_absent};

/// The panel beside the charts. It stays while another interval is chosen, and closes with Escape.
#[component]
pub(super) fn IntervalPanel(shown: Shown, scope: Scope) -> impl IntoView {
    let close_button = NodeRef::<html::Button>::new();
    close_button.on_load(|button| super::focus(&button));
    let places = move || {
        let start = shown.interval.get()?;
        let of_scope = shown.places(scope);
        Some(shown.call.with(|call| {
            let has_it = |place: &usize| {
                call.subjects
                    .get(*place)
                    .is_some_and(|subject| subject.interval_at(start).is_some())
            };
            of_scope.into_iter().filter(has_it).collect::<Vec<_>>()
        }))
    };
    let places = Memo::new(move |_| places().unwrap_or_default());
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
        shown.interval.get().map(|start| {
            format!(
                "{} \u{2013} {}",
                clock_time(start),
                clock_time(start + 10_000.0)
            )
        })
    };
    view! {
        <aside class="interval-panel" aria-labelledby="interval-title" data-testid="interval-panel" on:keydown=on_key>
            <header>
                <h3 id="interval-title" aria-live="polite">{title}</h3>
                <button type="button" class="button small" aria-label="Previous interval" on:click=move |_| step(-1.0)>
                    "\u{2190}"
                </button>
                <button type="button" class="button small" aria-label="Next interval" on:click=move |_| step(1.0)>
                    "\u{2192}"
                </button>
                <button type="button" class="button small" node_ref=close_button on:click=move |_| close()>
                    "Close"
                </button>
            </header>
            <Show
                when=move || !places.with(Vec::is_empty)
                fallback=|| view! { <p class="empty">"Nothing was measured in these ten seconds."</p> }
            >
                <For each=move || places.get() key=|place| *place let(place)>
                    <Figures shown place />
                </For>
            </Show>
        </aside>
    }
}

#[component]
fn Figures(shown: Shown, place: usize) -> impl IntoView {
    let content = move || {
        let start = shown.interval.get()?;
        shown.read(place, |call, subject| {
            let interval = subject.interval_at(start)?;
            let parts = interval
                .parts
                .iter()
                // A track of one layer is that layer.
                .filter(|part| match part.scope {
                    Scope::Layer => interval.parts.len() > 1,
                    scope => scope == Scope::Received,
                })
                .map(|part| {
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
                })
                .collect_view();
            Some(view! {
                {notes(interval)}
                {table(interval)}
                {parts}
            })
        })?
    };
    view! {
        <section>
            <h4>{move || shown.name(place)}</h4>
            {content}
        </section>
    }
}

fn table(interval: &Interval) -> impl IntoView + use<> {
    let rows = Metric::ALL
        .iter()
        .filter(|&&metric| applies(metric, interval.kind))
        .filter_map(|&metric| {
            let explanation = interval.explain(metric);
            let formula = explanation.formula?;
            let mut remarks = Vec::new();
            if explanation.carried {
                remarks.push(
                    "covers packets of earlier intervals: there was no report on them before",
                );
            }
            if explanation.unreported {
                remarks.push("a layer without a report is left out");
            }
            let value = match explanation.value {
                Some(value) => {
                    view! { <span class="figure">{format(metric, value)}</span> }.into_any()
                }
                None => unknown(&why_absent(Some(interval), metric).unwrap_or_default()).into_any(),
            };
            let reason = why_absent(Some(interval), metric);
            Some(view! {
                <tr>
                    <th scope="row">
                        {label(metric)}
                        <span class="formula">{formula}</span>
                        {reason.map(|reason| view! { <span class="remark">{reason}</span> })}
                        {remarks
                            .into_iter()
                            .map(|remark| view! { <span class="remark">{remark}</span> })
                            .collect_view()}
                    </th>
                    <td>{value}</td>
                </tr>
            })
        })
        .collect_view();
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
}

fn notes(interval: &Interval) -> impl IntoView + use<> {
    let Notes {
        open,
        counter_fell,
        cut_short,
        ..
    } = interval.notes;
    let mut notes = vec![format!(
        "{:.1} s between its first and last reading",
        interval.duration.as_f64() / 1_000.0
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
    view! { <p class="muted">{notes.join("; ")}</p> }
}
