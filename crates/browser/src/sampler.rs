//! Takes samples of connections at a steady pace and hands out what the engine makes of them.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

use callscope_core::{Atom, Config, Engine, Millis, Output};
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::RtcPeerConnection;

use crate::connection::{Connection, PATIENCE, Question, report_of};
use crate::rhythm::{Rhythm, wait};
use crate::round::{Answers, Round};
use crate::{Error, Lifecycle, PageEvent, Reader, clock};

/// Failures that are kept until they are handed out; a sampler that was never started hands out none.
const MOST_FAILURES: usize = 32;

type OnSample = Box<dyn FnMut(&mut Sampled)>;

/// Measures connections. Clones are the same sampler; it stops when the last one is dropped.
///
/// ```no_run
/// # fn attach(pc: &web_sys::RtcPeerConnection) {
/// use callscope_browser::Sampler;
/// use callscope_core::{Config, Millis};
///
/// let sampler = Sampler::new(Config::default());
/// sampler.attach(pc, "call");
/// sampler.start(Millis::whole(10_000), |sampled| {
///     for output in sampled.outputs.drain(..) { /* store it */ }
/// });
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Sampler(Rc<Shared>);

/// What came of the samples since the last time.
#[derive(Debug)]
pub struct Sampled {
    /// What the engine gave out, in order; often nothing.
    pub outputs: Vec<Output>,
    /// Connections that gave no report.
    pub failures: Vec<Failure>,
    /// The sampler, to look at the engine and for names.
    pub sampler: Sampler,
}

/// A connection that gave no report.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Which.
    pub pc: Atom,
    /// What it said; a `TimeoutError` if it did not answer. It is asked again with the next sample.
    pub error: Error,
}

impl Sampler {
    /// A sampler of no connections.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self(Rc::new(Shared {
            engine: RefCell::new(Engine::new(config)),
            reader: RefCell::new(Reader::new()),
            connections: RefCell::default(),
            failures: RefCell::default(),
            on_sample: RefCell::new(None),
            handing_out: Cell::new(false),
            period: Cell::new(Millis::ZERO),
            rhythm: Cell::default(),
            timer: RefCell::new(None),
            lifecycle: RefCell::new(None),
            serial: Cell::new(0),
        }))
    }

    /// Measures a connection from the next sample on, and returns the atom of that name, by which the engine knows it.
    /// A connection that has the name already is taken off, unless it is the same. Nothing about the connection
    /// changes; once it is closed it is taken off.
    #[expect(
        clippy::must_use_candidate,
        reason = "who never detaches needs no atom"
    )]
    pub fn attach(&self, pc: &RtcPeerConnection, name: &str) -> Atom {
        let atom = self.intern(name);
        let known = |connection: &Connection| connection.pc == atom && &connection.js == pc;
        if self.0.connections.borrow().iter().any(known) {
            return atom;
        }
        self.detach(atom);
        let serial = self.0.serial.get();
        self.0.serial.set(serial.wrapping_add(1));
        let shared = Rc::downgrade(&self.0);
        let connection = Connection::new(atom, pc, serial, move || {
            with(&shared, |shared| shared.ice_changed(serial));
        });
        self.0.connections.borrow_mut().push(connection);
        self.0.ice_changed(serial);
        atom
    }

    /// Takes a connection off: its open intervals close with what they have, and what goes on with it ends. That comes
    /// out with the next sample.
    pub fn detach(&self, pc: Atom) {
        self.0.let_go(|connection| connection.pc == pc);
    }

    /// Samples all connections now, and then at every multiple of the period, which should not be longer than an interval:
    /// past [`Config::missed_after`] every sample counts as missed. `on_sample` is called with what came of
    /// it, when the connections have answered; it must not own the sampler, which it is given. A sampler that was started
    /// before goes on with what is given now.
    ///
    /// A sample is also taken when the page is hidden, which can be the last that is heard of it, and when it is seen
    /// again. When samples were missed because the page was frozen, the engine is told.
    pub fn start(&self, period: Millis, on_sample: impl FnMut(&mut Sampled) + 'static) {
        self.0.on_sample.replace(Some(Box::new(on_sample)));
        let shared = Rc::downgrade(&self.0);
        let lifecycle = Lifecycle::watch(move |event| with(&shared, |shared| shared.page(event)));
        self.0.lifecycle.replace(lifecycle);
        self.0.period.set(period);
        self.0.tick();
    }

    /// Changes the pace, and takes a sample. A sampler that is stopped stays so.
    pub fn set_period(&self, period: Millis) {
        self.0.period.set(period);
        let is_running = self.0.timer.borrow().is_some();
        if is_running {
            self.0.tick();
        }
    }

    /// Stops the pace. Connections stay attached, and samples can still be taken with [`Sampler::sample_now`].
    pub fn stop(&self) {
        self.0.timer.take();
        self.0.lifecycle.take();
        self.0.forget_rhythm();
    }

    /// Samples all connections and waits until they have answered, for ten seconds at most.
    pub async fn sample_now(&self) {
        let round = self.0.ask(true);
        let too_late = {
            let round = Rc::clone(&round);
            Timeout::new(PATIENCE, move || round.give_up())
        };
        Answers(round).await;
        drop(too_late);
    }

    /// The call is over: stops, takes all connections off and closes what is open. That comes out at once.
    pub fn finish(&self) {
        self.stop();
        self.0.let_go(|_| true);
        self.0.engine.borrow_mut().finish();
        self.0.hand_out();
    }

    /// Looks at the engine: intervals in progress, tracks, issues. Not to be called while changing it.
    pub fn engine<R>(&self, look: impl FnOnce(&Engine) -> R) -> R {
        look(&self.0.engine.borrow())
    }

    /// Tells the engine something: tracks published and unpublished. What comes of it comes out with the next sample.
    pub fn engine_mut<R>(&self, tell: impl FnOnce(&mut Engine) -> R) -> R {
        tell(&mut self.0.engine.borrow_mut())
    }

    /// The string that an atom stands for; `None` if it is not this sampler's.
    #[must_use]
    pub fn name(&self, atom: Atom) -> Option<String> {
        self.0.reader.borrow().name(atom)
    }

    /// The atom that stands for a string.
    #[must_use]
    pub fn intern(&self, name: &str) -> Atom {
        self.0.reader.borrow().intern(name)
    }
}

struct Shared {
    engine: RefCell<Engine>,
    reader: RefCell<Reader>,
    connections: RefCell<Vec<Connection>>,
    failures: RefCell<Vec<Failure>>,
    on_sample: RefCell<Option<OnSample>>,
    handing_out: Cell<bool>,
    period: Cell<Millis>,
    rhythm: Cell<Rhythm>,
    timer: RefCell<Option<Timeout>>,
    lifecycle: RefCell<Option<Lifecycle>>,
    serial: Cell<u32>,
}

impl Shared {
    /// Samples, and sets the timer for the next time.
    fn tick(self: &Rc<Self>) {
        let mut rhythm = self.rhythm.get();
        let both = clock::both();
        let missed_after = self.engine.borrow().config().missed_after;
        if rhythm.woke(both, missed_after) {
            self.engine.borrow_mut().samples_missed();
        }
        self.rhythm.set(rhythm);
        self.set_timer(both[1]);
        self.ask(false);
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float becomes the nearest whole number"
    )]
    fn set_timer(self: &Rc<Self>, now: f64) {
        let shared = Rc::downgrade(self);
        let wait = wait(now, self.period.get()).ceil() as u32;
        let timer = Timeout::new(wait, move || with(&shared, Self::tick));
        self.timer.replace(Some(timer));
    }

    fn page(self: &Rc<Self>, event: PageEvent) {
        match event {
            PageEvent::Hidden | PageEvent::Visible => self.tick(),
            PageEvent::Resumed => {
                self.engine.borrow_mut().samples_missed();
                self.forget_rhythm();
                self.tick();
            }
            PageEvent::Frozen | PageEvent::Left => {}
        }
    }

    fn forget_rhythm(&self) {
        let mut rhythm = self.rhythm.get();
        rhythm.forget();
        self.rhythm.set(rhythm);
    }

    /// Asks the connections for reports. One that owes an answer is asked again only if it is urgent, or if it has owed
    /// it for too long.
    fn ask(self: &Rc<Self>, urgent: bool) -> Rc<Round> {
        self.let_go(Connection::is_closed);
        let now = clock::both()[0];
        let mut asked = Vec::new();
        for connection in self.connections.borrow_mut().iter_mut() {
            let question = connection.question(now, urgent);
            if question == Question::AskAgain {
                let error = Error::named("TimeoutError", "getStats() did not answer");
                self.fail(connection.pc, error);
            }
            if question != Question::Wait {
                asked.push((connection.serial, connection.js.clone()));
            }
        }
        let round = Round::of(asked.len());
        if asked.is_empty() {
            self.hand_out();
        }
        for (serial, connection) in asked {
            let (shared, round) = (Rc::downgrade(self), Rc::clone(&round));
            let report = report_of(&connection);
            spawn_local(async move {
                let answer = report.await;
                with(&shared, |shared| shared.take(serial, answer));
                if round.answered() {
                    with(&shared, |shared| shared.hand_out());
                }
            });
        }
        round
    }

    /// Takes an answer, whenever it comes; one of a connection that was taken off counts for nothing.
    fn take(&self, serial: u32, answer: Result<JsValue, Error>) {
        let mut connections = self.connections.borrow_mut();
        let mut attached = connections.iter_mut();
        let Some(connection) = attached.find(|connection| connection.serial == serial) else {
            return;
        };
        connection.answered();
        let pc = connection.pc;
        match answer {
            Ok(report) => {
                let mut reader = self.reader.borrow_mut();
                let rows = reader.pack(&report);
                connection.look_at(rows);
                self.engine.borrow_mut().sample(pc, rows);
            }
            Err(error) => self.fail(pc, error),
        }
    }

    fn fail(&self, pc: Atom, error: Error) {
        let mut failures = self.failures.borrow_mut();
        if failures.len() < MOST_FAILURES {
            failures.push(Failure { pc, error });
        }
    }

    fn ice_changed(&self, serial: u32) {
        let connections = self.connections.borrow();
        let mut attached = connections.iter();
        let connection = attached.find(|connection| connection.serial == serial);
        if let Some((connection, at)) = connection.zip(clock::now())
            && let Some(state) = connection.state()
        {
            let mut engine = self.engine.borrow_mut();
            engine.connection_state(connection.pc, state, at);
        }
    }

    fn let_go(&self, is_gone: impl Fn(&Connection) -> bool) {
        let mut connections = self.connections.borrow_mut();
        connections.retain(|connection| {
            let gone = is_gone(connection);
            if gone {
                self.engine.borrow_mut().connection_closed(connection.pc);
            }
            !gone
        });
    }

    /// Calls back with what has come, holding nothing: the callback may do whatever it likes with the sampler. What
    /// comes of that is handed out behind it.
    fn hand_out(self: &Rc<Self>) {
        if self.handing_out.replace(true) {
            return;
        }
        let mut first = true;
        while let Some(mut on_sample) = self.on_sample.take() {
            let outputs: Vec<_> = self.engine.borrow_mut().drain().collect();
            let failures = self.failures.take();
            let is_over = !first && outputs.is_empty() && failures.is_empty();
            if !is_over {
                let sampler = Sampler(Rc::clone(self));
                on_sample(&mut Sampled {
                    outputs,
                    failures,
                    sampler,
                });
            }
            self.on_sample.borrow_mut().get_or_insert(on_sample);
            if is_over {
                break;
            }
            first = false;
        }
        self.handing_out.set(false);
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

/// Does something with it, if it is still there: timers and listeners must not keep it alive.
fn with(shared: &Weak<Shared>, act: impl FnOnce(&Rc<Shared>)) {
    if let Some(shared) = shared.upgrade() {
        act(&shared);
    }
}
