//! What `view!` needs, in place of leptos's prelude: attributes of one type each for texts, conditions and closures, and
//! events and references of one type.
//!
//! leptos has a type for each attribute and each event, and compiles what it does with them anew for each: half a kilobyte a
//! time. `view!` calls the methods that are in scope; these here give all attributes to the one type that takes its name as a
//! value, and all events to the one that takes theirs so.

use leptos::attr::AttributeValue;
use leptos::attr::custom::CustomAttr;
use leptos::ev::{Custom, EventDescriptor, On};
use leptos::html;
use leptos::prelude::NodeRef;
pub(crate) use leptos::prelude::{
    AddAnyAttr, AnyView, ClassAttribute, CustomAttribute, Effect, ElementChild, For, Get,
    GetUntracked, GetValue, IntoAny, Memo, PropAttribute, Read, RwSignal, Set, SetValue, Signal,
    StoredValue, StyleAttribute, Update, With, WithUntracked, document, event_target_checked,
    event_target_value, untrack, view, window,
};
use leptos::tachys::html::node_ref::{NodeRefAttr, node_ref};
use wasm_bindgen::JsCast;
use web_sys::Event;

/// The names of attributes as methods.
macro_rules! attributes {
    ($($method:ident $name:literal,)*) => {
        /// The attributes that any element can have.
        pub(crate) trait Attributes: AddAnyAttr + Sized {
            $(
                fn $method<V: AttributeValue>(
                    self,
                    value: V,
                ) -> Self::Output<CustomAttr<&'static str, V>> {
                    self.attr($name, value)
                }
            )*
        }
    };
}

attributes! {
    aria_busy "aria-busy",
    aria_controls "aria-controls",
    aria_disabled "aria-disabled",
    aria_expanded "aria-expanded",
    aria_hidden "aria-hidden",
    aria_label "aria-label",
    aria_labelledby "aria-labelledby",
    aria_live "aria-live",
    aria_pressed "aria-pressed",
    aria_selected "aria-selected",
    aria_sort "aria-sort",
    id "id",
    role "role",
    tabindex "tabindex",
    title "title",
}

impl<T: AddAnyAttr> Attributes for T {}

/// Where an element is found once it is in the page, whatever element it is.
pub(crate) type AnyNode = NodeRef<AnyTag>;

type AnyTag = html::Custom<&'static str>;

/// Elements that are found again.
pub(crate) trait Nodes: AddAnyAttr + Sized {
    fn node_ref(self, node: AnyNode) -> Self::Output<NodeRefAttr<AnyTag, AnyNode>> {
        self.add_any_attr(node_ref(node))
    }
}

impl<T: AddAnyAttr> Nodes for T {}

/// What happens at an event, which takes the event's name as a value.
type AnyEvent = On<Custom<Event>, Box<dyn FnMut(Event)>>;

/// The events that any element can have.
pub(crate) trait Events: AddAnyAttr + Sized {
    fn on<E>(self, event: E, mut act: impl FnMut(E::EventType) + 'static) -> Self::Output<AnyEvent>
    where
        E: EventDescriptor,
        E::EventType: JsCast,
    {
        let act: Box<dyn FnMut(Event)> = Box::new(move |event| act(event.unchecked_into()));
        self.add_any_attr(leptos::ev::on(Custom::new(event.name()), act))
    }
}

impl<T: AddAnyAttr> Events for T {}
