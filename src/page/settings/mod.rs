//! Settings: where stored calls are read from, the thresholds that charts draw, the theme, the time zone. They are kept in this browser.

mod thresholds;

use leptos::task::spawn_local;

use crate::erased::{Button, Read, all, dynamic, fixed, handler, nothing, text, when};
use crate::markup::*;
use crate::stored::source::{self, BROWSER, MADE_UP, NO_STORAGE};
use crate::stored::words::{count_of, moment, zone_name};
use crate::stored::{Json, Rooms};
use crate::view::input;
use crate::zone;

/// What the source is when nothing was chosen.
const AUTOMATIC: &str = "";

/// What stands for any collector until its address is entered.
const ELSEWHERE: &str = "collector";

/// Chooses.
pub(crate) fn settings_page() -> AnyView {
    view! {
        <div class="page narrow settings">
            <h1>"Settings"</h1>
            <p class="lead">"They are kept in this browser, and are nobody else's."</p>
            {data_source()}
            {kept_here()}
            {thresholds::section()}
            {appearance()}
        </div>
    }
    .into_any()
}

/// One of several, which are told apart by a word.
fn option(
    group: &'static str,
    value: &'static str,
    [label, hint]: [&'static str; 2],
    is_chosen: impl Fn() -> bool + Send + Sync + 'static,
    choose: impl Fn() + 'static,
) -> AnyView {
    fn erased(
        [group, value, label, hint]: [&'static str; 4],
        is_chosen: Read<bool>,
        choose: Box<dyn Fn()>,
    ) -> AnyView {
        let testid = if value.is_empty() { "automatic" } else { value };
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name=group
                    data-testid=format!("{group}-{testid}")
                    prop:checked=is_chosen
                    on:change=handler(move |_: web_sys::Event| choose())
                />
                <span>
                    <b>{label}</b>
                    <span class="muted">{hint}</span>
                </span>
            </label>
        }
        .into_any()
    }
    erased(
        [group, value, label, hint],
        Box::new(is_chosen),
        Box::new(choose),
    )
}

/// Where stored calls are read from.
fn data_source() -> AnyView {
    let saved = source::chosen();
    let known = [AUTOMATIC, BROWSER, MADE_UP].into_iter();
    let saved_kind = known.into_iter().find(|it| saved == *it);
    let is_made_up = saved_kind == Some(MADE_UP);
    let kind = RwSignal::new(saved_kind.unwrap_or(ELSEWHERE));
    let address = RwSignal::new(match saved_kind {
        Some(_) => String::new(),
        None => saved,
    });
    let key = RwSignal::new(source::key());
    let outcome = RwSignal::new(None::<Result<String, String>>);
    let choose = move |value: &'static str| {
        move || {
            kind.set(value);
            outcome.set(None);
        }
    };
    let offer = move |value, words| {
        option(
            "source",
            value,
            words,
            move || kind.get() == value,
            choose(value),
        )
    };
    let save = move || {
        let source = match kind.get_untracked() {
            ELSEWHERE => match collector_address(&address.get_untracked()) {
                Ok(address) => address,
                Err(message) => {
                    outcome.set(Some(Err(message)));
                    return;
                }
            },
            other => other.to_owned(),
        };
        let is_kept = if source == MADE_UP {
            source::make_up(true)
        } else {
            source::choose(&source, key.get_untracked().trim())
        };
        if !is_kept {
            outcome.set(Some(Err(NO_STORAGE.to_owned())));
            return;
        }
        outcome.set(None);
        spawn_local(async move {
            let found = try_out().await;
            // The page may be gone by now.
            let _gone = outcome.try_set(Some(found));
        });
    };
    let elsewhere = move || {
        let enter = move |typed: Option<String>| address.set(typed.unwrap_or_default());
        input(
            "Its address",
            "collector",
            "url",
            "https://insights.example.com/",
            move || Some(address.get()),
            enter,
        )
    };
    let key_field = move || {
        let enter = move |typed: Option<String>| key.set(typed.unwrap_or_default());
        view! {
            {input("Read key", "read-key", "password", "Only if it asks for one", move || Some(key.get()), enter)}
            <p class="hint">
                <code>"callscope keys add --kind read"</code>
                " makes one. It stays in this browser, readable for whoever uses it."
            </p>
        }
        .into_any()
    };
    let told = move || match outcome.get() {
        None => nothing(),
        Some(Ok(found)) => view! { <p class="told" data-testid="source-ok">{found}</p> }.into_any(),
        Some(Err(message)) => {
            view! { <p class="alert" data-testid="source-error">{message}</p> }.into_any()
        }
    };
    view! {
        <section class="card" aria-labelledby="source-heading">
            <h2 id="source-heading">"Where stored calls are read from"</h2>
            {if is_made_up { way_back() } else { nothing() }}
            <div class="choices" role="radiogroup" aria-labelledby="source-heading">
                {offer(AUTOMATIC, ["Whatever fits", "The collector that serves this page; without one, what this browser keeps."])}
                {offer(BROWSER, ["This browser", "The calls that were measured here, in pages of this origin. They leave it for nowhere."])}
                {offer(MADE_UP, ["Made-up calls", "Two weeks of calls that nobody made, to look around. They are made in this browser when they are looked at, and kept nowhere."])}
                {offer(ELSEWHERE, ["A collector", "Of the calls of everybody who sends to it. It has to allow pages of this origin."])}
            </div>
            {when(move || kind.get() == ELSEWHERE, elsewhere)}
            {when(move || !matches!(kind.get(), BROWSER | MADE_UP), key_field)}
            <p class="actions">{Button::new(fixed("Save and try"), save).class("button primary").testid("save-source").view()}</p>
            <div role="status">{dynamic(told)}</div>
        </section>
    }
    .into_any()
}

/// From made-up calls to what was chosen before.
fn way_back() -> AnyView {
    let leave = || {
        source::make_up(false);
        source::start_over();
    };
    view! {
        <p class="actions" data-testid="made-up">
            "The calls that are shown are made up."
            {Button::new(fixed("Back to your own"), leave).class("button small").testid("back-to-own").view()}
        </p>
    }
    .into_any()
}

/// An address as it is kept: with a scheme, and a slash at its end.
fn collector_address(typed: &str) -> Result<String, String> {
    let typed = typed.trim();
    let url = web_sys::Url::new(typed)
        .ok()
        .filter(|url| matches!(url.protocol().as_str(), "http:" | "https:"));
    let Some(url) = url else {
        return Err(format!(
            "\u{201c}{typed}\u{201d} is no address of a collector: it begins with https:// (or http:// on this machine)."
        ));
    };
    let path = url.pathname();
    Ok(format!("{}{}/", url.origin(), path.trim_end_matches('/')))
}

/// Asks the source for one room.
async fn try_out() -> Result<String, String> {
    let answer = source::ask("/v1/insights/rooms?page_size=1").await;
    let read = |json: Json| {
        Rooms::read(&json)
            .rooms
            .first()
            .map(|room| room.title().to_owned())
    };
    let source = source::current().await;
    let name = match source.as_str() {
        BROWSER => "this browser".to_owned(),
        MADE_UP => "this browser, which makes them up".to_owned(),
        _ => format!("the collector at {source}"),
    };
    match answer.map(read) {
        Ok(Some(room)) => Ok(format!(
            "Calls are read from {name}. The newest is in the room {room}."
        )),
        Ok(None) => Ok(format!("Calls are read from {name}. There are none yet.")),
        Err(failure) => Err(failure.message),
    }
}

/// What this browser keeps of the calls that were measured in it.
#[derive(Clone, Copy, Debug)]
struct Kept {
    batches: f64,
    /// How many of them wait to be sent.
    waiting: f64,
    characters: f64,
    first_at: Option<f64>,
    last_at: Option<f64>,
}

impl Kept {
    fn read(json: &Json) -> Self {
        let number = |name| json.number(name).unwrap_or_default();
        Self {
            batches: number("batches"),
            waiting: number("waiting"),
            characters: number("characters"),
            first_at: json.number("first_at"),
            last_at: json.number("last_at"),
        }
    }

    /// In a sentence or two.
    fn words(self) -> String {
        let (Some(first), Some(last)) = (self.first_at, self.last_at) else {
            return "Nothing is kept.".to_owned();
        };
        let size = callscope_core::to_fixed(self.characters / 1024.0, 0);
        let kept = format!(
            "{} of {size} KB, from {} to {}.",
            count_of(self.batches, "batch", "batches"),
            moment(first),
            moment(last)
        );
        if self.waiting > 0.0 {
            let number = callscope_core::to_fixed(self.waiting, 0);
            format!("{kept} {number} of them are yet to be sent.")
        } else {
            kept
        }
    }
}

fn kept_here() -> AnyView {
    let kept = RwSignal::new(None::<Result<Kept, String>>);
    let look = move || {
        spawn_local(async move {
            let found = source::kept().await;
            let found = found.map(|json| Kept::read(&json));
            // The page may be gone by now.
            let _gone = kept.try_set(Some(found.map_err(|failure| failure.message)));
        });
    };
    look();
    let clear = move || {
        let asked = window().confirm_with_message(
            "Delete the calls that this browser keeps? They cannot be brought back.",
        );
        if asked != Ok(true) {
            return;
        }
        spawn_local(async move {
            match source::clear().await {
                Ok(_) => look(),
                Err(failure) => {
                    let _gone = kept.try_set(Some(Err(failure.message)));
                }
            }
        });
    };
    let words = move || match kept.get() {
        None => "\u{2026}".to_owned(),
        Some(Ok(kept)) => kept.words(),
        Some(Err(message)) => message,
    };
    let is_empty = move || !matches!(kept.get(), Some(Ok(kept)) if kept.batches > kept.waiting);
    let clear = Button::new(fixed("Delete it"), clear)
        .testid("clear-history")
        .disabled(is_empty);
    view! {
        <section class="card" aria-labelledby="kept-heading">
            <h2 id="kept-heading">"What this browser keeps"</h2>
            <p role="status" data-testid="kept">
                {text(words)}
            </p>
            <p class="hint">
                "Of the calls that were measured in pages of this origin, for a week (WebRTC Go rooms: two days). What is yet to be sent is not deleted."
            </p>
            <p class="actions">{clear.view()}</p>
        </section>
    }
    .into_any()
}

/// Colours and clock.
fn appearance() -> AnyView {
    let is_utc = RwSignal::new(zone::is_utc());
    let choose = move |utc: bool| {
        move || {
            zone::choose_utc(utc);
            is_utc.set(utc);
        }
    };
    let chosen = document()
        .document_element()
        .and_then(|root| root.get_attribute("data-theme"))
        .unwrap_or_default();
    let theme = |value: &'static str, label: &'static str| {
        let is_chosen = chosen == value;
        view! {
            <button type="button" data-theme-choice=value aria-pressed=is_chosen.to_string()>
                {label}
            </button>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="zone-heading">
            <h2 id="zone-heading">"Time zone"</h2>
            <div class="choices" role="radiogroup" aria-labelledby="zone-heading">
                {option("zone", "local", ["Local time", "That of this browser."], move || !is_utc.get(), choose(false))}
                {option("zone", "utc", ["UTC", "The same for everybody who looks."], move || is_utc.get(), choose(true))}
            </div>
            <p class="hint">{text(move || {
                is_utc.get();
                format!("Times are {} now.", zone_name(js_sys::Date::now()))
            })}</p>
        </section>
        <section class="card" aria-labelledby="theme-heading">
            <h2 id="theme-heading">"Theme"</h2>
            <div class="segmented" role="group" aria-labelledby="theme-heading">
                {all([theme("", "As the system has it"), theme("light", "Light"), theme("dark", "Dark")])}
            </div>
        </section>
    }
    .into_any()
}
