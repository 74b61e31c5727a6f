//! What goes to the page.

use callscope_core::{Atom, Oddities};
use callscope_recording::handover::Packer;
use callscope_recording::{Names, Report, Sink, Warning};
use js_sys::{Array, Float64Array, JsString, Uint32Array};
use wasm_bindgen::prelude::*;
use web_sys::DedicatedWorkerGlobalScope;

use crate::file::FileBytes;

/// A part goes out when it has so many numbers (512 KiB): what the page measures in a few milliseconds.
const ENOUGH: usize = 1 << 16;

/// Packs what is read, and posts it in parts.
#[derive(Debug)]
pub(crate) struct Post {
    scope: DedicatedWorkerGlobalScope,
    packer: Packer,
    /// What is being read, to tell how far.
    file: Option<FileBytes>,
}

impl Post {
    pub(crate) fn new(scope: DedicatedWorkerGlobalScope) -> Self {
        Self {
            scope,
            packer: Packer::new(),
            file: None,
        }
    }

    /// From now on that file is read.
    pub(crate) fn follow(&mut self, file: &FileBytes) {
        self.file = Some(file.clone());
    }

    /// Posts what there is: the recording goes on.
    pub(crate) fn flush(&mut self) {
        self.part(&JsValue::UNDEFINED);
    }

    /// Posts what there is: the recording is over.
    pub(crate) fn end(&mut self, odd: &Oddities) {
        self.part(&Uint32Array::from(odd.counts()));
    }

    /// Posts what there is: the recording cannot be read.
    pub(crate) fn fail(&mut self, why: &str) {
        self.part(&why.into());
    }

    fn part(&mut self, end: &JsValue) {
        let packed = self.packer.take();
        let numbers = Float64Array::from(packed.numbers.as_slice());
        let names: Array = packed
            .names
            .iter()
            .map(|name| JsString::from(name.as_str()))
            .collect();
        let warnings = Array::new();
        for warning in &packed.warnings {
            #[expect(
                clippy::cast_precision_loss,
                reason = "files have fewer than 2^53 lines"
            )]
            let line = warning.line.map(|line| line as f64);
            warnings.push(&line.into());
            warnings.push(&warning.damage.to_string().into());
        }
        let read = self.file.as_ref().map_or(0.0, FileBytes::furthest);
        let part = Array::of5(&numbers, &names, &warnings, &read.into(), end);
        send(&self.scope, &part);
    }
}

impl Sink for Post {
    fn report(&mut self, report: Report<'_>, names: &Names) {
        self.packer.report(report, names);
        if self.packer.numbers() >= ENOUGH {
            self.flush();
        }
    }

    fn closed(&mut self, pc: Atom, names: &Names) {
        self.packer.closed(pc, names);
    }

    fn warning(&mut self, warning: Warning) {
        self.packer.warning(warning);
    }
}

/// Posts something that any page can take.
pub(crate) fn send(scope: &DedicatedWorkerGlobalScope, message: &JsValue) {
    if let Err(thrown) = scope.post_message(message) {
        // It is an error of the worker then, of which the page is told.
        wasm_bindgen::throw_val(thrown);
    }
}
