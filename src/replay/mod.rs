//! A recording, measured as if the call were going on.

mod reader;
mod reading;

use callscope_browser::Error;
use callscope_core::{Atom, Engine, Scope};
use callscope_recording::{EXPORT, Warning};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Response};

use reader::{End, Part, Reader};
use reading::Reading;

use crate::model::Call;
use crate::view::download;

#[wasm_bindgen(module = "/src/later.js")]
extern "C" {
    /// Opens an export on the pages of stored calls.
    #[wasm_bindgen(catch, js_name = openExport)]
    async fn open_export(file: &Blob) -> Result<JsValue, JsValue>;
}

/// The recording that comes with the app.
const SAMPLE: &str = "sample-8-percent-loss.jsonl.gz";

/// Where a recording stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// There is none.
    #[default]
    Empty,
    /// It is being read.
    Reading,
    /// It was read.
    Done,
}

/// A recording and what was measured of it. Copies are the same.
#[derive(Clone, Copy, Debug)]
pub struct Replay {
    /// Where it stands.
    pub stage: RwSignal<Stage>,
    /// What is known of it.
    pub call: RwSignal<Call>,
    /// The only connection to show; `None` shows all.
    pub connection: RwSignal<Option<Atom>>,
    /// What the file is called.
    pub name: RwSignal<String>,
    /// How many bytes it has.
    pub size: RwSignal<f64>,
    /// How many of them were read.
    pub read: RwSignal<f64>,
    /// What was left out.
    pub warnings: RwSignal<Vec<Warning>>,
    /// What went wrong, and what to try.
    pub error: RwSignal<Option<String>>,
    /// How many recordings were begun: what is read for an earlier one is for nobody.
    begun: RwSignal<u32>,
    engine: StoredValue<Option<Engine>, LocalStorage>,
    /// What reads, and what is measured of it so far.
    reader: StoredValue<Option<Reader>, LocalStorage>,
    reading: StoredValue<Option<Reading>, LocalStorage>,
}

impl Replay {
    /// No recording yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            stage: RwSignal::new(Stage::Empty),
            call: RwSignal::default(),
            connection: RwSignal::new(None),
            name: RwSignal::new(String::new()),
            size: RwSignal::new(0.0),
            read: RwSignal::new(0.0),
            warnings: RwSignal::default(),
            error: RwSignal::new(None),
            begun: RwSignal::new(0),
            engine: StoredValue::new_local(None),
            reader: StoredValue::new_local(None),
            reading: StoredValue::new_local(None),
        }
    }

    /// Reads a file in place of the recording there was.
    pub fn open(self, file: Blob, name: String) {
        let turn = self.begin(name, file.size());
        self.read_all(file, turn);
    }

    /// Reads the recording that comes with the app.
    pub fn open_sample(self) {
        let turn = self.begin("Sample recording".to_owned(), 0.0);
        spawn_local(async move {
            match fetch(SAMPLE).await {
                Ok(file) => {
                    if self.is_turn(turn) {
                        self.size.set(file.size());
                        self.read_all(file, turn);
                    }
                }
                Err(reason) => self.fail(
                    turn,
                    format!(
                        "The sample recording could not be loaded ({reason}). Check the connection and try again, or open a \
                         recording of your own."
                    ),
                ),
            }
        });
    }

    /// Stops reading, or lets the recording go.
    pub fn clear(self) {
        self.begin(String::new(), 0.0);
        self.stage.set(Stage::Empty);
    }

    /// Saves what was measured as a file.
    pub fn save(self) {
        let call = self.call.read_untracked();
        let warnings = self.warnings.read_untracked();
        let report = self
            .engine
            .with_value(|engine| engine.as_ref().map(|engine| call.report(engine, &warnings)));
        let Some(report) = report else {
            return;
        };
        let name = self.name.read_untracked();
        let stem = name.split('.').next().filter(|stem| !stem.is_empty());
        let file = format!("{}-callscope.json", stem.unwrap_or("recording"));
        if let Err(thrown) = download(&report, &file, "application/json") {
            self.error.set(Some(format!(
                "The browser did not save the file ({}). Allow downloads for this page and try again.",
                Error::new(&thrown)
            )));
        }
    }

    fn begin(self, name: String, size: f64) -> u32 {
        let turn = self.begun.get_untracked().wrapping_add(1);
        self.begun.set(turn);
        self.call.set(Call::default());
        self.connection.set(None);
        self.engine.set_value(None);
        self.reader.set_value(None);
        self.reading.set_value(None);
        self.warnings.set(Vec::new());
        self.error.set(None);
        self.name.set(name);
        self.size.set(size);
        self.read.set(0.0);
        self.stage.set(Stage::Reading);
        turn
    }

    /// Whether that recording is still asked for.
    fn is_turn(self, turn: u32) -> bool {
        self.begun.try_get_untracked() == Some(turn)
    }

    fn read_all(self, file: Blob, turn: u32) {
        self.reading.set_value(Some(Reading::new()));
        // What is still on its way from a reader that is gone is for nobody.
        let opened = file.clone();
        let take = move |part| {
            if self.is_turn(turn) {
                self.take(part, turn, &opened);
            }
        };
        match Reader::open(file, take) {
            Ok(reader) => self.reader.set_value(Some(reader)),
            Err(thrown) => self.fail(turn, no_reader(&Error::new(&thrown).to_string())),
        }
    }

    fn take(self, part: Result<Part, String>, turn: u32, file: &Blob) {
        let mut part = match part {
            Ok(part) => part,
            Err(reason) => return self.fail(turn, no_reader(&reason)),
        };
        let end = std::mem::replace(&mut part.end, End::No);
        self.read.set(part.read);
        self.reading.update_value(|reading| {
            if let Some(reading) = reading {
                reading.take(part);
            }
        });
        match end {
            End::No => {}
            End::Failed(why) if why == EXPORT => self.hand_over(turn, file.clone()),
            End::Failed(why) => self.fail(turn, sentence(&why)),
            End::Ended(counts) => {
                self.reader.set_value(None);
                if let Some(reading) = self.reading.try_update_value(Option::take).flatten() {
                    let measured = reading.finish(&counts);
                    self.connection.set(first_that_sends(&measured.call));
                    self.warnings.set(measured.warnings);
                    self.engine.set_value(Some(measured.engine));
                    self.call.set(measured.call);
                    self.stage.set(Stage::Done);
                }
            }
        }
    }

    /// What is no recording but was measured already is for the pages of stored calls.
    fn hand_over(self, turn: u32, file: Blob) {
        self.reader.set_value(None);
        spawn_local(async move {
            match open_export(&file).await {
                Ok(_) if self.is_turn(turn) => self.clear(),
                Ok(_) => {}
                Err(thrown) => self.fail(turn, Error::new(&thrown).message()),
            }
        });
    }

    fn fail(self, turn: u32, error: String) {
        if self.is_turn(turn) {
            self.reader.set_value(None);
            self.reading.set_value(None);
            self.error.set(Some(error));
            self.stage.set(Stage::Empty);
        }
    }
}

impl Default for Replay {
    fn default() -> Self {
        Self::new()
    }
}

/// What one person would look at first, where a recording holds both sides: one of them.
fn first_that_sends(call: &Call) -> Option<Atom> {
    let connections = call.connections();
    let sends = |pc: &Atom| {
        call.of_scope(Scope::Track)
            .any(|(_, subject)| subject.pc == Some(*pc))
    };
    match connections.as_slice() {
        [] | [_] => None,
        many => many.iter().copied().find(sends),
    }
}

fn no_reader(reason: &str) -> String {
    format!(
        "The part of the app that reads recordings did not work ({reason}). Reload the page and open the recording again."
    )
}

/// An error's words as a sentence.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_ascii_uppercase(), letters.as_str()),
        None => String::new(),
    }
}

async fn fetch(address: &str) -> Result<Blob, String> {
    let in_words = |thrown: JsValue| Error::new(&thrown).to_string();
    let response = JsFuture::from(window().fetch_with_str(address))
        .await
        .map_err(in_words)?;
    let response: Response = response.unchecked_into();
    if !response.ok() {
        return Err(format!("status {}", response.status()));
    }
    let blob = response.blob().map_err(in_words)?;
    let blob = JsFuture::from(blob).await.map_err(in_words)?;
    Ok(blob.unchecked_into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_becomes_a_sentence() {
        assert_eq!(
            sentence("the recording is empty; record a call first"),
            "The recording is empty; record a call first."
        );
    }
}
