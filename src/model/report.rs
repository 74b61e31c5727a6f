//! A call as the JSON that every callscope program writes.

use std::borrow::Cow;

use callscope_core::{Atom, Engine, Interval, Output, Scope};
use callscope_recording::json::{Findings, Writer};
use callscope_recording::{NameOf, Warning};

use super::call::{Call, Names};
use crate::order::by_number;

impl NameOf for Names {
    fn name(&self, atom: Atom) -> Option<Cow<'_, str>> {
        self.of(atom).map(Cow::Borrowed)
    }
}

impl Call {
    /// The call so far as one object of intervals, tracks and issues, as if it ended now: what is in progress is in it, cut
    /// short. `engine` is the one that it was measured by.
    #[must_use]
    pub fn report(&self, engine: &Engine, warnings: &[Warning]) -> String {
        let mut engine = engine.clone();
        engine.finish();
        let (mut last, mut signals) = (Vec::new(), self.signals.clone());
        for output in engine.drain() {
            match output {
                Output::Interval(interval) => last.push(interval),
                Output::Signal(change) if change.end.is_some() => signals.push(change),
                Output::Signal(_) | Output::Issue(_) => {}
            }
        }
        let intervals: Vec<&Interval> = self
            .subjects
            .iter()
            // Those of received tracks are parts of their connections'.
            .filter(|subject| subject.scope != Scope::Received)
            .flat_map(|subject| &subject.intervals)
            .chain(&last)
            .collect();
        let intervals = by_number(intervals, |interval| interval.start.as_f64());
        let findings = Findings {
            signals: &signals,
            warnings,
            oddities: &self.oddities,
        };
        let mut writer = Writer::new(Vec::new());
        let written = intervals
            .into_iter()
            .try_for_each(|interval| writer.interval(interval, &self.names))
            .and_then(|()| writer.finish(&engine, findings, &self.names));
        // Memory takes all that is written to it, and the writer writes text.
        let bytes = written.unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }
}
