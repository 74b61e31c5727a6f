//! Lines, from chunks of whatever size.

/// The longest line that is read. The largest real reports are some hundred kilobytes.
pub(crate) const MAX_LINE: usize = 64 << 20;

/// Cuts a stream of bytes into lines. Its memory is bounded by the longest line, and that by [`MAX_LINE`].
#[derive(Debug)]
pub(crate) struct Lines {
    /// The beginning of a line whose end has not come yet.
    open: Vec<u8>,
    /// Lines begun so far.
    number: u64,
    too_long: bool,
    limit: usize,
}

/// A line, or what is known of one that is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    Whole(u64, &'a [u8]),
    TooLong(u64),
}

impl Lines {
    pub(crate) const fn new() -> Self {
        Self::with_limit(MAX_LINE)
    }

    const fn with_limit(limit: usize) -> Self {
        Self {
            open: Vec::new(),
            number: 1,
            too_long: false,
            limit,
        }
    }

    /// Takes the next bytes and gives out the lines that end in them, without their ends.
    pub(crate) fn feed(&mut self, mut bytes: &[u8], mut each: impl FnMut(Line<'_>)) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (head, rest) = (&bytes[..end], &bytes[end + 1..]);
            if self.open.is_empty() && !self.too_long && head.len() <= self.limit {
                each(Line::Whole(self.number, head));
            } else {
                self.keep(head);
                self.end(&mut each);
            }
            self.number += 1;
            bytes = rest;
        }
        self.keep(bytes);
    }

    /// The stream is over: gives out the last line, if it has no end of its own.
    pub(crate) fn finish(&mut self, mut each: impl FnMut(Line<'_>)) {
        if !self.open.is_empty() || self.too_long {
            self.end(&mut each);
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.too_long || self.open.len() + bytes.len() > self.limit {
            self.too_long = true;
            self.open = Vec::new();
        } else {
            self.open.extend_from_slice(bytes);
        }
    }

    fn end(&mut self, each: &mut impl FnMut(Line<'_>)) {
        if std::mem::take(&mut self.too_long) {
            each(Line::TooLong(self.number));
        } else {
            each(Line::Whole(self.number, &self.open));
        }
        self.open.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(chunks: &[&[u8]]) -> Vec<(u64, Option<Vec<u8>>)> {
        let mut found = Vec::new();
        let mut lines = Lines::with_limit(5);
        let mut take = |line: Line<'_>| {
            found.push(match line {
                Line::Whole(number, line) => (number, Some(line.to_vec())),
                Line::TooLong(number) => (number, None),
            });
        };
        for chunk in chunks {
            lines.feed(chunk, &mut take);
        }
        lines.finish(&mut take);
        found
    }

    #[test]
    fn chunks_do_not_matter() {
        let text = b"one\n\ntwo\nmuch too long\nthree";
        let whole = lines(&[text]);
        assert_eq!(whole[0], (1, Some(b"one".to_vec())));
        assert_eq!(whole[1], (2, Some(Vec::new())));
        assert_eq!(whole[3], (4, None));
        assert_eq!(whole[4], (5, Some(b"three".to_vec())));
        let single: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(lines(&single), whole);
    }
}
