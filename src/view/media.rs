//! What a participant sends and receives: the same for a call that goes on and for a recording.

use callscope_core::Scope;
use leptos::ev::{KeyboardEvent, MouseEvent};
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget};

use super::interval_panel::interval_panel;
use super::received::received;
use super::sent::sent;
use super::shown::Shown;
use super::tabs::{Tab, tab_list};
use crate::erased::{dynamic, effect, when};
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

/// The two tabs, and beside them the figures of an interval that was chosen on a chart, by a click or with Enter.
pub(crate) fn media(shown: Shown) -> AnyView {
    let chosen = RwSignal::new(0);
    let scope = move || {
        if chosen.get() == 0 {
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
    let on_click = move |event: MouseEvent| {
        if (event.client_x() - pressed_at.get_value()).abs() < DRAGGED {
            choose(event.target());
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
            event.prevent_default();
        }
    };
    let id = move || TABS[chosen.get().min(1)].id;
    view! {
        <div class="media">
            {tab_list("Direction", &TABS, chosen)}
            <div
                class="panel"
                role="tabpanel"
                id=move || format!("panel-{}", id())
                aria-labelledby=move || format!("tab-{}", id())
                on:pointerdown=move |event| pressed_at.set_value(event.client_x())
                on:click=on_click
                on:keydown=on_key
            >
                {dynamic(move || if chosen.get() == 0 { sent(shown) } else { received(shown) })}
            </div>
            {when(
                move || shown.interval.with(Option::is_some),
                move || dynamic(move || interval_panel(shown, scope())),
            )}
        </div>
    }
    .into_any()
}
