//! Reads a report into packed rows.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use callscope_core::Atom;
use wasm_bindgen::prelude::*;

/// Room for the report of a small call; it grows when one does not fit.
const FIRST_ROOM: usize = 1_024;
/// A report that takes more numbers (8 MiB, some fifty thousand entries) is not read: no call has one.
const MOST_NUMBERS: usize = 1 << 20;

#[wasm_bindgen(module = "/src/pack.js")]
extern "C" {
    #[wasm_bindgen(js_name = Reader)]
    #[derive(Debug)]
    type JsReader;

    #[wasm_bindgen(constructor, js_class = "Reader")]
    fn new() -> JsReader;

    #[wasm_bindgen(method)]
    fn pack(this: &JsReader, report: &JsValue, numbers: &mut [f64]) -> usize;

    #[wasm_bindgen(method)]
    fn intern(this: &JsReader, name: &str) -> u32;

    #[wasm_bindgen(method)]
    fn name(this: &JsReader, atom: u32) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    fn skipped(this: &JsReader) -> u32;

    #[wasm_bindgen(method, getter)]
    fn broken(this: &JsReader) -> u32;
}

/// Reads `getStats()` reports into the rows that [`callscope_core::Engine::sample`] takes, and keeps the strings that their atoms
/// stand for.
///
/// One call to JavaScript reads a whole report, straight into the buffer that the rows are returned from. Atoms are this
/// reader's own.
///
/// Reports can bring 65,536 names of at most 256 characters; a later one is unknown, as if the browser had not told
/// it, so that nothing that a page puts in front of `getStats()` fills the memory. What is [interned](Self::intern)
/// is not limited.
#[derive(Debug)]
pub struct Reader {
    js: JsReader,
    numbers: Vec<f64>,
}

impl Reader {
    /// A reader that knows no names yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            js: JsReader::new(),
            numbers: vec![f64::NAN; FIRST_ROOM],
        }
    }

    /// The rows of a report: an `RTCStatsReport`, or a `Map` of the same. What is no report has no rows.
    pub fn pack(&mut self, report: &JsValue) -> &[f64] {
        let mut length = self.js.pack(report, &mut self.numbers);
        if length > self.numbers.len() {
            if length > MOST_NUMBERS {
                return &[];
            }
            self.numbers.resize(length.next_power_of_two(), f64::NAN);
            length = self.js.pack(report, &mut self.numbers);
        }
        // Nothing, if it grew between the two walks.
        self.numbers.get(..length).unwrap_or(&[])
    }

    /// The string that an atom stands for; `None` if it is not this reader's.
    #[must_use]
    pub fn name(&self, atom: Atom) -> Option<String> {
        self.js.name(atom.number())
    }

    /// The atom that stands for a string.
    #[must_use]
    pub fn intern(&self, name: &str) -> Atom {
        Atom::new(self.js.intern(name))
    }

    /// How many entries of the last report were of types that the engine does not need.
    #[must_use]
    pub fn skipped(&self) -> u32 {
        self.js.skipped()
    }

    /// How many entries of the last report could not be read because a member of them threw; one if it was no report.
    #[must_use]
    pub fn broken(&self) -> u32 {
        self.js.broken()
    }
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}
