//! Numbers that are no JSON: `NaN`, `Infinity` and `-Infinity`, as Python writes them.

/// The line with those tokens made `null`; `None` if there are none, outside strings.
pub(crate) fn without_bare_tokens(line: &[u8]) -> Option<Vec<u8>> {
    let mut clean = Vec::new();
    let (mut copied, mut place, mut in_string) = (0, 0, false);
    while let Some(&byte) = line.get(place) {
        match byte {
            b'\\' if in_string => place += 1,
            b'"' => in_string = !in_string,
            b'N' | b'I' | b'-' if !in_string => {
                let rest = &line[place..];
                let token = [&b"NaN"[..], b"Infinity", b"-Infinity"]
                    .into_iter()
                    .find(|token| rest.starts_with(token));
                if let Some(token) = token {
                    clean.extend_from_slice(&line[copied..place]);
                    clean.extend_from_slice(b"null");
                    place += token.len();
                    copied = place;
                    continue;
                }
            }
            _ => {}
        }
        place += 1;
    }
    if copied == 0 {
        return None;
    }
    clean.extend_from_slice(&line[copied..]);
    Some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_outside_strings_become_null() {
        for (line, clean) in [
            (r#"{"a":NaN}"#, Some(r#"{"a":null}"#)),
            (
                r#"[-Infinity,Infinity,-1,"NaN"]"#,
                Some(r#"[null,null,-1,"NaN"]"#),
            ),
            (r#"{"a":"Infinity \" NaN"}"#, None),
            ("", None),
            ("\"\\", None),
        ] {
            let found = without_bare_tokens(line.as_bytes());
            assert_eq!(found.as_deref(), clean.map(str::as_bytes), "{line}");
        }
    }
}
