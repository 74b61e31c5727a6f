//! The reports of rtcstats: only what changed since the last one is sent.
//!
//! What is sent differs by version. All keep the time of the report beside its entries. Before version 3, an entry of that
//! time says `timestamp: 0` and one whose time did not change says none; writers that list every entry, changed or not,
//! thereby tell which are gone, others do not. Version 3 leaves out the report's time in its entries, names what is gone
//! (`null`), and leaves out what did not change. A report without a time of its own is whole: nothing is left out.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use callscope_core::report::{Column, ROW_TYPES, remote_inbound};
use callscope_core::{Oddities, Oddity};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::Names;
use crate::entry::{Entry, EntrySeed, Value, ValueSeed, append_blank, scalars_are};
use crate::members::StatsType;

/// The most entries of one connection. Real calls have some thousands at most.
const MAX_ENTRIES: usize = 1 << 16;

/// What the reports of one connection have said so far.
#[derive(Debug, Default)]
pub(crate) struct Base {
    places: HashMap<Box<str>, usize>,
    /// In order of appearance, so that the rows are always in the same order.
    entries: Vec<Kept>,
    /// Counts the reports.
    report: u64,
    /// Whether this writer lists entries in which nothing changed: then what it does not list is gone.
    lists_all: bool,
}

/// One entry as it stands.
#[derive(Debug)]
struct Kept {
    id: Box<str>,
    /// Its row; empty for types that have none.
    row: Vec<f64>,
    gone: bool,
    /// The last report that has it.
    report: u64,
    stamp: Stamp,
}

/// What the last report said of an entry's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stamp {
    /// Nothing.
    Missing,
    /// That it is the report's.
    OfReport,
    /// It is in the row.
    Own,
}

/// The time that stands beside a report's entries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Top {
    /// None: the report is whole.
    Missing,
    /// There is one; `None` if it is no number.
    Given(Option<f64>),
}

impl Base {
    /// Ends a report, and appends what stands to `rows`. `at` is when it was written down.
    pub(crate) fn settle(&mut self, top: Top, at: f64, version_3: bool, rows: &mut Vec<f64>) {
        let (report, lists_all) = (self.report, self.lists_all);
        let (whole, time) = match top {
            Top::Missing => (true, at),
            Top::Given(time) => (false, time.unwrap_or(at)),
        };
        let mut any_gone = false;
        for kept in &mut self.entries {
            let listed = kept.report == report;
            if !listed && (whole || (lists_all && !version_3)) {
                kept.gone = true;
            }
            if kept.gone {
                any_gone = true;
                continue;
            }
            let is_remote = kept.row.first() == Some(&tag_column(remote_inbound::TAG));
            let moves = match kept.stamp {
                // What is not listed did not change, so that no report of the other side arrived.
                _ if !listed => !is_remote,
                Stamp::OfReport => true,
                Stamp::Missing => version_3 && !whole,
                Stamp::Own => false,
            };
            if let Some(column) = kept.timestamp()
                && (moves || column.is_nan())
            {
                *column = time;
            }
        }
        if any_gone {
            self.forget_gone();
        }
        for kept in &self.entries {
            rows.extend_from_slice(&kept.row);
        }
    }

    fn take(
        &mut self,
        id: Cow<'_, str>,
        entry: &mut Entry<'_>,
        names: &mut Names,
        odd: &mut Oddities,
    ) {
        let known = self.places.get(id.as_ref()).copied();
        if known.is_none() && self.entries.len() >= MAX_ENTRIES {
            return;
        }
        let place = known.unwrap_or_else(|| {
            self.places.insert(id.as_ref().into(), self.entries.len());
            self.entries.push(Kept {
                id: id.as_ref().into(),
                row: Vec::new(),
                gone: false,
                report: 0,
                stamp: Stamp::Missing,
            });
            self.entries.len() - 1
        });
        let time = entry.number("timestamp");
        let is_bare = entry.members() == usize::from(!time.is_nan());
        self.lists_all |= known.is_some() && is_bare && entry.stats_type().is_none();
        let Some(kept) = self.entries.get_mut(place) else {
            return;
        };
        kept.report = self.report;
        match entry.stats_type() {
            Some(StatsType::Row(tag)) if kept.row.first() != Some(&tag_column(tag)) => {
                kept.row.clear();
                append_blank(tag, &mut kept.row);
                entry.identify(Cow::Owned(id.into_owned()));
            }
            Some(StatsType::Unknown) => odd.count(Oddity::UnknownType),
            _ => {}
        }
        kept.stamp = if time.is_nan() {
            Stamp::Missing
        } else if time == 0.0 {
            Stamp::OfReport
        } else {
            Stamp::Own
        };
        let tag = kept.tag();
        if let (Some(tag), Some(row)) = (tag, kept.row.get_mut(1..)) {
            entry.write(tag, row, names);
        }
    }

    fn remove(&mut self, id: &str) {
        if let Some(&place) = self.places.get(id)
            && let Some(kept) = self.entries.get_mut(place)
        {
            kept.gone = true;
        }
    }

    /// Drops what is gone: when it comes again it is new.
    fn forget_gone(&mut self) {
        self.entries.retain(|kept| !kept.gone);
        self.places.clear();
        for (place, kept) in self.entries.iter().enumerate() {
            self.places.insert(kept.id.clone(), place);
        }
    }
}

impl Kept {
    fn tag(&self) -> Option<usize> {
        let first = *self.row.first()?;
        ROW_TYPES
            .iter()
            .map(|table| table.tag)
            .find(|&tag| tag_column(tag) == first)
    }

    fn timestamp(&mut self) -> Option<&mut f64> {
        let table = ROW_TYPES.get(self.tag()?)?;
        let is_it = |column: &Column| *column == Column::Number("timestamp");
        let place = table.columns.iter().position(is_it)?;
        self.row.get_mut(place + 1)
    }
}

#[expect(clippy::cast_precision_loss, reason = "tags are small")]
const fn tag_column(tag: usize) -> f64 {
    tag as f64
}

/// Reads one delta into a base. `None` if it is no object.
pub(crate) struct DeltaSeed<'a> {
    pub(crate) base: &'a mut Base,
    pub(crate) names: &'a mut Names,
    pub(crate) odd: &'a mut Oddities,
    pub(crate) version_3: bool,
}

impl<'de> DeserializeSeed<'de> for DeltaSeed<'_> {
    type Value = Option<Top>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for DeltaSeed<'_> {
    type Value = Option<Top>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a report")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self {
            base,
            names,
            odd,
            version_3,
        } = self;
        let mut entry = Entry::new(version_3);
        let mut top = Top::Missing;
        base.report += 1;
        while let Some(id) = map.next_key::<Cow<'de, str>>()? {
            if id == "timestamp" || (version_3 && id == "t") {
                top = Top::Given(match map.next_value_seed(ValueSeed)? {
                    Value::Number(time) => Some(time),
                    _ => None,
                });
                continue;
            }
            if map.next_value_seed(EntrySeed(&mut entry))? {
                base.take(id, &mut entry, names, odd);
            } else {
                base.remove(&id);
            }
            entry.clear();
        }
        Ok(Some(top))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    scalars_are!(None);
}
