//! One `RTCStats` entry: from JSON straight into the columns of a row.

use std::borrow::Cow;
use std::fmt;

use callscope_core::report::ROW_TYPES;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::Names;
use crate::compression;
use crate::members::{MEMBERS, Member, Source, StatsType};

/// Visitor methods for a place where an array or an object is expected: anything simple counts as that value.
macro_rules! scalars_are {
    ($value:expr) => {
        fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
            Ok($value)
        }

        fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Self::Value, E> {
            Ok($value)
        }

        fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Self::Value, E> {
            Ok($value)
        }

        fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Self::Value, E> {
            Ok($value)
        }

        fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Self::Value, E> {
            Ok($value)
        }

        fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Self::Value, E> {
            Ok($value)
        }
    };
}
pub(crate) use scalars_are;

/// The value of one member.
#[derive(Clone, Debug, Default)]
pub(crate) enum Value<'de> {
    /// Not there, or nothing that a column can hold.
    #[default]
    Absent,
    Number(f64),
    Flag(bool),
    Text(Cow<'de, str>),
}

impl Value<'_> {
    /// A copy that borrows from nothing.
    pub(crate) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Absent => Value::Absent,
            Self::Number(number) => Value::Number(number),
            Self::Flag(flag) => Value::Flag(flag),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
        }
    }

    const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    fn number(&self) -> f64 {
        match self {
            Self::Absent => f64::NAN,
            Self::Number(number) => *number,
            Self::Flag(flag) => f64::from(u8::from(*flag)),
            Self::Text(text) => text.trim().parse().unwrap_or(f64::NAN),
        }
    }

    /// As a name. A `mid` of "0" is given as the number 0 by Chrome's dumps.
    fn name(&self, names: &mut Names) -> f64 {
        match self {
            Self::Text(text) if !text.is_empty() => names.column(text),
            Self::Number(number) if number.is_finite() => names.column(&number.to_string()),
            _ => f64::NAN,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "places in short lists")]
    fn one_of(&self, list: &[&str]) -> f64 {
        let Self::Text(text) = self else {
            return f64::NAN;
        };
        list.iter()
            .position(|known| *known == text.as_ref())
            .map_or(f64::NAN, |place| place as f64)
    }
}

/// The entry that is being read: a value for every member that some table reads.
#[derive(Debug)]
pub(crate) struct Entry<'de> {
    stats_type: Option<StatsType>,
    slots: Vec<Value<'de>>,
    /// The slots that are not absent.
    touched: Vec<usize>,
    /// Members met, read or not; the type is not counted.
    members: usize,
    /// Whether member names are compressed as version 3 of rtcstats does.
    compressed: bool,
}

impl<'de> Entry<'de> {
    pub(crate) fn new(compressed: bool) -> Self {
        Self {
            stats_type: None,
            slots: vec![Value::Absent; MEMBERS.slots()],
            touched: Vec::new(),
            members: 0,
            compressed,
        }
    }

    /// Its type, where it has one.
    pub(crate) const fn stats_type(&self) -> Option<StatsType> {
        self.stats_type
    }

    /// Makes it an entry of that type.
    pub(crate) const fn set_row(&mut self, stats_type: StatsType) {
        self.stats_type = Some(stats_type);
    }

    /// What a slot holds.
    pub(crate) fn value(&self, slot: usize) -> Value<'de> {
        self.slots.get(slot).cloned().unwrap_or_default()
    }

    /// How many members it has, besides the type.
    pub(crate) const fn members(&self) -> usize {
        self.members
    }

    /// Gives it an id, where it has none of its own.
    pub(crate) fn identify(&mut self, id: Cow<'de, str>) {
        if let Some(slot) = MEMBERS.id()
            && self.slots.get(slot).is_some_and(Value::is_absent)
        {
            self.set(slot, Value::Text(id));
        }
    }

    /// A numeric member, NaN where it is absent.
    pub(crate) fn number(&self, name: &str) -> f64 {
        match MEMBERS.find(name) {
            Some(Member::Slot(slot)) => self.slots.get(slot).map_or(f64::NAN, Value::number),
            _ => f64::NAN,
        }
    }

    /// Empties it for the next.
    pub(crate) fn clear(&mut self) {
        for slot in self.touched.drain(..) {
            if let Some(slot) = self.slots.get_mut(slot) {
                *slot = Value::Absent;
            }
        }
        self.stats_type = None;
        self.members = 0;
    }

    /// Sets a slot.
    pub(crate) fn set(&mut self, slot: usize, value: Value<'de>) {
        if value.is_absent() {
            return;
        }
        if let Some(cell) = self.slots.get_mut(slot) {
            *cell = value;
            self.touched.push(slot);
        }
    }

    /// Writes what it says into a row of that tag, the tag itself not counted; what it does not say stays as it is.
    pub(crate) fn write(&self, tag: usize, row: &mut [f64], names: &mut Names) {
        let Some(plan) = MEMBERS.plans.get(tag) else {
            return;
        };
        for (column, source) in row.iter_mut().zip(&plan.sources) {
            match source {
                Source::Number(slot) => {
                    if let Some((_, value)) = self.first(std::slice::from_ref(slot)) {
                        *column = value.number();
                    }
                }
                Source::Name(slots) => {
                    // A member further down the list does not replace what one above it may have said before.
                    if let Some((place, value)) = self.first(slots)
                        && (place == 0 || column.is_nan())
                    {
                        *column = value.name(names);
                    }
                }
                Source::OneOf(slots, list) => {
                    if let Some((_, value)) = self.first(slots) {
                        *column = value.one_of(list);
                    }
                }
            }
        }
    }

    /// Appends it as a new row, if it is of a type that has rows.
    pub(crate) fn append(&self, rows: &mut Vec<f64>, names: &mut Names) {
        if let Some(StatsType::Row(tag)) = self.stats_type {
            let start = append_blank(tag, rows);
            if let Some(row) = rows.get_mut(start + 1..) {
                self.write(tag, row, names);
            }
        }
    }

    fn first(&self, slots: &[usize]) -> Option<(usize, &Value<'de>)> {
        slots
            .iter()
            .filter_map(|&slot| self.slots.get(slot))
            .enumerate()
            .find(|(_, value)| !value.is_absent())
    }

    fn find(&self, name: &str) -> Option<Member> {
        if self.compressed
            && let Some(name) = compression::member(name)
        {
            return MEMBERS.find(name);
        }
        MEMBERS.find(name)
    }

    fn wants(&self, member: Member) -> bool {
        match self.stats_type {
            None => true,
            Some(StatsType::Row(tag)) => MEMBERS
                .plans
                .get(tag)
                .is_some_and(|plan| plan.wants(member)),
            Some(StatsType::Unused | StatsType::Unknown) => false,
        }
    }

    fn set_type(&mut self, value: &Value<'_>) {
        self.stats_type = match value {
            Value::Text(name) => Some(StatsType::named(name)),
            Value::Number(number) if self.compressed => {
                Some(compression::stats_type(*number).map_or(StatsType::Unknown, StatsType::named))
            }
            _ => None,
        };
    }
}

/// Appends a row of that tag with nothing known, and says where it starts.
#[expect(clippy::cast_precision_loss, reason = "tags are small")]
pub(crate) fn append_blank(tag: usize, rows: &mut Vec<f64>) -> usize {
    let start = rows.len();
    let columns = ROW_TYPES.get(tag).map_or(0, |table| table.columns.len());
    rows.push(tag as f64);
    rows.resize(start + 1 + columns, f64::NAN);
    start
}

/// Reads one entry. What is no object leaves it empty, and is told by `false`.
pub(crate) struct EntrySeed<'a, 'de>(pub(crate) &'a mut Entry<'de>);

impl<'de> DeserializeSeed<'de> for EntrySeed<'_, 'de> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for EntrySeed<'_, 'de> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an entry of a report")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let entry = self.0;
        while let Some(member) = map.next_key_seed(KeySeed(entry))? {
            match member {
                Some(Member::Type) => {
                    let value = map.next_value_seed(ValueSeed)?;
                    entry.set_type(&value);
                    continue;
                }
                Some(member) if !entry.wants(member) => {
                    map.next_value::<IgnoredAny>()?;
                }
                Some(Member::Slot(slot)) => {
                    let value = map.next_value_seed(ValueSeed)?;
                    entry.set(slot, value);
                }
                Some(Member::Record(record)) => {
                    map.next_value_seed(RecordSeed { entry, record })?;
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            entry.members += 1;
        }
        Ok(true)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    scalars_are!(false);
}

/// Finds the member of a key.
struct KeySeed<'a, 'de>(&'a Entry<'de>);

impl<'de> DeserializeSeed<'de> for KeySeed<'_, '_> {
    type Value = Option<Member>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_, '_> {
    type Value = Option<Member>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.find(name))
    }
}

/// Reads the value of a member; what no column can hold is absent.
pub(crate) struct ValueSeed;

impl<'de> DeserializeSeed<'de> for ValueSeed {
    type Value = Value<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Absent)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Absent)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Value::Absent)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Value::Flag(flag))
    }

    #[expect(clippy::cast_precision_loss, reason = "JavaScript's numbers are f64")]
    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Value::Number(number as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "JavaScript's numbers are f64")]
    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Owned(text.into())))
    }
}

/// Reads a record member into the slots of its keys.
pub(crate) struct RecordSeed<'a, 'de> {
    pub(crate) entry: &'a mut Entry<'de>,
    pub(crate) record: usize,
}

impl<'de> DeserializeSeed<'de> for RecordSeed<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for RecordSeed<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            let value = map.next_value_seed(ValueSeed)?;
            let keys = MEMBERS.records.get(self.record).map(|record| &record.keys);
            let known = keys.and_then(|keys| keys.iter().find(|(name, _)| *name == key));
            if let Some(&(_, slot)) = known {
                self.entry.set(slot, value);
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    scalars_are!(());
}
