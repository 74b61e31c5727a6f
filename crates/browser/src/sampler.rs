//! Takes samples of connections at a steady pace and hands out what the engine makes of them.

use alloc::boxed::Box;
use alloc::rc::{Rc, Weak};
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::fmt;

use callscope_core::{Atom, Config, Engine, Millis, Output};
use wasm_bindgen::JsValue;
use web_sys::RtcPeerConnection;

use crate::connection::{Connection, PATIENCE, Question};
use crate::ears::{Ears, Heard};
use crate::rhythm::{Rhythm, wait};
use crate::round::Rounds;
use crate::{Error, PageEvent, Reader};

/// The numbers of the pace's timer and of the watch over the page; what is numbered on the way follows.
const PACE: u32 = 0;
const PAGE: u32 = 1;
const FIRST: u32 = 2;

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
    /// Whether a connection sends with other ssrcs than before: tracks may have been published.
    pub sends_anew: bool,
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
        Self(Rc::new_cyclic(|shared: &Weak<Shared>| {
            let shared = shared.clone();
            let ears = Ears::new(move |heard| {
                // Timers and listeners must not keep it alive.
                if let Some(shared) = shared.upgrade() {
                    shared.hear(heard);
                }
            });
            Shared {
                ears,
                engine: RefCell::new(Engine::new(config)),
                reader: RefCell::new(Reader::new()),
                connections: RefCell::default(),
                questions: RefCell::default(),
                rounds: RefCell::default(),
                failures: RefCell::default(),
                sends_anew: Cell::new(false),
                on_sample: RefCell::new(None),
                handing_out: Cell::new(false),
                period: Cell::new(Millis::ZERO),
                rhythm: Cell::default(),
                is_running: Cell::new(false),
                next: Cell::new(FIRST),
            }
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
        self.attach_as(pc, atom);
        atom
    }

    /// As [`Sampler::attach`], for a name that is interned already.
    pub fn attach_as(&self, pc: &RtcPeerConnection, atom: Atom) {
        let known = |connection: &Connection| connection.pc == atom && &connection.js == pc;
        if self.0.connections.borrow().iter().any(known) {
            return;
        }
        self.detach(atom);
        let serial = self.0.number();
        self.0.ears.listen(serial, pc);
        let connection = Connection::new(atom, pc, serial);
        self.0.connections.borrow_mut().push(connection);
        self.0.ice_changed(serial);
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
    /// A sample is also taken when a connection comes up or is lost, when the page is hidden, which can be the last that is
    /// heard of it, and when it is seen again. When samples were missed because the page was frozen, the engine is told.
    pub fn start(&self, period: Millis, on_sample: impl FnMut(&mut Sampled) + 'static) {
        self.0.on_sample.replace(Some(Box::new(on_sample)));
        self.0.ears.watch(PAGE);
        self.0.period.set(period);
        self.0.is_running.set(true);
        self.0.tick();
    }

    /// Changes the pace, and takes a sample. A sampler that is stopped stays so.
    pub fn set_period(&self, period: Millis) {
        self.0.period.set(period);
        if self.0.is_running.get() {
            self.0.tick();
        }
    }

    /// Stops the pace. Connections stay attached, and samples can still be taken with [`Sampler::sample_now`].
    pub fn stop(&self) {
        self.0.is_running.set(false);
        self.0.ears.end(PACE);
        self.0.ears.end(PAGE);
        self.0.forget_rhythm();
    }

    /// Samples all connections, and calls back when they have answered and what came of it is handed out, after ten seconds
    /// at the latest; at once where there is none to ask.
    pub fn sample_now(&self, on_done: impl FnOnce() + 'static) {
        self.0.ask(true, Some(Box::new(on_done)));
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

    /// As [`Reader::names`].
    #[must_use]
    pub fn names(&self) -> JsValue {
        self.0.reader.borrow().names().clone()
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

/// A question without an answer yet.
#[derive(Clone, Copy)]
struct Asked {
    number: u32,
    /// Of which connection.
    serial: u32,
    round: u32,
}

struct Shared {
    ears: Ears,
    engine: RefCell<Engine>,
    reader: RefCell<Reader>,
    connections: RefCell<Vec<Connection>>,
    questions: RefCell<Vec<Asked>>,
    rounds: RefCell<Rounds>,
    failures: RefCell<Vec<Failure>>,
    sends_anew: Cell<bool>,
    on_sample: RefCell<Option<OnSample>>,
    handing_out: Cell<bool>,
    period: Cell<Millis>,
    rhythm: Cell<Rhythm>,
    is_running: Cell<bool>,
    /// What is started next has this number.
    next: Cell<u32>,
}

impl Shared {
    fn hear(self: &Rc<Self>, heard: Heard) {
        match heard {
            Heard::Woke(PACE) => self.tick(),
            Heard::Woke(round) => self.give_up(round),
            Heard::Page(event) => self.page(event),
            Heard::Ice(serial) => {
                self.ice_changed(serial);
                // What flowed before the first sample of a track is in no interval, and a lost connection may be lost for good.
                if self.is_running.get() {
                    self.tick();
                }
            }
            Heard::Answer(question, report) => self.answered(question, Ok(&report)),
            Heard::Refusal(question, thrown) => {
                self.answered(question, Err(Error::new(&thrown)));
            }
        }
    }

    fn number(&self) -> u32 {
        let number = self.next.get();
        self.next.set(number.checked_add(1).unwrap_or(FIRST));
        number
    }

    /// Samples, and sets the timer for the next time.
    fn tick(self: &Rc<Self>) {
        let mut rhythm = self.rhythm.get();
        let both = self.ears.clocks();
        let missed_after = self.engine.borrow().config().missed_after;
        if rhythm.woke(both, missed_after) {
            self.engine.borrow_mut().samples_missed();
        }
        self.rhythm.set(rhythm);
        self.ears.wait(PACE, wait(both[1], self.period.get()));
        self.ask(false, None);
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
    fn ask(self: &Rc<Self>, urgent: bool, on_done: Option<Box<dyn FnOnce()>>) {
        self.let_go(|connection| self.ears.is_closed(&connection.js));
        let now = self.ears.clocks()[0];
        let round = self.number();
        let mut asked = Vec::new();
        for connection in self.connections.borrow_mut().iter_mut() {
            let question = connection.question(now, urgent);
            if question == Question::AskAgain {
                self.fail(connection.pc, Error::UNANSWERED);
            }
            if question != Question::Wait {
                let number = self.number();
                self.questions.borrow_mut().push(Asked {
                    number,
                    serial: connection.serial,
                    round,
                });
                asked.push((number, connection.js.clone()));
            }
        }
        if on_done.is_some() && !asked.is_empty() {
            self.ears.wait(round, PATIENCE);
        }
        self.rounds.borrow_mut().begin(round, asked.len(), on_done);
        if asked.is_empty() {
            self.hand_out();
            self.give_up(round);
        }
        // Holding nothing: what a page has put in front of getStats() may do what it likes.
        for (number, connection) in asked {
            self.ears.ask(number, &connection);
        }
    }

    /// Takes an answer, whenever it comes.
    fn answered(self: &Rc<Self>, question: u32, answer: Result<&JsValue, Error>) {
        let mut questions = self.questions.borrow_mut();
        let place = questions.iter().position(|asked| asked.number == question);
        let Some(asked) = place.map(|place| questions.swap_remove(place)) else {
            return;
        };
        drop(questions);
        self.take(asked.serial, answer);
        let over = self.rounds.borrow_mut().answered(asked.round);
        if let Some(over) = over {
            self.ears.end(asked.round);
            self.hand_out();
            over.tell();
        }
    }

    fn give_up(&self, round: u32) {
        let over = self.rounds.borrow_mut().give_up(round);
        if let Some(over) = over {
            over.tell();
        }
    }

    /// An answer of a connection that was taken off counts for nothing.
    fn take(&self, serial: u32, answer: Result<&JsValue, Error>) {
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
                let rows = reader.pack(report);
                if connection.look_at(rows) {
                    self.sends_anew.set(true);
                }
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
        if let Some((connection, at)) = connection.zip(self.ears.now())
            && let Some(state) = connection.state(&self.ears)
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
                self.ears.end(connection.serial);
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
            let outputs = self.engine.borrow_mut().take();
            let failures = self.failures.take();
            let is_over = !first && outputs.is_empty() && failures.is_empty();
            if !is_over {
                let sampler = Sampler(Rc::clone(self));
                on_sample(&mut Sampled {
                    outputs,
                    failures,
                    sends_anew: self.sends_anew.take(),
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
