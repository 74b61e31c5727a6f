//! A published track, interval by interval.

use crate::rounded;
use callscope_core::Metric;
use callscope_core::wire::{
    Event, Interval, Issue, Kind, Layer, Note, PublishedSummary, SignalType, TrackInterval,
    TrackPart, decimals,
};

use crate::clients::Engine;
use crate::network::Weather;
use crate::random::Random;
use crate::totals::{Spread, Subject, Totals, length, percent};
use crate::watch::{Finding, Watch};

/// The bytes of a video packet, as it is in the middle.
const PACKET_BYTES: f64 = 1050.0;

/// What an interval is measured in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// The start of the ten seconds.
    pub(crate) start: i64,
    /// What of them was measured.
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// How much of that the connection was there.
    pub(crate) connected: f64,
    pub(crate) weather: Weather,
}

impl Step {
    pub(crate) fn length(&self) -> f64 {
        length(self.to - self.from)
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.connected > 0.99
    }
}

/// What comes of a person and their device.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sender {
    pub(crate) engine: Engine,
    pub(crate) is_mobile: bool,
    /// The processor does not keep up.
    pub(crate) is_slow: bool,
    /// The microphone gives silence.
    pub(crate) is_silent: bool,
}

/// A track from when it is published until it is not.
#[derive(Clone, Debug)]
pub(crate) struct SentTrack {
    pub(crate) sid: String,
    kind: Kind,
    is_screen: bool,
    /// When it is published.
    pub(crate) from: i64,
    /// When it is not any more.
    pub(crate) to: i64,
    codec: &'static str,
    /// The ssrcs of its layers, from the smallest up; one where it has no simulcast.
    ssrcs: Vec<u32>,
    sender: Sender,
    totals: Totals,
    spread: Spread,
    measured: Option<(i64, i64)>,
    duration_ms: i64,
}

/// One layer, or the part on one connection.
struct Piece {
    share: f64,
    sent: f64,
    lost: Option<f64>,
    rtt_ms: Option<f64>,
}

impl SentTrack {
    pub(crate) fn new(
        sid: String,
        (from, to): (i64, i64),
        (kind, is_screen, is_simulcast): (Kind, bool, bool),
        sender: Sender,
        random: &mut Random,
    ) -> Self {
        let codec = match (kind, sender.engine) {
            (Kind::Audio, _) => "audio/opus",
            (Kind::Video, Engine::WebKit) => "video/H264",
            (Kind::Video, _) => {
                let codecs = [
                    (85.0, "video/VP8"),
                    (11.0, "video/H264"),
                    (4.0, "video/VP9"),
                ];
                random.pick(&codecs).copied().unwrap_or("video/VP8")
            }
        };
        let layers = if is_simulcast { 3 } else { 1 };
        Self {
            sid,
            kind,
            is_screen,
            from,
            to,
            codec,
            ssrcs: (0..layers).map(|_| random.ssrc()).collect(),
            sender,
            totals: Totals::default(),
            spread: Spread::default(),
            measured: None,
            duration_ms: 0,
        }
    }

    /// The next interval, over those connections.
    pub(crate) fn measure(
        &mut self,
        step: &Step,
        pcs: &[String],
        watch: &mut Watch,
        events: &mut Vec<Event>,
        random: &mut Random,
    ) -> Interval {
        let mut row = TrackInterval {
            track: Some(self.sid.clone()),
            pc: only(pcs).map(ToOwned::to_owned),
            kind: Some(self.kind),
            start: step.start,
            duration_ms: step.to - step.from,
            codec: Some(self.codec.to_owned()),
            screen_share: self.is_screen,
            ..TrackInterval::default()
        };
        let asked = self.encode(step, pcs.len(), &mut row, random);
        let pieces = self.pieces(step, pcs.len(), row.bitrate_bps.unwrap_or_default(), random);
        self.put_together(&pieces, &mut row);
        row.target_bitrate_bps = (self.sender.engine == Engine::Chromium).then_some(asked);
        row.jitter_ms = row.rtt_ms.map(|_| step.weather.jitter_ms);
        round(TrackInterval::METRICS, &mut row);
        self.list(&pieces, pcs, &mut row);
        let metrics = TrackInterval::METRICS;
        self.spread
            .add(metrics, |metric| row.figure(metric), step.length());
        self.totals.round_trip(row.rtt_ms, step.length());
        self.duration_ms += step.to - step.from;
        let first = self.measured.map_or(step.from, |(first, _)| first);
        self.measured = Some((first, step.to));
        self.signals(&row, step, watch, events);
        let of = Subject {
            track: &self.sid,
            pc: only(pcs),
            kind: self.kind,
        };
        self.totals.tell(of, step.to, events);
        Interval::Track(Box::new(row))
    }

    /// What the encoder makes; gives what it was asked for.
    fn encode(
        &self,
        step: &Step,
        connections: usize,
        row: &mut TrackInterval,
        random: &mut Random,
    ) -> f64 {
        let copies = f64::from(u32::try_from(connections).unwrap_or(u32::MAX)).max(1.0);
        if self.kind == Kind::Audio {
            let asked = 32_000.0;
            row.bitrate_bps = Some(random.about(asked * 0.8, 0.12) * copies * step.connected);
            if self.sender.engine != Engine::WebKit {
                let level = if self.sender.is_silent {
                    0.0
                } else {
                    random.log_normal(0.03, 0.9).min(0.9)
                };
                row.audio_level = Some(level);
            }
            return asked;
        }
        let (width, height, asked) = match (self.is_screen, self.sender.is_mobile, self.ssrcs.len())
        {
            (true, ..) => (1920.0, 1080.0, 1.1e6),
            (false, true, _) => (640.0, 480.0, 6.0e5),
            (false, false, 1) => (1280.0, 720.0, 1.2e6),
            _ => (1280.0, 720.0, 1.75e6),
        };
        let room = step.weather.bandwidth * 0.8 / copies;
        let is_limited = room < asked;
        let rate = random.about(asked.min(room), 0.08).max(20_000.0);
        row.bitrate_bps = Some(rate * copies * step.connected);
        let scale = if rate < asked / 3.0 { 0.5 } else { 1.0 };
        row.frame_width = Some(width * scale);
        row.frame_height = Some(height * scale);
        row.frames_per_second = Some(match (self.is_screen, self.sender.is_slow) {
            (true, _) => random.about(5.0, 0.4),
            (false, true) => random.between(8.0, 20.0),
            (false, false) if rate < 120_000.0 => random.between(6.0, 14.0),
            _ => random.about(27.0, 0.1),
        });
        row.encode_ms_per_frame = Some(if self.sender.is_slow {
            random.about(55.0, 0.3)
        } else {
            random.about(9.0, 0.3)
        });
        if self.sender.engine == Engine::Chromium {
            let seconds = step.length() / 1000.0;
            let bandwidth = if is_limited {
                random.between(0.6, 1.0) * seconds
            } else {
                0.0
            };
            let cpu = if self.sender.is_slow {
                random.between(0.3, 1.0) * (seconds - bandwidth)
            } else {
                0.0
            };
            row.limited_bandwidth_s = Some(bandwidth);
            row.limited_cpu_s = Some(cpu);
            row.limited_other_s = Some(0.0);
            row.limited_none_s = Some((seconds - bandwidth - cpu).max(0.0));
        }
        asked
    }

    /// What goes out on each connection, or as each layer: it is counted there.
    fn pieces(
        &self,
        step: &Step,
        connections: usize,
        rate: f64,
        random: &mut Random,
    ) -> Vec<Piece> {
        let shares: Vec<f64> = match (connections, self.ssrcs.len()) {
            (2.., _) => {
                vec![1.0 / f64::from(u32::try_from(connections).unwrap_or(u32::MAX)); connections]
            }
            (_, 3) => vec![0.1, 0.3, 0.6],
            _ => vec![1.0],
        };
        let seconds = step.length() / 1000.0;
        let of = |share: f64| {
            let packets = match self.kind {
                Kind::Audio => 50.0 * seconds * step.connected,
                Kind::Video => rate * share * seconds / 8.0 / PACKET_BYTES,
            };
            let sent = random.about(packets, 0.02).round();
            // While the connection is away, nobody reports.
            let is_reported = step.is_connected();
            let loss = step.weather.loss;
            Piece {
                share,
                sent,
                lost: is_reported.then(|| random.count(sent * loss / (1.0 - loss))),
                rtt_ms: is_reported.then(|| random.about(step.weather.round_trip_ms, 0.03)),
            }
        };
        shares.into_iter().map(of).collect()
    }

    fn put_together(&mut self, pieces: &[Piece], row: &mut TrackInterval) {
        let sent: f64 = pieces.iter().map(|it| it.sent).sum();
        let lost = pieces
            .iter()
            .filter_map(|it| it.lost)
            .reduce(|one, other| one + other);
        let (loss, is_carried) = self.totals.packets(sent, lost);
        row.packets_sent = Some(sent);
        row.packets_lost = lost;
        row.packet_loss_pct = loss;
        row.rtt_ms = pieces.iter().filter_map(|it| it.rtt_ms).reduce(f64::max);
        if lost.is_none() {
            row.notes.push(Note::Unreported);
        } else if is_carried {
            row.notes.push(Note::Carried);
        }
        let asked_again = lost.map(|lost| (lost * 0.9).round());
        if self.kind == Kind::Video {
            row.retransmitted_packets = asked_again;
            row.nack_count = lost.map(|lost| (lost * 1.1).round());
            row.pli_count = lost.map(|lost| (lost / 40.0).floor());
            row.fir_count = lost.map(|_| 0.0);
        }
    }

    /// The same for each layer or connection, where there are several.
    fn list(&self, pieces: &[Piece], pcs: &[String], row: &mut TrackInterval) {
        let figures = |piece: &Piece| {
            let loss = piece.lost.and_then(|lost| percent(lost, piece.sent));
            let rate = row.bitrate_bps.map(|rate| rate * piece.share);
            (rate, Some(piece.sent), piece.lost, loss, piece.rtt_ms)
        };
        if pcs.len() > 1 {
            for (piece, pc) in pieces.iter().zip(pcs) {
                let (bitrate_bps, packets_sent, packets_lost, packet_loss_pct, rtt_ms) =
                    figures(piece);
                let mut part = TrackPart {
                    pc: Some(pc.clone()),
                    kind: row.kind,
                    bitrate_bps,
                    packets_sent,
                    packets_lost,
                    packet_loss_pct,
                    rtt_ms,
                    ..TrackPart::default()
                };
                round(TrackPart::METRICS, &mut part);
                row.connections.push(part);
            }
            return;
        }
        for (index, (piece, ssrc)) in (0_u32..).zip(pieces.iter().zip(&self.ssrcs)) {
            let (bitrate_bps, packets_sent, packets_lost, packet_loss_pct, rtt_ms) = figures(piece);
            let is_simulcast = self.ssrcs.len() > 1;
            let scale = if is_simulcast {
                [0.25, 0.5, 1.0].get(index as usize).copied().unwrap_or(1.0)
            } else {
                1.0
            };
            let mut layer = Layer {
                ssrc: Some(*ssrc),
                encoding_index: is_simulcast.then_some(index),
                bitrate_bps,
                packets_sent,
                packets_lost,
                packet_loss_pct,
                rtt_ms,
                frames_per_second: row.frames_per_second,
                frame_width: row.frame_width.map(|it| it * scale),
                frame_height: row.frame_height.map(|it| it * scale),
                ..Layer::default()
            };
            round(Layer::METRICS, &mut layer);
            row.layers.push(layer);
        }
    }

    fn signals(
        &self,
        row: &TrackInterval,
        step: &Step,
        watch: &mut Watch,
        events: &mut Vec<Event>,
    ) {
        let share = |seconds: Option<f64>| rounded(100_000.0 * seconds? / step.length(), 4);
        let found = [
            (SignalType::SilentMicrophone, row.audio_level),
            (
                SignalType::LowFrameRate,
                row.frames_per_second.filter(|_| !self.is_screen),
            ),
            (SignalType::CpuLimited, share(row.limited_cpu_s)),
            (SignalType::BandwidthLimited, share(row.limited_bandwidth_s)),
        ];
        for (signal, value) in found {
            let finding = Finding {
                signal,
                pc: row.pc.as_deref(),
                track: Some(&self.sid),
                kind: Some(self.kind),
                value,
            };
            watch.judge(finding, step.from, step.to, events);
        }
    }

    /// What it came to, and the issues that stand.
    pub(crate) fn finish(
        self,
        pcs: &[String],
        issues: &mut Vec<Issue>,
    ) -> Option<PublishedSummary> {
        let (start, end) = self.measured?;
        let of = Subject {
            track: &self.sid,
            pc: only(pcs),
            kind: self.kind,
        };
        self.totals.stand(of, issues);
        Some(PublishedSummary {
            pc: only(pcs).map(ToOwned::to_owned),
            kind: Some(self.kind),
            layers: u32::try_from(self.ssrcs.len()).unwrap_or(1),
            start: Some(start),
            end: Some(end),
            duration_ms: self.duration_ms,
            packets_sent: Some(self.totals.sent),
            packets_lost: self.totals.lost,
            packet_loss_pct: self.totals.loss().and_then(|it| rounded(it, 4)),
            rtt_avg_ms: self
                .totals
                .average_round_trip()
                .and_then(|it| rounded(it, 3)),
            codec: Some(self.codec.to_owned()),
            screen_share: self.is_screen,
            distributions: self.spread.finish(),
            track: Some(self.sid),
        })
    }
}

/// The connection, where there is only one.
fn only(pcs: &[String]) -> Option<&str> {
    match pcs {
        [only] => Some(only),
        _ => None,
    }
}

/// A row whose figures can be set.
pub(crate) trait Row {
    fn value(&self, metric: Metric) -> Option<f64>;
    fn set(&mut self, metric: Metric, value: Option<f64>);
}

macro_rules! rows {
    ($($name:ty),*) => {$(
        impl Row for $name {
            fn value(&self, metric: Metric) -> Option<f64> {
                self.figure(metric)
            }

            fn set(&mut self, metric: Metric, value: Option<f64>) {
                self.set_figure(metric, value);
            }
        }
    )*};
}
rows!(
    TrackInterval,
    TrackPart,
    Layer,
    callscope_core::wire::ConnectionInterval,
    callscope_core::wire::ReceivedTrack
);

/// To as many decimals as are sent.
pub(crate) fn round(metrics: &[Metric], row: &mut impl Row) {
    for &metric in metrics {
        if let Some(value) = row.value(metric) {
            row.set(metric, rounded(value, decimals(metric.unit())));
        }
    }
}
