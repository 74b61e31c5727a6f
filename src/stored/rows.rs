//! Intervals of the read API as the engine's own, so that the same views show them.

use callscope_core::{
    Atom, CandidateType, Interval, Kind, LayerName, Metric, Millis, Notes, Path, Scope, Tally,
    Timestamp, TrackId, Transport,
};
use js_sys::{Array, Float64Array};
use wasm_bindgen::prelude::*;

use super::json::Json;

#[wasm_bindgen(module = "/src/stored/rows.js")]
extern "C" {
    /// Packs intervals as [`unpack`] reads them, with the names that their atoms stand for.
    fn rows(intervals: &JsValue, metrics: &Array) -> Array;
}

/// What is before the figures of a row.
mod column {
    pub(super) const SCOPE: usize = 0;
    pub(super) const START: usize = 1;
    pub(super) const DURATION: usize = 2;
    pub(super) const TRACK: usize = 3;
    pub(super) const PC: usize = 4;
    pub(super) const KIND: usize = 5;
    pub(super) const CODEC: usize = 6;
    pub(super) const SCREEN: usize = 7;
    pub(super) const NOTES: usize = 8;
    pub(super) const SSRC: usize = 9;
    pub(super) const RID: usize = 10;
    pub(super) const INDEX: usize = 11;
    pub(super) const HAS_PATH: usize = 12;
    pub(super) const TRANSPORT: usize = 13;
    pub(super) const LOCAL: usize = 14;
    pub(super) const REMOTE: usize = 15;
    pub(super) const PARTS: usize = 16;
    pub(super) const FIGURES: usize = 17;
}

/// Intervals, and what their atoms stand for, by the atoms' numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Intervals {
    pub(crate) intervals: Vec<Interval>,
    pub(crate) names: Vec<String>,
}

impl Intervals {
    /// Reads `/v1/insights/rooms/{sid}/participants/{sid}/intervals`.
    pub(crate) fn read(json: &Json) -> Self {
        let metrics: Array = Metric::ALL
            .iter()
            .map(|metric| JsValue::from_str(metric.name()))
            .collect();
        let packed = rows(json.get("intervals").value(), &metrics);
        let numbers: Float64Array = packed.get(0).unchecked_into();
        let names: Array = packed.get(1).unchecked_into();
        Self {
            intervals: unpack(&numbers.to_vec()),
            names: names.iter().filter_map(|name| name.as_string()).collect(),
        }
    }
}

/// The intervals of packed rows; a row that is of nothing known ends them.
fn unpack(mut numbers: &[f64]) -> Vec<Interval> {
    let mut intervals = Vec::new();
    while let Some(interval) = one(&mut numbers) {
        intervals.push(interval);
    }
    intervals
}

/// The next row with its parts, which follow it.
fn one(numbers: &mut &[f64]) -> Option<Interval> {
    let length = column::FIGURES + Metric::ALL.len();
    let (row, rest) = numbers.split_at_checked(length)?;
    *numbers = rest;
    let number = |column: usize| row.get(column).copied().filter(|it| !it.is_nan());
    let scope = pick(
        &[
            Scope::Track,
            Scope::Layer,
            Scope::Connection,
            Scope::Received,
        ],
        number(column::SCOPE),
    )?;
    let start = Timestamp::new(number(column::START)?)?;
    let duration = Millis::new(number(column::DURATION)?)?;
    let atom = |column| number(column).and_then(Atom::unpack);
    let mut interval = Interval::told(scope, start, duration);
    interval.track = atom(column::TRACK).map(TrackId::Named);
    interval.pc = atom(column::PC);
    interval.kind = pick(&[Kind::Audio, Kind::Video], number(column::KIND));
    interval.codec = atom(column::CODEC);
    interval.screen_share = number(column::SCREEN) == Some(1.0);
    interval.notes = notes(whole(number(column::NOTES)).unwrap_or_default());
    interval.layer = (scope == Scope::Layer).then(|| LayerName {
        ssrc: whole(number(column::SSRC)),
        rid: atom(column::RID),
        encoding_index: whole(number(column::INDEX)),
    });
    interval.path = (number(column::HAS_PATH) == Some(1.0)).then(|| Path {
        transport: pick(
            &[Transport::Udp, Transport::Tcp, Transport::Tls],
            number(column::TRANSPORT),
        ),
        local: candidate(number(column::LOCAL)),
        remote: candidate(number(column::REMOTE)),
    });
    interval.tally = Tally::told(|metric| number(column::FIGURES + metric as usize));
    for _ in 0..whole(number(column::PARTS)).unwrap_or_default() {
        interval.parts.push(one(numbers)?);
    }
    Some(interval)
}

fn candidate(place: Option<f64>) -> Option<CandidateType> {
    pick(
        &[
            CandidateType::Host,
            CandidateType::ServerReflexive,
            CandidateType::PeerReflexive,
            CandidateType::Relay,
        ],
        place,
    )
}

const fn notes(bits: u32) -> Notes {
    Notes {
        open: bits & 1 != 0,
        baseline: bits & 2 != 0,
        counter_fell: bits & 4 != 0,
        cut_short: bits & 8 != 0,
        unreported: bits & 16 != 0,
        carried: bits & 32 != 0,
    }
}

fn pick<T: Copy>(words: &[T], place: Option<f64>) -> Option<T> {
    let place = usize::try_from(whole(place)?).ok()?;
    words.get(place).copied()
}

/// A whole number, as atoms are.
fn whole(number: Option<f64>) -> Option<u32> {
    number.and_then(Atom::unpack).map(Atom::number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(scope: f64, parts: f64, figures: &[(Metric, f64)]) -> Vec<f64> {
        let mut row = vec![f64::NAN; column::FIGURES + Metric::ALL.len()];
        for (column, value) in [
            (column::SCOPE, scope),
            (column::START, 1_795_354_640_000.0),
            (column::DURATION, 10_003.0),
            (column::TRACK, 0.0),
            (column::NOTES, 32.0),
            (column::PARTS, parts),
        ] {
            row[column] = value;
        }
        for (metric, value) in figures {
            row[column::FIGURES + *metric as usize] = *value;
        }
        row
    }

    #[test]
    fn parts_follow_their_whole() {
        let numbers = [
            row(0.0, 2.0, &[(Metric::Bitrate, 3.0)]),
            row(1.0, 0.0, &[(Metric::Bitrate, 1.0)]),
            row(1.0, 0.0, &[(Metric::Bitrate, 2.0)]),
            row(2.0, 0.0, &[]),
        ]
        .concat();
        let intervals = unpack(&numbers);
        let [track, connection] = intervals.as_slice() else {
            panic!("two intervals, not {intervals:?}");
        };
        assert_eq!(
            (track.scope, track.value(Metric::Bitrate)),
            (Scope::Track, Some(3.0))
        );
        assert!(track.notes.carried && !track.notes.open);
        let layers: Vec<_> = track
            .parts
            .iter()
            .map(|layer| (layer.scope, layer.value(Metric::Bitrate)))
            .collect();
        assert_eq!(
            layers,
            [(Scope::Layer, Some(1.0)), (Scope::Layer, Some(2.0))]
        );
        assert_eq!(connection.scope, Scope::Connection);
        assert_eq!(connection.value(Metric::Bitrate), None);
    }

    #[test]
    fn rows_that_are_cut_off_or_of_nothing_known_are_none() {
        let whole = row(0.0, 0.0, &[]);
        assert!(unpack(&whole[..20]).is_empty());
        assert!(unpack(&row(f64::NAN, 0.0, &[])).is_empty());
        assert!(unpack(&[whole, row(7.0, 0.0, &[])].concat()).len() == 1);
    }
}
