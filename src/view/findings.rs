//! Issues and signals in words.

use super::shown::Shown;
use crate::erased::{self, Button, dynamic, fixed, text, when};
use crate::markup::*;
use crate::model::{Finding, clock_time, finding_name, findings, found_on};
use crate::order::by_number;

/// What of them is shown before one asks for all: the latest.
const SHOWN: usize = 20;

/// What is shown around a finding when the charts zoom to it, in milliseconds.
const AROUND: f64 = 15_000.0;

/// Each issue and signal with what it was found on, when, and its evidence; issues first, then the latest. Nothing while
/// there is none.
pub(super) fn findings_view(shown: Shown) -> AnyView {
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
            by_number(rows, |found| f64::from(!found.finding.is_issue()))
        })
    });
    let count = move || found.with(Vec::len);
    let list = move || {
        let most = if all.get() { usize::MAX } else { SHOWN };
        found.with(|found| erased::all(found.iter().take(most).map(|found| row(shown, found))))
    };
    let content = move || {
        view! {
            <section class="card" aria-labelledby="findings">
                <h3 id="findings">"What was found"</h3>
                <ul class="findings" data-testid="findings">
                    {dynamic(list)}
                </ul>
                {when(
                    move || count() > SHOWN && !all.get(),
                    move || {
                        Button::new(text(move || format!("Show all {}", count())), move || all.set(true)).view()
                    },
                )}
                <p class="hint">
                    "Issues are judged per published track over its whole duration, so that a blip tags nobody. Signals are shorter-lived and never count as issues."
                </p>
            </section>
        }
        .into_any()
    };
    when(move || count() > 0, content)
}

#[derive(Clone, Debug, PartialEq)]
struct Found {
    finding: Finding,
    of: String,
    evidence: String,
    /// Whether the call is over.
    is_over: bool,
}

fn row(shown: Shown, found: &Found) -> AnyView {
    let Found {
        finding,
        of,
        evidence,
        is_over,
    } = found;
    let (class, kind) = if finding.is_issue() {
        ("badge poor", "Issue")
    } else {
        ("badge warning", "Signal")
    };
    let (start, end) = (finding.start, finding.end);
    let when = match end {
        Some(end) => format!("{} \u{2013} {}", clock_time(start), clock_time(end)),
        None if *is_over => format!("{} \u{2013} end", clock_time(start)),
        None => format!("since {}", clock_time(start)),
    };
    let zoom = move || {
        let end = end.unwrap_or_else(|| shown.charts.extent().get_untracked().t1);
        shown.charts.show_around(start, end.max(start), AROUND);
    };
    let of = if of.is_empty() {
        String::new()
    } else {
        format!(" \u{b7} {of}")
    };
    let when = Button::new(fixed(when), zoom).class("when").view();
    view! {
        <li>
            <span class=class>{kind}</span>
            <span class="finding">
                <b>{finding_name(finding.what)}</b>
                {of}
                <span class="evidence">{evidence.clone()}</span>
            </span>
            {when}
        </li>
    }
    .into_any()
}
