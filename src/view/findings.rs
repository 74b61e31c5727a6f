//! Issues and signals in words.

use leptos::prelude::*;

use super::shown::Shown;
use crate::chart::View;
use crate::model::{Finding, clock_time, finding_name, findings, found_on};

/// What of them is shown before one asks for all: the latest.
const SHOWN: usize = 20;

/// Each issue and signal with what it was found on, when, and its evidence; issues first, then the latest.
#[component]
pub(super) fn Findings(shown: Shown) -> impl IntoView {
    let all = RwSignal::new(false);
    let found = Memo::new(move |_| {
        let connection = shown.connection.get();
        shown.call.with(|call| {
            let mut rows: Vec<Found> = findings(call, connection)
                .map(|finding| Found {
                    finding: finding.clone(),
                    of: found_on(call, finding, connection),
                    evidence: finding.evidence(call.subject_of(finding)),
                    is_over: call.is_over,
                })
                .collect();
            rows.reverse();
            rows.sort_by_key(|found| !found.finding.is_issue());
            rows
        })
    });
    let count = Memo::new(move |_| found.with(Vec::len));
    let rows = move || {
        let most = if all.get() { usize::MAX } else { SHOWN };
        found.with(|found| found.iter().take(most).cloned().collect::<Vec<_>>())
    };
    view! {
        <Show when=move || { count.get() > 0 }>
            <section class="card" aria-labelledby="findings">
                <h3 id="findings">"What was found"</h3>
                <ul class="findings" data-testid="findings">
                    <For each=rows key=Found::key let(found)>
                        <Row shown found />
                    </For>
                </ul>
                <Show when=move || { count.get() > SHOWN } && !all.get()>
                    <button type="button" class="button" on:click=move |_| all.set(true)>
                        {move || format!("Show all {}", count.get())}
                    </button>
                </Show>
                <p class="hint">
                    "Issues are judged per published track over its whole duration, so that a blip tags nobody. "
                    "Signals are shorter-lived and never count as issues."
                </p>
            </section>
        </Show>
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Found {
    finding: Finding,
    of: String,
    evidence: String,
    /// Whether the call is over.
    is_over: bool,
}

impl Found {
    fn key(&self) -> String {
        let Self {
            finding,
            of,
            evidence,
            is_over,
        } = self;
        format!(
            "{:?} {of} {} {:?} {evidence} {is_over}",
            finding.what, finding.start, finding.end
        )
    }
}

#[component]
fn Row(shown: Shown, found: Found) -> impl IntoView {
    let Found {
        finding,
        of,
        evidence,
        is_over,
    } = found;
    let class = if finding.is_issue() {
        "badge poor"
    } else {
        "badge warning"
    };
    let kind = if finding.is_issue() {
        "Issue"
    } else {
        "Signal"
    };
    let when = match finding.end {
        Some(end) => format!("{} \u{2013} {}", clock_time(finding.start), clock_time(end)),
        None if is_over => format!("{} \u{2013} end", clock_time(finding.start)),
        None => format!("since {}", clock_time(finding.start)),
    };
    let (start, end) = (finding.start, finding.end);
    let zoom = move |_| {
        let end = end.unwrap_or_else(|| shown.charts.extent().get_untracked().t1);
        if let Some(view) = View::new(start - 15_000.0, end.max(start) + 15_000.0) {
            shown.charts.show(view);
        }
    };
    view! {
        <li>
            <span class=class>{kind}</span>
            <span class="finding">
                <b>{finding_name(finding.what)}</b>
                {(!of.is_empty()).then(|| format!(" \u{b7} {of}"))}
                <span class="evidence">{evidence}</span>
            </span>
            <button type="button" class="when" title="Show this time in the charts" on:click=zoom>
                {when}
            </button>
        </li>
    }
}
