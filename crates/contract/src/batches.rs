//! Batches to test with.

use callscope_core::wire::{Batch, Event, Interval, Uuid};
use serde_json::{Value, json};

/// 10:00 on a Monday, UTC.
pub const MONDAY: i64 = 1_795_428_000_000;

/// The session of that number.
pub fn uuid(number: u32) -> String {
    format!("{number:08x}-0000-4000-8000-000000000000")
}

/// A call of one participant, in batches.
#[derive(Clone, Debug)]
pub struct Call {
    pub number: u32,
    pub room: Value,
    pub participant: Value,
    pub client: Value,
    pub start: i64,
}

impl Call {
    /// Somebody in that room.
    pub fn new(number: u32, room: &str) -> Self {
        Self {
            number,
            room: json!({"sid": room, "name": format!("name of {room}"), "type": "group"}),
            participant: json!({"sid": format!("PA{number}"), "identity": format!("person {number}")}),
            client: json!({
                "os": {"name": "Windows", "version": "11"},
                "browser": {"name": if number.is_multiple_of(2) { "Chrome" } else { "Firefox" }, "version": "156"},
                "device": {"manufacturer": null, "model": null},
                "sdk": {"name": "twilio-video", "version": "2.34.0"},
                "module": "0.1.0",
            }),
            start: MONDAY,
        }
    }

    /// The batch of that number: thirty seconds of one video track and what the connection receives.
    pub fn json(&self, seq: u32) -> Value {
        let from = self.start + i64::from(seq) * 30_000;
        let mut intervals = Vec::new();
        for start in [from, from + 10_000, from + 20_000] {
            intervals.push(json!({"scope": "track", "direction": "send", "track": format!("MT{}", self.number), "pc": "pc1",
                "kind": "video", "start": start, "duration_ms": 10_000, "bitrate_bps": 800_000 + seq, "packets_sent": 900,
                "packets_lost": 9, "packet_loss_pct": 0.9901, "rtt_ms": 80.125, "codec": "video/VP8",
                "layers": [{"ssrc": 7, "encoding_index": 0, "bitrate_bps": 800_000, "packets_sent": 900, "packets_lost": null,
                            "packet_loss_pct": null, "rtt_ms": null}]}));
            intervals.push(json!({"scope": "connection", "direction": "receive", "pc": "pc1", "start": start, "duration_ms": 10_000,
                "bitrate_bps": 1_200_000, "packets_received": 1200, "packets_lost": 0, "packet_loss_pct": 0,
                "path": {"transport": "udp", "local": "host", "remote": "srflx", "relayed": false}}));
        }
        json!({
            "schema": 1,
            "batch_id": format!("{:08x}-0000-4000-9000-{:012x}", self.number, seq),
            "session": uuid(self.number),
            "seq": seq,
            "started_at": self.start,
            "sent_at": from + 31_000,
            "room": self.room,
            "participant": self.participant,
            "client": self.client,
            "intervals": intervals,
            "events": [],
        })
    }

    pub fn batch(&self, seq: u32) -> Batch {
        read(self.json(seq))
    }

    /// The same with those events.
    pub fn with_events(&self, seq: u32, events: &Value) -> Batch {
        let mut batch = self.json(seq);
        batch["events"] = events.clone();
        read(batch)
    }

    /// The same as the last, with those issues in its summary.
    pub fn last(&self, seq: u32, issues: &Value) -> Batch {
        let mut batch = self.json(seq);
        let end = self.start + i64::from(seq) * 30_000 + 30_000;
        batch["final"] = json!({"ended_at": end, "summary": {"room": null, "participant": null,
            "tracks": [{"track": format!("MT{}", self.number), "pc": "pc1", "kind": "video", "layers": 1, "start": self.start,
                "end": end, "duration_ms": end - self.start, "packets_sent": 900, "packets_lost": 9, "packet_loss_pct": 0.9901,
                "rtt_avg_ms": 80.125, "codec": "video/VP8", "distributions": {"rtt_ms": {"count": 3, "avg": 80.125, "min": 80}}}],
            "received": [], "connections": [], "issues": issues}});
        read(batch)
    }
}

pub fn read(batch: Value) -> Batch {
    serde_json::from_value(batch).unwrap()
}

/// High loss on that track.
pub fn loss(track: &str) -> Value {
    json!({"type": "packet_loss", "severity": "high", "media": "video", "tracks": [track], "value": 7.5, "threshold": 5})
}

/// High loss raised, or cleared.
pub fn change(track: &str, at: i64, raised: bool) -> Value {
    json!({"event": "issue", "type": "packet_loss", "raised": raised, "severity": "high", "pc": "pc1", "track": track,
        "kind": "video", "at": at, "value": 7.5, "threshold": 5})
}

pub fn recording(at: i64, starts: bool) -> Value {
    json!({"event": "call", "at": at, "type": if starts { "recording_started" } else { "recording_stopped" }})
}

/// A session's id from its number.
pub fn id(number: u32) -> Uuid {
    uuid(number).parse().unwrap()
}

/// All intervals and events of batches, as a store is to give them back.
pub fn contents(batches: &[Batch]) -> (Vec<Interval>, Vec<Event>) {
    let intervals = batches.iter().flat_map(|it| it.intervals.clone()).collect();
    let events = batches.iter().flat_map(|it| it.events.clone()).collect();
    (intervals, events)
}
