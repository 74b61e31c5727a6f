//! One report: a JSON array of `RTCStats`, or an object of them by id, into packed rows.

use std::borrow::Cow;
use std::fmt;

use callscope_core::{Oddities, Oddity};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::Names;
use crate::entry::{Entry, EntrySeed, scalars_are};
use crate::members::StatsType;

/// Reads a report. `false` if it is neither an array nor an object.
pub(crate) struct ReportSeed<'a> {
    /// Where its rows go; emptied first.
    pub(crate) rows: &'a mut Vec<f64>,
    pub(crate) names: &'a mut Names,
    pub(crate) odd: &'a mut Oddities,
}

impl ReportSeed<'_> {
    fn take(&mut self, entry: &Entry<'_>) {
        match entry.stats_type() {
            Some(StatsType::Row(_)) => entry.append(self.rows, self.names),
            Some(StatsType::Unused) => {}
            Some(StatsType::Unknown) | None => self.odd.count(Oddity::UnknownType),
        }
    }
}

impl<'de> DeserializeSeed<'de> for ReportSeed<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        self.rows.clear();
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ReportSeed<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a report")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<bool, A::Error> {
        let mut entry = Entry::new(false);
        while let Some(is_entry) = seq.next_element_seed(EntrySeed(&mut entry))? {
            if is_entry {
                self.take(&entry);
            }
            entry.clear();
        }
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<bool, A::Error> {
        let mut entry = Entry::new(false);
        while let Some(id) = map.next_key::<Cow<'de, str>>()? {
            if map.next_value_seed(EntrySeed(&mut entry))? {
                entry.identify(id);
                self.take(&entry);
            }
            entry.clear();
        }
        Ok(true)
    }

    scalars_are!(false);
}
