//! Cumulative counters, on plain JSON.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::number;

/// How far the counters of one stream moved from the report in which they were last known.
pub(crate) struct Counters {
    names: &'static [&'static str],
    /// This one may fall.
    loss: &'static str,
    pub(crate) last: Option<BTreeMap<&'static str, f64>>,
}

pub(crate) enum Moved {
    Baseline,
    Fell,
    By(BTreeMap<&'static str, f64>),
}

impl Counters {
    pub(crate) const fn new(names: &'static [&'static str], loss: &'static str) -> Self {
        Self {
            names,
            loss,
            last: None,
        }
    }

    pub(crate) fn read(&mut self, entry: &Value) -> Moved {
        let now: BTreeMap<_, _> = self
            .names
            .iter()
            .filter_map(|&name| Some((name, number(entry, name)?)))
            .collect();
        let Some(last) = &mut self.last else {
            self.last = Some(now);
            return Moved::Baseline;
        };
        let fell = |(name, value): (&&str, &f64)| {
            *name != self.loss && last.get(*name).is_some_and(|last| value < last)
        };
        if now.iter().any(fell) {
            self.last = Some(now);
            return Moved::Fell;
        }
        let moved = now
            .iter()
            .filter_map(|(name, value)| Some((*name, value - last.get(name)?)))
            .collect();
        last.extend(now);
        Moved::By(moved)
    }
}
