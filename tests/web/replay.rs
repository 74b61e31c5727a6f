//! The replay page, with recordings.

use js_sys::{Array, Uint8Array};
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{DataTransfer, DragEvent, DragEventInit, Event, File, HtmlInputElement};

use super::page::{Page, sleep};

/// A minute of two connections with 8 % loss and 150 ms of delay each way.
const PACKED: &[u8] = include_bytes!("../fixtures/chromium156-loss8-delay150.jsonl.gz");

#[wasm_bindgen_test]
async fn a_packed_recording_shows_its_tracks_and_issues() {
    let page = Page::open("#/replay").await;
    choose(&page, "call.jsonl.gz", PACKED);
    page.until_there("recording").await;
    let tracks = page.text("sent-tracks");
    assert!(
        tracks.contains("Audio") && tracks.contains("1280 \u{d7} 720"),
        "{tracks}"
    );
    let found = page.text("findings");
    assert!(
        found.contains("High packet loss") && found.contains("packets lost, threshold 5 %"),
        "{found}"
    );
    assert!(found.contains("High round trip time"), "{found}");
    assert!(page.text("summary").contains("p99"));

    // One of the two connections is shown at first; all of them on demand.
    assert!(!tracks.contains("far"), "{tracks}");
    let select = page.get("connection");
    let select: &HtmlInputElement = select.unchecked_ref();
    select.set_value("");
    select
        .dispatch_event(&Event::new("change").unwrap())
        .unwrap();
    page.until("both sides", |page| {
        page.text("sent-tracks").contains("far")
    })
    .await;
}

#[wasm_bindgen_test]
async fn an_interval_says_where_its_figures_come_from() {
    let page = Page::open("#/replay").await;
    choose(&page, "call.jsonl.gz", PACKED);
    page.until_there("recording").await;
    let plot = page.find(".chart-plot").unwrap();
    plot.focus().unwrap();
    // The chart has its place on the page with the next frame.
    sleep(200).await;
    for key in ["End", "Enter"] {
        press(&plot, key);
        sleep(50).await;
    }
    page.until_there("interval-panel").await;
    let panel = page.text("interval-panel");
    assert!(
        panel.contains("bytesSent") && panel.contains("Packet loss"),
        "{panel}"
    );
    press(&page.get("interval-panel"), "Escape");
    page.until("the panel to close", |page| {
        page.find("[data-testid=interval-panel]").is_none()
    })
    .await;
    assert_eq!(
        document().active_element().as_ref(),
        Some(plot.as_ref()),
        "the keyboard is back"
    );
}

#[wasm_bindgen_test]
async fn damage_is_told_and_the_rest_is_measured() {
    let page = Page::open("#/replay").await;
    let text = lines("a");
    let text = text.replacen('\n', "\nnot a report\n", 1);
    choose(&page, "damaged.jsonl", text.as_bytes());
    page.until_there("recording").await;
    let warnings = page.text("warnings");
    assert!(warnings.contains("line 2: not JSON"), "{warnings}");
    assert!(page.text("sent-tracks").contains("kbps"));
}

#[wasm_bindgen_test]
async fn a_recording_cut_off_in_its_packing_is_read_as_far_as_it_goes() {
    let page = Page::open("#/replay").await;
    choose(&page, "cut.jsonl.gz", &PACKED[..PACKED.len() / 2]);
    page.until_there("recording").await;
    assert!(
        page.text("warnings").contains("compressed data"),
        "{}",
        page.text("warnings")
    );
    assert!(page.text("sent-tracks").contains("Audio"));
}

#[wasm_bindgen_test]
async fn what_is_no_recording_is_refused_in_a_sentence() {
    let page = Page::open("#/replay").await;
    for (name, content) in [
        ("picture.png", &b"\x89PNG\r\n\x1a\n"[..]),
        ("empty.json", b""),
    ] {
        choose(&page, name, content);
        page.until_there("replay-error").await;
        let error = page.text("replay-error");
        assert!(
            error.contains("recording") && error.ends_with('.'),
            "{error}"
        );
        page.get("recording-file");
    }
}

#[wasm_bindgen_test]
async fn a_recording_can_be_dropped() {
    let page = Page::open("#/replay").await;
    let transfer = DataTransfer::new().unwrap();
    transfer
        .items()
        .add_with_file(&file("dropped.jsonl", lines("b").as_bytes()))
        .unwrap();
    let init = DragEventInit::new();
    init.set_bubbles(true);
    init.set_data_transfer(Some(&transfer));
    let drop = DragEvent::new_with_event_init_dict("drop", &init).unwrap();
    page.find(".drop").unwrap().dispatch_event(&drop).unwrap();
    page.until_there("recording").await;
    assert!(page.text("recording").contains("dropped.jsonl"));
}

/// A track of 100 kbps for half a minute.
fn lines(pc: &str) -> String {
    (0..=30_u32)
        .map(|second| {
            let at = 1_700_000_000_000_u64 + u64::from(second) * 1_000;
            let (bytes, packets) = (second * 12_500, second * 50);
            format!(
                "{{\"pc\":\"{pc}\",\"at\":{at},\"stats\":[{{\"type\":\"outbound-rtp\",\"id\":\"O\",\"timestamp\":{at},\
                 \"ssrc\":7,\"kind\":\"video\",\"mediaSourceId\":\"SV1\",\"bytesSent\":{bytes},\"packetsSent\":{packets}}}]}}\n"
            )
        })
        .collect()
}

fn file(name: &str, content: &[u8]) -> File {
    let parts = Array::of1(&Uint8Array::from(content));
    File::new_with_u8_array_sequence(&parts, name).unwrap()
}

/// Gives the page a file as its picker does.
fn choose(page: &Page, name: &str, content: &[u8]) {
    let transfer = DataTransfer::new().unwrap();
    transfer
        .items()
        .add_with_file(&file(name, content))
        .unwrap();
    let input = page.get("recording-file");
    let input: &HtmlInputElement = input.unchecked_ref();
    input.set_files(transfer.files().as_ref());
    input
        .dispatch_event(&Event::new("change").unwrap())
        .unwrap();
}

fn press(element: &web_sys::HtmlElement, key: &str) {
    let init = web_sys::KeyboardEventInit::new();
    init.set_key(key);
    init.set_bubbles(true);
    init.set_cancelable(true);
    let event =
        web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    element.dispatch_event(&event).unwrap();
}
