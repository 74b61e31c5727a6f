//! Session descriptions for simulcast between two browsers.
//!
//! No browser receives simulcast: its m-line with three layers is made for a media server. The far side of the demo call
//! is therefore told of one m-line for each layer. That works because the mid of a packet is read from a header extension:
//! where the far side is told that the number of the sender's layer extension (rid) means *mid*, every layer finds its own
//! m-line.

/// Names of the simulcast layers (rids), from the smallest picture to the full one.
pub(super) const LAYERS: [&str; 3] = ["q", "h", "f"];

const MID_EXTENSION: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
const RID_EXTENSION: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
const REPAIRED_RID_EXTENSION: &str = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";

/// The sender's simulcast offer as the far side must see it: an m-line, with its name as mid, for each of [`LAYERS`].
///
/// `None` if the offer has no simulcast m-line with the header extension for rids: the browser has no simulcast.
#[must_use]
pub(super) fn split_simulcast(offer: &str) -> Option<String> {
    let (head, media) = sections(offer);
    let simulcast = media
        .iter()
        .copied()
        .find(|section| sends_simulcast(section))?;
    let mid = attribute(simulcast, "mid:")?;
    let rid_extension = extension_number(simulcast, RID_EXTENSION)?;

    let mut split = with_bundle(head, |group| group.replace_one(mid, &LAYERS));
    for section in media {
        if section == simulcast {
            LAYERS
                .iter()
                .for_each(|layer| push_layer(&mut split, section, layer, rid_extension));
        } else {
            push_other(&mut split, section);
        }
    }
    Some(split)
}

/// The far side's answer to [`split_simulcast`] as the sender of `offer` expects it: one m-line that takes all of [`LAYERS`].
///
/// `None` if `offer` has no simulcast m-line, or the answer lacks its layers.
#[must_use]
pub(super) fn join_simulcast(answer: &str, offer: &str) -> Option<String> {
    let (_, offered) = sections(offer);
    let simulcast = offered
        .into_iter()
        .find(|section| sends_simulcast(section))?;
    let mid = attribute(simulcast, "mid:")?;

    let (head, media) = sections(answer);
    let mut joined = with_bundle(head, |group| group.replace_all(&LAYERS, mid));
    let mut found = 0;
    for section in media {
        match attribute(section, "mid:")
            .and_then(|mid| LAYERS.iter().position(|layer| *layer == mid))
        {
            None => joined.push_str(section),
            Some(0) => {
                push_joined(&mut joined, section, simulcast, mid);
                found += 1;
            }
            Some(_) => found += 1,
        }
    }
    (found == LAYERS.len()).then_some(joined)
}

/// The description without the candidates that a browser writes into it once it has found some.
///
/// Candidates are passed one by one instead, so that there is one place where they can be sent through a relay.
#[must_use]
pub(super) fn without_candidates(sdp: &str) -> String {
    sdp.split_inclusive('\n')
        .filter(|line| {
            !line.starts_with("a=candidate:") && !line.starts_with("a=end-of-candidates")
        })
        .collect()
}

// One layer's m-line: the offered one, less what names streams, with the layer as mid.
fn push_layer(out: &mut String, section: &str, layer: &str, rid_extension: &str) {
    const NAMES_STREAMS: [&str; 5] = [
        "a=rid:",
        "a=simulcast:",
        "a=ssrc:",
        "a=ssrc-group:",
        "a=msid:",
    ];
    for line in section.split_inclusive('\n') {
        if line.starts_with("a=mid:") {
            out.push_str(&format!(
                "a=mid:{layer}\r\na=extmap:{rid_extension} {MID_EXTENSION}\r\n"
            ));
        } else if !is_stream_extension(line)
            && !NAMES_STREAMS.iter().any(|name| line.starts_with(name))
        {
            out.push_str(line);
        }
    }
}

// Another m-line. A bundle has one table of extensions: what the layers say of the mid and of the rid's number must not be
// contradicted. Without its mid, a stream is found by the ssrc that its m-line names.
fn push_other(out: &mut String, section: &str) {
    let lines = section.split_inclusive('\n');
    lines
        .filter(|line| !is_stream_extension(line))
        .for_each(|line| out.push_str(line));
}

// The m-line of the first layer stands for all: they are answered alike.
fn push_joined(out: &mut String, section: &str, simulcast: &str, mid: &str) {
    for line in section.split_inclusive('\n') {
        if line.starts_with("a=mid:") {
            out.push_str(&format!("a=mid:{mid}\r\n"));
        } else if is_stream_extension(line) {
            simulcast
                .split_inclusive('\n')
                .filter(|line| is_stream_extension(line))
                .for_each(|line| out.push_str(line));
        } else {
            out.push_str(line);
        }
    }
    for layer in LAYERS {
        out.push_str(&format!("a=rid:{layer} recv\r\n"));
    }
    out.push_str(&format!("a=simulcast:recv {}\r\n", LAYERS.join(";")));
}

// What comes before the first m-line, and each m-line with its attributes.
fn sections(sdp: &str) -> (&str, Vec<&str>) {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in sdp.split_inclusive('\n') {
        if line.starts_with("m=") {
            starts.push(at);
        }
        at += line.len();
    }
    let (mut head, mut media) = (sdp, Vec::new());
    for start in starts.into_iter().rev() {
        if let Some((before, section)) = head.split_at_checked(start) {
            media.push(section);
            head = before;
        }
    }
    media.reverse();
    (head, media)
}

fn attribute<'a>(section: &'a str, name: &str) -> Option<&'a str> {
    section
        .lines()
        .find_map(|line| line.strip_prefix("a=")?.strip_prefix(name))
}

fn sends_simulcast(section: &str) -> bool {
    attribute(section, "simulcast:").is_some_and(|value| value.starts_with("send "))
}

// `a=extmap:10 urn:…` or, with a direction, `a=extmap:10/sendonly urn:…`
fn extension(line: &str) -> Option<(&str, &str)> {
    let (number, uri) = line.trim_end().strip_prefix("a=extmap:")?.split_once(' ')?;
    Some((number.split('/').next()?, uri.split(' ').next()?))
}

fn extension_number<'a>(section: &'a str, uri: &str) -> Option<&'a str> {
    section
        .lines()
        .filter_map(extension)
        .find(|(_, of)| *of == uri)
        .map(|(number, _)| number)
}

fn is_stream_extension(line: &str) -> bool {
    extension(line).is_some_and(|(_, uri)| {
        [MID_EXTENSION, RID_EXTENSION, REPAIRED_RID_EXTENSION].contains(&uri)
    })
}

// The mids that share one transport.
struct Bundle<'a>(Vec<&'a str>);

impl<'a> Bundle<'a> {
    fn replace_one(self, mid: &str, by: &[&'a str]) -> Self {
        Self(
            self.0
                .into_iter()
                .flat_map(|member| {
                    if member == mid {
                        by.to_vec()
                    } else {
                        vec![member]
                    }
                })
                .collect(),
        )
    }

    fn replace_all(self, mids: &[&str], by: &'a str) -> Self {
        let mut members = Vec::with_capacity(self.0.len());
        for member in self.0 {
            let member = if mids.contains(&member) { by } else { member };
            if !members.contains(&member) {
                members.push(member);
            }
        }
        Self(members)
    }
}

fn with_bundle<'a>(head: &'a str, change: impl Fn(Bundle<'a>) -> Bundle<'a>) -> String {
    const GROUP: &str = "a=group:BUNDLE ";
    head.split_inclusive('\n')
        .map(|line| match line.trim_end().strip_prefix(GROUP) {
            Some(mids) => format!(
                "{GROUP}{}\r\n",
                change(Bundle(mids.split(' ').collect())).0.join(" ")
            ),
            None => line.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {

    use super::*;

    // Audio, a simulcast camera, and a screen added later. Chromium 156; credentials replaced.
    const OFFER: &str = include_str!("testdata/chromium156-simulcast-offer.sdp");
    // What Chromium answered to `split_simulcast(OFFER)`.
    const ANSWER: &str = include_str!("testdata/chromium156-split-answer.sdp");

    fn mids(sdp: &str) -> Vec<&str> {
        sections(sdp)
            .1
            .into_iter()
            .map(|section| attribute(section, "mid:").unwrap())
            .collect()
    }

    fn bundle(sdp: &str) -> Vec<&str> {
        attribute(sections(sdp).0, "group:BUNDLE ")
            .unwrap()
            .split(' ')
            .collect()
    }

    #[test]
    fn sections_put_together_are_the_description() {
        let (head, media) = sections(OFFER);
        assert_eq!(media.len(), 3);
        assert_eq!(format!("{head}{}", media.concat()), OFFER);
    }

    #[test]
    fn the_far_side_sees_an_m_line_for_each_layer_in_its_place() {
        let split = split_simulcast(OFFER).unwrap();
        assert_eq!(mids(OFFER), ["0", "1", "2"]);
        assert_eq!(mids(&split), ["0", "q", "h", "f", "2"]);
        assert_eq!(bundle(&split), ["0", "q", "h", "f", "2"]);
    }

    #[test]
    fn a_layer_is_found_by_the_extension_that_carries_the_rid() {
        let rid = extension_number(sections(OFFER).1[1], RID_EXTENSION).unwrap();
        let split = split_simulcast(OFFER).unwrap();
        for section in &sections(&split).1[1..4] {
            assert_eq!(extension_number(section, MID_EXTENSION), Some(rid));
            assert_eq!(extension_number(section, RID_EXTENSION), None);
            assert_eq!(extension_number(section, REPAIRED_RID_EXTENSION), None);
            for name in ["rid:", "simulcast:", "ssrc:", "msid:"] {
                assert_eq!(attribute(section, name), None, "{name} names a stream");
            }
        }
    }

    #[test]
    fn other_m_lines_lose_no_more_than_the_extensions_that_name_streams() {
        let split = split_simulcast(OFFER).unwrap();
        for (before, after) in [(0, 0), (2, 4)] {
            let kept: String = sections(OFFER).1[before]
                .split_inclusive('\n')
                .filter(|line| !line.contains("urn:ietf:params:rtp-hdrext:sdes:"))
                .collect();
            assert_eq!(sections(&split).1[after], kept);
            assert!(kept.contains("a=ssrc:"), "its stream is found by the ssrc");
        }
        let joined = join_simulcast(ANSWER, OFFER).unwrap();
        assert_eq!(sections(&joined).1[0], sections(ANSWER).1[0]);
        assert_eq!(sections(&joined).1[2], sections(ANSWER).1[4]);
    }

    // Chromium refuses the offer if a number has two meanings, and loses every layer if an extension has two numbers.
    #[test]
    fn extensions_and_numbers_are_the_same_in_the_whole_bundle() {
        let split = split_simulcast(OFFER).unwrap();
        let mut uris = std::collections::BTreeMap::new();
        let mut numbers = std::collections::BTreeMap::new();
        for (number, uri) in split.lines().filter_map(extension) {
            assert_eq!(*uris.entry(number).or_insert(uri), uri, "number {number}");
            assert_eq!(*numbers.entry(uri).or_insert(number), number, "{uri}");
        }
        assert!(numbers.contains_key(MID_EXTENSION));
    }

    #[test]
    fn the_sender_sees_one_m_line_that_takes_every_layer() {
        assert_eq!(
            mids(ANSWER),
            ["0", "q", "h", "f", "2"],
            "the recorded answer is one to the split offer"
        );
        let joined = join_simulcast(ANSWER, OFFER).unwrap();
        assert_eq!(mids(&joined), mids(OFFER));
        assert_eq!(bundle(&joined), bundle(OFFER));
        let camera = sections(&joined).1[1];
        assert_eq!(attribute(camera, "simulcast:"), Some("recv q;h;f"));
        assert_eq!(camera.matches("a=rid:").count(), LAYERS.len());
        for uri in [MID_EXTENSION, RID_EXTENSION, REPAIRED_RID_EXTENSION] {
            assert_eq!(
                extension_number(camera, uri),
                extension_number(sections(OFFER).1[1], uri),
                "{uri}"
            );
        }
        assert!(camera.lines().any(|line| line == "a=recvonly"));
    }

    #[test]
    fn every_line_still_ends_as_the_format_demands() {
        for sdp in [
            split_simulcast(OFFER).unwrap(),
            join_simulcast(ANSWER, OFFER).unwrap(),
        ] {
            assert!(sdp.ends_with("\r\n"));
            assert_eq!(sdp.matches('\n').count(), sdp.matches("\r\n").count());
            assert!(!sdp.contains("\r\n\r\n"));
        }
    }

    #[test]
    fn descriptions_without_simulcast_are_not_guessed_at() {
        assert_eq!(split_simulcast(ANSWER), None);
        assert_eq!(split_simulcast(""), None);
        assert_eq!(join_simulcast(ANSWER, ANSWER), None);
        assert_eq!(
            join_simulcast(OFFER, OFFER),
            None,
            "an answer without the layers"
        );
        let without_rids = OFFER.replace(RID_EXTENSION, "urn:example:other");
        assert_eq!(split_simulcast(&without_rids), None);
    }

    #[test]
    fn an_extension_may_name_a_direction() {
        assert_eq!(
            extension("a=extmap:10/sendonly urn:a b\r\n"),
            Some(("10", "urn:a"))
        );
        assert_eq!(extension("a=extmap:10 urn:a"), Some(("10", "urn:a")));
        assert_eq!(extension("a=mid:0"), None);
    }

    #[test]
    fn candidates_are_taken_out_and_nothing_else() {
        let candidates =
            "a=candidate:1 1 udp 2122260223 a.local 5000 typ host\r\na=end-of-candidates\r\n";
        let with = OFFER.replace("a=mid:0\r\n", &format!("{candidates}a=mid:0\r\n"));
        assert_ne!(with, OFFER);
        assert_eq!(without_candidates(&with), OFFER);
    }
}
