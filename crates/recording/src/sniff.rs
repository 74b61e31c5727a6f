//! Which format it is, by what is in it.

/// How a recording is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON lines: reports of `{"pc", "at", "stats"}`, or the events of an rtcstats dump.
    Lines,
    /// One JSON object: Chrome's `webrtc_internals_dump`.
    Internals,
    /// What the app saved of a stored call. It holds what was measured, and no reports.
    Export,
}

/// Whether it is gzip: unpack it first.
#[must_use]
pub fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&[0x1f, 0x8b])
}

/// Undecided after so many bytes, it is taken to be lines.
const ENOUGH: usize = 1 << 20;

/// The format of what starts so; `None` if that takes more of it. What is none of the formats counts as lines: they are
/// looked at one by one.
#[must_use]
pub fn sniff(head: &[u8]) -> Option<Format> {
    let start = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    match start.first() {
        None => undecided(head),
        Some(b'{') => of_object(start).or_else(|| undecided(head)),
        Some(_) => Some(Format::Lines),
    }
}

fn undecided(head: &[u8]) -> Option<Format> {
    (head.len() > ENOUGH).then_some(Format::Lines)
}

/// Looks for a key on the first level that tells; a first line that is over without one is a line of its own.
fn of_object(bytes: &[u8]) -> Option<Format> {
    let (mut depth, mut place, mut key) = (0_u32, 0, None);
    let mut alone = true;
    while let Some(&byte) = bytes.get(place) {
        match byte {
            b'"' => {
                let start = place + 1;
                let mut end = start;
                loop {
                    match *bytes.get(end)? {
                        b'"' => break,
                        b'\\' => end += 2,
                        b'\n' => return Some(Format::Lines),
                        _ => end += 1,
                    }
                }
                key = bytes.get(start..end);
                place = end;
            }
            b':' if depth == 1 => match key {
                Some(b"PeerConnections" | b"getUserMedia" | b"UserAgent" | b"UserAgentData") => {
                    return Some(Format::Internals);
                }
                Some(b"callscope_export") => return Some(Format::Export),
                Some(b"pc" | b"at" | b"stats") => return Some(Format::Lines),
                _ => {}
            },
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(Format::Lines);
                }
            }
            b'\n' if !alone => return Some(Format::Lines),
            // A brace alone on its line: one object, written over many lines.
            b'\n' => return Some(Format::Internals),
            _ => {}
        }
        alone = alone && (byte == b'{' || byte.is_ascii_whitespace());
        place += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_apart_by_their_first_keys() {
        for (head, format) in [
            (&b"{\"pc\":\"a\","[..], Some(Format::Lines)),
            (b"\xef\xbb\xbf {\"stats\":[", Some(Format::Lines)),
            (b"RTCStatsDump\n", Some(Format::Lines)),
            (b"[\"create\"", Some(Format::Lines)),
            (b"{\"fileFormat\":2}\n[", Some(Format::Lines)),
            (b"{\"path\":\"\\\"pc\\\"\",", None),
            (
                b"{\"timestamp\":\"1\",\"getUserMedia\":[",
                Some(Format::Internals),
            ),
            (b"{\n  \"getUserMedia\"", Some(Format::Internals)),
            (
                b"{\"x\":{\"pc\":1},\"PeerConnections\":{",
                Some(Format::Internals),
            ),
            (
                b"{\"callscope_export\":1,\"kind\":\"room\"",
                Some(Format::Export),
            ),
            (b"{\"broken\n{\"pc\"", Some(Format::Lines)),
            (b"", None),
            (b"\x89PNG", Some(Format::Lines)),
        ] {
            assert_eq!(sniff(head), format, "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn what_does_not_decide_itself_ends_as_lines() {
        assert_eq!(sniff(&vec![b' '; ENOUGH + 1]), Some(Format::Lines));
    }
}
