//! The engine, fed from a recording.

use callscope_core::{Atom, Config, Engine, Output};
use callscope_recording::Warning;
use callscope_recording::handover::unpack;

use super::reader::Part;
use crate::model::Call;

/// Measures a recording as it is read.
#[derive(Debug)]
pub(super) struct Reading {
    engine: Engine,
    outputs: Vec<Output>,
    names: Vec<String>,
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
            names: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Measures the next part.
    pub(super) fn take(&mut self, part: Part) {
        self.names.extend(part.names);
        self.warnings.extend(part.warnings);
        for unpacked in unpack(&part.numbers) {
            unpacked.tell(&mut self.engine);
            self.outputs.extend(self.engine.drain());
        }
    }

    /// The recording is over; `counts` is what was odd to whoever read it.
    pub(super) fn finish(mut self, counts: &[u32]) -> Measured {
        self.engine.finish();
        self.outputs.extend(self.engine.drain());
        let name = |atom: Atom| {
            let place = usize::try_from(atom.number()).ok()?;
            self.names.get(place).cloned()
        };
        let mut call = Call {
            is_over: true,
            ..Call::default()
        };
        call.take(self.outputs, &self.engine, &name);
        call.oddities.add(counts);
        Measured {
            call,
            engine: self.engine,
            warnings: self.warnings,
        }
    }
}
