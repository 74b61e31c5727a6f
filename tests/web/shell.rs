//! The shell: navigation, unknown addresses, themes, keyboard.

use leptos::prelude::{document, window};
use wasm_bindgen_test::wasm_bindgen_test;

use super::page::{Page, sleep};

#[wasm_bindgen_test]
async fn the_navigation_marks_the_page_and_leads_to_the_other() {
    let page = Page::open("#/live").await;
    let current = || {
        page.find("nav a[aria-current=page]")
            .unwrap()
            .text_content()
            .unwrap()
    };
    assert!(current().starts_with("Live"), "{}", current());
    page.find("nav a[href='#/replay']").unwrap().click();
    page.until("the other page", |_| current().starts_with("Replay"))
        .await;
    assert!(page.all_text().contains("Drop a recording here"));
    assert_eq!(document().title(), "Replay \u{b7} callscope");
    let focused = document().active_element().map(|element| element.id());
    assert_eq!(focused.as_deref(), Some("main"), "the keyboard follows");
}

#[wasm_bindgen_test]
async fn an_address_without_a_page_is_the_live_page() {
    let page = Page::open("").await;
    page.get("start-call");
}

#[wasm_bindgen_test]
async fn an_unknown_address_says_so_and_leads_back() {
    let page = Page::open("#/rooms/nowhere").await;
    assert!(page.text("not-found").contains("#/rooms/nowhere"));
    page.find("[data-testid=not-found] a[href='#/live']")
        .unwrap()
        .click();
    page.until_there("start-call").await;
}

#[wasm_bindgen_test]
async fn a_theme_is_shown_and_kept() {
    let root = document().document_element().unwrap();
    let storage = window().local_storage().unwrap().unwrap();
    {
        let page = Page::open("#/live").await;
        page.click("theme-dark").await;
        assert_eq!(root.get_attribute("data-theme").as_deref(), Some("dark"));
        assert_eq!(
            page.get("theme-dark")
                .get_attribute("aria-pressed")
                .as_deref(),
            Some("true")
        );
    }
    {
        let page = Page::open("#/live").await;
        assert_eq!(
            page.get("theme-dark")
                .get_attribute("aria-pressed")
                .as_deref(),
            Some("true")
        );
        page.click("theme-system").await;
        assert_eq!(root.get_attribute("data-theme"), None);
    }
    storage.remove_item("callscope.theme").unwrap();
}

#[wasm_bindgen_test]
async fn the_skip_link_leads_to_the_content_and_not_to_another_page() {
    let page = Page::open("#/replay").await;
    page.find("a.skip").unwrap().click();
    sleep(50).await;
    assert_eq!(document().active_element().unwrap().id(), "main");
    assert_eq!(window().location().hash().unwrap(), "#/replay");
}
