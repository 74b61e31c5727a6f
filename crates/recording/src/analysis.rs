//! The engine, run over a recording.

use callscope_core::signal::SignalChange;
use callscope_core::{Atom, Config, Engine, Interval, Oddities};

use crate::error::Warning;
use crate::names::Names;
use crate::recording::{Ended, Report, Sink};

/// Runs the engine over what a recording holds. Intervals are handed out as they close and not kept; the rest is there at
/// the end.
#[derive(Debug)]
pub struct Analysis<F> {
    engine: Engine,
    on_interval: F,
    signals: Vec<SignalChange>,
    warnings: Vec<Warning>,
}

/// What a recording came to.
#[derive(Debug)]
pub struct Output {
    engine: Engine,
    names: Names,
    signals: Vec<SignalChange>,
    warnings: Vec<Warning>,
    oddities: Oddities,
}

impl<F: FnMut(&Interval, &Names)> Analysis<F> {
    /// An analysis with those settings; `on_interval` takes each interval as it closes.
    pub const fn new(config: Config, on_interval: F) -> Self {
        Self {
            engine: Engine::new(config),
            on_interval,
            signals: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The engine as it stands.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The recording is over: what is open closes with what it has.
    pub fn finish(mut self, ended: Ended) -> Output {
        self.engine.finish();
        self.drain(&ended.names);
        let mut oddities = ended.oddities;
        oddities.add(self.engine.oddities().counts());
        Output {
            engine: self.engine,
            names: ended.names,
            signals: self.signals,
            warnings: self.warnings,
            oddities,
        }
    }

    fn drain(&mut self, names: &Names) {
        for output in self.engine.drain() {
            match output {
                callscope_core::Output::Interval(interval) => (self.on_interval)(&interval, names),
                callscope_core::Output::Signal(change) if change.end.is_some() => {
                    self.signals.push(change);
                }
                // Signals are told when they end; the issues that stand are asked for at the end.
                callscope_core::Output::Signal(_) | callscope_core::Output::Issue(_) => {}
            }
        }
    }
}

impl<F: FnMut(&Interval, &Names)> Sink for Analysis<F> {
    fn report(&mut self, report: Report<'_>, names: &Names) {
        self.engine.sample(report.pc, report.rows);
        self.drain(names);
    }

    fn closed(&mut self, pc: Atom, names: &Names) {
        self.engine.connection_closed(pc);
        self.drain(names);
    }

    fn warning(&mut self, warning: Warning) {
        self.warnings.push(warning);
    }
}

impl Output {
    /// The engine: its tracks and issues are the recording's.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The strings behind the atoms.
    #[must_use]
    pub const fn names(&self) -> &Names {
        &self.names
    }

    /// The signals, in the order in which they ended.
    #[must_use]
    pub fn signals(&self) -> &[SignalChange] {
        &self.signals
    }

    /// What was left out.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// What was odd, to the reader and to the engine.
    #[must_use]
    pub const fn oddities(&self) -> &Oddities {
        &self.oddities
    }
}
