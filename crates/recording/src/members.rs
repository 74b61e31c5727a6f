//! Which members of the statistics are read, and where they go: made from the engine's tables.

use std::sync::LazyLock;

use callscope_core::report::{Column, ROW_TYPES};

/// What an `RTCStats` entry's type is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatsType {
    /// One that the engine reads: the tag of its table.
    Row(usize),
    /// One that W3C knows, or knew, and the engine has no use for.
    Unused,
    /// One that nobody knows.
    Unknown,
}

/// Types that browsers report or reported and that hold nothing the engine reads.
const UNUSED: &[&str] = &[
    "certificate",
    "csrc",
    "data-channel",
    "ice-server",
    "media-playout",
    "peer-connection",
    "receiver",
    "remote-outbound-rtp",
    "sctp-transport",
    "sender",
    "stream",
    "track",
    "transceiver",
];

/// Where a member goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    /// The type of the entry.
    Type,
    /// A value, into that slot.
    Slot(usize),
    /// A record, by its place in the list of records.
    Record(usize),
}

/// How a column is made from the slots.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Number(usize),
    Name(Vec<usize>),
    OneOf(Vec<usize>, &'static [&'static str]),
}

/// A record member: its keys and the slots they go to.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) name: &'static str,
    pub(crate) keys: Vec<(&'static str, usize)>,
}

/// One type of row.
#[derive(Debug)]
pub(crate) struct Plan {
    /// What makes each column, the tag not counted.
    pub(crate) sources: Vec<Source>,
    /// Which slots they need.
    wanted: Vec<bool>,
    /// Which records they need.
    records: Vec<bool>,
}

impl Plan {
    /// Whether a row of this type reads that member.
    pub(crate) fn wants(&self, member: Member) -> bool {
        match member {
            Member::Type => true,
            Member::Slot(slot) => self.wanted.get(slot).copied().unwrap_or(false),
            Member::Record(record) => self.records.get(record).copied().unwrap_or(false),
        }
    }
}

/// All members that are read.
#[derive(Debug)]
pub(crate) struct Members {
    /// The name behind each slot; records' keys have none.
    slots: Vec<Option<&'static str>>,
    pub(crate) records: Vec<Record>,
    pub(crate) plans: Vec<Plan>,
    /// An open-addressed table of members by name.
    table: Vec<Option<(&'static str, Member)>>,
}

/// The members, computed once.
pub(crate) static MEMBERS: LazyLock<Members> = LazyLock::new(Members::new);

/// Several times the number of members, so that probes are short.
const TABLE: usize = 1024;

impl Members {
    fn new() -> Self {
        let mut members = Self {
            slots: Vec::new(),
            records: Vec::new(),
            plans: Vec::new(),
            table: vec![None; TABLE],
        };
        members.insert("type", Member::Type);
        let sources: Vec<Vec<Source>> = ROW_TYPES
            .iter()
            .map(|row_type| {
                let source = |column| members.source(column);
                row_type.columns.iter().map(source).collect()
            })
            .collect();
        for sources in sources {
            let mut wanted = vec![false; members.slots.len()];
            for slot in sources.iter().flat_map(Source::slots) {
                wanted[*slot] = true;
            }
            let needs = |record: &Record| record.keys.iter().any(|&(_, slot)| wanted[slot]);
            let records = members.records.iter().map(needs).collect();
            members.plans.push(Plan {
                sources,
                wanted,
                records,
            });
        }
        members
    }

    /// How many slots there are.
    pub(crate) const fn slots(&self) -> usize {
        self.slots.len()
    }

    /// The name of a member.
    pub(crate) fn name(&self, member: Member) -> &'static str {
        match member {
            Member::Type => "type",
            Member::Slot(slot) => self.slots.get(slot).copied().flatten().unwrap_or_default(),
            Member::Record(record) => self.records.get(record).map_or("", |record| record.name),
        }
    }

    /// The slot of the id.
    pub(crate) fn id(&self) -> Option<usize> {
        match self.find("id") {
            Some(Member::Slot(slot)) => Some(slot),
            _ => None,
        }
    }

    /// Where a member goes; `None` if nobody reads it.
    pub(crate) fn find(&self, name: &str) -> Option<Member> {
        let mut place = hash(name);
        while let Some(Some((other, member))) = self.table.get(place) {
            if *other == name {
                return Some(*member);
            }
            place = (place + 1) % TABLE;
        }
        None
    }

    fn source(&mut self, column: &Column) -> Source {
        match *column {
            Column::Number(name) => Source::Number(self.slot(name)),
            Column::Name(names) => Source::Name(names.iter().map(|name| self.slot(name)).collect()),
            Column::OneOf(names, list) => {
                Source::OneOf(names.iter().map(|name| self.slot(name)).collect(), list)
            }
            Column::Keyed(record, key) => Source::Number(self.key(record, key)),
        }
    }

    fn slot(&mut self, name: &'static str) -> usize {
        if let Some(Member::Slot(slot)) = self.find(name) {
            return slot;
        }
        self.slots.push(Some(name));
        self.insert(name, Member::Slot(self.slots.len() - 1));
        self.slots.len() - 1
    }

    fn key(&mut self, record: &'static str, key: &'static str) -> usize {
        self.slots.push(None);
        let slot = self.slots.len() - 1;
        match self.records.iter_mut().find(|other| other.name == record) {
            Some(known) => known.keys.push((key, slot)),
            None => {
                self.insert(record, Member::Record(self.records.len()));
                self.records.push(Record {
                    name: record,
                    keys: vec![(key, slot)],
                });
            }
        }
        slot
    }

    fn insert(&mut self, name: &'static str, member: Member) {
        let mut place = hash(name);
        while self.table.get(place).is_some_and(Option::is_some) {
            place = (place + 1) % TABLE;
        }
        if let Some(cell) = self.table.get_mut(place) {
            *cell = Some((name, member));
        }
    }
}

impl Source {
    fn slots(&self) -> &[usize] {
        match self {
            Self::Number(slot) => std::slice::from_ref(slot),
            Self::Name(slots) | Self::OneOf(slots, _) => slots,
        }
    }
}

impl StatsType {
    /// The type of that name.
    pub(crate) fn named(name: &str) -> Self {
        let row_type = ROW_TYPES
            .iter()
            .find(|row_type| row_type.types.contains(&name));
        match row_type {
            Some(row_type) => Self::Row(row_type.tag),
            None if UNUSED.contains(&name) => Self::Unused,
            None => Self::Unknown,
        }
    }
}

/// FNV-1a over the length and the ends: member names differ there, and most are long.
#[expect(clippy::cast_possible_truncation, reason = "a hash of the length")]
fn hash(name: &str) -> usize {
    let bytes = name.as_bytes();
    let mut hash = bytes.len() as u32 ^ 0x811c_9dc5;
    let tail = bytes.len().saturating_sub(6);
    for &byte in bytes.iter().take(3).chain(&bytes[tail..]) {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    (hash ^ (hash >> 15)) as usize % TABLE
}

#[cfg(test)]
mod tests {
    use super::*;
    use callscope_core::report::outbound;

    #[test]
    fn every_column_of_every_table_is_found_by_its_members() {
        for row_type in ROW_TYPES {
            for column in row_type.columns {
                let names: &[&str] = match column {
                    Column::Number(name) | Column::Keyed(name, _) => &[*name],
                    Column::Name(names) | Column::OneOf(names, _) => names,
                };
                for name in names {
                    let member = MEMBERS.find(name).unwrap();
                    assert_eq!(MEMBERS.name(member), *name);
                    assert!(MEMBERS.plans[row_type.tag].wants(member), "{name}");
                }
            }
        }
        assert_eq!(MEMBERS.find("bytes"), None);
        assert!(!MEMBERS.plans[outbound::TAG].wants(MEMBERS.find("bytesReceived").unwrap()));
    }

    #[test]
    fn types_are_told_apart() {
        assert_eq!(
            StatsType::named("outbound-rtp"),
            StatsType::Row(outbound::TAG)
        );
        assert_eq!(StatsType::named("certificate"), StatsType::Unused);
        assert_eq!(StatsType::named("ssrc"), StatsType::Unknown);
    }
}
