//! The charts: what was sent and received, with another participant's on the same time axis where that is asked for.

use std::sync::Arc;

use super::stored::Stored;
use super::{Context, happened};
use crate::erased::{Button, Read, all, dynamic, effect, nothing, text};
use crate::markup::*;
use crate::model::series_apart;
use crate::place::Place;
use crate::stored::{answer, has_failed, trouble};
use crate::view::{
    Apart, RECEIVE, SEND, Select, Shown, connection_choice, intervals, media, received_chart,
    received_tables, sent_charts, sent_tables, summary,
};

/// Charts and tables once all of the call is there.
pub(super) fn quality(context: Context) -> AnyView {
    let stored = context.stored;
    let intervals = stored.intervals;
    let is_empty = Memo::new(move |_| intervals.read(|it| it.intervals.is_empty()) == Some(true));
    let is_told = move || stored.told.with(Option::is_some);
    let content = move || {
        dynamic(move || {
            if is_empty.get() {
                nothing_measured(context)
            } else {
                charts(context)
            }
        })
    };
    let skeleton = || {
        view! {
            <p class="visually-hidden" role="status">"Loading what was measured"</p>
            <div class="skeleton charts-place" aria-hidden="true"></div>
        }
        .into_any()
    };
    let shown: [Read<AnyView>; 3] = [
        // It is told above.
        Box::new(nothing),
        Box::new(skeleton),
        Box::new(content),
    ];
    view! {
        <section class="quality" aria-labelledby="quality-title">
            <h2 id="quality-title">"Quality"</h2>
            {answer(stored.progress(), Box::new(is_told), shown)}
        </section>
    }
    .into_any()
}

fn nothing_measured(context: Context) -> AnyView {
    let is_live = context.about(|it| it.is_live) == Some(true);
    let words = if is_live {
        "Nothing has been measured yet: the first ten seconds have to pass, and their batch to arrive."
    } else {
        "Nothing was measured. They left before the first ten seconds had passed, no media went over their connections, or what was measured could not be sent."
    };
    view! { <p class="card empty" data-testid="no-intervals">{words}</p> }.into_any()
}

fn charts(context: Context) -> AnyView {
    let is_apart = RwSignal::new(false);
    let connection = RwSignal::new(None);
    let shown = Shown {
        apart: Some(Apart {
            is_on: is_apart,
            series: series_apart,
        }),
        ..Shown::new(context.stored.call, connection)
    };
    let tab = RwSignal::new(SEND);
    keep_in_address(context.place, shown, tab, is_apart);

    let other = other(context);
    let compared = Memo::new(move |_| {
        let chosen = context.place.query("compare");
        let is_told = chosen.is_some() && other.told.with(|told| *told == chosen);
        let title = other.about.read(|it| it.title().to_owned());
        title.filter(|_| is_told)
    });
    let content = move || {
        let beside = compared.get().map(|title| {
            let own = context.about(|it| it.title().to_owned());
            shown.whose.set_value(own);
            shown.other.set_value(Some(other.call));
            let beside = Shown {
                call: other.call,
                connection: RwSignal::new(None),
                interval: RwSignal::new(None),
                whose: StoredValue::new(Some(title)),
                other: StoredValue::new(Some(shown.call)),
                ..shown
            };
            one_panel_at_a_time(shown, beside);
            beside
        });
        if beside.is_none() {
            shown.whose.set_value(None);
            shown.other.set_value(None);
        }
        panel(shown, beside, tab.get_untracked())
    };
    view! {
        {controls(context, shown, tab, is_apart)}
        {comparison(context, other, compared)}
        {media(shown, tab, content)}
        {happened::list(context, shown)}
        {summary(shown)}
    }
    .into_any()
}

/// What the tab shows: each chart, and below it the same of the other.
fn panel(shown: Shown, beside: Option<Shown>, tab: usize) -> AnyView {
    let rows = |shown: Shown| {
        if tab == SEND {
            sent_charts(shown).into_iter().collect::<Vec<_>>()
        } else {
            vec![received_chart(shown)]
        }
    };
    let tables = if tab == SEND {
        sent_tables(shown)
    } else {
        received_tables(shown)
    };
    let Some(beside) = beside else {
        return all([shown.timeline(), all(rows(shown)), tables]);
    };
    let wrapped = |chart: AnyView| intervals(beside, move || tab, chart);
    let pairs = rows(shown)
        .into_iter()
        .zip(rows(beside))
        .map(|(own, theirs)| view! { <div class="pair">{own} {wrapped(theirs)}</div> }.into_any());
    let pairs = all(pairs);
    view! {
        <div class="pair">{shown.timeline()} {beside.timeline()}</div>
        {pairs}
        {tables}
    }
    .into_any()
}

/// The participant to compare with.
fn other(context: Context) -> Stored {
    let room_sid = context.room_sid.get_value();
    Stored::new(context.shelf, &room_sid, context.room, move || {
        context.place.query("compare")
    })
}

fn keep_in_address(place: Place, shown: Shown, tab: RwSignal<usize>, is_apart: RwSignal<bool>) {
    let word = |is: bool, word: &str| is.then(|| word.to_owned());
    place.keep(
        "tab",
        move || word(tab.get() == RECEIVE, "receive"),
        move |value| {
            let chosen = if value.as_deref() == Some("receive") {
                RECEIVE
            } else {
                SEND
            };
            if tab.get_untracked() != chosen {
                tab.set(chosen);
            }
        },
    );
    place.keep(
        "apart",
        move || word(is_apart.get(), "yes"),
        move |value| {
            if is_apart.get_untracked() != value.is_some() {
                is_apart.set(value.is_some());
            }
        },
    );
    let charts = shown.charts;
    place.keep(
        "track",
        move || charts.isolated().get(),
        move |value| charts.isolate(value),
    );
}

/// The figures of one interval are enough beside the charts.
fn one_panel_at_a_time(one: Shown, other: Shown) {
    let close = |opened: Shown, closed: Shown| {
        effect(move || {
            if opened.interval.with(Option::is_some)
                && closed.interval.with_untracked(Option::is_some)
            {
                closed.interval.set(None);
            }
        });
    };
    close(one, other);
    close(other, one);
}

fn controls(
    context: Context,
    shown: Shown,
    tab: RwSignal<usize>,
    is_apart: RwSignal<bool>,
) -> AnyView {
    let label = move || {
        let label = if tab.get() == SEND {
            "Layers apart"
        } else {
            "Tracks apart"
        };
        label.to_owned()
    };
    let apart = Button::new(text(label), move || is_apart.update(|is| *is = !*is))
        .title("Draw what is merged in one line as lines of their own")
        .testid("apart")
        .pressed(move || is_apart.get())
        .view();
    view! {
        <div class="quality-controls">
            {compare_choice(context)}
            {connection_choice(shown)}
            {apart}
        </div>
    }
    .into_any()
}

/// Who is below each chart, or why nobody is.
fn comparison(context: Context, other: Stored, compared: Memo<Option<String>>) -> AnyView {
    let chosen = move || context.place.query("compare");
    let words = Memo::new(move |_| {
        let chosen = chosen()?;
        let is_in_room = context.room.read(|room| {
            let mut people = room.participants.iter();
            people.any(|it| it.sid == chosen)
        });
        Some(match compared.get() {
            Some(title) => format!("Below each chart is {title}\u{2019}s, on the same time axis."),
            None if is_in_room == Some(false) => {
                format!("Nobody in this room has the sid {chosen}. Choose whom to compare with.")
            }
            None if has_failed(&other.progress()) => return None,
            None => "Loading whom to compare with\u{2026}".to_owned(),
        })
    });
    dynamic(move || match words.get() {
        Some(words) => {
            view! { <p class="hint" role="status" data-testid="compared">{words}</p> }.into_any()
        }
        None if chosen().is_some() => trouble(other.progress()),
        None => nothing(),
    })
}

/// The others of the room: their sids and what they are called. Tracks.
fn others(context: Context) -> Vec<(String, String)> {
    let own = context.about(|it| it.sid.clone());
    let others = context.room.read(|room| {
        let others = room
            .participants
            .iter()
            .filter(|it| Some(&it.sid) != own.as_ref());
        others
            .map(|it| (it.sid.clone(), it.title().to_owned()))
            .collect::<Vec<_>>()
    });
    others.unwrap_or_default()
}

fn compare_choice(context: Context) -> AnyView {
    let others = Memo::new(move |_| others(context));
    let place = context.place;
    Select {
        label: "Compare with",
        testid: "compare",
        all: Some("Nobody"),
        least: 1,
        numbers: Arc::new(move || (0..others.with(Vec::len)).collect()),
        name: Arc::new(move |number| {
            let title = others.with(|others| others.get(number).map(|(_, title)| title.clone()));
            title.unwrap_or_default()
        }),
        chosen: Arc::new(move || {
            let chosen = place.query("compare")?;
            others.with(|others| others.iter().position(|(sid, _)| *sid == chosen))
        }),
        choose: Arc::new(move |number| {
            let sid = number.and_then(|number| {
                others.with_untracked(|others| others.get(number).map(|(sid, _)| sid.clone()))
            });
            place.go(&[("compare", sid)]);
        }),
    }
    .view()
}
