//! The call that goes on now, whichever page is looked at.

mod fed;
mod feed;
mod keep;
mod report;
mod stage;
mod watch;

use std::rc::Rc;

use callscope_browser::{Sampled, Sampler};
use callscope_core::issue::Issue;
use callscope_core::{Atom, Config, Millis, Scope};
use gloo::timers::callback::Interval;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{MediaStream, RtcPeerConnectionState};

use fed::Fed;
pub use stage::Stage;

use crate::address::query_value;
use crate::demo::{DemoCall, DemoOptions, VideoSize};
use crate::model::{Call, What, finding_name, path_of};

/// How often a call is looked at while somebody watches.
const PERIOD: Millis = Millis::whole(1_000);

/// What the measured connection is called.
const NEAR: &str = "near";

/// A demo call, or the calls of the page that opened this one: what is measured, and what can be done. Copies are the same.
#[derive(Clone, Copy, Debug)]
pub struct Live {
    /// Where it stands.
    pub stage: RwSignal<Stage>,
    /// What is known of it.
    pub call: RwSignal<Call>,
    /// The only connection to show; `None` shows all.
    pub connection: RwSignal<Option<Atom>>,
    /// Why nothing is heard of the page whose calls this one was opened to watch; none when there is nothing to say.
    pub note: RwSignal<Option<String>>,
    /// How many calls of the other page there are. They are counted from 1.
    pub calls: RwSignal<usize>,
    /// Which of them is shown; 0 is the demo call.
    pub chosen: RwSignal<usize>,
    /// What went wrong, and what to try.
    pub error: RwSignal<Option<String>>,
    /// Whether to send the camera in layers.
    pub simulcast: RwSignal<bool>,
    /// Whether to share a screen from the start.
    pub screen: RwSignal<bool>,
    /// Whether the microphone is muted.
    pub is_muted: RwSignal<bool>,
    /// Whether the camera is off.
    pub is_camera_off: RwSignal<bool>,
    /// Whether a screen is shared.
    pub is_sharing: RwSignal<bool>,
    /// Whether sharing is being started or stopped.
    pub is_changing: RwSignal<bool>,
    /// Where sound and picture come from.
    pub source: RwSignal<String>,
    state: RwSignal<RtcPeerConnectionState>,
    started: RwSignal<f64>,
    now: RwSignal<f64>,
    demo: StoredValue<Option<Rc<DemoCall>>, LocalStorage>,
    sampler: StoredValue<Option<Sampler>, LocalStorage>,
    fed: StoredValue<Vec<Fed>, LocalStorage>,
    clock: StoredValue<Option<Interval>, LocalStorage>,
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

impl Live {
    /// No call yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            stage: RwSignal::new(Stage::Idle),
            call: RwSignal::default(),
            connection: RwSignal::new(None),
            note: RwSignal::new(None),
            calls: RwSignal::new(0),
            chosen: RwSignal::new(0),
            error: RwSignal::new(None),
            simulcast: RwSignal::new(false),
            screen: RwSignal::new(false),
            is_muted: RwSignal::new(false),
            is_camera_off: RwSignal::new(false),
            is_sharing: RwSignal::new(false),
            is_changing: RwSignal::new(false),
            source: RwSignal::new(String::new()),
            state: RwSignal::new(RtcPeerConnectionState::New),
            started: RwSignal::new(0.0),
            now: RwSignal::new(0.0),
            demo: StoredValue::new_local(None),
            sampler: StoredValue::new_local(None),
            fed: StoredValue::new_local(Vec::new()),
            clock: StoredValue::new_local(None),
        }
    }

    /// Starts a call with the options as they are.
    pub fn start(self) {
        if self.stage.get_untracked() != Stage::Idle {
            return;
        }
        self.stage.set(Stage::Starting);
        self.error.set(None);
        let options = match self.options() {
            Ok(options) => options,
            Err(error) => return self.fail(error),
        };
        spawn_local(async move {
            let started = DemoCall::start(options).await;
            // The app may be gone by then; a call that it does not take ends here.
            if self.stage.try_get_untracked() != Some(Stage::Starting) {
                return;
            }
            match started {
                Ok(demo) => self.measure(demo),
                Err(error) => self.fail(error.to_string()),
            }
        });
    }

    /// Ends the call and keeps what is known of it.
    pub fn stop(self) {
        if !self.is_running() {
            return;
        }
        if let Some(sampler) = self.sampler.get_value() {
            sampler.finish();
        }
        self.call.update(|call| call.is_over = true);
        keep::release();
        self.end_demo();
        self.stage.set(Stage::Ended);
    }

    /// Forgets the call that ended: another can start.
    pub fn clear(self) {
        if self.stage.get_untracked() == Stage::Ended {
            self.chosen.set(0);
            self.stage.set(Stage::Idle);
            self.call.set(Call::default());
        }
    }

    /// Mutes or unmutes the microphone.
    pub fn toggle_microphone(self) {
        self.is_muted.update(|muted| *muted = !*muted);
        self.with_demo(|demo| demo.set_microphone(!self.is_muted.get_untracked()));
    }

    /// Switches the camera off or on.
    pub fn toggle_camera(self) {
        self.is_camera_off.update(|off| *off = !*off);
        self.with_demo(|demo| demo.set_camera(!self.is_camera_off.get_untracked()));
    }

    /// Shares a screen, or takes it away.
    pub fn toggle_screen(self) {
        let Some(demo) = self.demo.get_value() else {
            return;
        };
        let on = !self.is_sharing.get_untracked();
        self.is_changing.set(true);
        spawn_local(async move {
            let changed = demo.set_screen(on).await;
            // The call may be over by then, and the app gone.
            if self.is_changing.try_set(false).is_some() || !self.is_running() {
                return;
            }
            match changed {
                Ok(()) => self.is_sharing.set(on),
                Err(error) => self.error.set(Some(error.to_string())),
            }
        });
    }

    /// Whether a call is going on. Tracks.
    #[must_use]
    pub fn is_running(self) -> bool {
        self.stage.get() == Stage::Running
    }

    /// Whether there is a call to show. Tracks.
    #[must_use]
    pub fn has_call(self) -> bool {
        matches!(self.stage.get(), Stage::Running | Stage::Ended)
    }

    /// What the near side sends.
    #[must_use]
    pub fn local_stream(self) -> Option<MediaStream> {
        self.stream(DemoCall::local_stream)
    }

    /// What of it arrives.
    #[must_use]
    pub fn remote_stream(self) -> Option<MediaStream> {
        self.stream(DemoCall::remote_stream)
    }

    /// How the connection is doing. Tracks.
    #[must_use]
    pub fn state_in_words(self) -> &'static str {
        if !self.is_running() {
            return "ended";
        }
        if self.is_watched() {
            let is_heard = self.note.with(Option::is_none);
            return if is_heard { "going on" } else { "not heard of" };
        }
        match self.state.get() {
            RtcPeerConnectionState::Connected => "connected",
            RtcPeerConnectionState::Disconnected => "interrupted",
            RtcPeerConnectionState::Failed => "failed",
            RtcPeerConnectionState::Closed => "closed",
            _ => "connecting",
        }
    }

    /// The style of it. Tracks.
    #[must_use]
    pub fn state_class(self) -> &'static str {
        match self.state_in_words() {
            "connected" => "good",
            "interrupted" | "failed" | "closed" | "not heard of" => "poor-text",
            _ => "",
        }
    }

    /// How long it went, or has been going. Tracks.
    #[must_use]
    pub fn elapsed(self) -> String {
        stage::elapsed(self.now.get() - self.started.get())
    }

    /// How packets travel. Tracks.
    #[must_use]
    pub fn path(self) -> String {
        self.call.with(|call| {
            let connection = call.of_scope(Scope::Connection).next();
            let path = connection.and_then(|(_, subject)| path_of(subject).ok());
            path.unwrap_or_else(|| crate::chart::UNKNOWN.to_owned())
        })
    }

    /// The issues that stand. Tracks.
    #[must_use]
    pub fn issues(self) -> Vec<&'static str> {
        self.call.with(|call| {
            let stands = |issue: &Issue| {
                call.of_scope(Scope::Track)
                    .any(|(_, track)| track.totals.issues.contains(issue))
            };
            let issues = Issue::ALL.into_iter().filter(stands);
            issues
                .map(|issue| finding_name(What::Issue(issue)))
                .collect()
        })
    }

    fn options(self) -> Result<DemoOptions, String> {
        let location = window().location();
        let parts = [location.search(), location.hash()].map(Result::unwrap_or_default);
        let size = parts.iter().find_map(|part| query_value(part, "video"));
        let mut options = DemoOptions {
            simulcast: self.simulcast.get_untracked(),
            screen_share: self.screen.get_untracked(),
            ..DemoOptions::default()
        };
        if let Some(size) = size {
            let parsed: Result<VideoSize, _> = size.parse();
            options.video_size = parsed.map_err(|error| {
                format!("The address asks for video={size}, but {error}. Correct the address and reload.")
            })?;
        }
        Ok(options)
    }

    fn measure(self, demo: DemoCall) {
        let now = js_sys::Date::now();
        self.call.set(Call::default());
        self.started.set(now);
        self.now.set(now);
        self.state.set(demo.near().connection_state());
        self.source.set(demo.source().to_string());
        self.is_muted.set(false);
        self.is_camera_off.set(false);
        self.is_sharing.set(self.screen.get_untracked());
        let sampler = Sampler::new(Config::default());
        let near = sampler.attach(demo.near(), NEAR);
        self.connection.set(Some(near));
        keep::keep(demo.near());
        self.demo.set_value(Some(Rc::new(demo)));
        self.sampler.set_value(Some(sampler.clone()));
        sampler.start(PERIOD, move |sampled| self.take(sampled));
        let clock = Interval::new(1_000, move || {
            self.now.set(js_sys::Date::now());
            self.with_demo(|demo| self.state.set(demo.near().connection_state()));
        });
        self.clock.set_value(Some(clock));
        self.stage.set(Stage::Running);
    }

    fn take(self, sampled: &mut Sampled) {
        // Handles are dropped with the app: what still arrives then is for nobody.
        let Some(Some(sampler)) = self.sampler.try_get_value() else {
            return;
        };
        let outputs = std::mem::take(&mut sampled.outputs);
        self.call.update(|call| {
            sampler.engine(|engine| call.take(outputs, engine, &|atom| sampler.name(atom)));
        });
        if let Some(failure) = sampled.failures.first() {
            self.error.set(Some(format!(
                "The browser gave no figures this time ({}). They are asked for again every second; if this stays, stop the \
                 call and start it again.",
                failure.error
            )));
        }
    }

    fn stream(self, of: fn(&DemoCall) -> &MediaStream) -> Option<MediaStream> {
        // Not the stream's own `clone`, which copies its tracks.
        let demo = self.demo.get_value()?;
        Some(Clone::clone(of(&demo)))
    }

    fn with_demo(self, act: impl FnOnce(&DemoCall)) {
        if let Some(Some(demo)) = self.demo.try_get_value() {
            act(&demo);
        }
    }

    fn fail(self, error: String) {
        self.error.set(Some(error));
        self.stage.set(Stage::Idle);
    }

    fn end_demo(self) {
        self.clock.set_value(None);
        self.with_demo(DemoCall::stop);
        self.demo.set_value(None);
    }
}
