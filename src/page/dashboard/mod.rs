//! The dashboard: whether quality became worse, for whom, and when.

mod cards;
mod charts;
mod heat;
mod participants;
mod period;

use crate::chart::{ChartGroup, date};
use crate::erased::{Button, all, attribute, dynamic, effect, fixed, text};
use crate::markup::*;
use crate::place::{Place, link};
use crate::stored::words::{moment, zone_name};
use crate::stored::{Asked, Dashboard};
use crate::view::no_data;
use crate::zone;
use period::{DAY, Period, Span};

/// What the page asks for, by the period in the address.
#[derive(Clone, Copy)]
struct Board {
    place: Place,
    group: ChartGroup,
    span: Memo<Span>,
    /// Of the period, all participants together.
    figures: Asked<Dashboard>,
    /// Of the same time in the period before.
    before: Asked<Dashboard>,
    /// How often all was asked for anew.
    turn: RwSignal<u32>,
}

impl Board {
    /// Has an answer of a chart's own asked for anew with the others.
    fn keep_fresh(self, answer: Asked<Dashboard>) {
        effect(move || {
            if self.turn.get() > 0 {
                answer.again();
            }
        });
    }
}

/// The page.
pub(crate) fn dashboard_page(place: Place) -> AnyView {
    let now = RwSignal::new(js_sys::Date::now());
    let period = Memo::new(move |_| Period::named(place.query("period").as_deref()));
    let span = Memo::new(move |_| {
        let now = now.get();
        // As far as the period before the longest one reaches.
        let offsets = zone::offsets(now - 30.0 * DAY, now + 2.0 * DAY);
        period.get().at(now, offsets)
    });
    let figures = Asked::new(
        move || Some(span.with(|span| span.path(span.step(), ""))),
        Dashboard::read,
    );
    let before = Asked::new(move || Some(span.with(Span::path_before)), Dashboard::read);
    let board = Board {
        place,
        group: ChartGroup::new(),
        span,
        figures,
        before,
        turn: RwSignal::new(0),
    };
    board.keep_fresh(figures);
    board.keep_fresh(before);
    let refresh = move || {
        now.set(js_sys::Date::now());
        board.turn.update(|turn| *turn += 1);
    };
    view! {
        <div class="page dashboard">
            <div class="dashboard-head">
                <h1>"Dashboard"</h1>
                <div class="segmented periods" role="group" aria-label="Period">
                    {all(Period::ALL.map(|it| period_button(place, period, it)))}
                </div>
                <p class="hint">
                    {text(move || format!("Times are {}. As of {}.{}", zone_name(now.get()), moment(now.get()), set(span)))}
                </p>
                {Button::new(fixed("Refresh"), refresh).class("button small").testid("refresh").view()}
            </div>
            {figures.view(skeleton, move || content(board))}
        </div>
    }
    .into_any()
}

/// When clocks were set in the period, if they were: a day has an hour more or less then.
fn set(span: Memo<Span>) -> String {
    span.with(|span| {
        let mut words = String::new();
        for (at, before, after) in span.offsets.set(span.from, span.until) {
            let way = if after > before { "forward" } else { "back" };
            words.push_str(&format!(" Clocks were set {way} on {}.", date(at, after)));
        }
        words
    })
}

fn period_button(place: Place, chosen: Memo<Period>, period: Period) -> AnyView {
    let word = period.word();
    let choose = move || place.go(&[("period", word.clone())]);
    let testid = match period {
        Period::Day => "period-24h",
        Period::Week => "period-7d",
        Period::Fortnight => "period-14d",
    };
    Button::new(fixed(period.name()), choose)
        .class("")
        .testid(testid)
        .pressed(move || chosen.get() == period)
        .view()
}

/// What is there once the first figures are.
fn content(board: Board) -> AnyView {
    let is_empty = Memo::new(move |_| {
        let now = board.figures.read(|it| it.totals.is_empty());
        let before = board.before.read(|it| it.totals.is_empty());
        // What cannot be known is not waited for.
        let before = before.or_else(|| board.before.has_failed().then_some(false));
        (now.unwrap_or_default(), before)
    });
    dynamic(move || match is_empty.get() {
        (false, _) => all([cards::cards(board), charts(board)]),
        // Nothing is said before it is known whether there was something before.
        (true, None) => skeleton(),
        (true, Some(false)) => all([cards::cards(board), quiet(board, false)]),
        (true, Some(true)) => quiet(board, true),
    })
}

/// All charts, by what they are about.
fn charts(board: Board) -> AnyView {
    view! {
        <div class="dashboard-charts">
            <h2 class="visually-hidden">"Over time"</h2>
            {charts::rooms(board)}
            {participants::participants(board)}
            <div class="dashboard-pair">
                {charts::minutes(board)}
                {charts::recordings(board)}
            </div>
            <h2 class="visually-hidden">"By day and hour"</h2>
            {heat::heat(board)}
        </div>
    }
    .into_any()
}

/// Nothing in the period: perhaps in a longer one, perhaps nothing at all yet.
fn quiet(board: Board, is_all: bool) -> AnyView {
    let name = move || {
        let name = board.span.with(|span| span.period.name());
        format!("No room in the last {name}")
    };
    let longer = move || {
        let is_longest = board.span.with(|span| span.period == Period::Fortnight);
        if is_longest {
            return ().into_any();
        }
        let href = link(&["dashboard"], &[("period", "14d")]);
        view! {
            <section class="card empty-state" data-testid="quiet">
                <h2>{text(name)}</h2>
                <p>"There may have been some before."</p>
                <p class="actions">
                    <a class="button primary" href=attribute(move || Some(href.clone()))>"Look at 14 days"</a>
                </p>
            </section>
        }
        .into_any()
    };
    let how = if is_all { no_data() } else { ().into_any() };
    all([dynamic(longer), how])
}

/// A chart where it will be.
fn skeleton_chart() -> AnyView {
    view! { <div class="skeleton chart-skeleton" aria-hidden="true"></div> }.into_any()
}

/// Cards and charts where they will be.
fn skeleton() -> AnyView {
    let block = |class: &'static str| view! { <div class=class></div> }.into_any();
    view! {
        <div class="dashboard-wait">
            <p class="visually-hidden" role="status">"Loading the dashboard"</p>
            <div class="figures-row" aria-hidden="true">
                {all((0..5).map(|_| block("skeleton headline-skeleton")))}
            </div>
            {all((0..3).map(|_| block("skeleton chart-skeleton")))}
        </div>
    }
    .into_any()
}
