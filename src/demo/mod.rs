//! A call that the page makes with itself, to be measured: real connections, real encoders, no server.
//!
//! Two `RTCPeerConnection`s in one page are joined: the *near* side is the person in front of the page, the *far* side the
//! one they talk to. Where there is no camera or microphone, or they are not allowed, picture and sound are generated.
//!
//! # The relay hook
//!
//! For tests, the two sides can be led through a UDP relay that loses and delays packets. If the page has a function
//! `window.callscopeRelay(side, address, port)` when the call starts, every candidate of a side (`"near"` or `"far"`) is
//! given to it. It answers, or promises, the port on 127.0.0.1 at which the other side reaches the address, or null to drop
//! the candidate. Candidates that are not UDP are dropped. Without the function, candidates pass as they are.

#[cfg(all(test, target_arch = "wasm32"))]
mod browser_tests;
mod candidate;
mod error;
mod generated;
mod link;
mod media;
mod options;
mod sdp;

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    pin::{Pin, pin},
    task::{Poll, Waker},
};

use gloo::events::EventListener;
use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    HtmlAudioElement, MediaStream, MediaStreamTrack, RtcPeerConnection, RtcRtpEncodingParameters,
    RtcRtpTransceiver, RtcRtpTransceiverDirection, RtcRtpTransceiverInit,
};

pub use self::{
    error::DemoError,
    media::{Generated, MediaSource, WhyGenerated},
    options::{DemoOptions, VideoSize, VideoSizeError},
};
use self::{
    generated::Picture,
    link::Link,
    media::{Media, OwnedTrack},
    sdp::LAYERS,
};

/// The layer that a preview shows.
const PREVIEWED_LAYER: usize = 1;

/// A running demo call. Dropping it is the same as [`DemoCall::stop`].
#[derive(Debug)]
pub struct DemoCall {
    options: DemoOptions,
    media: Media,
    link: Link,
    local: MediaStream,
    remote: MediaStream,
    screen: RefCell<Option<Picture>>,
    // The m-line of the screen stays when it is taken away, and is used again.
    screen_transceiver: RefCell<Option<RtcRtpTransceiver>>,
    returned: RefCell<Vec<OwnedTrack>>,
    receiving: RefCell<Receiving>,
    is_changing: Cell<bool>,
    has_ended: Cell<bool>,
    // Who waits for a change that the end would leave unanswered.
    on_end: RefCell<Option<Waker>>,
}

impl DemoCall {
    /// Starts a call, and returns once the two sides have reached each other.
    ///
    /// Asks the person for the camera and the microphone unless the options say otherwise, and waits for their answer.
    ///
    /// # Errors
    ///
    /// When the browser cannot make calls, or not with these options, or when the two sides do not reach each other within
    /// 15 seconds. Nothing of the call is left then.
    pub async fn start(options: DemoOptions) -> Result<Self, DemoError> {
        // Before the person is asked for anything: a browser without WebRTC needs no camera.
        let link = Link::new(options.simulcast)?;
        let media = Media::open(&options).await?;
        let local = stream_of([media.audio(), media.video()])?;
        let call = Self {
            options,
            media,
            link,
            local,
            remote: stream_of([])?,
            screen: RefCell::default(),
            screen_transceiver: RefCell::default(),
            returned: RefCell::default(),
            receiving: RefCell::default(),
            is_changing: Cell::new(false),
            has_ended: Cell::new(false),
            on_end: RefCell::default(),
        };
        call.send_all().await?;
        call.link.connected().await?;
        call.receive();
        Ok(call)
    }

    /// The connection of the person in front of the page.
    #[must_use]
    pub const fn near(&self) -> &RtcPeerConnection {
        self.link.near()
    }

    /// The connection of the other side.
    #[must_use]
    pub const fn far(&self) -> &RtcPeerConnection {
        self.link.far()
    }

    /// What the near side sends, without the screen: for a preview, which must be muted.
    #[must_use]
    pub const fn local_stream(&self) -> &MediaStream {
        &self.local
    }

    /// What of it arrives at the far side: for a preview, which must be muted.
    ///
    /// With simulcast, the picture is that of the middle layer: the full one comes and goes with the bandwidth. The track
    /// of the picture may come a moment after the call has started.
    #[must_use]
    pub const fn remote_stream(&self) -> &MediaStream {
        &self.remote
    }

    /// Where the sound and the picture come from.
    #[must_use]
    pub const fn source(&self) -> &MediaSource {
        self.media.source()
    }

    /// Unmutes or mutes the microphone: a muted one sends silence.
    pub fn set_microphone(&self, on: bool) {
        self.media.audio().set_enabled(on);
    }

    /// Switches the camera's picture on or off: switched off, it sends black.
    pub fn set_camera(&self, on: bool) {
        self.media.video().set_enabled(on);
    }

    /// Shares a screen, or takes it away. Changes nothing if it already is so.
    ///
    /// # Errors
    ///
    /// [`DemoError::Busy`] while another such change is under way, [`DemoError::Ended`] after [`DemoCall::stop`], and
    /// others when the browser refuses; the screen is not shared then.
    pub async fn set_screen(&self, on: bool) -> Result<(), DemoError> {
        if self.has_ended.get() {
            return Err(DemoError::Ended);
        }
        if self.is_changing.get() {
            return Err(DemoError::Busy);
        }
        if self.screen.borrow().is_some() == on {
            return Ok(());
        }
        self.is_changing.set(true);
        let change = async {
            if on {
                self.add_screen().await
            } else {
                self.remove_screen().await
            }
        };
        let changed = self.unless_ended(pin!(change)).await;
        self.is_changing.set(false);
        changed
    }

    /// Ends the call: devices and canvases are freed, both connections closed. A second time changes nothing.
    pub fn stop(&self) {
        if self.has_ended.replace(true) {
            return;
        }
        self.link.close();
        self.receiving.take();
        self.returned.take();
        self.screen.take();
        self.media.stop();
        if let Some(waker) = self.on_end.take() {
            waker.wake();
        }
    }

    // What a closed connection was still asked for is never answered, so nothing may wait for that alone.
    async fn unless_ended(
        &self,
        mut change: Pin<&mut impl Future<Output = Result<(), DemoError>>>,
    ) -> Result<(), DemoError> {
        poll_fn(|context| {
            if self.has_ended.get() {
                return Poll::Ready(Err(DemoError::Ended));
            }
            self.on_end.replace(Some(context.waker().clone()));
            change.as_mut().poll(context)
        })
        .await
    }

    // Everything that is sent from the start, in one negotiation.
    async fn send_all(&self) -> Result<(), DemoError> {
        let DemoOptions {
            simulcast,
            both_directions,
            ..
        } = self.options;
        let both = if both_directions {
            RtcRtpTransceiverDirection::Sendrecv
        } else {
            RtcRtpTransceiverDirection::Sendonly
        };

        let audio = self.send(self.media.audio(), both, &Array::new());
        let (video, layers) = if simulcast {
            // The far side has an m-line a layer, none of which can send anything back.
            (RtcRtpTransceiverDirection::Sendonly, layers())
        } else {
            (both, Array::new())
        };
        let mut returning = self.send(self.media.video(), video, &layers);
        if simulcast && both_directions {
            let init = RtcRtpTransceiverInit::new();
            init.set_direction(RtcRtpTransceiverDirection::Recvonly);
            returning = self
                .near()
                .add_transceiver_with_str_and_init("video", &init);
        }
        if self.options.screen_share {
            self.start_screen().await?;
        }

        if !both_directions {
            return self.link.negotiate(&[]).await;
        }
        let (sound, picture) = (
            OwnedTrack::copy_of(self.media.audio()),
            OwnedTrack::copy_of(self.media.video()),
        );
        let negotiated = self
            .link
            .negotiate(&[(&audio, sound.track()), (&returning, picture.track())])
            .await;
        self.returned.borrow_mut().extend([sound, picture]);
        negotiated
    }

    fn send(
        &self,
        track: &MediaStreamTrack,
        direction: RtcRtpTransceiverDirection,
        layers: &Array,
    ) -> RtcRtpTransceiver {
        let init = RtcRtpTransceiverInit::new();
        init.set_direction(direction);
        init.set_streams(&Array::of1(&self.local));
        if layers.length() > 0 {
            init.set_send_encodings(layers);
        }
        self.near()
            .add_transceiver_with_media_stream_track_and_init(track, &init)
    }

    // What arrives: for the preview, and listened to. A browser pulls sound out of its jitter buffer only while somebody
    // listens, and half of a receiver's statistics stay at zero otherwise.
    fn receive(&self) {
        let mut receiving = self.receiving.borrow_mut();
        for transceiver in self
            .far()
            .get_transceivers()
            .iter()
            .map(RtcRtpTransceiver::from)
        {
            let track = transceiver.receiver().track();
            if track.kind() == "audio" {
                receiving.listeners.extend(Listener::to(&track));
                self.remote.add_track(&track);
                continue;
            }
            let mid = transceiver.mid().unwrap_or_default();
            match LAYERS.iter().position(|layer| *layer == mid) {
                Some(layer) => receiving.layers.push(self.preview_layer(layer, track)),
                None if !self.options.simulcast && self.remote.get_video_tracks().length() == 0 => {
                    self.remote.add_track(&track);
                }
                None => {}
            }
        }
        for transceiver in self
            .near()
            .get_transceivers()
            .iter()
            .map(RtcRtpTransceiver::from)
        {
            let track = transceiver.receiver().track();
            if track.kind() == "audio" {
                receiving.listeners.extend(Listener::to(&track));
            }
        }
    }

    // A browser sends fewer layers of a small picture, so the preview takes the middle one only once something arrives in it.
    fn preview_layer(&self, layer: usize, track: MediaStreamTrack) -> Option<EventListener> {
        let remote = Clone::clone(&self.remote);
        let show = move |track: &MediaStreamTrack| {
            let shown = remote.get_video_tracks();
            if layer == PREVIEWED_LAYER {
                shown
                    .iter()
                    .for_each(|other| remote.remove_track(other.unchecked_ref()));
            } else if shown.length() > 0 {
                return;
            }
            remote.add_track(track);
        };
        if !track.muted() {
            show(&track);
            return None;
        }
        let target = Clone::clone(&track);
        Some(EventListener::once(&target, "unmute", move |_event| {
            show(&track)
        }))
    }

    async fn add_screen(&self) -> Result<(), DemoError> {
        self.start_screen().await?;
        let negotiated = self.link.negotiate(&[]).await;
        if negotiated.is_err() {
            self.screen.take();
        }
        negotiated
    }

    async fn start_screen(&self) -> Result<(), DemoError> {
        let slides = Picture::slides(self.options.video_size)
            .map_err(|error| DemoError::no_media(&error))?;
        let used = self.screen_transceiver.borrow().clone();
        match used {
            Some(transceiver) => {
                transceiver.set_direction(RtcRtpTransceiverDirection::Sendonly);
                replace_track(&transceiver, Some(slides.track())).await?;
            }
            None => {
                let added = self.send(
                    slides.track(),
                    RtcRtpTransceiverDirection::Sendonly,
                    &Array::new(),
                );
                self.screen_transceiver.replace(Some(added));
            }
        }
        self.screen.replace(Some(slides));
        Ok(())
    }

    async fn remove_screen(&self) -> Result<(), DemoError> {
        let used = self.screen_transceiver.borrow().clone();
        if let Some(transceiver) = used {
            replace_track(&transceiver, None).await?;
            transceiver.set_direction(RtcRtpTransceiverDirection::Inactive);
        }
        self.screen.take();
        self.link.negotiate(&[]).await
    }
}

impl Drop for DemoCall {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn replace_track(
    transceiver: &RtcRtpTransceiver,
    track: Option<&MediaStreamTrack>,
) -> Result<(), DemoError> {
    JsFuture::from(transceiver.sender().replace_track(track))
        .await
        .map(drop)
        .map_err(DemoError::refused("replaceTrack"))
}

// A quarter, half and all of the width and height, each with what such a picture needs.
fn layers() -> Array {
    const SCALE_AND_BITRATE: [(f32, u32); LAYERS.len()] =
        [(4.0, 150_000), (2.0, 500_000), (1.0, 1_500_000)];
    LAYERS
        .iter()
        .zip(SCALE_AND_BITRATE)
        .map(|(rid, (scale, bitrate))| {
            let layer = RtcRtpEncodingParameters::new();
            layer.set_rid(rid);
            layer.set_scale_resolution_down_by(scale);
            layer.set_max_bitrate(bitrate);
            layer
        })
        .collect()
}

fn stream_of<const N: usize>(tracks: [&MediaStreamTrack; N]) -> Result<MediaStream, DemoError> {
    let tracks: Array = tracks.into_iter().collect();
    MediaStream::new_with_tracks(&tracks).map_err(|error| DemoError::no_media(&error))
}

// What is held while something is received.
#[derive(Debug, Default)]
struct Receiving {
    listeners: Vec<Listener>,
    layers: Vec<Option<EventListener>>,
}

/// Somebody who listens to a track without a loudspeaker. Stops when dropped.
///
/// Chromium measures what is heard after the volume, so the received sound's `audioLevel` reads zero.
#[derive(Debug)]
struct Listener(HtmlAudioElement);

impl Listener {
    // Without it the call goes on; it only tells less.
    fn to(track: &MediaStreamTrack) -> Option<Self> {
        let warn = |error: wasm_bindgen::JsValue| {
            web_sys::console::warn_2(
                &"callscope: nobody listens to a track of the call".into(),
                &error,
            );
        };
        let element = HtmlAudioElement::new().map_err(warn).ok()?;
        element.set_muted(true);
        element.set_src_object(Some(&stream_of([track]).ok()?));
        let playing = element.play().map_err(warn).ok()?;
        let stopped_early = element.clone();
        spawn_local(async move {
            // Stopping the call before it plays is no failure.
            if let Err(error) = JsFuture::from(playing).await
                && stopped_early.src_object().is_some()
            {
                warn(error);
            }
        });
        Some(Self(element.unchecked_into()))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.set_src_object(None);
    }
}
