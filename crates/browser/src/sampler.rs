//! The sampler with an engine: takes samples of connections at a steady pace (`sampler.js`) and hands out what comes of them.

use alloc::boxed::Box;
use alloc::rc::{Rc, Weak};
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;

use callscope_core::{Atom, Config, Engine, Millis, Output};
use wasm_bindgen::prelude::Closure;
use web_sys::RtcPeerConnection;

use crate::heard::{Ears, Heard};
use crate::{Error, Reader};

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
        Self(Rc::new_cyclic(|shared: &Weak<Shared>| {
            let shared = shared.clone();
            let ears = Ears::new(move |heard| {
                // Timers and listeners must not keep it alive.
                shared.upgrade().is_some_and(|shared| shared.hear(heard))
            });
            Shared {
                ears,
                engine: RefCell::new(Engine::new(config)),
                reader: RefCell::new(Reader::new()),
                failures: RefCell::default(),
                on_sample: RefCell::new(None),
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
        self.0.ears.js.attach(atom.number(), pc);
        atom
    }

    /// Takes a connection off: its open intervals close with what they have, and what goes on with it ends. That comes
    /// out with the next sample.
    pub fn detach(&self, pc: Atom) {
        self.0.ears.js.detach(pc.number());
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
        self.0.ears.js.start(period.as_f64());
    }

    /// Stops the pace. Connections stay attached, and samples can still be taken with [`Sampler::sample_now`].
    pub fn stop(&self) {
        self.0.ears.js.stop();
    }

    /// Samples all connections, and calls back when they have answered and what came of it is handed out, after ten seconds
    /// at the latest; at once where there is none to ask.
    pub fn sample_now(&self, on_done: impl FnOnce() + 'static) {
        self.0.ears.js.sample(&Closure::once_into_js(on_done));
    }

    /// The call is over: stops, takes all connections off and closes what is open. That comes out at once.
    pub fn finish(&self) {
        self.0.ears.js.finish();
        self.0.engine.borrow_mut().finish();
        self.0.ears.js.give();
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
    ears: Ears,
    engine: RefCell<Engine>,
    reader: RefCell<Reader>,
    failures: RefCell<Vec<Failure>>,
    on_sample: RefCell<Option<OnSample>>,
}

impl Shared {
    /// Tells whether something was handed out, if that was asked for.
    fn hear(self: &Rc<Self>, heard: Heard) -> bool {
        match heard {
            Heard::Report(pc, report) => {
                let mut reader = self.reader.borrow_mut();
                self.engine.borrow_mut().sample(pc, reader.pack(&report));
            }
            Heard::Failed(pc, thrown) => self.fail(pc, Error::new(&thrown)),
            Heard::Woke(passed) => {
                let mut engine = self.engine.borrow_mut();
                if passed > engine.config().missed_after.as_f64() {
                    engine.samples_missed();
                }
            }
            Heard::State(pc, state, at) => {
                self.engine.borrow_mut().connection_state(pc, state, at);
            }
            Heard::Closed(pc) => self.engine.borrow_mut().connection_closed(pc),
            Heard::Give(is_first) => return self.give(is_first),
            Heard::Nothing => {}
        }
        false
    }

    fn fail(&self, pc: Atom, error: Error) {
        let mut failures = self.failures.borrow_mut();
        if failures.len() < MOST_FAILURES {
            failures.push(Failure { pc, error });
        }
    }

    /// Calls back with what has come, holding nothing: the callback may do whatever it likes with the sampler.
    fn give(self: &Rc<Self>, is_first: bool) -> bool {
        let Some(mut on_sample) = self.on_sample.take() else {
            return false;
        };
        let outputs = self.engine.borrow_mut().take();
        let failures = self.failures.take();
        let gives = is_first || !outputs.is_empty() || !failures.is_empty();
        if gives {
            let sampler = Sampler(Rc::clone(self));
            on_sample(&mut Sampled {
                outputs,
                failures,
                sampler,
            });
        }
        self.on_sample.borrow_mut().get_or_insert(on_sample);
        gives
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}
