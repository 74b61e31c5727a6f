//! An option that is on or off.

use crate::markup::*;

/// A checkbox with its name and what it does.
pub(crate) fn choice(
    label: &'static str,
    hint: &'static str,
    on: RwSignal<bool>,
    testid: &'static str,
) -> AnyView {
    view! {
        <label class="choice">
            <input
                type="checkbox"
                data-testid=testid
                prop:checked=on
                on:change=move |event| on.set(event_target_checked(&event))
            />
            <span>
                <b>{label}</b>
                <span class="muted">{hint}</span>
            </span>
        </label>
    }
    .into_any()
}
