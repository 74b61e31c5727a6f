//! The live page, with a real call.

use js_sys::{Function, JSON, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use super::page::{Page, sleep};

/// Small pictures leave a machine of two cores room.
const ADDRESS: &str = "#/live?video=320x180";

#[wasm_bindgen_test]
async fn a_call_shows_figures_within_seconds_and_keeps_them_when_it_ends() {
    let page = Page::open(ADDRESS).await;
    page.click("start-call").await;
    page.until_there("stop-call").await;
    assert!(page.text("media-source").starts_with("The call sends "));
    page.until("a connection", |page| {
        page.text("connection-state") == "connected"
    })
    .await;
    page.until("bitrates of both tracks", |page| {
        bitrates(page, "sent-tracks")
            .iter()
            .filter(|text| text.contains("bps"))
            .count()
            == 2
    })
    .await;
    assert!(page.find("canvas").is_some());

    page.click("tab-receive").await;
    assert!(page.find("[data-testid=sent-tracks]").is_none());
    page.until("what is received", |page| {
        bitrates(page, "received-tracks")
            .iter()
            .filter(|text| text.contains("bps"))
            .count()
            == 2
    })
    .await;
    page.click("tab-send").await;

    let pressed = |id: &str| page.get(id).get_attribute("aria-pressed").unwrap();
    for id in ["mute-microphone", "toggle-camera", "toggle-screen"] {
        assert_eq!(pressed(id), "false", "{id}");
        page.click(id).await;
        page.until(id, |_| pressed(id) == "true").await;
    }
    page.until("the third track", |page| {
        bitrates(page, "sent-tracks").len() == 3
    })
    .await;

    let elapsed = page.text("elapsed");
    page.until("time to pass", |page| page.text("elapsed") != elapsed)
        .await;

    page.click("stop-call").await;
    assert_eq!(page.text("connection-state"), "ended");
    let summary = page.text("summary");
    assert!(
        summary.contains("Audio, sent") && summary.contains("Video, sent"),
        "{summary}"
    );
    assert!(summary.contains("bps"), "{summary}");

    let report = report();
    let intervals = Reflect::get(&report, &"intervals".into()).unwrap();
    assert!(js_sys::Array::from(&intervals).length() >= 3);

    page.click("start-again").await;
    page.get("start-call");
}

#[wasm_bindgen_test]
async fn layers_are_shown_on_demand() {
    let page = Page::open(ADDRESS).await;
    page.click("option-simulcast").await;
    page.click("start-call").await;
    page.until("layers", |page| page.find(".disclosure").is_some())
        .await;
    assert!(page.find("tr.layer").is_none());
    page.find(".disclosure").unwrap().click();
    sleep(50).await;
    assert!(page.find("tr.layer").is_some());
    page.click("stop-call").await;
}

#[wasm_bindgen_test]
async fn a_wrong_option_in_the_address_is_told_and_no_call_starts() {
    let page = Page::open("#/live?video=huge").await;
    page.click("start-call").await;
    page.until_there("live-error").await;
    let error = page.text("live-error");
    assert!(
        error.contains("video=huge") && error.contains("1280x720"),
        "{error}"
    );
    page.get("start-call");
}

/// The cells of a table's bitrate column.
fn bitrates(page: &Page, table: &str) -> Vec<String> {
    let selector = format!("[data-testid={table}] td[data-label=Bitrate]");
    let cells = page
        .find(".page")
        .unwrap()
        .query_selector_all(&selector)
        .unwrap();
    (0..cells.length())
        .filter_map(|place| cells.get(place)?.text_content())
        .collect()
}

fn report() -> JsValue {
    let member = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap();
    let report: Function = member(&member(&window(), "callscope"), "report").unchecked_into();
    let text = report.call0(&JsValue::NULL).unwrap().as_string().unwrap();
    JSON::parse(&text).unwrap()
}
