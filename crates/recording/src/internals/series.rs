//! The values of one series, one after the other, through a small window on the file.

use std::io::{self, Read, Seek, SeekFrom};

use super::index::Series;

/// The longest value. The longest real ones are records of some hundred bytes.
const MAX_VALUE: usize = 64 << 10;

/// Walks along a series.
#[derive(Debug)]
pub(crate) struct Cursor {
    /// What of it has not been read.
    next: u64,
    end: u64,
    quoted: bool,
    window: usize,
    /// Values that have been read and not been given, without the escapes of the string around them.
    ready: Vec<u8>,
    at: usize,
    /// Whether a value was given: the bracket that opens them stands before the first.
    begun: bool,
    /// An escape whose end has not been read.
    raw: Vec<u8>,
    broken: bool,
}

impl Cursor {
    /// At the start of that series, reading so many bytes at a time.
    pub(crate) fn new(series: &Series, window: usize) -> Self {
        Self {
            next: series.start,
            end: series.end,
            quoted: series.quoted,
            window,
            ready: Vec::new(),
            at: 0,
            begun: false,
            raw: Vec::new(),
            broken: false,
        }
    }

    /// Whether it went wrong: what was left of it could not be read.
    pub(crate) const fn is_broken(&self) -> bool {
        self.broken
    }

    /// The next value, as JSON; `None` at the end.
    pub(crate) fn next<R: Read + Seek>(&mut self, input: &mut R) -> io::Result<Option<&[u8]>> {
        loop {
            if let Some((start, end)) = self.value() {
                self.at = end + 1;
                self.begun = true;
                return Ok(self.ready.get(start..end));
            }
            if !self.fill(input)? {
                return Ok(None);
            }
        }
    }

    /// The next value that is whole in the window.
    fn value(&self) -> Option<(usize, usize)> {
        let (mut depth, mut in_text, mut escaped) = (0_u32, false, false);
        let mut start = self.after_space(self.at)?;
        if self.quoted && !self.begun && self.ready.get(start) == Some(&b'[') {
            start = self.after_space(start + 1)?;
        }
        for (place, &byte) in self.ready.iter().enumerate().skip(start) {
            if in_text {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' => escaped = true,
                    b'"' => in_text = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => in_text = true,
                b'[' | b'{' => depth += 1,
                b'}' | b']' if depth > 0 => depth -= 1,
                b',' | b']' if depth == 0 => return Some((start, place)).filter(|_| place > start),
                _ => {}
            }
        }
        // The last of a series that stands by itself has nothing behind it.
        let last = self.next >= self.end && !self.quoted && self.ready.len() > start;
        last.then_some((start, self.ready.len()))
    }

    fn after_space(&self, from: usize) -> Option<usize> {
        let rest = self.ready.get(from..)?;
        let space = rest.iter().take_while(|byte| byte.is_ascii_whitespace());
        Some(from + space.count())
    }

    fn fill<R: Read + Seek>(&mut self, input: &mut R) -> io::Result<bool> {
        let left = usize::try_from(self.end.saturating_sub(self.next)).unwrap_or(usize::MAX);
        if left == 0 || self.broken {
            return Ok(false);
        }
        self.ready.drain(..self.at.min(self.ready.len()));
        self.at = 0;
        if self.ready.len() > MAX_VALUE {
            self.broken = true;
            return Ok(false);
        }
        let length = left.min(self.window);
        input.seek(SeekFrom::Start(self.next))?;
        let kept = self.raw.len();
        self.raw.resize(kept + length, 0);
        input.read_exact(self.raw.get_mut(kept..).unwrap_or_default())?;
        self.next += u64::try_from(length).unwrap_or(u64::MAX);
        if self.quoted {
            self.unescape();
        } else {
            self.ready.append(&mut self.raw);
        }
        Ok(true)
    }

    /// Moves what was read to what is ready, each escape made what it stands for.
    fn unescape(&mut self) {
        let mut rest = self.raw.as_slice();
        while let Some(plain) = memchr::memchr(b'\\', rest) {
            self.ready.extend_from_slice(&rest[..plain]);
            rest = &rest[plain..];
            let (length, byte) = match rest.get(1) {
                None => break,
                Some(b'u') if rest.len() < 6 => break,
                // Of the escapes by number only those of one byte matter here: the others stand within text.
                Some(b'u') => (6, hex(&rest[2..6]).unwrap_or(b'?')),
                Some(b'n' | b't' | b'r' | b'b' | b'f') => (2, b' '),
                Some(&byte) => (2, byte),
            };
            self.ready.push(byte);
            rest = &rest[length..];
        }
        let kept = if rest.first() == Some(&b'\\') {
            rest.len()
        } else {
            self.ready.extend_from_slice(rest);
            0
        };
        self.raw.drain(..self.raw.len() - kept);
    }
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok()?;
    let byte = u8::try_from(u32::from_str_radix(digits, 16).ok()?).ok()?;
    byte.is_ascii_graphic().then_some(byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor as Bytes;

    fn values(text: &str, quoted: bool, window: usize) -> Vec<String> {
        let series = Series {
            start: 3,
            end: 3 + text.len() as u64,
            quoted,
            count: 0,
            first: 0.0,
            last: 0.0,
        };
        let mut input = Bytes::new(format!("???{text}???").into_bytes());
        let mut cursor = Cursor::new(&series, window);
        let mut found = Vec::new();
        while let Some(value) = cursor.next(&mut input).unwrap() {
            found.push(String::from_utf8(value.to_vec()).unwrap());
        }
        found
    }

    #[test]
    fn values_come_one_by_one_whatever_the_window() {
        for window in [1, 2, 3, 7, 1000] {
            assert_eq!(values("[1,2.5,true]", true, window), ["1", "2.5", "true"]);
            assert_eq!(
                values(r#"[\"a,b\",\"\\\"]\",null]"#, true, window),
                ["\"a,b\"", "\"\\\"]\"", "null"],
                "{window}"
            );
            assert_eq!(
                values(r#"[{\"a\":1,\"b\":[2]},[3],{}]"#, true, window),
                [r#"{"a":1,"b":[2]}"#, "[3]", "{}"]
            );
            assert_eq!(values(r#"1, "x,]" ,{"a":2}"#, false, window).len(), 3);
            assert_eq!(values("[]", true, window).len(), 0);
            assert_eq!(values("", false, window).len(), 0);
            assert_eq!(values(r"[\u0022a\u0022]", true, window), ["\"a\""]);
        }
    }

    #[test]
    fn a_value_without_end_ends_the_series() {
        let text = format!("[\"{}", "x".repeat(3 * MAX_VALUE));
        assert_eq!(values(&text, false, 1000).len(), 0);
    }
}
