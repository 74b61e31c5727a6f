//! One of several, which may become more.

use std::sync::Arc;

use callscope_core::Atom;

use super::Shown;
use crate::erased::{attribute, each, handler, text, when};
use crate::markup::*;

/// A list to choose from, by numbers. `all` is the name of no choice, where that is one.
pub(crate) struct Select {
    pub(crate) label: &'static str,
    pub(crate) testid: &'static str,
    pub(crate) all: Option<&'static str>,
    /// With fewer to choose from there is nothing to choose.
    pub(crate) least: usize,
    pub(crate) numbers: Arc<dyn Fn() -> Vec<usize> + Send + Sync>,
    pub(crate) name: Arc<dyn Fn(usize) -> String + Send + Sync>,
    pub(crate) chosen: Arc<dyn Fn() -> Option<usize> + Send + Sync>,
    pub(crate) choose: Arc<dyn Fn(Option<usize>) + Send + Sync>,
}

/// The connections of a call, or all of them.
pub(crate) fn connection_choice(shown: Shown) -> AnyView {
    let Shown {
        call, connection, ..
    } = shown;
    let numbers = move || call.with(|call| call.connections().into_iter().map(number).collect());
    let name = move |number| call.with(|call| call.names.connection(atom(number)));
    Select {
        label: "Connection",
        testid: "connection",
        all: Some("All"),
        least: 2,
        numbers: Arc::new(numbers),
        name: Arc::new(name),
        chosen: Arc::new(move || connection.get().map(number)),
        choose: Arc::new(move |chosen| connection.set(chosen.map(atom))),
    }
    .view()
}

fn number(atom: Atom) -> usize {
    usize::try_from(atom.number()).unwrap_or_default()
}

fn atom(number: usize) -> Atom {
    Atom::new(u32::try_from(number).unwrap_or_default())
}

impl Select {
    pub(crate) fn view(self) -> AnyView {
        let (numbers, least) = (Arc::clone(&self.numbers), self.least);
        when(move || numbers().len() >= least, move || self.list())
    }

    fn list(&self) -> AnyView {
        let Self {
            label, testid, all, ..
        } = *self;
        let (numbers, name) = (Arc::clone(&self.numbers), Arc::clone(&self.name));
        let (chosen, choose) = (Arc::clone(&self.chosen), Arc::clone(&self.choose));
        let on_change =
            move |event: web_sys::Event| choose(event_target_value(&event).parse().ok());
        let option = move |number: usize| {
            let (name, chosen) = (Arc::clone(&name), Arc::clone(&chosen));
            let is_chosen = move || (chosen() == Some(number)).then(String::new);
            view! {
                <option value=number.to_string() selected=attribute(is_chosen)>
                    {text(move || name(number))}
                </option>
            }
            .into_any()
        };
        view! {
            <div class="select">
                <label for=testid>{label}</label>
                <select id=testid data-testid=testid on:change=handler(on_change)>
                    {all.map(|all| view! { <option value="">{all}</option> }.into_any())}
                    {each(move || numbers(), option)}
                </select>
            </div>
        }
        .into_any()
    }
}
