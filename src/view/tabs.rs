//! Tabs, as <https://www.w3.org/WAI/ARIA/apg/patterns/tabs/> has them.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

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
#[component]
pub(super) fn TabList(
    label: &'static str,
    tabs: &'static [Tab],
    chosen: RwSignal<usize>,
) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
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
    view! {
        <div class="tabs" role="tablist" aria-label=label node_ref=list on:keydown=on_key>
            {tabs
                .iter()
                .enumerate()
                .map(|(place, tab)| {
                    let is_chosen = move || chosen.get() == place;
                    view! {
                        <button
                            type="button"
                            role="tab"
                            id=format!("tab-{}", tab.id)
                            data-testid=format!("tab-{}", tab.id)
                            aria-selected=move || is_chosen().to_string()
                            aria-controls=format!("panel-{}", tab.id)
                            tabindex=move || if is_chosen() { "0" } else { "-1" }
                            on:click=move |_| chosen.set(place)
                        >
                            <b>{tab.label}</b>
                            <span>{tab.hint}</span>
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}
