//! Dumps of rtcstats: recordings go through independent compressors and must come to the same.

#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// A report by id.
type Stats = BTreeMap<String, Map<String, Value>>;

fn stats(line: &Value) -> Stats {
    let entries = line["stats"].as_array().unwrap();
    let by_id = |entry: &Value| {
        let mut entry = entry.as_object().unwrap().clone();
        let id = entry.remove("id").unwrap().as_str().unwrap().to_owned();
        (id, entry)
    };
    entries.iter().map(by_id).collect()
}

fn latest(stats: &Stats) -> f64 {
    stats
        .values()
        .filter_map(|entry| entry["timestamp"].as_f64())
        .fold(f64::MIN, f64::max)
}

fn without_known(base: &Stats, id: &str, entry: &Map<String, Value>) -> Map<String, Value> {
    let known = base.get(id);
    let changed = |(name, value): &(&String, &Value)| {
        known.and_then(|known| known.get(*name)) != Some(*value)
    };
    entry
        .iter()
        .filter(changed)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// As jitsi's client does it: every entry is listed, the report's time is 0 in them.
fn jitsi(base: &Stats, new: &Stats) -> Value {
    let top = latest(new);
    let mut delta = Map::new();
    for (id, entry) in new {
        let mut changed = without_known(base, id, entry);
        if entry["timestamp"].as_f64() == Some(top) {
            changed.insert("timestamp".into(), json!(0));
        }
        delta.insert(id.clone(), Value::Object(changed));
    }
    delta.insert("timestamp".into(), json!(top));
    Value::Object(delta)
}

const NUMBERS: [(&str, &str); 15] = [
    ("timestamp", "t"),
    ("ssrc", "10"),
    ("kind", "11"),
    ("packetsReceived", "14"),
    ("packetsLost", "15"),
    ("jitter", "16"),
    ("bytesReceived", "41"),
    ("localId", "74"),
    ("roundTripTime", "75"),
    ("totalRoundTripTime", "76"),
    ("roundTripTimeMeasurements", "78"),
    ("packetsSent", "79"),
    ("bytesSent", "80"),
    ("mediaSourceId", "81"),
    ("qualityLimitationDurations", "96"),
];

/// As version 3 does it: what did not change is left out, what is gone is `null`, names are numbers.
fn version_3(base: &Stats, new: &Stats) -> Value {
    let top = latest(new);
    let mut delta = Map::new();
    for (id, entry) in new {
        let mut changed = without_known(base, id, entry);
        if let Some(Value::Object(record)) = changed.get_mut("qualityLimitationDurations") {
            let known = base
                .get(id)
                .and_then(|known| known["qualityLimitationDurations"].as_object());
            record.retain(|key, value| known.and_then(|known| known.get(key)) != Some(value));
        }
        if entry["timestamp"].as_f64() == Some(top) {
            changed.remove("timestamp");
        }
        let types = ["inbound-rtp", "outbound-rtp", "remote-inbound-rtp"];
        if let Some(place) = types
            .iter()
            .position(|name| changed.get("type") == Some(&json!(name)))
        {
            changed.insert("type".into(), json!(place + 1));
        }
        if changed.is_empty() {
            continue;
        }
        let compressed = |(name, value): (String, Value)| {
            let number = NUMBERS.iter().find(|(known, _)| *known == name);
            (number.map_or(name, |(_, number)| (*number).into()), value)
        };
        delta.insert(
            id.clone(),
            Value::Object(changed.into_iter().map(compressed).collect()),
        );
    }
    for id in base.keys().filter(|id| !new.contains_key(*id)) {
        delta.insert(id.clone(), Value::Null);
    }
    delta.insert("t".into(), json!(top));
    Value::Object(delta)
}

/// A recording as a dump, its header first.
fn compressed(
    lines: &[Value],
    header: &str,
    event: impl Fn(&Stats, &Stats, &Value, &mut f64) -> Value,
) -> String {
    let mut bases: BTreeMap<String, Stats> = BTreeMap::new();
    let (mut clock, mut dump) = (0.0, header.to_owned());
    for line in lines {
        let new = stats(line);
        let base = bases.entry(line["pc"].to_string()).or_default();
        dump += &format!("{}\n", event(base, &new, line, &mut clock));
        *base = new;
    }
    dump
}

/// Without what depends on the order of entries.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(sorted).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(object) => Value::Object(
            object
                .into_iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect(),
        ),
        other => other,
    }
}

/// The recordings, as far as deltas can tell of them: that a member is gone from an entry (the picture's size from a paused
/// layer) is nothing that they can say, so what was told once stays.
fn recordings() -> impl Iterator<Item = (String, Vec<u8>, Vec<Value>)> {
    common::named(".jsonl.gz").into_iter().map(|name| {
        let bytes = common::unpacked(&format!("{name}.jsonl.gz"));
        let mut bases: BTreeMap<String, Stats> = BTreeMap::new();
        let mut lines: Vec<Value> = Vec::new();
        let mut kept = Vec::new();
        for line in bytes
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            let mut line: Value = serde_json::from_slice(line).unwrap();
            let base = bases.entry(line["pc"].to_string()).or_default();
            for entry in line["stats"].as_array_mut().unwrap() {
                let entry = entry.as_object_mut().unwrap();
                let known = entry["id"].as_str().and_then(|id| base.get(id));
                for (name, value) in known.into_iter().flatten() {
                    entry.entry(name).or_insert_with(|| value.clone());
                }
            }
            *base = stats(&line);
            kept.extend(format!("{line}\n").into_bytes());
            lines.push(line);
        }
        (name, kept, lines)
    })
}

#[test]
fn dumps_that_list_every_entry_come_to_the_same() {
    for (name, bytes, lines) in recordings() {
        let header = "[\"connectionInfo\",null,{\"clientProtocol\":\"3.1_STANDARD\"},1]\n[\"create\",\"a\",{},2]\n";
        let dump = compressed(&lines, header, |base, new, line, _| {
            json!(["getstats", line["pc"], jitsi(base, new), line["at"]])
        });
        assert!(dump.len() < bytes.len() || lines.len() < 2, "{name}");
        assert_eq!(
            sorted(common::parsed(dump.as_bytes())),
            sorted(common::parsed(&bytes)),
            "{name}"
        );
    }
}

#[test]
fn dumps_of_version_3_come_to_the_same() {
    for (name, bytes, lines) in recordings() {
        let dump = compressed(
            &lines,
            "RTCStatsDump\n{\"fileFormat\":3}\n",
            |base, new, line, clock| {
                let at = line["at"].as_f64().unwrap();
                let later = at - *clock;
                *clock = at;
                json!(["g", line["pc"], version_3(base, new), later])
            },
        );
        assert_eq!(
            sorted(common::parsed(dump.as_bytes())),
            sorted(common::parsed(&bytes)),
            "{name}"
        );
    }
}

/// Checked by hand: 125,000 bytes and 95 packets in ten seconds are 100 kbps; 5 of 100 packets were lost.
#[test]
fn a_dump_written_by_hand_comes_to_what_it_says() {
    let old = r#"{"fileFormat":2,"userAgent":"x"}
["create","PC_0",{},1000]
["getstats","PC_0",{"O":{"type":"outbound-rtp","timestamp":0,"ssrc":1,"kind":"audio","mediaSourceId":"S","bytesSent":1000,"packetsSent":5},"R":{"type":"remote-inbound-rtp","timestamp":9000,"ssrc":1,"packetsLost":1,"roundTripTime":0.1},"timestamp":10000},10001]
["getstats","PC_0",{"O":{"timestamp":0,"bytesSent":126000,"packetsSent":100},"R":{"timestamp":19500,"packetsLost":6,"roundTripTime":0.2},"timestamp":20000},20001]
["getstats","PC_0",{"O":{"timestamp":0,"bytesSent":127000},"R":{},"timestamp":25000},25001]
["close","PC_0",null,25002]
["getstats",null,null,25003]
"#;
    let new = r#"RTCStatsDump
{"fileFormat":3}
["create","PC_0",{},1000]
["g","PC_0",{"0":{"type":2,"10":1,"11":"audio","81":"S","80":1000,"79":5},"1":{"type":3,"t":9000,"10":1,"15":1,"75":0.1},"t":10000},9001]
["g","PC_0",{"0":{"80":126000,"79":100},"1":{"t":19500,"15":6,"75":0.2},"t":20000},10000]
["g","PC_0",{"0":{"80":127000},"t":25000},5000]
[36,"PC_0",null,1]
"#;
    for dump in [old, new] {
        let output = common::parsed(dump.as_bytes());
        let intervals = output["intervals"].as_array().unwrap();
        let [first, last, ..] = &intervals
            .iter()
            .filter(|one| one["track"] == "S")
            .collect::<Vec<_>>()[..]
        else {
            panic!("{output}")
        };
        assert_eq!(first["duration_ms"], 10_000);
        assert_eq!(first["bitrate_bps"], 100_000);
        assert_eq!(
            (&first["packets_sent"], &first["packets_lost"]),
            (&json!(95), &json!(5))
        );
        assert_eq!(first["packet_loss_pct"], 5);
        assert_eq!(first["rtt_ms"], 200);
        assert_eq!(
            (&last["duration_ms"], &last["bitrate_bps"]),
            (&json!(5000), &json!(1600))
        );
        // The last report of the other side is an old one.
        assert_eq!(
            (&last["packet_loss_pct"], &last["rtt_ms"]),
            (&Value::Null, &Value::Null)
        );
        assert_eq!(output["warnings"], json!([]));
    }
}

#[test]
fn what_is_gone_is_gone_and_what_is_left_out_is_not() {
    let dump = |second: &str| {
        format!(
            r#"["getstats","a",{{"O":{{"type":"outbound-rtp","timestamp":0,"ssrc":1,"bytesSent":1}},"I":{{"type":"inbound-rtp","timestamp":0,"ssrc":2,"bytesReceived":1}},"C":{{"type":"codec","timestamp":0}},"timestamp":10000}},1]
["getstats","a",{{"I":{{"timestamp":0,"bytesReceived":5}}{second},"timestamp":20000}},2]
"#
        )
    };
    let sent = |dump: &str| {
        let output = common::parsed(dump.as_bytes());
        let intervals = output["intervals"].as_array().unwrap();
        intervals
            .iter()
            .filter(|interval| interval["scope"] == "track")
            .count()
    };
    assert_eq!(sent(&dump("")), 1, "nothing changed in O");
    assert_eq!(
        sent(&dump(",\"C\":{\"timestamp\":0}")),
        0,
        "C is listed though nothing changed: O is gone"
    );
}

#[test]
fn both_dumps_of_one_call_come_to_the_same() {
    let dump = |name: &str| common::parsed(&common::unpacked(name))["intervals"].clone();
    let internals = dump("chromium156-webrtc-internals-dump.json.gz");
    assert_eq!(internals.as_array().unwrap().len(), 36);
    assert_eq!(
        sorted(internals),
        sorted(dump("chromium156-rtcstats-dump.txt.gz"))
    );
}
