//! The sampler: a real call, connections that do not answer, a page that freezes.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use callscope_browser::{Lifecycle, PageEvent, Sampler};
use callscope_core::signal::Signal;
use callscope_core::{Config, INTERVAL, Interval, Millis, Oddity, Output, Scope};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::RtcPeerConnection;

use super::page::{
    Call, asked, overhear, pause, rates, say, sleep, steady, stubborn, turn, wait, wake,
};

const FAST: Millis = Millis::whole(200);

fn sampler() -> Sampler {
    Sampler::new(Config::default())
}

/// Takes a sample; it is asked for at once, and answered when that has been awaited.
fn sample(sampler: &Sampler) -> impl Future<Output = ()> {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        sampler.sample_now(move || {
            resolve.call0(&JsValue::UNDEFINED).unwrap();
        });
    });
    async move {
        JsFuture::from(promise).await.unwrap();
    }
}

fn in_progress(sampler: &Sampler, scope: Scope) -> Vec<Interval> {
    sampler.engine(|engine| {
        engine
            .in_progress()
            .filter(|interval| interval.scope == scope)
            .collect()
    })
}

/// Waits until an interval has so long to go: what follows is all in one. Right after the end of an interval nothing is
/// in progress, and nothing can be cut short.
async fn room_for(milliseconds: i32) {
    let left = INTERVAL.as_f64() - js_sys::Date::now() % INTERVAL.as_f64();
    if left < f64::from(milliseconds) {
        #[expect(clippy::cast_possible_truncation, reason = "at most an interval")]
        pause(left as i32 + 100).await;
    }
}

/// Whether two figures differ by less than a hundredth.
fn agree(a: f64, b: f64) -> bool {
    (a - b).abs() <= 0.01 * a.abs().max(b.abs())
}

#[wasm_bindgen_test]
async fn a_call_of_three_layers_is_measured_as_the_page_would() {
    let call: Call = Call::make().await.expect("no call").unchecked_into();
    let sampler = sampler();
    let pc = sampler.attach(&call.local(), "call");
    let heard = overhear(&call.local());
    room_for(4_000).await;
    for _ in 0..4 {
        sample(&sampler).await;
        pause(500).await;
    }
    let tracks = in_progress(&sampler, Scope::Track);
    let video = tracks
        .iter()
        .find(|track| track.parts.len() == 3)
        .expect("no track of three layers");
    assert_eq!(tracks.len(), 2, "a microphone and a camera");
    let expected = rates(&heard, video.opened.as_f64(), video.end().as_f64());
    for layer in expected.layers() {
        let is_this = |part: &&Interval| part.layer.unwrap().ssrc == Some(layer.ssrc());
        let part = video
            .parts
            .iter()
            .find(is_this)
            .expect("a layer is missing");
        let rate = part.bitrate().unwrap().as_f64();
        assert!(
            agree(rate, layer.rate()),
            "{rate} bit/s, not {}",
            layer.rate()
        );
        let rid = part.layer.unwrap().rid.and_then(|rid| sampler.name(rid));
        assert_eq!(rid, layer.rid());
    }
    let sum: f64 = expected.layers().iter().map(|layer| layer.rate()).sum();
    assert!(sum > 0.0);
    assert!(agree(video.bitrate().unwrap().as_f64(), sum));
    let received = in_progress(&sampler, Scope::Connection);
    let expected = rates(
        &heard,
        received[0].opened.as_f64(),
        received[0].end().as_f64(),
    );
    assert!(agree(
        received[0].bitrate().unwrap().as_f64(),
        expected.received()
    ));
    assert_eq!(received[0].pc, Some(pc));
    assert_eq!(sampler.name(pc).as_deref(), Some("call"));
    sampler.finish();
    call.close();
}

#[wasm_bindgen_test]
async fn a_started_sampler_samples_at_its_pace_and_stops() {
    let (sampler, samples) = (sampler(), Rc::new(Cell::new(0)));
    sampler.attach(&steady(), "steady");
    let count = Rc::clone(&samples);
    sampler.start(FAST, move |_| count.set(count.get() + 1));
    pause(1_100).await;
    assert!(
        (4..=7).contains(&samples.get()),
        "{} samples",
        samples.get()
    );
    sampler.stop();
    pause(50).await;
    let at_the_end = samples.get();
    pause(500).await;
    assert_eq!(samples.get(), at_the_end);
}

#[wasm_bindgen_test]
fn the_next_sample_falls_just_after_a_multiple_of_the_period() {
    for (now, due) in [
        (10_050.0, 11_050.0),
        (10_400.0, 11_050.0),
        (10_600.0, 11_050.0),
        (10_990.0, 11_050.0),
    ] {
        assert_eq!(now + wait(now, 1_000.0), due, "{now}");
    }
    // A call that begins just before the end of an interval has its next one from its beginning on.
    assert_eq!(wait(9_800.0, 10_000.0), 250.0);
}

#[wasm_bindgen_test]
fn a_timer_that_wakes_early_is_not_woken_again_at_once() {
    assert_eq!(wait(10_049.0, 1_000.0), 1_001.0);
}

#[wasm_bindgen_test]
fn a_period_of_nothing_does_not_keep_the_page_busy() {
    assert_eq!(wait(0.0, 0.0), 100.0);
}

#[wasm_bindgen_test]
async fn a_clock_that_is_set_back_misses_nothing() {
    let sampler = sampler();
    sampler.start(FAST, |_| {});
    sleep(-3_600_000.0);
    pause(500).await;
    wake();
    let missed = sampler.engine(|engine| engine.oddities().of(Oddity::SamplesMissed));
    assert_eq!(missed, 0);
    sampler.finish();
}

#[wasm_bindgen_test]
async fn a_dropped_sampler_stops() {
    let samples = Rc::new(Cell::new(0));
    {
        let (sampler, count) = (sampler(), Rc::clone(&samples));
        sampler.start(FAST, move |_| count.set(count.get() + 1));
    }
    let at_the_end = samples.get();
    pause(500).await;
    assert_eq!(samples.get(), at_the_end);
}

#[wasm_bindgen_test]
async fn finishing_hands_out_what_was_open() {
    room_for(1500).await;
    let (sampler, outputs) = (sampler(), Rc::new(RefCell::new(Vec::new())));
    sampler.attach(&steady(), "steady");
    let all = Rc::clone(&outputs);
    sampler.start(FAST, move |sampled| {
        all.borrow_mut().append(&mut sampled.outputs)
    });
    pause(700).await;
    sampler.finish();
    let is_received = |output: &Output| matches!(output, Output::Interval(interval) if interval.scope == Scope::Connection && interval.bitrate().is_some_and(|rate| agree(rate.as_f64(), 100_000.0)));
    assert!(outputs.borrow().iter().any(is_received));
}

#[wasm_bindgen_test]
async fn the_callback_may_do_what_it_likes_with_the_sampler() {
    let sampler = sampler();
    let calls = Rc::new(Cell::new(0));
    let pc = sampler.attach(&steady(), "steady");
    let count = Rc::clone(&calls);
    sampler.start(FAST, move |sampled| {
        count.set(count.get() + 1);
        sampled.sampler.engine_mut(|engine| engine.samples_missed());
        sampled.sampler.detach(pc);
        sampled
            .sampler
            .start(FAST, |sampled| sampled.sampler.finish());
    });
    pause(500).await;
    assert_eq!(calls.get(), 1);
}

#[wasm_bindgen_test]
async fn a_connection_that_gives_no_report_says_why() {
    for (how, name, message) in [
        ("rejects", "InvalidStateError", "not now"),
        ("throws", "TypeError", "never"),
    ] {
        let (sampler, failures) = (sampler(), Rc::new(RefCell::new(Vec::new())));
        let pc = sampler.attach(&stubborn(how), how);
        let all = Rc::clone(&failures);
        sampler.start(FAST, move |sampled| {
            all.borrow_mut().append(&mut sampled.failures)
        });
        pause(100).await;
        sampler.finish();
        let failures = failures.borrow();
        let failure = failures.first().expect(how);
        assert_eq!(
            (failure.pc, failure.error.name(), failure.error.message()),
            (pc, name.into(), message.into())
        );
    }
}

#[wasm_bindgen_test]
async fn a_connection_that_never_answers_holds_up_no_other_and_is_not_asked_without_end() {
    room_for(2000).await;
    let sampler = sampler();
    let silent = stubborn("silent");
    sampler.attach(&silent, "silent");
    sampler.attach(&stubborn("empty"), "empty");
    sampler.attach(&steady(), "steady");
    sampler.start(FAST, |_| {});
    pause(900).await;
    assert_eq!(in_progress(&sampler, Scope::Connection).len(), 1);
    assert_eq!(asked(&silent), 1);
    for _ in 0..5 {
        sampler.sample_now(|| {});
    }
    assert_eq!(asked(&silent), 3);
    sampler.finish();
}

#[wasm_bindgen_test]
async fn a_closed_connection_is_taken_off() {
    let sampler = sampler();
    let pc = RtcPeerConnection::new().unwrap();
    sampler.attach(&pc, "closed");
    sample(&sampler).await;
    pc.close();
    sample(&sampler).await;
    sample(&sampler).await;
    assert_eq!(in_progress(&sampler, Scope::Connection).len(), 0);
}

#[wasm_bindgen_test]
async fn a_report_of_a_detached_connection_counts_for_nothing() {
    room_for(1500).await;
    let sampler = sampler();
    let (old, new) = (steady(), steady());
    let pc = sampler.attach(&old, "same name");
    sample(&sampler).await;
    pause(60).await;
    let waiting = sample(&sampler);
    assert_eq!(sampler.attach(&new, "same name"), pc);
    waiting.await;
    for _ in 0..2 {
        pause(60).await;
        sample(&sampler).await;
    }
    let received = in_progress(&sampler, Scope::Connection);
    assert_eq!(received.len(), 1);
    assert!(!received[0].notes.counter_fell);
    let rate = received[0].bitrate().unwrap().as_f64();
    assert!(agree(rate, 100_000.0), "{rate} bit/s");
}

#[wasm_bindgen_test]
async fn samples_that_a_frozen_page_missed_cut_the_interval_short() {
    room_for(4000).await;
    let (sampler, cut) = (sampler(), Rc::new(Cell::new(0)));
    sampler.attach(&steady(), "steady");
    let count = Rc::clone(&cut);
    sampler.start(FAST, move |sampled| {
        for output in &sampled.outputs {
            if matches!(output, Output::Interval(interval) if interval.notes.cut_short) {
                count.set(count.get() + 1);
            }
        }
    });
    pause(500).await;
    say("freeze");
    say("resume");
    pause(100).await;
    let missed =
        |sampler: &Sampler| sampler.engine(|engine| engine.oddities().of(Oddity::SamplesMissed));
    assert_eq!((missed(&sampler), cut.get()), (1, 1));
    pause(500).await;
    sleep(60_000.0);
    pause(500).await;
    wake();
    assert_eq!((missed(&sampler), cut.get()), (2, 2));
    // A page that is throttled wakes late, and misses nothing.
    sleep(20_000.0);
    pause(500).await;
    wake();
    assert_eq!((missed(&sampler), cut.get()), (2, 2));
    sampler.finish();
}

#[wasm_bindgen_test]
async fn a_lost_connection_is_told_by_its_events_where_the_reports_do_not() {
    let (sampler, lost) = (sampler(), Rc::new(Cell::new(0)));
    let pc = steady();
    sampler.attach(&pc, "steady");
    let count = Rc::clone(&lost);
    sampler.start(FAST, move |sampled| {
        for output in &sampled.outputs {
            if matches!(output, Output::Signal(change) if change.signal == Signal::ConnectionLost) {
                count.set(count.get() + 1);
            }
        }
    });
    turn(&pc, "connected");
    turn(&pc, "disconnected");
    pause(300).await;
    assert_eq!(lost.get(), 1);
    turn(&pc, "connected");
    pause(300).await;
    assert_eq!(lost.get(), 2);
    sampler.finish();
    turn(&pc, "failed");
    assert_eq!(lost.get(), 2);
}

#[wasm_bindgen_test]
async fn a_connection_that_comes_up_is_sampled_at_once() {
    let (sampler, pc) = (sampler(), stubborn("rejects"));
    sampler.attach(&pc, "new");
    sampler.start(Millis::whole(10_000), |_| {});
    pause(50).await;
    let before = asked(&pc);
    turn(&pc, "connected");
    pause(50).await;
    assert!(asked(&pc) > before, "asked {before} times before");
    sampler.stop();
    let before = asked(&pc);
    turn(&pc, "disconnected");
    pause(50).await;
    assert_eq!(asked(&pc), before, "it was stopped");
}

#[wasm_bindgen_test]
fn a_page_is_listened_to_until_the_handle_is_dropped() {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let all = Rc::clone(&heard);
    let lifecycle = Lifecycle::watch(move |event| all.borrow_mut().push(event)).unwrap();
    say("freeze");
    say("resume");
    say("visibilitychange");
    let expected = [PageEvent::Frozen, PageEvent::Resumed, PageEvent::Visible];
    assert_eq!(*heard.borrow(), expected);
    drop(lifecycle);
    say("freeze");
    assert_eq!(heard.borrow().len(), expected.len());
}
