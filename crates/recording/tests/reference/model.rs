//! The definitions, on plain JSON.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::counters::{Counters, Moved};

/// A report of one connection: its time and its entries.
pub(crate) type Sample<'a> = (f64, &'a [Value]);

const INTERVAL: f64 = 10_000.0;
const MISSED_AFTER: f64 = 30_000.0;

/// What is known of one interval.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    pub(crate) start: f64,
    pub(crate) duration: f64,
    pub(crate) bitrate: Option<f64>,
    pub(crate) packets: Option<f64>,
    /// As counted: late packets may make it negative.
    pub(crate) lost: Option<f64>,
    pub(crate) judged: Option<f64>,
    pub(crate) rtt: Option<f64>,
}

impl Expected {
    pub(crate) fn loss(&self) -> Option<f64> {
        let lost = self.lost?.max(0.0);
        let due = lost + self.judged?;
        (due > 0.0).then(|| 100.0 * lost / due)
    }
}

pub(crate) fn number(entry: &Value, member: &str) -> Option<f64> {
    entry.get(member)?.as_f64()
}

pub(crate) fn text<'a>(entry: &'a Value, member: &str) -> Option<&'a str> {
    entry.get(member)?.as_str()
}

pub(crate) fn is(entry: &Value, stats_type: &str) -> bool {
    text(entry, "type") == Some(stats_type)
}

/// The time of a report: the latest of its RTP entries, else of what else tells one.
pub(crate) fn time(entries: &[Value]) -> Option<f64> {
    let latest = |types: &[&str]| {
        entries
            .iter()
            .filter(|entry| types.iter().any(|stats_type| is(entry, stats_type)))
            .filter_map(|entry| number(entry, "timestamp"))
            .max_by(f64::total_cmp)
    };
    latest(&["outbound-rtp", "inbound-rtp"])
        .or_else(|| latest(&["media-source", "transport", "candidate-pair"]))
}

pub(crate) fn add(sum: &mut Option<f64>, more: Option<f64>) {
    if let Some(more) = more {
        *sum = Some(sum.unwrap_or(0.0) + more);
    }
}

/// Cuts the samples where more than thirty seconds are missing, and leaves out those in which time did not go on.
fn runs<'a>(samples: &[Sample<'a>]) -> Vec<Vec<Sample<'a>>> {
    let mut runs: Vec<Vec<Sample<'a>>> = Vec::new();
    for &sample in samples {
        match runs.last_mut() {
            Some(run) if sample.0 <= run.last().unwrap().0 => {}
            Some(run) if sample.0 - run.last().unwrap().0 <= MISSED_AFTER => run.push(sample),
            _ => runs.push(vec![sample]),
        }
    }
    runs
}

/// The intervals of a run, as places of their first and last sample.
fn intervals(run: &[Sample<'_>]) -> Vec<(usize, usize)> {
    let (mut found, mut opened) = (Vec::new(), 0);
    for (place, &(at, _)) in run.iter().enumerate() {
        let end = (run[opened].0 / INTERVAL).floor() * INTERVAL + INTERVAL;
        if at >= end {
            found.push((opened, place));
            opened = place;
        }
    }
    if opened + 1 < run.len() {
        found.push((opened, run.len() - 1));
    }
    found
}

/// One layer, over the whole run.
struct Layer {
    sent: Counters,
    remote: Counters,
    seen_before: bool,
    remote_at: Option<f64>,
    /// Packets that no report has covered.
    open: f64,
}

/// What one layer did in one interval.
#[derive(Default)]
struct LayerSums {
    bytes: Option<f64>,
    packets: Option<f64>,
    lost: Option<f64>,
    reported: bool,
    total_time: Option<f64>,
    measurements: Option<f64>,
    single_times: Vec<f64>,
}

const SENT: &[&str] = &[
    "bytesSent",
    "packetsSent",
    "retransmittedPacketsSent",
    "nackCount",
    "pliCount",
    "firCount",
    "framesEncoded",
    "framesSent",
    "totalEncodeTime",
];
const REPORTED: &[&str] = &[
    "packetsLost",
    "totalRoundTripTime",
    "roundTripTimeMeasurements",
];

fn layer_id(entry: &Value) -> String {
    entry["ssrc"].to_string()
}

pub(crate) fn track_id(entry: &Value) -> String {
    text(entry, "mediaSourceId")
        .or_else(|| text(entry, "mid"))
        .map_or_else(|| layer_id(entry), String::from)
}

/// The intervals of one published track on one connection, from its samples.
pub(crate) fn sent(track: &str, samples: &[Sample<'_>]) -> Vec<Expected> {
    let of_track = |entry: &&Value| is(entry, "outbound-rtp") && track_id(entry) == track;
    let with_it: Vec<Sample<'_>> = samples
        .iter()
        .copied()
        .filter(|(_, entries)| entries.iter().any(|entry| of_track(&entry)))
        .collect();
    let mut found = Vec::new();
    for run in runs(&with_it) {
        let mut layers: BTreeMap<String, Layer> = BTreeMap::new();
        let mut remote_before: BTreeMap<String, f64> = BTreeMap::new();
        step_sent(
            &run[0],
            &mut layers,
            &mut BTreeMap::new(),
            &mut remote_before,
            of_track,
        );
        for (from, to) in intervals(&run) {
            let mut sums: BTreeMap<String, LayerSums> = BTreeMap::new();
            let mut seconds = 0.0;
            for place in from + 1..=to {
                let moved = step_sent(
                    &run[place],
                    &mut layers,
                    &mut sums,
                    &mut remote_before,
                    of_track,
                );
                if moved {
                    seconds += (run[place].0 - run[place - 1].0) / 1000.0;
                }
            }
            let mut expected = Expected {
                start: (run[from].0 / INTERVAL).floor() * INTERVAL,
                duration: run[to].0 - run[from].0,
                ..Expected::default()
            };
            for (id, layer) in &mut layers {
                let sums = sums.remove(id).unwrap_or_default();
                let rate = sums.bytes.map(|bytes| 8.0 * bytes / seconds);
                add(&mut expected.bitrate, rate);
                add(&mut expected.packets, sums.packets);
                let judged = sums.reported && sums.lost.is_some();
                if judged && sums.packets.is_some() {
                    add(&mut expected.lost, sums.lost);
                    add(
                        &mut expected.judged,
                        sums.packets.map(|sent| layer.open + sent),
                    );
                }
                layer.open = if judged {
                    0.0
                } else {
                    layer.open + sums.packets.unwrap_or(0.0)
                };
                let rtt = match (sums.total_time, sums.measurements) {
                    (Some(total), Some(count)) if count > 0.0 => Some(1000.0 * total / count),
                    (_, None) if !sums.single_times.is_empty() => {
                        let count = u32::try_from(sums.single_times.len()).unwrap();
                        Some(1000.0 * sums.single_times.iter().sum::<f64>() / f64::from(count))
                    }
                    _ => None,
                };
                expected.rtt = [expected.rtt, rtt]
                    .into_iter()
                    .flatten()
                    .max_by(f64::total_cmp);
            }
            found.push(expected);
        }
    }
    found
}

/// Takes one sample of a track; says whether any of its layers could be measured.
fn step_sent(
    (_, entries): &Sample<'_>,
    layers: &mut BTreeMap<String, Layer>,
    sums: &mut BTreeMap<String, LayerSums>,
    remote_before: &mut BTreeMap<String, f64>,
    of_track: impl Fn(&&Value) -> bool,
) -> bool {
    let mut any = false;
    for outbound in entries.iter().filter(of_track) {
        let id = layer_id(outbound);
        let layer = layers.entry(id.clone()).or_insert_with(|| Layer {
            sent: Counters::new(SENT, ""),
            remote: Counters::new(REPORTED, "packetsLost"),
            seen_before: false,
            remote_at: remote_before.get(&id).copied(),
            open: 0.0,
        });
        let sums = sums.entry(id.clone()).or_default();
        match layer.sent.read(outbound) {
            Moved::By(moved) => {
                any = true;
                add(&mut sums.bytes, moved.get("bytesSent").copied());
                add(&mut sums.packets, moved.get("packetsSent").copied());
            }
            Moved::Fell => {
                layer.remote.last = None;
                layer.seen_before = false;
                layer.open = 0.0;
            }
            Moved::Baseline => {}
        }
        let remote = entries.iter().find(|entry| {
            is(entry, "remote-inbound-rtp")
                && (layer_id(entry) == id
                    || (text(entry, "localId").is_some()
                        && text(entry, "localId") == text(outbound, "id")))
        });
        let new = remote.and_then(|remote| Some((remote, number(remote, "timestamp")?)));
        if let Some((remote, at)) =
            new.filter(|(_, at)| layer.remote_at.is_none_or(|last| *at > last))
        {
            if layer.remote_at.is_none() && layer.remote.last.is_none() && layer.seen_before {
                // None had arrived: the other side counts from the beginning.
                layer.remote.last = Some(REPORTED.iter().map(|&name| (name, 0.0)).collect());
            }
            layer.remote_at = Some(at);
            remote_before.insert(id, at);
            if let Moved::By(moved) = layer.remote.read(remote) {
                sums.reported = true;
                add(&mut sums.lost, moved.get("packetsLost").copied());
                add(
                    &mut sums.total_time,
                    moved.get("totalRoundTripTime").copied(),
                );
                add(
                    &mut sums.measurements,
                    moved.get("roundTripTimeMeasurements").copied(),
                );
                sums.single_times.extend(number(remote, "roundTripTime"));
            }
        }
        layer.seen_before = true;
    }
    any
}

const RECEIVED: &[&str] = &[
    "packetsLost",
    "bytesReceived",
    "packetsReceived",
    "jitterBufferDelay",
    "jitterBufferEmittedCount",
    "framesDecoded",
    "framesDropped",
    "freezeCount",
    "totalFreezesDuration",
    "totalSamplesReceived",
    "concealedSamples",
    "silentConcealedSamples",
];

/// The intervals of what one connection receives.
pub(crate) fn received(samples: &[Sample<'_>]) -> Vec<Expected> {
    let mut found = Vec::new();
    for run in runs(samples) {
        let mut streams: BTreeMap<String, (f64, Counters)> = BTreeMap::new();
        step_received(&run[0], &mut streams, &mut Expected::default());
        for (from, to) in intervals(&run) {
            let mut expected = Expected {
                start: (run[from].0 / INTERVAL).floor() * INTERVAL,
                duration: run[to].0 - run[from].0,
                ..Expected::default()
            };
            let mut seconds = 0.0;
            for place in from + 1..=to {
                if step_received(&run[place], &mut streams, &mut expected) {
                    seconds += (run[place].0 - run[place - 1].0) / 1000.0;
                }
            }
            expected.bitrate = expected.bitrate.map(|bytes| 8.0 * bytes / seconds);
            found.push(expected);
        }
    }
    found
}

/// Takes one sample of a connection; `false` if counters fell and nothing was measured.
fn step_received(
    &(at, entries): &Sample<'_>,
    streams: &mut BTreeMap<String, (f64, Counters)>,
    expected: &mut Expected,
) -> bool {
    let (mut any, mut fell) = (false, false);
    for inbound in entries.iter().filter(|entry| is(entry, "inbound-rtp")) {
        let name = ["trackIdentifier", "trackId", "mid", "id"]
            .iter()
            .find_map(|member| text(inbound, member));
        let id = format!("{} {name:?}", inbound["ssrc"]);
        let (last, counters) = streams
            .entry(id)
            .or_insert_with(|| (at, Counters::new(RECEIVED, "packetsLost")));
        if at - *last > MISSED_AFTER {
            counters.last = None;
        }
        *last = at;
        match counters.read(inbound) {
            Moved::By(moved) => {
                any = true;
                add(&mut expected.bitrate, moved.get("bytesReceived").copied());
                let packets = moved.get("packetsReceived").copied();
                add(&mut expected.packets, packets);
                if let Some(lost) = moved
                    .get("packetsLost")
                    .copied()
                    .filter(|_| packets.is_some())
                {
                    add(&mut expected.lost, Some(lost));
                    add(&mut expected.judged, packets);
                }
            }
            Moved::Fell => fell = true,
            Moved::Baseline => {}
        }
    }
    any || !fell
}
