//! An option that is on or off.

use leptos::prelude::*;

/// A checkbox with its name and what it does.
#[component]
pub fn Choice(
    /// What it is called.
    label: &'static str,
    /// What it does.
    hint: &'static str,
    /// Whether it is on.
    on: RwSignal<bool>,
    /// For tests.
    testid: &'static str,
) -> impl IntoView {
    view! {
        <label class="choice">
            <input
                type="checkbox"
                data-testid=testid
                prop:checked=move || on.get()
                on:change=move |event| on.set(event_target_checked(&event))
            />
            <span>
                <b>{label}</b>
                <span class="muted">{hint}</span>
            </span>
        </label>
    }
}
