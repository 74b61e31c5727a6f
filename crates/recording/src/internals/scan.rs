//! Finds the series of a dump without keeping it.

use std::borrow::Cow;

use super::index::{Connection, Series, is_read};

/// The longest key or short string that is looked at.
const MAX_TEXT: usize = 4 << 10;

/// What the scanner is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Between,
    /// A string, and whether the next byte is escaped.
    Text {
        key: bool,
        escaped: bool,
    },
    /// The values of a series: in a string, or as they are.
    Values {
        quoted: bool,
    },
}

/// Scans a dump, piece by piece.
#[derive(Debug)]
pub(crate) struct Scanner {
    offset: u64,
    state: State,
    /// For each open bracket, whether it is an object's and a key comes next.
    open: Vec<(bool, bool)>,
    /// The keys that lead here, one a level, as far as they matter.
    keys: [String; 5],
    text: Vec<u8>,
    begun: bool,
    complete: bool,
    broken: bool,
    connection: Option<Connection>,
    done: Vec<Connection>,
    any: bool,
    found: Found,
    counter: Counter,
}

/// What is known of the series that is being read.
#[derive(Debug, Default)]
struct Found {
    stats_type: String,
    first: Option<f64>,
    last: Option<f64>,
    values: Option<Series>,
}

/// Counts the values between commas.
#[derive(Debug, Default)]
struct Counter {
    start: u64,
    /// Brackets open within.
    depth: u32,
    /// How many of them are around all values: a string holds the array's own.
    level: u32,
    in_text: bool,
    escaped: bool,
    /// An escape of the string around, whose next byte is taken for what it stands for.
    outer: bool,
    commas: u64,
    any: bool,
}

impl Scanner {
    pub(crate) fn new() -> Self {
        Self {
            offset: 0,
            state: State::Between,
            open: Vec::new(),
            keys: Default::default(),
            text: Vec::new(),
            begun: false,
            complete: false,
            broken: false,
            connection: None,
            done: Vec::new(),
            any: false,
            found: Found::default(),
            counter: Counter::default(),
        }
    }

    /// How many bytes were scanned.
    pub(crate) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether the object came to its end.
    pub(crate) const fn is_complete(&self) -> bool {
        self.complete
    }

    /// Whether nothing that follows matters: the object is over, or this is none.
    pub(crate) const fn is_over(&self) -> bool {
        self.complete || self.broken
    }

    /// Whether there was a connection in it.
    pub(crate) const fn has_connections(&self) -> bool {
        self.any
    }

    /// The connections that are over since the last time.
    pub(crate) fn finished(&mut self) -> Vec<Connection> {
        std::mem::take(&mut self.done)
    }

    /// There is no more: what was found of the last connection stands.
    pub(crate) fn finish(&mut self) {
        self.done.extend(self.connection.take());
    }

    /// Scans the next bytes.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        let mut place = 0;
        while let Some(rest) = bytes.get(place..).filter(|rest| !rest.is_empty()) {
            if self.complete || self.broken {
                break;
            }
            let at = self.offset + to_u64(place);
            place += match self.state {
                State::Between => {
                    self.between(rest[0], at);
                    1
                }
                State::Text { key, escaped } => self.text(rest, key, escaped),
                State::Values { quoted } => self.values(rest, at, quoted),
            };
        }
        self.offset += to_u64(if self.broken { place } else { bytes.len() });
    }

    fn between(&mut self, byte: u8, at: u64) {
        match byte {
            b'{' | b'[' => {
                if byte == b'[' && self.is_values() {
                    self.begin_values(at + 1, false);
                    return;
                }
                self.begun = true;
                self.open.push((byte == b'{', byte == b'{'));
                if self.open.len() == 3 && self.key(0) == "PeerConnections" {
                    self.any = true;
                    self.connection = Some(Connection::named(self.key(1)));
                } else if self.open.len() == 5 {
                    self.found = Found::default();
                }
            }
            b'}' | b']' => {
                match self.open.len() {
                    5 => self.end_series(),
                    3 => self.done.extend(self.connection.take()),
                    _ => {}
                }
                self.broken = self.open.pop().is_none();
                self.complete = self.open.is_empty() && !self.broken;
            }
            b'"' => {
                let key = self.open.last() == Some(&(true, true));
                if !key && self.is_values() {
                    self.begin_values(at + 1, true);
                } else {
                    self.text.clear();
                    let escaped = false;
                    self.state = State::Text { key, escaped };
                }
            }
            b':' => self.expect_key(false),
            b',' => self.expect_key(true),
            byte if byte.is_ascii_whitespace() => {}
            // Nothing but an object is a dump.
            _ => self.broken = !self.begun,
        }
    }

    fn expect_key(&mut self, expected: bool) {
        if let Some((is_object, key)) = self.open.last_mut() {
            *key = *is_object && expected;
        }
    }

    /// A piece of a string; says how long.
    fn text(&mut self, rest: &[u8], key: bool, escaped: bool) -> usize {
        if escaped {
            self.keep(&rest[..1]);
            self.state = State::Text {
                key,
                escaped: false,
            };
            return 1;
        }
        let end = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
        self.keep(&rest[..end]);
        match rest.get(end) {
            Some(b'"') => {
                self.state = State::Between;
                self.end_text(key);
                end + 1
            }
            Some(_) => {
                self.keep(b"\\");
                self.state = State::Text { key, escaped: true };
                end + 1
            }
            None => end,
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.open.len() <= 5 && self.text.len() + bytes.len() <= MAX_TEXT {
            self.text.extend_from_slice(bytes);
        }
    }

    fn end_text(&mut self, key: bool) {
        let level = self.open.len();
        let text = unescape(&self.text);
        if key {
            if let Some(slot) = level
                .checked_sub(1)
                .and_then(|level| self.keys.get_mut(level))
            {
                slot.clear();
                slot.push_str(&text);
            }
        } else if level == 5 && self.in_series() {
            match self.key(4) {
                "statsType" => self.found.stats_type = text.into_owned(),
                "startTime" => self.found.first = epoch_ms(&text),
                "endTime" => self.found.last = epoch_ms(&text),
                _ => {}
            }
        }
    }

    /// A piece of the values of a series; says how long.
    fn values(&mut self, rest: &[u8], at: u64, quoted: bool) -> usize {
        for (place, &byte) in rest.iter().enumerate() {
            if self.counter.ends(byte, quoted) {
                self.end_values(at + to_u64(place), quoted);
                return place + 1;
            }
        }
        rest.len()
    }

    fn begin_values(&mut self, start: u64, quoted: bool) {
        self.counter = Counter {
            start,
            level: u32::from(quoted),
            ..Counter::default()
        };
        self.state = State::Values { quoted };
    }

    fn end_values(&mut self, end: u64, quoted: bool) {
        self.state = State::Between;
        let counter = &self.counter;
        self.found.values = Some(Series {
            start: counter.start,
            end,
            quoted,
            count: if counter.any { counter.commas + 1 } else { 0 },
            first: f64::NAN,
            last: f64::NAN,
        });
    }

    fn end_series(&mut self) {
        let found = std::mem::take(&mut self.found);
        if !self.in_series() {
            return;
        }
        let Some(values) = found.values else {
            return;
        };
        let series = Series {
            first: found.first.unwrap_or(f64::NAN),
            last: found.last.unwrap_or(f64::NAN),
            ..values
        };
        let name = std::mem::take(&mut self.keys[3]);
        if let Some(connection) = &mut self.connection {
            connection.add(&name, &found.stats_type, series);
        }
    }

    fn in_series(&self) -> bool {
        self.connection.is_some() && self.key(2) == "stats"
    }

    /// Whether what comes next are the values of a series that is read.
    fn is_values(&self) -> bool {
        self.open.len() == 5 && self.in_series() && self.key(4) == "values" && is_read(self.key(3))
    }

    fn key(&self, level: usize) -> &str {
        self.keys.get(level).map_or("", String::as_str)
    }
}

impl Counter {
    /// Takes a byte; says whether the values end with it.
    fn ends(&mut self, byte: u8, quoted: bool) -> bool {
        if quoted {
            if std::mem::take(&mut self.outer) {
                // \" and \\ stand for a quote and a backslash; no other escape matters to the count.
                self.count(byte);
                return false;
            }
            if byte == b'"' {
                return true;
            }
            if byte == b'\\' {
                self.outer = true;
                return false;
            }
        } else if byte == b']' && self.depth == 0 && !self.in_text {
            return true;
        }
        self.count(byte);
        false
    }

    fn count(&mut self, byte: u8) {
        if self.in_text {
            if std::mem::take(&mut self.escaped) {
                return;
            }
            match byte {
                b'\\' => self.escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => {
                self.in_text = true;
                self.any = true;
            }
            b'[' | b'{' => {
                self.any |= self.depth >= self.level;
                self.depth += 1;
            }
            b']' | b'}' => self.depth = self.depth.saturating_sub(1),
            b',' => self.commas += u64::from(self.depth <= self.level),
            byte if byte.is_ascii_whitespace() => {}
            _ => self.any = true,
        }
    }
}

/// A usize fits.
const fn to_u64(length: usize) -> u64 {
    length as u64
}

fn unescape(text: &[u8]) -> Cow<'_, str> {
    let plain = String::from_utf8_lossy(text);
    if !plain.contains('\\') {
        return plain;
    }
    serde_json::from_str::<String>(&format!("\"{plain}\"")).map_or(plain, Cow::Owned)
}

/// The time that JavaScript writes as `2026-11-22T16:15:20.138Z`.
fn epoch_ms(text: &str) -> Option<f64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut date = date.splitn(3, '-').map(str::parse::<i32>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let mut time = time.splitn(3, ':').map(str::parse::<f64>);
    let (hours, minutes, seconds) = (time.next()?.ok()?, time.next()?.ok()?, time.next()?.ok()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(1970..=9999).contains(&year) {
        return None;
    }
    // Days since the epoch, counting years from March so that the leap day is the last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leaps = year / 4 - year / 100 + year / 400;
    let days = year * 365 + leaps + (month * 153 + 2) / 5 + day - 1 - 719_468;
    let ms = ((f64::from(days) * 24.0 + hours) * 60.0 + minutes) * 60.0 + seconds;
    Some((ms * 1000.0).round())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DUMP: &str = r#"{"UserAgent":"x","PeerConnections":{"8-\u0031":{"url":"{\"a\":[","stats":{
        "OT-1-bytesSent":{"startTime":"2026-11-22T16:15:20.138Z","endTime":"2026-11-22T16:15:22.000Z",
            "statsType":"outbound-rtp","values":"[1,2,3]"},
        "OT-1-mid":{"statsType":"outbound-rtp","values":"[\"a,\\\"]\",\"b\"]"},
        "OT-1-qualityLimitationDurations":{"values":[{"a":1,"b":[2,3]},{}],"statsType":"outbound-rtp"},
        "OT-1-rid":{"statsType":"outbound-rtp","values":"[]"},
        "OT-1-other":{"statsType":"outbound-rtp","values":"[9]"}},"updateLog":[{"values":"[1]"}]}}}"#;

    fn scan(chunk: usize) -> Vec<Connection> {
        let mut scanner = Scanner::new();
        for piece in DUMP.as_bytes().chunks(chunk) {
            scanner.feed(piece);
        }
        assert!(scanner.is_complete());
        scanner.finished()
    }

    #[test]
    fn series_are_found_with_their_places_and_counts_whatever_the_chunks() {
        for chunk in [1, 7, 4096] {
            let [connection] = &scan(chunk)[..] else {
                panic!("one connection")
            };
            assert_eq!(connection.name, "8-1");
            let entry = &connection.entries[0];
            let found: Vec<(&str, u64)> = entry
                .members
                .iter()
                .map(|(_, series)| {
                    let range = usize::try_from(series.start).unwrap()
                        ..usize::try_from(series.end).unwrap();
                    (&DUMP[range], series.count)
                })
                .collect();
            assert_eq!(
                found,
                [
                    ("[1,2,3]", 3),
                    (r#"[\"a,\\\"]\",\"b\"]"#, 2),
                    (r#"{"a":1,"b":[2,3]},{}"#, 2),
                    ("[]", 0)
                ],
                "{chunk}"
            );
            assert_eq!(entry.members[0].1.first, 1_795_364_120_138.0);
        }
    }

    #[test]
    fn what_is_cut_off_gives_what_was_whole() {
        let mut scanner = Scanner::new();
        scanner.feed(&DUMP.as_bytes()[..400]);
        scanner.finish();
        assert!(!scanner.is_complete() && scanner.has_connections());
        assert_eq!(scanner.finished()[0].entries[0].members.len(), 2);
    }

    #[test]
    fn dates_are_read() {
        assert_eq!(epoch_ms("1970-01-01T00:00:00.000Z"), Some(0.0));
        assert_eq!(
            epoch_ms("2024-02-29T12:00:00.500Z"),
            Some(1_709_208_000_500.0)
        );
        assert_eq!(epoch_ms("2024-13-01T00:00:00Z"), None);
        assert_eq!(epoch_ms("yesterday"), None);
    }
}
