//! Calls that were never made: whatever may happen to counters and reports, at random.

use proptest::prelude::*;
use serde_json::{Value, json};

/// What happens to one layer between two samples.
#[derive(Clone, Debug)]
struct LayerStep {
    reported: bool,
    restarted: bool,
    bytes: u32,
    packets: Option<u32>,
    /// A new RTCP report: packets lost since the last, round trips measured.
    report: Option<(i32, u32)>,
    /// Whether the entry of the last RTCP report is there.
    remote_is_there: bool,
}

#[derive(Clone, Debug)]
struct Step {
    after: u32,
    layers: Vec<LayerStep>,
    received: Option<(u32, i32)>,
}

fn layer_step() -> impl Strategy<Value = LayerStep> {
    (
        prop::bool::weighted(0.9),
        prop::bool::weighted(0.03),
        0..50_000_u32,
        prop::option::weighted(0.9, 0..400_u32),
        prop::option::weighted(0.5, (-3..20_i32, 0..3_u32)),
        prop::bool::weighted(0.9),
    )
        .prop_map(
            |(reported, restarted, bytes, packets, report, remote_is_there)| LayerStep {
                reported,
                restarted,
                bytes,
                packets,
                report,
                remote_is_there,
            },
        )
}

fn step() -> impl Strategy<Value = Step> {
    let after = prop_oneof![
        8 => 500..3_000_u32,
        3 => 9_000..12_000_u32,
        1 => 25_000..36_000_u32,
        1 => Just(0_u32),
    ];
    // On a grid, so that samples fall on the ends of intervals, too.
    let after = after.prop_map(|after| after / 500 * 500);
    (
        after,
        prop::collection::vec(layer_step(), 4),
        prop::option::weighted(0.8, (0..300_u32, -2..9_i32)),
    )
        .prop_map(|(after, layers, received)| Step {
            after,
            layers,
            received,
        })
}

/// One layer as it stands: bytes, packets, lost, measurements, and when it was last reported on.
#[derive(Clone, Copy, Debug, Default)]
struct Layer {
    bytes: u32,
    packets: u32,
    lost: i32,
    measurements: u32,
    report_at: Option<f64>,
}

/// Three layers of a video track, one of an audio track without totals of its round trip times, one received stream.
fn recording(steps: &[Step], start: u32) -> String {
    let mut at = 1.7e12 + f64::from(start);
    let mut layers = [Layer::default(); 4];
    let (mut received, mut lost) = (0, 0);
    let mut lines = String::new();
    for step in steps {
        at += f64::from(step.after);
        let mut stats = Vec::new();
        for ((number, layer), step) in layers.iter_mut().enumerate().zip(&step.layers) {
            if step.restarted {
                *layer = Layer {
                    report_at: layer.report_at,
                    ..Layer::default()
                };
            }
            layer.bytes += step.bytes;
            layer.packets += step.packets.unwrap_or(0);
            if let Some((lost, measurements)) = step.report {
                layer.lost += lost;
                layer.measurements += measurements;
                layer.report_at = Some(at - 100.0);
            }
            if step.reported {
                let source = if number == 3 { "A" } else { "V" };
                stats.push(
                    json!({"type": "outbound-rtp", "id": format!("O{number}"), "timestamp": at,
                    "ssrc": number + 10, "mediaSourceId": source, "bytesSent": layer.bytes,
                    "packetsSent": step.packets.map(|_| layer.packets)}),
                );
            }
            if let Some(report_at) = layer.report_at.filter(|_| step.remote_is_there) {
                let mut remote = json!({"type": "remote-inbound-rtp", "timestamp": report_at, "ssrc": number + 10,
                    "localId": format!("O{number}"), "packetsLost": layer.lost, "roundTripTime": 0.05});
                if number != 3 {
                    remote["totalRoundTripTime"] = json!(f64::from(layer.measurements) * 0.07);
                    remote["roundTripTimeMeasurements"] = json!(layer.measurements);
                }
                stats.push(remote);
            }
        }
        if let Some((packets, late)) = step.received {
            received += packets;
            lost += late;
            stats.push(json!({"type": "inbound-rtp", "timestamp": at, "ssrc": 1, "trackIdentifier": "R",
                "bytesReceived": received * 1000, "packetsReceived": received, "packetsLost": lost}));
        }
        stats.push(json!({"type": "transport", "id": "T", "timestamp": at}));
        let line: Value = json!({"pc": "a", "at": at, "stats": stats});
        lines += &format!("{line}\n");
    }
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn whatever_happens_the_engine_does_as_defined(steps in prop::collection::vec(step(), 2..60), start in 0..20_u32) {
        crate::check("made up", recording(&steps, start * 500).as_bytes());
    }
}
