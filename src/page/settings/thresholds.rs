//! Which thresholds the charts draw.

use callscope_core::issue::Issue;
use callscope_core::to_short;

use crate::erased::{all, dynamic, nothing};
use crate::markup::*;
use crate::preference::{prefer, preferred};
use crate::threshold::judged_by;
use crate::view::input;

/// The line of one chart: of which issue, what its field is called, its name, and the largest number that makes sense.
type Field = (Issue, &'static str, &'static str, f64);

const FIELDS: [Field; 2] = [
    (Issue::PacketLoss, "Packet loss, in %", "line-loss", 100.0),
    (
        Issue::RoundTripTime,
        "Round trip time, in ms",
        "line-round-trip",
        60_000.0,
    ),
];

/// Where their lines are.
pub(super) fn section() -> AnyView {
    let trouble = RwSignal::new(None::<String>);
    let told = move || match trouble.get() {
        None => nothing(),
        Some(message) => {
            view! { <p class="alert" data-testid="line-error">{message}</p> }.into_any()
        }
    };
    let [loss, round_trip] =
        [Issue::PacketLoss, Issue::RoundTripTime].map(|it| to_short(judged_by(it), 1));
    let words = format!(
        "Charts draw a dashed line where issues begin: at {loss} % of a track's packets lost and at {round_trip} ms on average, both over the whole call. Draw it elsewhere if that suits your calls better, and empty the field to go back; issues stay what they are."
    );
    view! {
        <section class="card" aria-labelledby="thresholds-heading">
            <h2 id="thresholds-heading">"Thresholds"</h2>
            <p class="hint">{words}</p>
            <div class="filters">{all(FIELDS.map(|it| field(it, trouble)))}</div>
            <div role="status">{dynamic(told)}</div>
        </section>
    }
    .into_any()
}

fn field((issue, label, name, most): Field, trouble: RwSignal<Option<String>>) -> AnyView {
    let shown = move || {
        preferred(issue.name()).unwrap_or_else(|| to_short(judged_by(issue), 1).to_string())
    };
    let drawn = RwSignal::new(shown());
    let enter = move |typed: Option<String>| {
        let number = typed.as_deref().map(js_sys::Number::parse_float);
        let is_wrong = number.is_some_and(|number| !(number > 0.0 && number <= most));
        let message = if is_wrong {
            Some(format!(
                "{label}: a number above 0, up to {}.",
                to_short(most, 0)
            ))
        } else if prefer(issue.name(), typed.as_deref()) {
            None
        } else {
            Some("This browser keeps nothing: allow storage for this page.".to_owned())
        };
        drawn.set(typed.unwrap_or_else(shown));
        trouble.set(message);
    };
    input(label, name, "number", "", move || Some(drawn.get()), enter)
}
