//! Whole calls in a real browser.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

use gloo::timers::callback::Timeout;
use js_sys::{Promise, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::RtcPeerConnectionState;

use super::*;

wasm_bindgen_test_configure!(run_in_browser);

const SMALL: (u32, u32) = (320, 180);
// Chromium sends fewer than three layers of anything smaller.
const SMALLEST_WITH_THREE_LAYERS: (u32, u32) = (960, 540);

fn generated() -> DemoOptions {
    DemoOptions {
        devices: false,
        video_size: VideoSize::new(SMALL.0, SMALL.1).unwrap(),
        ..DemoOptions::default()
    }
}

fn simulcast() -> DemoOptions {
    let (width, height) = SMALLEST_WITH_THREE_LAYERS;
    DemoOptions {
        simulcast: true,
        video_size: VideoSize::new(width, height).unwrap(),
        ..generated()
    }
}

#[wasm_bindgen_test]
async fn a_call_with_itself_sends_and_receives_both_ways() {
    let call = DemoCall::start(generated()).await.unwrap();
    assert_eq!(
        *call.source(),
        MediaSource::Generated {
            what: Generated::PictureAndSound,
            why: WhyGenerated::Asked
        }
    );
    assert_eq!(call.local_stream().get_tracks().length(), 2);
    assert_eq!(call.remote_stream().get_tracks().length(), 2);
    for connection in [call.near(), call.far()] {
        for kind in ["audio", "video"] {
            let packets = grows(connection, "inbound-rtp", kind, "packetsReceived").await;
            assert!(packets > 0.0, "{kind} arrives");
        }
        let samples = grows(connection, "inbound-rtp", "audio", "totalSamplesReceived").await;
        assert!(samples > 0.0, "somebody listens");
        let frames = grows(connection, "inbound-rtp", "video", "framesDecoded").await;
        assert!(frames > 0.0, "the picture is shown");
    }
}

#[wasm_bindgen_test]
async fn the_generated_sound_is_no_silence_until_the_microphone_is_muted() {
    let call = DemoCall::start(generated()).await.unwrap();
    let heard = energy_of_a_second(&call).await;
    assert!(heard > 0.0);
    call.set_microphone(false);
    sleep(500).await;
    let muted = energy_of_a_second(&call).await;
    assert!(muted < heard / 1000.0, "{muted} is left of {heard}");
    call.set_microphone(true);
    sleep(500).await;
    assert!(energy_of_a_second(&call).await > heard / 2.0);
}

#[wasm_bindgen_test]
async fn every_simulcast_layer_arrives_and_the_far_side_answers_with_a_picture() {
    let call = DemoCall::start(simulcast()).await.unwrap();
    for layer in LAYERS {
        let packets = grows_for(call.far(), "inbound-rtp", "mid", layer, "packetsReceived").await;
        assert!(packets > 0.0, "layer {layer}");
    }
    assert!(grows(call.near(), "inbound-rtp", "video", "framesDecoded").await > 0.0);
    assert_eq!(
        call.remote_stream().get_video_tracks().length(),
        1,
        "the preview shows one layer"
    );
}

#[wasm_bindgen_test]
async fn a_picture_too_small_for_three_layers_is_still_previewed() {
    let call = DemoCall::start(DemoOptions {
        simulcast: true,
        ..generated()
    })
    .await
    .unwrap();
    assert!(grows_for(call.far(), "inbound-rtp", "mid", LAYERS[0], "framesDecoded").await > 0.0);
    assert_eq!(call.remote_stream().get_video_tracks().length(), 1);
}

#[wasm_bindgen_test]
async fn one_direction_sends_nothing_back() {
    let call = DemoCall::start(DemoOptions {
        both_directions: false,
        ..generated()
    })
    .await
    .unwrap();
    assert!(grows(call.far(), "inbound-rtp", "video", "packetsReceived").await > 0.0);
    assert_eq!(count(call.near(), "inbound-rtp").await, 0);
    assert_eq!(count(call.far(), "outbound-rtp").await, 0);
}

#[wasm_bindgen_test]
async fn a_screen_can_come_go_and_come_back_with_and_without_simulcast() {
    for simulcast in [false, true] {
        let call = DemoCall::start(DemoOptions {
            simulcast,
            ..generated()
        })
        .await
        .unwrap();
        let without = count(call.near(), "media-source").await;
        for _ in 0..2 {
            call.set_screen(true).await.unwrap();
            assert_eq!(call.set_screen(true).await, Ok(()), "again changes nothing");
            assert_eq!(count(call.near(), "media-source").await, without + 1);
            let mid = screen_mid(&call);
            assert!(grows_for(call.far(), "inbound-rtp", "mid", &mid, "framesDecoded").await > 0.0);
            call.set_screen(false).await.unwrap();
            assert_eq!(count(call.near(), "media-source").await, without);
        }
        assert!(
            grows(call.far(), "inbound-rtp", "video", "framesDecoded").await > 0.0,
            "the camera goes on"
        );
    }
}

#[wasm_bindgen_test]
async fn a_screen_can_be_there_from_the_start() {
    let call = DemoCall::start(DemoOptions {
        simulcast: true,
        screen_share: true,
        ..generated()
    })
    .await
    .unwrap();
    let mid = screen_mid(&call);
    assert!(grows_for(call.far(), "inbound-rtp", "mid", &mid, "framesDecoded").await > 0.0);
    call.set_screen(false).await.unwrap();
}

#[wasm_bindgen_test]
async fn two_changes_at_once_are_refused() {
    let call = DemoCall::start(generated()).await.unwrap();
    let mut first = Box::pin(call.set_screen(true));
    assert_eq!(poll_once(&mut first).await, None, "the change is under way");
    assert_eq!(call.set_screen(true).await, Err(DemoError::Busy));
    assert_eq!(first.await, Ok(()));
}

#[wasm_bindgen_test]
async fn stopping_frees_everything_and_a_new_call_can_start() {
    for _ in 0..2 {
        let call = DemoCall::start(DemoOptions {
            screen_share: true,
            ..generated()
        })
        .await
        .unwrap();
        let senders = call.near().get_senders().concat(&call.far().get_senders());
        let tracks: Vec<_> = senders
            .iter()
            .filter_map(|sender| web_sys::RtcRtpSender::from(sender).track())
            .collect();
        assert_eq!(tracks.len(), 5, "two each way, and the screen");
        call.stop();
        call.stop();
        assert_eq!(
            call.near().connection_state(),
            RtcPeerConnectionState::Closed
        );
        assert_eq!(
            call.far().connection_state(),
            RtcPeerConnectionState::Closed
        );
        for track in &tracks {
            assert_eq!(text(track, "readyState"), "ended", "{}", track.kind());
        }
        assert_eq!(call.set_screen(true).await, Err(DemoError::Ended));
    }
}

#[wasm_bindgen_test]
async fn a_call_stopped_in_the_middle_of_a_change_has_ended() {
    let call = DemoCall::start(generated()).await.unwrap();
    let mut change = Box::pin(call.set_screen(true));
    assert_eq!(
        poll_once(&mut change).await,
        None,
        "the change is under way"
    );
    call.stop();
    assert_eq!(change.await, Err(DemoError::Ended));
    assert!(call.screen.borrow().is_none());
}

#[wasm_bindgen_test]
async fn a_relay_that_takes_no_candidate_leaves_the_sides_apart() {
    let window = gloo::utils::window();
    let refuse = js_sys::Function::new_no_args("return null");
    Reflect::set(&window, &"callscopeRelay".into(), &refuse).unwrap();
    let started = js_sys::Date::now();
    let call = DemoCall::start(generated()).await;
    Reflect::delete_property(&window, &"callscopeRelay".into()).unwrap();
    assert_eq!(call.err(), Some(DemoError::NotConnected { seconds: 15 }));
    let took = js_sys::Date::now() - started;
    assert!((14_000.0..20_000.0).contains(&took), "bounded: {took} ms");
}

fn screen_mid(call: &DemoCall) -> String {
    call.screen_transceiver
        .borrow()
        .as_ref()
        .unwrap()
        .mid()
        .unwrap()
}

async fn energy_of_a_second(call: &DemoCall) -> f64 {
    let total = |member: &'static str| sum(call.near(), "media-source", "kind", "audio", member);
    let before = (
        total("totalAudioEnergy").await,
        total("totalSamplesDuration").await,
    );
    sleep(1000).await;
    let energy = total("totalAudioEnergy").await - before.0;
    // A second of waiting may be longer.
    energy / (total("totalSamplesDuration").await - before.1)
}

// The sum of `member` over the reports of that type and kind once it is above what it was, or what it is after ten seconds.
async fn grows(connection: &RtcPeerConnection, report: &str, kind: &str, member: &str) -> f64 {
    grows_for(connection, report, "kind", kind, member).await
}

async fn grows_for(
    connection: &RtcPeerConnection,
    report: &str,
    key: &str,
    value: &str,
    member: &str,
) -> f64 {
    let mut grown = 0.0;
    let before = sum(connection, report, key, value, member).await;
    for _ in 0..50 {
        sleep(200).await;
        grown = sum(connection, report, key, value, member).await - before;
        if grown > 0.0 {
            break;
        }
    }
    grown
}

async fn sum(
    connection: &RtcPeerConnection,
    report: &str,
    key: &str,
    value: &str,
    member: &str,
) -> f64 {
    let entries = entries(connection, report).await;
    let chosen = entries.iter().filter(|entry| text(entry, key) == value);
    chosen
        .filter_map(|entry| Reflect::get(entry, &member.into()).unwrap().as_f64())
        .sum()
}

async fn count(connection: &RtcPeerConnection, report: &str) -> usize {
    entries(connection, report).await.len()
}

async fn entries(connection: &RtcPeerConnection, report: &str) -> Vec<JsValue> {
    let map: js_sys::Map = JsFuture::from(connection.get_stats())
        .await
        .unwrap()
        .unchecked_into();
    let entries = map.values().into_iter().map(Result::unwrap);
    entries
        .filter(|entry| text(entry, "type") == report)
        .collect()
}

fn text(entry: &JsValue, member: &str) -> String {
    Reflect::get(entry, &member.into())
        .unwrap()
        .as_string()
        .unwrap_or_default()
}

async fn sleep(ms: u32) {
    let mut timeout = None;
    let promise = Promise::new(&mut |resolve, _reject| {
        timeout = Some(Timeout::new(ms, move || {
            resolve.call0(&JsValue::UNDEFINED).unwrap();
        }));
    });
    JsFuture::from(promise).await.unwrap();
    drop(timeout);
}

async fn poll_once<F: Future>(future: &mut Pin<Box<F>>) -> Option<F::Output> {
    poll_fn(|context| {
        Poll::Ready(match future.as_mut().poll(context) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    })
    .await
}
