//! What a participant sends and receives: the same for a call that goes on and for a recording.

use callscope_core::Scope;
use leptos::ev::{KeyboardEvent, MouseEvent};
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget};

use super::interval_panel::interval_panel;
use super::shown::Shown;
use super::tabs::{Tab, tab_list};
use crate::erased::{Read, dynamic, effect, when};
use crate::markup::*;

const TABS: [Tab; 2] = [
    Tab {
        id: "send",
        label: "Send",
        hint: "outgoing, by track",
    },
    Tab {
        id: "receive",
        label: "Receive",
        hint: "incoming, by connection",
    },
];

/// Further than this between press and release, in CSS pixels, a pointer was dragged.
const DRAGGED: i32 = 4;

/// What is chosen of [`tabs`](media): what is sent.
pub(crate) const SEND: usize = 0;

/// What is received.
pub(crate) const RECEIVE: usize = 1;

/// The two tabs, of which the chosen one has `content`, and beside them the figures of an interval that was chosen on a chart, by a click
/// or with Enter.
pub(crate) fn media(
    shown: Shown,
    chosen: RwSignal<usize>,
    content: impl Fn() -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let id = move || TABS[chosen.get().min(RECEIVE)].id;
    let panel = view! {
        <div
            class="panel"
            role="tabpanel"
            id=move || format!("panel-{}", id())
            aria-labelledby=move || format!("tab-{}", id())
        >
            {dynamic(move || {
                chosen.get();
                content()
            })}
        </div>
    };
    view! {
        <div class="media">
            {tab_list("Direction", &TABS, chosen)}
            {intervals(shown, move || chosen.get(), panel.into_any())}
        </div>
    }
    .into_any()
}

/// Charts of `shown`, and beside them the figures of the interval that is chosen on one. `tab` says which direction they are of.
pub(crate) fn intervals(
    shown: Shown,
    tab: impl Fn() -> usize + Send + Sync + 'static,
    charts: AnyView,
) -> AnyView {
    erased_intervals(shown, Box::new(tab), charts)
}

fn erased_intervals(shown: Shown, tab: Read<usize>, charts: AnyView) -> AnyView {
    let scope = move || {
        if tab() == SEND {
            Scope::Track
        } else {
            Scope::Connection
        }
    };
    let pressed_at = StoredValue::new(0);
    let opener = StoredValue::new_local(None::<Element>);
    let choose = move |target: Option<EventTarget>| {
        let on_plot = target
            .and_then(|target| target.dyn_into::<Element>().ok())
            .and_then(|element| element.closest(".chart-plot").ok().flatten())
            .is_some();
        let cursor = shown.charts.cursor().get_untracked();
        if on_plot && let Some((start, _)) = cursor.and_then(|cursor| cursor.interval) {
            opener.set_value(document().active_element());
            shown.interval.set(Some(start));
        }
        on_plot
    };
    // Charts among charts, as those of a participant to compare with, are their own.
    let on_click = move |event: MouseEvent| {
        if (event.client_x() - pressed_at.get_value()).abs() < DRAGGED && choose(event.target()) {
            event.stop_propagation();
        }
    };
    // The keyboard goes back to where the panel was opened.
    let mut is_open = false;
    effect(move || {
        let was_open = std::mem::replace(&mut is_open, shown.interval.with(Option::is_some));
        if was_open
            && !is_open
            && let Some(opener) = opener.get_value()
        {
            super::focus(&opener);
        }
    });
    let on_key = move |event: KeyboardEvent| {
        // Else Enter would press the button of the panel that has just got the keyboard.
        if event.key() == "Enter" && choose(event.target()) {
            event.stop_propagation();
            event.prevent_default();
        }
    };
    let panel = std::sync::Arc::new(move || interval_panel(shown, scope()));
    view! {
        <div
            class="charts"
            on:pointerdown=move |event| pressed_at.set_value(event.client_x())
            on:click=on_click
            on:keydown=on_key
        >
            {charts}
        </div>
        {when(move || shown.interval.with(Option::is_some), move || {
            let panel = std::sync::Arc::clone(&panel);
            dynamic(move || panel())
        })}
    }
    .into_any()
}
