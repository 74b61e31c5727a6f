//! Tabs, as <https://www.w3.org/WAI/ARIA/apg/patterns/tabs/> has them.

use leptos::ev::KeyboardEvent;

use crate::markup::*;

/// One tab.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tab {
    /// Its identifier, part of those of its elements.
    pub(super) id: &'static str,
    /// What it says.
    pub(super) label: &'static str,
    /// What it holds, in a few words.
    pub(super) hint: &'static str,
}

/// The tabs' list. What the chosen tab shows belongs in an element with the id `panel-` and the tab's.
pub(super) fn tab_list(
    label: &'static str,
    tabs: &'static [Tab],
    chosen: RwSignal<usize>,
) -> AnyView {
    let on_key = move |event: KeyboardEvent| {
        let last = tabs.len().saturating_sub(1);
        let before = chosen.get_untracked();
        let next = match event.key().as_str() {
            "ArrowLeft" => before.checked_sub(1).unwrap_or(last),
            "ArrowRight" if before == last => 0,
            "ArrowRight" => before + 1,
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        chosen.set(next);
        let button = tabs
            .get(next)
            .and_then(|tab| document().get_element_by_id(&format!("tab-{}", tab.id)));
        if let Some(button) = button {
            super::focus(&button);
        }
    };
    let tab = move |(place, tab): (usize, &'static Tab)| {
        let is_chosen = move || chosen.get() == place;
        let id = format!("tab-{}", tab.id);
        view! {
            <button
                type="button"
                role="tab"
                id=id.clone()
                data-testid=id.clone()
                aria-selected=move || is_chosen().to_string()
                aria-controls=format!("panel-{}", tab.id)
                tabindex=move || if is_chosen() { "0" } else { "-1" }
                on:click=move |_| chosen.set(place)
            >
                <b>{tab.label}</b>
                <span>{tab.hint}</span>
            </button>
        }
        .into_any()
    };
    view! {
        <div class="tabs" role="tablist" aria-label=label on:keydown=on_key>
            {crate::erased::all(tabs.iter().enumerate().map(tab))}
        </div>
    }
    .into_any()
}
