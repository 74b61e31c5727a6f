//! Settings: where stored calls are read from, the theme, the time zone. They are kept in this browser.

use leptos::task::spawn_local;

use crate::erased::{Button, Read, all, dynamic, fixed, handler, nothing, when};
use crate::markup::*;
use crate::stored::source::{self, BROWSER};
use crate::stored::words::zone_name;
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
                    prop:checked=move || is_chosen()
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
    let is_elsewhere = saved != AUTOMATIC && saved != BROWSER;
    let kind = RwSignal::new(match saved.as_str() {
        AUTOMATIC => AUTOMATIC,
        BROWSER => BROWSER,
        _ => ELSEWHERE,
    });
    let address = RwSignal::new(if is_elsewhere { saved } else { String::new() });
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
        if !source::choose(&source, key.get_untracked().trim()) {
            let message = "This browser keeps nothing: allow storage for this page.".to_owned();
            outcome.set(Some(Err(message)));
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
            <div class="choices" role="radiogroup" aria-labelledby="source-heading">
                {offer(AUTOMATIC, ["Whatever fits", "The collector that serves this page; without one, what this browser keeps."])}
                {offer(BROWSER, ["This browser", "The calls that were measured here, in pages of this origin. They leave it for nowhere."])}
                {offer(ELSEWHERE, ["A collector", "Of the calls of everybody who sends to it. It has to allow pages of this origin."])}
            </div>
            {when(move || kind.get() == ELSEWHERE, elsewhere)}
            {when(move || kind.get() != BROWSER, key_field)}
            <p class="actions">{Button::new(fixed("Save and try"), save).class("button primary").testid("save-source").view()}</p>
            <div role="status">{dynamic(told)}</div>
        </section>
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
    let name = if source == BROWSER {
        "this browser".to_owned()
    } else {
        format!("the collector at {source}")
    };
    match answer.map(read) {
        Ok(Some(room)) => Ok(format!(
            "Calls are read from {name}. The newest is in the room {room}."
        )),
        Ok(None) => Ok(format!("Calls are read from {name}. There are none yet.")),
        Err(failure) => Err(failure.message),
    }
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
            <p class="hint">{crate::erased::text(move || {
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
