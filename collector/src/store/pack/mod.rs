//! Intervals in few bytes: a tenth of their JSON.
//!
//! A table of the strings, then row after row. A figure is a whole number of its last decimal; which figures a row has is a mask,
//! written where it is new. A start is told by how much later it is than the one before. Numbers are as long as they need to be.
//!
//! What is written is read by every later version: nothing here changes its meaning, metrics are only added at the end of
//! [`ORDER`], and a new form gets a new first byte.

mod packer;
mod reader;

use callscope_core::Metric;
use callscope_core::wire::{Interval, decimals};

use packer::Packer;
use reader::Reader;

/// The first byte.
const FORM: u8 = 1;

/// The bit of each metric in the mask of a row.
const ORDER: [Metric; 28] = [
    Metric::Bitrate,
    Metric::TargetBitrate,
    Metric::PacketsSent,
    Metric::PacketsReceived,
    Metric::PacketsLost,
    Metric::PacketLoss,
    Metric::RoundTripTime,
    Metric::IceRoundTripTime,
    Metric::AvailableOutgoingBitrate,
    Metric::Jitter,
    Metric::JitterBuffer,
    Metric::FramesPerSecond,
    Metric::FrameWidth,
    Metric::FrameHeight,
    Metric::FramesDropped,
    Metric::FreezeCount,
    Metric::FreezeTime,
    Metric::EncodeTime,
    Metric::LimitedNone,
    Metric::LimitedBandwidth,
    Metric::LimitedCpu,
    Metric::LimitedOther,
    Metric::RetransmittedPackets,
    Metric::NackCount,
    Metric::PliCount,
    Metric::FirCount,
    Metric::AudioLevel,
    Metric::Concealed,
];

const TRACK: u8 = 0;
const CONNECTION: u8 = 1;

/// What is stored is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damaged;

/// Packs intervals; none is nothing.
pub(super) fn pack(intervals: &[Interval]) -> Vec<u8> {
    if intervals.is_empty() {
        return Vec::new();
    }
    let mut rows = Packer::default();
    rows.length(intervals.len());
    for interval in intervals {
        match interval {
            Interval::Track(track) => rows.track(track),
            Interval::Connection(connection) => rows.connection(connection),
        }
    }
    let mut whole = Packer::default();
    whole.bytes.reserve(rows.bytes.len() + 256);
    whole.bytes.push(FORM);
    whole.length(rows.texts.len());
    for text in rows.texts {
        whole.length(text.len());
        whole.bytes.extend_from_slice(text.as_bytes());
    }
    whole.bytes.extend_from_slice(&rows.bytes);
    whole.bytes
}

/// Unpacks intervals.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<Interval>, Damaged> {
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let mut reader = Reader {
        rest: bytes,
        texts: Vec::new(),
        masks: Vec::new(),
        start: 0,
    };
    if reader.byte()? != FORM {
        return Err(Damaged);
    }
    reader.texts = reader.list(|reader| {
        let length = reader.length()?;
        let text = reader.take(length)?;
        std::str::from_utf8(text).map_err(|_error| Damaged)
    })?;
    let intervals = reader.list(|reader| match reader.byte()? {
        TRACK => Ok(Interval::Track(Box::new(reader.track()?))),
        CONNECTION => Ok(Interval::Connection(Box::new(reader.connection()?))),
        _ => Err(Damaged),
    })?;
    if reader.rest.is_empty() {
        Ok(intervals)
    } else {
        Err(Damaged)
    }
}

fn scale(metric: Metric) -> f64 {
    [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6]
        .get(usize::from(decimals(metric.unit())))
        .copied()
        .unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path as FilePath};

    /// The intervals of every recording.
    fn recorded() -> Vec<Vec<Interval>> {
        let folder = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/golden");
        let mut files: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|it| it.unwrap().path())
            .collect();
        files.retain(|path| path.extension().is_some_and(|it| it == "json"));
        files.sort();
        let intervals = files.iter().map(|path| {
            let text = fs::read_to_string(path).unwrap();
            let mut whole: serde_json::Value = serde_json::from_str(&text).unwrap();
            serde_json::from_value(whole["intervals"].take()).unwrap()
        });
        intervals.collect()
    }

    #[test]
    fn every_metric_has_its_bit() {
        for metric in Metric::ALL {
            assert_eq!(
                ORDER.iter().filter(|it| *it == metric).count(),
                1,
                "{metric:?}"
            );
        }
    }

    #[test]
    fn recordings_come_out_as_they_went_in_and_are_a_fifth() {
        for intervals in recorded() {
            let packed = pack(&intervals);
            let json = serde_json::to_string(&intervals).unwrap();
            assert_eq!(unpack(&packed).unwrap(), intervals);
            assert_eq!(
                serde_json::to_string(&unpack(&packed).unwrap()).unwrap(),
                json
            );
            assert!(
                packed.len() * 5 < json.len().max(20),
                "{} of {}",
                packed.len(),
                json.len()
            );
        }
    }

    #[test]
    fn what_is_cut_off_or_changed_is_damaged_or_something_else_and_never_a_panic() {
        let intervals = recorded().swap_remove(1);
        let packed = pack(&intervals[..6]);
        for length in 1..packed.len() {
            assert_eq!(unpack(&packed[..length]), Err(Damaged), "{length}");
        }
        for place in 0..packed.len() {
            for flip in [1, 0x80, 0xff] {
                let mut changed = packed.clone();
                changed[place] ^= flip;
                drop(unpack(&changed));
            }
        }
        assert_eq!(unpack(&[]), Ok(Vec::new()));
    }
}
