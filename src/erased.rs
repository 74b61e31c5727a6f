//! Views of one type each, whatever closure they are made of.
//!
//! leptos compiles a view anew for each type of closure in it, about two kilobytes a time: five hundred of them would be most of
//! what a browser has to load. Here a closure is boxed first, so that all texts, conditions and lists of the app share one
//! compiled view each.

use std::sync::{Arc, RwLock};

use leptos::ev::MouseEvent;
use web_sys::HtmlElement;

use crate::markup::*;

/// Something that is read again whenever a signal in it changes.
pub(crate) type Read<T> = Box<dyn Fn() -> T + Send + Sync>;

/// A text that follows what it reads.
pub(crate) fn text(read: impl Fn() -> String + Send + Sync + 'static) -> AnyView {
    fn erased(read: Read<String>) -> AnyView {
        (move || read()).into_any()
    }
    erased(Box::new(read))
}

/// A view that is made anew whenever what it reads changes.
pub(crate) fn dynamic(read: impl Fn() -> AnyView + Send + Sync + 'static) -> AnyView {
    fn erased(read: Read<AnyView>) -> AnyView {
        (move || read()).into_any()
    }
    erased(Box::new(read))
}

/// A view that is there while a condition holds; it is made when that begins.
pub(crate) fn when(
    holds: impl Fn() -> bool + Send + Sync + 'static,
    view: impl Fn() -> AnyView + Send + Sync + 'static,
) -> AnyView {
    fn erased(holds: Read<bool>, view: Read<AnyView>) -> AnyView {
        let holds = Memo::new(move |_| holds());
        dynamic(move || {
            if holds.get() {
                untrack(&view)
            } else {
                nothing()
            }
        })
    }
    erased(Box::new(holds), Box::new(view))
}

/// A view for each number; one stays while its number does.
pub(crate) fn each(
    numbers: impl Fn() -> Vec<usize> + Send + Sync + 'static,
    view: impl Fn(usize) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    fn erased(
        numbers: Read<Vec<usize>>,
        view: Arc<dyn Fn(usize) -> AnyView + Send + Sync>,
    ) -> AnyView {
        view! { <For each=move || numbers() key=|number| *number children=move |number| view(number) /> }
            .into_any()
    }
    erased(Box::new(numbers), Arc::new(view))
}

/// A view for each name; one stays while its name does, wherever that then stands.
pub(crate) fn each_named(
    names: impl Fn() -> Vec<String> + Send + Sync + 'static,
    view: impl Fn(&str) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    fn erased(
        names: Read<Vec<String>>,
        view: Box<dyn Fn(&str) -> AnyView + Send + Sync>,
    ) -> AnyView {
        // A name's number is its place among all that ever were there.
        let known = Arc::new(RwLock::new(Vec::<String>::new()));
        let all = Arc::clone(&known);
        let numbers = move || {
            let mut numbers = Vec::new();
            if let Ok(mut all) = all.write() {
                for name in names() {
                    let place = all.iter().position(|it| *it == name);
                    numbers.push(place.unwrap_or(all.len()));
                    if place.is_none() {
                        all.push(name);
                    }
                }
            }
            numbers
        };
        each(numbers, move |number| {
            let name = known.read().ok().and_then(|it| it.get(number).cloned());
            view(&name.unwrap_or_default())
        })
    }
    erased(Box::new(names), Box::new(view))
}

/// An attribute that follows what it reads; none where there is none.
pub(crate) fn attribute(
    read: impl Fn() -> Option<String> + Send + 'static,
) -> Box<dyn Fn() -> Option<String> + Send> {
    Box::new(read)
}

/// A class that is there while a condition holds.
pub(crate) fn class_while(
    holds: impl Fn() -> bool + Send + 'static,
) -> Box<dyn Fn() -> bool + Send> {
    Box::new(holds)
}

/// What an event does.
pub(crate) fn handler<E>(act: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(act)
}

/// Runs at once, and again whenever a signal in it changes.
pub(crate) fn effect(run: impl FnMut() + 'static) {
    fn erased(run: Box<dyn FnMut()>) {
        Effect::new(run);
    }
    erased(Box::new(run));
}

/// Runs once the element is in the page.
pub(crate) fn on_load(node: AnyNode, act: impl FnOnce(HtmlElement) + 'static) {
    fn erased(node: AnyNode, act: Box<dyn FnOnce(HtmlElement)>) {
        let mut act = Some(act);
        effect(move || {
            if let Some(element) = node.get()
                && let Some(act) = act.take()
            {
                untrack(|| act(element));
            }
        });
    }
    erased(node, Box::new(act));
}

/// No view.
pub(crate) fn nothing() -> AnyView {
    ().into_any()
}

/// A text that stays.
pub(crate) fn fixed(text: impl Into<String>) -> AnyView {
    text.into().into_any()
}

/// Views one after the other.
pub(crate) fn all(views: impl IntoIterator<Item = AnyView>) -> AnyView {
    views.into_iter().collect::<Vec<_>>().into_any()
}

/// A button: its style, its test id, its content, whether it is pressed or disabled, and what it does.
pub(crate) struct Button {
    class: &'static str,
    testid: &'static str,
    content: AnyView,
    label: Option<&'static str>,
    title: Option<&'static str>,
    pressed: Option<Read<bool>>,
    expanded: Option<Read<bool>>,
    disabled: Option<Read<bool>>,
    on_click: Box<dyn Fn() + Send + Sync>,
}

impl Button {
    /// A button that does that.
    pub(crate) fn new(content: AnyView, on_click: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            class: "button",
            testid: "",
            content,
            label: None,
            title: None,
            pressed: None,
            expanded: None,
            disabled: None,
            on_click: Box::new(on_click),
        }
    }

    /// With that style.
    pub(crate) const fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    /// With that name for tests.
    pub(crate) const fn testid(mut self, testid: &'static str) -> Self {
        self.testid = testid;
        self
    }

    /// With words for its picture.
    pub(crate) const fn label(mut self, label: &'static str) -> Self {
        self.label = Some(label);
        self
    }

    /// With words for a pointer that stays on it.
    pub(crate) const fn title(mut self, title: &'static str) -> Self {
        self.title = Some(title);
        self
    }

    /// One that stays pressed.
    pub(crate) fn pressed(mut self, pressed: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        self.pressed = Some(Box::new(pressed));
        self
    }

    /// One that opens something below it.
    pub(crate) fn expanded(mut self, expanded: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        self.expanded = Some(Box::new(expanded));
        self
    }

    /// One that cannot always be used.
    pub(crate) fn disabled(mut self, disabled: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        self.disabled = Some(Box::new(disabled));
        self
    }

    /// The button.
    pub(crate) fn view(self) -> AnyView {
        let Self {
            class,
            testid,
            content,
            label,
            title,
            pressed,
            expanded,
            disabled,
            on_click,
        } = self;
        let word = |state: Option<Read<bool>>| move || state.as_ref().map(|is| is().to_string());
        let is_disabled = move || disabled.as_ref().is_some_and(|is| is());
        view! {
            <button
                type="button"
                class=class
                data-testid=(!testid.is_empty()).then_some(testid)
                aria-label=label
                title=title
                aria-pressed=word(pressed)
                aria-expanded=word(expanded)
                disabled=is_disabled
                on:click=move |_: MouseEvent| on_click()
            >
                {content}
            </button>
        }
        .into_any()
    }
}
