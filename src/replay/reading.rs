//! The engine, fed from a recording.

use std::borrow::Cow;

use callscope_core::{Atom, Config, Engine, Output};
use callscope_recording::{Damage, Ended, NameOf, Names, Report, Sink, Warning};

use crate::model::Call;

/// Measures a recording as it is read.
#[derive(Debug)]
pub(super) struct Reading {
    engine: Engine,
    outputs: Vec<Output>,
    warnings: Vec<Warning>,
}

/// What a recording came to.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) call: Call,
    pub(super) engine: Engine,
    pub(super) warnings: Vec<Warning>,
}

impl Reading {
    pub(super) fn new() -> Self {
        Self {
            engine: Engine::new(Config::default()),
            outputs: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Notes damage to the file as a whole.
    pub(super) fn warn(&mut self, damage: Damage) {
        self.warnings.push(Warning { line: None, damage });
    }

    /// The recording is over.
    pub(super) fn finish(mut self, ended: &Ended) -> Measured {
        self.engine.finish();
        self.outputs.extend(self.engine.drain());
        let name = |atom: Atom| ended.names.name(atom).map(Cow::into_owned);
        let mut call = Call {
            is_over: true,
            ..Call::default()
        };
        call.take(self.outputs, &self.engine, &name);
        for (oddity, count) in ended.oddities.iter() {
            match call.oddities.iter_mut().find(|(other, _)| *other == oddity) {
                Some((_, sum)) => *sum = sum.saturating_add(count),
                None => call.oddities.push((oddity, count)),
            }
        }
        Measured {
            call,
            engine: self.engine,
            warnings: self.warnings,
        }
    }
}

impl Sink for Reading {
    fn report(&mut self, report: Report<'_>, _names: &Names) {
        self.engine.sample(report.pc, report.rows);
        self.outputs.extend(self.engine.drain());
    }

    fn closed(&mut self, pc: Atom, _names: &Names) {
        self.engine.connection_closed(pc);
        self.outputs.extend(self.engine.drain());
    }

    fn warning(&mut self, warning: Warning) {
        self.warnings.push(warning);
    }
}
