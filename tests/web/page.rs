//! Mounted pages, and the ways of a test through it. Every wait is bounded.

use callscope_app::calls::pages;
use js_sys::{Date, Promise};
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement};

/// The longest wait for anything, in milliseconds: a slow machine needs some seconds for a call.
const PATIENCE: f64 = 30_000.0;

/// The app, on a page of its own until it is dropped.
pub(crate) struct Page {
    root: HtmlElement,
    _app: Box<dyn std::any::Any>,
}

impl Page {
    /// Mounts the app at an address such as `#/live`.
    pub(crate) async fn open(hash: &str) -> Self {
        window().location().set_hash(hash).unwrap();
        // The change is told in a task of its own; the app that is mounted next must not hear of it.
        sleep(50).await;
        let root: HtmlElement = document().create_element("div").unwrap().unchecked_into();
        document().body().unwrap().append_child(&root).unwrap();
        let app: UnmountHandle<_> = mount_to(root.clone(), pages);
        Self {
            root,
            _app: Box::new(app),
        }
    }

    /// The element that a selector finds; `None` if there is none.
    pub(crate) fn find(&self, selector: &str) -> Option<HtmlElement> {
        let found: Option<Element> = self.root.query_selector(selector).unwrap();
        found.map(JsCast::unchecked_into)
    }

    /// The element with that test id.
    pub(crate) fn get(&self, id: &str) -> HtmlElement {
        let selector = format!("[data-testid={id}]");
        self.find(&selector)
            .unwrap_or_else(|| panic!("no {id} in: {}", self.root.text_content().unwrap()))
    }

    /// Clicks the element with that test id, and lets the app react.
    pub(crate) async fn click(&self, id: &str) {
        self.get(id).click();
        sleep(20).await;
    }

    /// The text of the element with that test id.
    pub(crate) fn text(&self, id: &str) -> String {
        self.get(id).text_content().unwrap()
    }

    /// All text of the app.
    pub(crate) fn all_text(&self) -> String {
        self.root.text_content().unwrap()
    }

    /// Waits until something holds.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let deadline = Date::now() + PATIENCE;
        while !holds(self) {
            assert!(
                Date::now() < deadline,
                "waited in vain for {what}; the page says: {}",
                self.all_text()
            );
            sleep(50).await;
        }
    }

    /// Waits for an element with that test id.
    pub(crate) async fn until_there(&self, id: &str) {
        let selector = format!("[data-testid={id}]");
        self.until(id, |page| page.find(&selector).is_some()).await;
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.root.remove();
    }
}

/// Waits so many milliseconds.
pub(crate) async fn sleep(milliseconds: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds)
            .unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}
