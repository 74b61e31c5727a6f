//! One line: a report of `{"pc", "at", "stats"}`, an event of rtcstats, or the header of a dump.

use std::collections::HashMap;
use std::fmt;

use callscope_core::{Atom, Oddities, Oddity};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::Names;
use crate::delta::{Base, DeltaSeed, Top};
use crate::entry::{Value, ValueSeed, scalars_are};
use crate::lenient::without_bare_tokens;
use crate::report::ReportSeed;

/// The line that dumps of version 3 start with.
const MAGIC: &[u8] = b"RTCStatsDump";

/// What a line was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Parsed {
    /// Nothing in it.
    Blank,
    /// A report; its rows are in [`Parser::rows`]. `None` if it does not say of which connection.
    Report(Option<Atom>, Option<f64>),
    /// The connection is over.
    Closed(Atom),
    /// Another event, or the start of a dump.
    Event,
    /// An object that is no report: the header of a dump, if it stands at the beginning.
    Header,
    /// Something else.
    Other,
}

/// Reads lines.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    /// The rows of the last report.
    pub(crate) rows: Vec<f64>,
    /// What was odd.
    pub(crate) odd: Oddities,
    bases: HashMap<Atom, Base>,
    version_3: bool,
    /// The time of the last event of a dump of version 3, which tells only how much later each is than the one before.
    clock: f64,
}

impl Parser {
    /// Reads a line.
    pub(crate) fn line(&mut self, line: &[u8], names: &mut Names) -> serde_json::Result<Parsed> {
        let line = line.trim_ascii();
        if line.is_empty() {
            return Ok(Parsed::Blank);
        }
        if line == MAGIC {
            self.version_3 = true;
            self.clock = 0.0;
            return Ok(Parsed::Event);
        }
        self.json(line, names).or_else(|error| {
            let Some(clean) = without_bare_tokens(line) else {
                return Err(error);
            };
            self.odd.count(Oddity::NotFinite);
            self.json(&clean, names)
        })
    }

    fn json(&mut self, line: &[u8], names: &mut Names) -> serde_json::Result<Parsed> {
        let clock = self.clock;
        let mut deserializer = serde_json::Deserializer::from_slice(line);
        let seed = LineSeed {
            parser: self,
            names,
        };
        let parsed = seed
            .deserialize(&mut deserializer)
            .and_then(|parsed| deserializer.end().map(|()| parsed));
        if parsed.is_err() {
            self.clock = clock;
        }
        parsed
    }

    /// The time of an event: since the epoch, or in version 3 since the event before it.
    fn time(&mut self, given: Option<f64>) -> Option<f64> {
        let given = given.filter(|time| time.is_finite());
        if !self.version_3 {
            return given;
        }
        self.clock += given.unwrap_or(0.0);
        Some(self.clock).filter(|&clock| clock > 0.0)
    }
}

struct LineSeed<'a> {
    parser: &'a mut Parser,
    names: &'a mut Names,
}

impl<'de> DeserializeSeed<'de> for LineSeed<'_> {
    type Value = Parsed;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Parsed, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for LineSeed<'_> {
    type Value = Parsed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a report or an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parsed, A::Error> {
        let (mut pc, mut at, mut has_stats) = (None, None, false);
        while let Some(key) = map.next_key_seed(KeySeed)? {
            match key {
                Key::Pc => pc = connection(&map.next_value_seed(ValueSeed)?, self.names),
                Key::At => at = number(&map.next_value_seed(ValueSeed)?),
                Key::Stats => {
                    has_stats = map.next_value_seed(ReportSeed {
                        rows: &mut self.parser.rows,
                        names: self.names,
                        odd: &mut self.parser.odd,
                    })?;
                }
                Key::FileFormat => {
                    if let Some(version) = number(&map.next_value_seed(ValueSeed)?) {
                        self.parser.version_3 = version >= 3.0;
                    }
                }
                Key::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(if has_stats {
            Parsed::Report(pc, at)
        } else {
            Parsed::Header
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Parsed, A::Error> {
        let Self { parser, names } = self;
        let method = seq.next_element_seed(ValueSeed)?.unwrap_or_default();
        let method = Method::of(&method, parser.version_3);
        let pc = match seq.next_element_seed(ValueSeed)? {
            Some(pc) => connection(&pc, names),
            None => None,
        };
        let version_3 = parser.version_3;
        let mut top = None;
        if let (Some(Method::GetStats), Some(pc)) = (method, pc) {
            let base = parser.bases.entry(pc).or_default();
            let delta = DeltaSeed {
                base,
                names,
                odd: &mut parser.odd,
                version_3,
            };
            top = seq.next_element_seed(delta)?.flatten();
        }
        let mut last = Value::Absent;
        while let Some(value) = seq.next_element_seed(ValueSeed)? {
            last = value;
        }
        let at = parser.time(number(&last));
        Ok(match (method, pc) {
            (None, _) => Parsed::Other,
            (Some(Method::GetStats), Some(pc)) => parser.settle(pc, top, at),
            (Some(Method::Close), Some(pc)) => {
                parser.bases.remove(&pc);
                Parsed::Closed(pc)
            }
            _ => Parsed::Event,
        })
    }

    scalars_are!(Parsed::Other);
}

impl Parser {
    fn settle(&mut self, pc: Atom, top: Option<Top>, at: Option<f64>) -> Parsed {
        self.rows.clear();
        let (Some(top), Some(base)) = (top, self.bases.get_mut(&pc)) else {
            return Parsed::Event;
        };
        base.settle(top, at.unwrap_or(f64::NAN), self.version_3, &mut self.rows);
        Parsed::Report(Some(pc), at)
    }
}

/// The methods that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    GetStats,
    Close,
    Other,
}

impl Method {
    /// `None` if it is no method at all.
    fn of(value: &Value<'_>, version_3: bool) -> Option<Self> {
        match value {
            Value::Text(name) => Some(match name.as_ref() {
                "getstats" | "getStats" => Self::GetStats,
                "g" if version_3 => Self::GetStats,
                "close" | "createdestroy" => Self::Close,
                _ => Self::Other,
            }),
            // Compressed: 36 is `close`.
            Value::Number(number) if version_3 => Some(if *number == 36.0 {
                Self::Close
            } else {
                Self::Other
            }),
            _ => None,
        }
    }
}

fn connection(value: &Value<'_>, names: &mut Names) -> Option<Atom> {
    match value {
        Value::Text(name) => names.intern(name),
        Value::Number(number) => names.intern(&number.to_string()),
        Value::Flag(_) | Value::Absent => None,
    }
}

fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.parse().ok(),
        Value::Flag(_) | Value::Absent => None,
    }
}

enum Key {
    Pc,
    At,
    Stats,
    FileFormat,
    Other,
}

struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Key, E> {
        Ok(match key {
            "pc" => Key::Pc,
            "at" => Key::At,
            "stats" => Key::Stats,
            "fileFormat" => Key::FileFormat,
            _ => Key::Other,
        })
    }
}
