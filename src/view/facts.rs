//! Facts of a room or a participant: what each is, and what it is here.

use super::figure::text_or_reason;
use crate::erased::all;
use crate::markup::*;

/// One of them, or why it is not known.
pub(crate) struct Line(
    pub(crate) &'static str,
    pub(crate) Result<String, &'static str>,
);

/// A list of facts. What is not known is an em dash that says why.
pub(crate) fn fact_list(testid: &'static str, lines: Vec<Line>) -> AnyView {
    let line = |Line(term, fact): Line| {
        let fact = fact.map_err(str::to_owned);
        view! {
            <div>
                <dt>{term}</dt>
                <dd>{text_or_reason(fact)}</dd>
            </div>
        }
        .into_any()
    };
    view! {
        <dl class="facts" data-testid=testid>
            {all(lines.into_iter().map(line))}
        </dl>
    }
    .into_any()
}
