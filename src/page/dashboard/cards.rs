//! The headline figures, with their change to the same time in the period before.

use callscope_core::to_fixed;

use super::Board;
use super::period::Period;
use crate::chart::{Measure, UNKNOWN};
use crate::erased::{all, dynamic, text, when};
use crate::markup::*;
use crate::stored::words::moment;
use crate::stored::{Dashboard, Totals};

/// What is said of a change: an arrow, words, and whether that is good; `None` says nothing of it.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    words: String,
    is_good: Option<bool>,
    /// Whether there was something to compare with.
    is_compared: bool,
}

/// A figure, and how it is read.
struct Figure {
    name: &'static str,
    testid: &'static str,
    value: fn(&Totals) -> Option<f64>,
    show: fn(f64) -> String,
    change: fn(f64, Option<f64>) -> Change,
}

const FIGURES: [Figure; 5] = [
    Figure {
        name: "Rooms",
        testid: "figure-rooms",
        value: |it| Some(it.rooms()),
        show: count,
        change: in_per_cent,
    },
    Figure {
        name: "Rooms with issues",
        testid: "figure-share",
        value: Totals::share_with_issues,
        show: per_cent,
        change: in_points,
    },
    Figure {
        name: "Participants",
        testid: "figure-participants",
        value: |it| Some(it.participants),
        show: count,
        change: in_per_cent,
    },
    Figure {
        name: "Participant minutes",
        testid: "figure-participant-minutes",
        value: |it| Some(it.participant_minutes),
        show: count,
        change: in_per_cent,
    },
    Figure {
        name: "Recording minutes",
        testid: "figure-recording-minutes",
        value: |it| Some(it.recording_minutes),
        show: count,
        change: in_per_cent,
    },
];

fn count(value: f64) -> String {
    Measure::Count.format(value)
}

fn per_cent(value: f64) -> String {
    format!("{} %", to_fixed(value, 1))
}

/// How much more than before.
fn in_per_cent(now: f64, before: Option<f64>) -> Change {
    let before = before.filter(|before| *before > 0.0);
    let words = match before {
        None if now == 0.0 => "none before either".to_owned(),
        None => "none before".to_owned(),
        Some(before) => percent_words(100.0 * (now - before) / before),
    };
    Change {
        words,
        is_good: None,
        is_compared: before.is_some(),
    }
}

/// `+12 %`, `−3 %`, `unchanged`, for a change in per cent.
pub(super) fn percent_words(change: f64) -> String {
    if change.abs() < 0.5 {
        return "unchanged".to_owned();
    }
    format!("{} {} %", arrow(change), signed(change, 0))
}

fn arrow(change: f64) -> char {
    if change < 0.0 { '\u{25BC}' } else { '\u{25B2}' }
}

fn signed(change: f64, places: u8) -> String {
    let sign = if change < 0.0 { '\u{2212}' } else { '+' };
    format!("{sign}{}", to_fixed(change.abs(), places))
}

/// How many percentage points more than before; fewer are better.
fn in_points(now: f64, before: Option<f64>) -> Change {
    let Some(before) = before else {
        return Change {
            words: "no room before".to_owned(),
            is_good: None,
            is_compared: false,
        };
    };
    let change = now - before;
    if change.abs() < 0.05 {
        return Change {
            words: "unchanged".to_owned(),
            is_good: None,
            is_compared: true,
        };
    }
    Change {
        words: format!("{} {} points", arrow(change), signed(change, 1)),
        is_good: Some(change < 0.0),
        is_compared: true,
    }
}

/// What the figures are compared with.
pub(super) fn compared(period: Period) -> &'static str {
    match period {
        Period::Day => "against the 24 hours before",
        Period::Week => "against the same time a week before",
        Period::Fortnight => "against the same time two weeks before",
    }
}

/// A card for each figure.
pub(super) fn cards(board: Board) -> AnyView {
    // From when on, if not from the beginning.
    let kept_from = move || {
        let partly = |it: &Dashboard| (!it.is_whole()).then_some(it.kept_from);
        board.figures.read(partly).flatten()
    };
    let kept = move || {
        let from = kept_from().map(moment).unwrap_or_default();
        format!("Nothing before {from} is kept.")
    };
    let note = move || view! { <p class="hint">{text(kept)}</p> }.into_any();
    view! {
        <section aria-labelledby="in-figures">
            <h2 id="in-figures" class="visually-hidden">"In figures"</h2>
            <dl class="figures-row" data-testid="figures">{all(FIGURES.iter().map(|figure| card(board, figure)))}</dl>
            {when(move || kept_from().is_some(), note)}
            {board.before.trouble()}
        </section>
    }
    .into_any()
}

fn card(board: Board, figure: &'static Figure) -> AnyView {
    let read = move |it: &Dashboard| (figure.value)(&it.totals);
    let now = move || board.figures.read(read).flatten();
    // Nothing at all is not a hundred per cent less: it is not kept any more, or there was nothing yet.
    let before = move || board.before.read(|it| it.compared(read));
    let value = move || {
        let text = now().map_or_else(|| UNKNOWN.to_owned(), figure.show);
        view! { <span data-testid=figure.testid>{text}</span> }.into_any()
    };
    let change = move || {
        let period = board.span.with(|span| span.period);
        let (now, before) = match (now(), before()) {
            (_, None) => {
                let words = if board.before.has_failed() {
                    "the period before could not be loaded"
                } else {
                    "\u{2026}"
                };
                return view! { <span class="muted">{words}</span> }.into_any();
            }
            (_, Some(Err(why))) => return view! { <span class="muted">{why}</span> }.into_any(),
            (None, _) => return view! { <span class="muted">"no room to judge"</span> }.into_any(),
            (Some(now), Some(Ok(before))) => (now, before),
        };
        let Change {
            words,
            is_good,
            is_compared,
        } = (figure.change)(now, before);
        let class = match is_good {
            Some(true) => "change good",
            Some(false) => "change poor-text",
            None => "change",
        };
        view! {
            <span class=class>{words}</span>
            " "
            <span class="muted">{is_compared.then(|| compared(period))}</span>
        }
        .into_any()
    };
    view! {
        <div class="card headline-card">
            <dt>{figure.name}</dt>
            <dd class="headline-value">{dynamic(value)}</dd>
            <dd class="headline-change" data-testid=format!("{}-change", figure.testid)>{dynamic(change)}</dd>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_said_with_its_sign() {
        let words = |now, before| in_per_cent(now, Some(before)).words;
        assert_eq!(words(112.0, 100.0), "\u{25B2} +12 %");
        assert_eq!(words(97.0, 100.0), "\u{25BC} \u{2212}3 %");
        assert_eq!(words(100.2, 100.0), "unchanged");
        assert_eq!(words(5.0, 0.0), "none before");
        assert_eq!(words(0.0, 0.0), "none before either");
        assert_eq!(words(0.0, 4.0), "\u{25BC} \u{2212}100 %");
    }

    #[test]
    fn fewer_rooms_with_issues_are_good() {
        let worse = in_points(8.25, Some(7.0));
        assert_eq!(worse.words, "\u{25B2} +1.3 points");
        assert_eq!(worse.is_good, Some(false));
        assert_eq!(in_points(7.0, Some(8.0)).is_good, Some(true));
        assert_eq!(in_points(7.0, Some(7.01)).is_good, None);
        assert_eq!(in_points(7.0, None).words, "no room before");
    }

    #[test]
    fn no_room_has_no_share() {
        assert_eq!(Totals::default().share_with_issues(), None);
        let totals = Totals {
            rooms_with_issues: 1.0,
            rooms_without_issues: 3.0,
            ..Totals::default()
        };
        assert_eq!(totals.share_with_issues(), Some(25.0));
    }
}
