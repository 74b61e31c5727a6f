//! An independent reading of the definitions, simple and slow on purpose, against the engine: every interval of every
//! recording.
//!
//! Nothing here is shared with the engine: reports are walked as plain JSON, for each track and each connection anew.

#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeMap;

use serde_json::Value;

/// A report of one connection: its time and its entries.
type Sample<'a> = (f64, &'a [Value]);

const INTERVAL: f64 = 10_000.0;
const MISSED_AFTER: f64 = 30_000.0;

/// What is known of one interval.
#[derive(Debug, Default)]
struct Expected {
    start: f64,
    duration: f64,
    bitrate: Option<f64>,
    packets: Option<f64>,
    /// As counted: late packets may make it negative.
    lost: Option<f64>,
    judged: Option<f64>,
    rtt: Option<f64>,
}

impl Expected {
    fn loss(&self) -> Option<f64> {
        let lost = self.lost?.max(0.0);
        let due = lost + self.judged?;
        (due > 0.0).then(|| 100.0 * lost / due)
    }
}

fn number(entry: &Value, member: &str) -> Option<f64> {
    entry.get(member)?.as_f64()
}

fn text<'a>(entry: &'a Value, member: &str) -> Option<&'a str> {
    entry.get(member)?.as_str()
}

fn is(entry: &Value, stats_type: &str) -> bool {
    text(entry, "type") == Some(stats_type)
}

/// The time of a report: the latest of its RTP entries, else of what else tells one.
fn time(entries: &[Value]) -> Option<f64> {
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

fn add(sum: &mut Option<f64>, more: Option<f64>) {
    if let Some(more) = more {
        *sum = Some(sum.unwrap_or(0.0) + more);
    }
}

/// How far the counters of one stream moved from the report in which they were last known.
struct Counters {
    names: &'static [&'static str],
    /// This one may fall.
    loss: &'static str,
    last: Option<BTreeMap<&'static str, f64>>,
}

enum Moved {
    Baseline,
    Fell,
    By(BTreeMap<&'static str, f64>),
}

impl Counters {
    const fn new(names: &'static [&'static str], loss: &'static str) -> Self {
        Self {
            names,
            loss,
            last: None,
        }
    }

    fn read(&mut self, entry: &Value) -> Moved {
        let now: BTreeMap<_, _> = self
            .names
            .iter()
            .filter_map(|&name| Some((name, number(entry, name)?)))
            .collect();
        let Some(last) = &mut self.last else {
            self.last = Some(now);
            return Moved::Baseline;
        };
        let fell = |(name, value): (&&str, &f64)| {
            *name != self.loss && last.get(*name).is_some_and(|last| value < last)
        };
        if now.iter().any(fell) {
            self.last = Some(now);
            return Moved::Fell;
        }
        let moved = now
            .iter()
            .filter_map(|(name, value)| Some((*name, value - last.get(name)?)))
            .collect();
        last.extend(now);
        Moved::By(moved)
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

fn track_id(entry: &Value) -> String {
    text(entry, "mediaSourceId")
        .or_else(|| text(entry, "mid"))
        .map_or_else(|| layer_id(entry), String::from)
}

/// The intervals of one published track on one connection, from its samples.
fn sent(track: &str, samples: &[Sample<'_>]) -> Vec<Expected> {
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
fn received(samples: &[Sample<'_>]) -> Vec<Expected> {
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

fn close(found: &Value, expected: Option<f64>, unit: f64) -> bool {
    match (found.as_f64(), expected) {
        (Some(found), Some(expected)) => {
            (found - expected).abs() <= unit * 0.51 + expected.abs() * 1e-9
        }
        (None, None) => found.is_null(),
        _ => false,
    }
}

fn compare(what: &str, found: &[&Value], expected: &[Expected], packets: &str) {
    let starts = |interval: &Expected| interval.start;
    assert_eq!(
        found
            .iter()
            .map(|interval| interval["start"].as_f64().unwrap())
            .collect::<Vec<_>>(),
        expected.iter().map(starts).collect::<Vec<_>>(),
        "{what}: starts"
    );
    for (found, expected) in found.iter().zip(expected) {
        for (name, value, unit) in [
            ("duration_ms", Some(expected.duration), 1.0),
            ("bitrate_bps", expected.bitrate, 1.0),
            (packets, expected.packets, 1.0),
            ("packets_lost", expected.lost.map(|lost| lost.max(0.0)), 1.0),
            ("packet_loss_pct", expected.loss(), 1e-4),
        ] {
            assert!(
                close(&found[name], value, unit),
                "{what}, {}: {name} is {}, not {value:?}",
                expected.start,
                found[name]
            );
        }
        if packets == "packets_sent" {
            assert!(
                close(&found["rtt_ms"], expected.rtt, 1e-3),
                "{what}, {}: rtt_ms is {}, not {:?}",
                expected.start,
                found["rtt_ms"],
                expected.rtt
            );
        }
    }
}

/// A track's figures over its whole duration are the sums over its intervals.
fn compare_totals(what: &str, found: &Value, expected: &[Expected]) {
    let mut whole = Expected::default();
    let (mut weighted, mut weight) = (0.0, 0.0);
    for interval in expected {
        whole.duration += interval.duration;
        add(&mut whole.packets, interval.packets);
        add(&mut whole.lost, interval.lost);
        add(&mut whole.judged, interval.judged);
        if let Some(rtt) = interval.rtt {
            weighted += rtt * interval.duration;
            weight += interval.duration;
        }
    }
    let average = (weight > 0.0).then(|| weighted / weight);
    for (name, value, unit) in [
        ("duration_ms", Some(whole.duration), 1.0),
        ("packets_sent", whole.packets, 1.0),
        ("packets_lost", whole.lost.map(|lost| lost.max(0.0)), 1.0),
        ("packet_loss_pct", whole.loss(), 1e-4),
        ("rtt_avg_ms", average, 1e-3),
    ] {
        assert!(
            close(&found[name], value, unit),
            "{what}: {name} is {}, not {value:?}",
            found[name]
        );
    }
}

#[test]
fn every_interval_of_every_recording_is_as_defined() {
    let mut compared = 0;
    for name in common::named(".jsonl.gz") {
        let bytes = common::unpacked(&format!("{name}.jsonl.gz"));
        let lines: Vec<Value> = bytes
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect();
        let output = common::parsed(&bytes);
        let intervals = output["intervals"].as_array().unwrap();
        let mut connections: Vec<&str> =
            lines.iter().map(|line| text(line, "pc").unwrap()).collect();
        connections.sort_unstable();
        connections.dedup();
        let mut expected_tracks = 0;
        for pc in connections {
            let samples: Vec<Sample<'_>> = lines
                .iter()
                .filter(|line| line["pc"] == pc)
                .map(|line| line["stats"].as_array().unwrap().as_slice())
                .filter_map(|entries| Some((time(entries)?, entries)))
                .collect();
            let all = samples.iter().flat_map(|(_, entries)| entries.iter());
            let mut tracks: Vec<String> = all
                .filter(|entry| is(entry, "outbound-rtp"))
                .map(track_id)
                .collect();
            tracks.sort();
            tracks.dedup();
            expected_tracks += tracks.len();
            for track in tracks {
                let what = format!("{name} {pc} {track}");
                let is_it = |value: &&Value| value["pc"] == pc && value["track"] == track.as_str();
                let found: Vec<&Value> = intervals.iter().filter(is_it).collect();
                let expected = sent(&track, &samples);
                compare(&what, &found, &expected, "packets_sent");
                let summary = output["tracks"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(is_it)
                    .unwrap();
                compare_totals(&what, summary, &expected);
                compared += found.len();
            }
            let is_it = |value: &&Value| value["pc"] == pc && value["scope"] == "connection";
            let found: Vec<&Value> = intervals.iter().filter(is_it).collect();
            compare(
                &format!("{name} {pc}"),
                &found,
                &received(&samples),
                "packets_received",
            );
            compared += found.len();
        }
        assert_eq!(
            output["tracks"].as_array().unwrap().len(),
            expected_tracks,
            "{name}"
        );
    }
    assert!(compared > 300, "only {compared} intervals");
}
