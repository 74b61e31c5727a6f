//! The two connections of a demo call, and what they must tell each other.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo::{events::EventListener, timers::callback::Timeout};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    MediaStreamTrack, RtcBundlePolicy, RtcConfiguration, RtcIceCandidate, RtcIceCandidateInit,
    RtcPeerConnection, RtcPeerConnectionIceEvent, RtcPeerConnectionState, RtcRtpTransceiver,
    RtcRtpTransceiverDirection, RtcSdpType, RtcSessionDescriptionInit,
};

use super::{candidate, error::DemoError, sdp};

/// How long the two sides may take to reach each other. On one machine they need a fraction of a second.
const CONNECT_LIMIT_SECONDS: u32 = 15;

/// The name of the relay hook: see the module's documentation.
const RELAY_HOOK: &str = "callscopeRelay";

/// Two connections of one page that lead to each other. Both are closed by [`Link::close`].
#[derive(Debug)]
pub(super) struct Link {
    near: RtcPeerConnection,
    far: RtcPeerConnection,
    simulcast: bool,
    to_far: CandidatePath,
    to_near: CandidatePath,
}

/// What the far side sends in return: over the m-line of a transceiver of the near side.
pub(super) type Return<'a> = (&'a RtcRtpTransceiver, &'a MediaStreamTrack);

impl Link {
    pub(super) fn new(simulcast: bool) -> Result<Self, DemoError> {
        let configuration = RtcConfiguration::new();
        // One transport for everything, so that one relayed port carries the call.
        configuration.set_bundle_policy(RtcBundlePolicy::MaxBundle);
        let connection = || {
            RtcPeerConnection::new_with_configuration(&configuration)
                .map_err(|_missing| DemoError::NoWebRtc)
        };
        let (near, far) = (connection()?, connection()?);
        let relay = Reflect::get(&gloo::utils::window(), &RELAY_HOOK.into())
            .ok()
            .and_then(|hook| hook.dyn_into().ok());
        let to_far = CandidatePath::new("near", &near, &far, relay.as_ref());
        let to_near = CandidatePath::new("far", &far, &near, relay.as_ref());
        Ok(Self {
            near,
            far,
            simulcast,
            to_far,
            to_near,
        })
    }

    pub(super) const fn near(&self) -> &RtcPeerConnection {
        &self.near
    }

    pub(super) const fn far(&self) -> &RtcPeerConnection {
        &self.far
    }

    /// Agrees on what the near side sends now, and on what the far side sends from now on in return.
    pub(super) async fn negotiate(&self, returns: &[Return<'_>]) -> Result<(), DemoError> {
        let offer = description("createOffer", self.near.create_offer()).await?;
        apply(
            "setLocalDescription",
            self.near
                .set_local_description(&init(RtcSdpType::Offer, &offer)),
        )
        .await?;
        let heard = if self.simulcast {
            sdp::split_simulcast(&offer).ok_or(DemoError::NoSimulcast)?
        } else {
            offer.clone()
        };
        let heard = init(RtcSdpType::Offer, &sdp::without_candidates(&heard));
        apply(
            "setRemoteDescription",
            self.far.set_remote_description(&heard),
        )
        .await?;
        self.to_far.open();

        for (transceiver, track) in returns {
            self.send_back(transceiver, track).await?;
        }

        let answer = description("createAnswer", self.far.create_answer()).await?;
        apply(
            "setLocalDescription",
            self.far
                .set_local_description(&init(RtcSdpType::Answer, &answer)),
        )
        .await?;
        let heard = if self.simulcast {
            sdp::join_simulcast(&answer, &offer).ok_or(DemoError::NoSimulcast)?
        } else {
            answer
        };
        let heard = init(RtcSdpType::Answer, &sdp::without_candidates(&heard));
        apply(
            "setRemoteDescription",
            self.near.set_remote_description(&heard),
        )
        .await?;
        self.to_near.open();
        Ok(())
    }

    /// Waits until both sides have reached each other.
    pub(super) async fn connected(&self) -> Result<(), DemoError> {
        let deadline = js_sys::Date::now() + f64::from(CONNECT_LIMIT_SECONDS * 1000);
        for connection in [&self.near, &self.far] {
            loop {
                match connection.connection_state() {
                    RtcPeerConnectionState::Connected => break,
                    RtcPeerConnectionState::Closed => return Err(DemoError::Ended),
                    RtcPeerConnectionState::Failed => {
                        return Err(DemoError::NotConnected {
                            seconds: CONNECT_LIMIT_SECONDS,
                        });
                    }
                    _ if js_sys::Date::now() >= deadline => {
                        return Err(DemoError::NotConnected {
                            seconds: CONNECT_LIMIT_SECONDS,
                        });
                    }
                    _ => changed(connection).await,
                }
            }
        }
        Ok(())
    }

    /// Ends both connections; a second time changes nothing.
    pub(super) fn close(&self) {
        self.near.close();
        self.far.close();
    }

    async fn send_back(
        &self,
        transceiver: &RtcRtpTransceiver,
        track: &MediaStreamTrack,
    ) -> Result<(), DemoError> {
        let mid = transceiver.mid();
        let transceivers = self.far.get_transceivers();
        let Some(opposite) = transceivers
            .iter()
            .map(RtcRtpTransceiver::from)
            .find(|candidate| candidate.mid() == mid)
        else {
            let message = "the far side has no such m-line".to_owned();
            return Err(DemoError::Refused {
                step: "getTransceivers",
                message,
            });
        };
        opposite.set_direction(match transceiver.direction() {
            RtcRtpTransceiverDirection::Recvonly => RtcRtpTransceiverDirection::Sendonly,
            _ => RtcRtpTransceiverDirection::Sendrecv,
        });
        apply("replaceTrack", opposite.sender().replace_track(Some(track))).await
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.close();
    }
}

async fn description(step: &'static str, promise: Promise) -> Result<String, DemoError> {
    let refused = DemoError::refused(step);
    let description: RtcSessionDescriptionInit = JsFuture::from(promise)
        .await
        .map_err(&refused)?
        .unchecked_into();
    description
        .get_sdp()
        .ok_or_else(|| refused("an empty description".into()))
}

async fn apply(step: &'static str, promise: Promise) -> Result<(), DemoError> {
    JsFuture::from(promise)
        .await
        .map(drop)
        .map_err(DemoError::refused(step))
}

fn init(kind: RtcSdpType, sdp: &str) -> RtcSessionDescriptionInit {
    let init = RtcSessionDescriptionInit::new(kind);
    init.set_sdp(sdp);
    init
}

// The state of the connection has changed, or a moment has passed in which it could have: the caller looks again.
async fn changed(connection: &RtcPeerConnection) {
    const LOOK_AGAIN_MS: u32 = 500;
    let mut waiting = None;
    let promise = Promise::new(&mut |resolve: Function, _reject| {
        let by_timer = resolve.clone();
        let timeout = Timeout::new(LOOK_AGAIN_MS, move || settle(&by_timer));
        let listener = EventListener::new(connection, "connectionstatechange", move |_event| {
            settle(&resolve)
        });
        waiting = Some((timeout, listener));
    });
    if let Err(error) = JsFuture::from(promise).await {
        web_sys::console::warn_1(&error);
    }
    drop(waiting);
}

fn settle(resolve: &Function) {
    if let Err(error) = resolve.call0(&JsValue::UNDEFINED) {
        web_sys::console::warn_1(&error);
    }
}

/// Passes the candidates of one side to the other. They wait until it has a description that they can be added to.
#[derive(Debug)]
struct CandidatePath {
    path: Rc<Path>,
    _listener: EventListener,
}

#[derive(Debug)]
struct Path {
    side: &'static str,
    to: RtcPeerConnection,
    relay: Option<Function>,
    is_open: Cell<bool>,
    waiting: RefCell<Vec<RtcIceCandidate>>,
}

impl CandidatePath {
    fn new(
        side: &'static str,
        from: &RtcPeerConnection,
        to: &RtcPeerConnection,
        relay: Option<&Function>,
    ) -> Self {
        let path = Rc::new(Path {
            side,
            to: Clone::clone(to),
            relay: relay.cloned(),
            is_open: Cell::new(false),
            waiting: RefCell::default(),
        });
        let listening = Rc::clone(&path);
        let listener = EventListener::new(from, "icecandidate", move |event| {
            let candidate = event
                .unchecked_ref::<RtcPeerConnectionIceEvent>()
                .candidate();
            // None, and an empty one in Firefox, say that there are no more.
            let Some(candidate) = candidate.filter(|candidate| !candidate.candidate().is_empty())
            else {
                return;
            };
            if listening.is_open.get() {
                spawn_local(Rc::clone(&listening).pass(candidate));
            } else {
                listening.waiting.borrow_mut().push(candidate);
            }
        });
        Self {
            path,
            _listener: listener,
        }
    }

    fn open(&self) {
        self.path.is_open.set(true);
        for candidate in self.path.waiting.take() {
            spawn_local(Rc::clone(&self.path).pass(candidate));
        }
    }
}

impl Path {
    // One candidate that fails is not the end: others may lead there, and `Link::connected` judges.
    async fn pass(self: Rc<Self>, candidate: RtcIceCandidate) {
        let passed = self.try_pass(&candidate).await;
        let is_closed = self.to.connection_state() == RtcPeerConnectionState::Closed;
        if let Err(error) = passed
            && !is_closed
        {
            web_sys::console::warn_2(
                &format!(
                    "callscope: a candidate of the {} side was refused",
                    self.side
                )
                .into(),
                &error,
            );
        }
    }

    async fn try_pass(&self, candidate: &RtcIceCandidate) -> Result<(), JsValue> {
        let text = match &self.relay {
            None => Some(candidate.candidate()),
            Some(relay) => self.through(relay, &candidate.candidate()).await?,
        };
        let Some(text) = text else { return Ok(()) };
        let init = RtcIceCandidateInit::new(&text);
        init.set_sdp_mid(candidate.sdp_mid().as_deref());
        init.set_sdp_m_line_index(candidate.sdp_m_line_index());
        JsFuture::from(
            self.to
                .add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(&init)),
        )
        .await
        .map(drop)
    }

    // The candidate as the relay stands in for it; `None` for one that it does not take.
    async fn through(&self, relay: &Function, candidate: &str) -> Result<Option<String>, JsValue> {
        let Some((address, port)) = candidate::udp_address(candidate) else {
            return Ok(None);
        };
        let promise = relay.call3(
            &JsValue::UNDEFINED,
            &self.side.into(),
            &address.into(),
            &port.into(),
        )?;
        let answer = JsFuture::from(Promise::resolve(&promise)).await?;
        if answer.is_null() || answer.is_undefined() {
            return Ok(None);
        }
        let port = port_of(&answer).ok_or("the relay gave no port")?;
        Ok(Some(candidate::relayed(candidate, port)))
    }
}

fn port_of(value: &JsValue) -> Option<u16> {
    let port = value.as_f64()?;
    let is_port = port.fract() == 0.0 && (1.0..=f64::from(u16::MAX)).contains(&port);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and in range"
    )]
    is_port.then_some(port as u16)
}
