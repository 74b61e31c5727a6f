//! Controls of a form, each with its label.

use crate::erased::{Read, all, attribute, handler};
use crate::markup::*;

/// One of a few words: what it is called, what stands for it in the address, and what the words say. The first one is that nothing was chosen.
pub(crate) fn one_of(
    label: &'static str,
    name: &'static str,
    words: &'static [(&'static str, &'static str)],
    chosen: impl Fn() -> Option<String> + Send + Sync + 'static,
    choose: impl Fn(Option<String>) + 'static,
) -> AnyView {
    fn erased(
        [label, name]: [&'static str; 2],
        words: &'static [(&'static str, &'static str)],
        chosen: Read<Option<String>>,
        choose: Box<dyn Fn(Option<String>)>,
    ) -> AnyView {
        let chosen = Memo::new(move |_| chosen().unwrap_or_default());
        let option = move |(value, label): &'static (&'static str, &'static str)| {
            let is_chosen = move || chosen.with(|chosen| chosen == value).then(String::new);
            view! {
                <option value=*value selected=attribute(is_chosen)>
                    {*label}
                </option>
            }
            .into_any()
        };
        let on_change = move |event: web_sys::Event| {
            let value = event_target_value(&event);
            choose((!value.is_empty()).then_some(value));
        };
        let control = view! {
            <select id=name data-testid=name prop:value=move || chosen.get() on:change=handler(on_change)>
                {all(words.iter().map(option))}
            </select>
        };
        field(label, name, control.into_any())
    }
    erased([label, name], words, Box::new(chosen), Box::new(choose))
}

/// A text, a time, …: what `kind` of input HTML has. `enter` is called with what it is whenever that changes.
pub(crate) fn input(
    label: &'static str,
    name: &'static str,
    kind: &'static str,
    hint: &'static str,
    value: impl Fn() -> Option<String> + Send + Sync + 'static,
    enter: impl Fn(Option<String>) + 'static,
) -> AnyView {
    fn erased(
        [label, name, kind, hint]: [&'static str; 4],
        value: Read<Option<String>>,
        enter: Box<dyn Fn(Option<String>)>,
    ) -> AnyView {
        let on_input = move |event: web_sys::Event| {
            let value = event_target_value(&event);
            enter((!value.is_empty()).then_some(value));
        };
        // While a date is typed, and as long as it is none, the browser says that there is no value: so it is the change that counts there.
        let control = if kind == "search" || kind == "url" || kind == "password" {
            view! {
                <input
                    id=name
                    data-testid=name
                    type=kind
                    placeholder=hint
                    autocomplete="off"
                    prop:value=move || value().unwrap_or_default()
                    on:input=handler(on_input)
                />
            }
            .into_any()
        } else {
            view! {
                <input
                    id=name
                    data-testid=name
                    type=kind
                    prop:value=move || value().unwrap_or_default()
                    on:change=handler(on_input)
                />
            }
            .into_any()
        };
        field(label, name, control)
    }
    erased([label, name, kind, hint], Box::new(value), Box::new(enter))
}

/// A control below its label.
fn field(label: &'static str, name: &'static str, control: AnyView) -> AnyView {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            {control}
        </div>
    }
    .into_any()
}
