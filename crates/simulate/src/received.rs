//! What a connection receives, interval by interval.

use crate::rounded;
use callscope_core::Metric;
use callscope_core::wire::{
    ConnectionInterval, ConnectionSummary, Event, Interval, Kind, ReceivedSummary, ReceivedTrack,
    SignalType, Transport, decimals,
};

use crate::clients::Engine;
use crate::network::Line;
use crate::random::Random;
use crate::totals::{Spread, percent};
use crate::track::{Step, round};
use crate::watch::{Finding, Watch};

/// The tracks of another.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    pub(crate) audio: Option<String>,
    pub(crate) video: Option<String>,
}

/// Sums over the intervals of a received track, or of all.
#[derive(Clone, Debug, Default)]
struct Sums {
    received: f64,
    lost: f64,
    spread: Spread,
    duration_ms: i64,
    measured: Option<(i64, i64)>,
}

impl Sums {
    fn add(&mut self, metrics: &[Metric], figure: impl Fn(Metric) -> Option<f64>, step: &Step) {
        self.received += figure(Metric::PacketsReceived).unwrap_or_default();
        self.lost += figure(Metric::PacketsLost).unwrap_or_default();
        self.spread.add(metrics, figure, step.length());
        self.duration_ms += step.to - step.from;
        let first = self.measured.map_or(step.from, |(first, _)| first);
        self.measured = Some((first, step.to));
    }

    fn loss(&self) -> Option<f64> {
        percent(self.lost, self.received)
            .and_then(|it| rounded(it, decimals(Metric::PacketLoss.unit())))
    }
}

/// One connection.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) pc: String,
    engine: Engine,
    tracks: Vec<(String, Kind, Sums)>,
    sums: Sums,
}

impl Connection {
    pub(crate) fn new(pc: String, engine: Engine, remotes: &[Remote]) -> Self {
        let tracks = remotes.iter().flat_map(|remote| {
            let audio = remote
                .audio
                .iter()
                .map(|it| (it.clone(), Kind::Audio, Sums::default()));
            let video = remote
                .video
                .iter()
                .map(|it| (it.clone(), Kind::Video, Sums::default()));
            audio.chain(video).collect::<Vec<_>>()
        });
        Self {
            pc,
            engine,
            tracks: tracks.collect(),
            sums: Sums::default(),
        }
    }

    /// The next interval.
    pub(crate) fn measure(
        &mut self,
        step: &Step,
        line: &Line,
        watch: &mut Watch,
        events: &mut Vec<Event>,
        random: &mut Random,
    ) -> Interval {
        let mut row = ConnectionInterval {
            pc: Some(self.pc.clone()),
            start: step.start,
            duration_ms: step.to - step.from,
            ..ConnectionInterval::default()
        };
        for (track, kind, sums) in &mut self.tracks {
            let received = receive(track, *kind, step, random);
            sums.add(
                ReceivedTrack::METRICS,
                |metric| received.figure(metric),
                step,
            );
            signals(&received, &self.pc, step, watch, events);
            row.received.push(received);
        }
        if !row.received.is_empty() {
            sum_up(&mut row);
        }
        if self.engine != Engine::Firefox {
            row.path = Some(line.path);
            row.ice_rtt_ms = step
                .is_connected()
                .then(|| random.about(step.weather.round_trip_ms * 0.95, 0.03));
        }
        if self.engine == Engine::Chromium {
            row.available_outgoing_bitrate_bps = Some(step.weather.bandwidth);
        }
        round(ConnectionInterval::METRICS, &mut row);
        self.sums.add(
            ConnectionInterval::METRICS,
            |metric| row.figure(metric),
            step,
        );
        self.of_connection(&row, step, watch, events);
        Interval::Connection(Box::new(row))
    }

    fn of_connection(
        &self,
        row: &ConnectionInterval,
        step: &Step,
        watch: &mut Watch,
        events: &mut Vec<Event>,
    ) {
        let over_stream = row.path.map(|path| {
            let is_so = path.relayed == Some(true) && path.transport != Some(Transport::Udp);
            f64::from(u8::from(is_so))
        });
        let found = [
            (SignalType::NoMedia, row.packets_received),
            (SignalType::RelayedOverTcp, over_stream),
        ];
        for (signal, value) in found {
            let finding = Finding {
                signal,
                pc: Some(&self.pc),
                track: None,
                kind: None,
                value,
            };
            watch.judge(finding, step.from, step.to, events);
        }
    }

    /// What it came to, and each of its tracks.
    pub(crate) fn finish(self) -> (Option<ConnectionSummary>, Vec<ReceivedSummary>) {
        let loss = self.sums.loss();
        let pc = self.pc;
        let has_tracks = !self.tracks.is_empty();
        let whole = self.sums.measured.map(|(start, end)| ConnectionSummary {
            pc: Some(pc.clone()),
            start: Some(start),
            end: Some(end),
            duration_ms: self.sums.duration_ms,
            packets_received: has_tracks.then_some(self.sums.received),
            packets_lost: has_tracks.then_some(self.sums.lost),
            packet_loss_pct: loss,
            distributions: self.sums.spread.finish(),
        });
        let tracks = self.tracks.into_iter().filter_map(|(track, kind, sums)| {
            let (start, end) = sums.measured?;
            Some(ReceivedSummary {
                track: Some(track),
                pc: Some(pc.clone()),
                kind: Some(kind),
                start: Some(start),
                end: Some(end),
                duration_ms: sums.duration_ms,
                packets_received: Some(sums.received),
                packets_lost: Some(sums.lost),
                packet_loss_pct: sums.loss(),
                codec: None,
                distributions: sums.spread.finish(),
            })
        });
        (whole, tracks.collect())
    }
}

fn receive(track: &str, kind: Kind, step: &Step, random: &mut Random) -> ReceivedTrack {
    let seconds = step.length() / 1000.0;
    // What comes down is mostly better off than what goes up.
    let loss = step.weather.loss * 0.6;
    let rate = match kind {
        Kind::Audio => random.about(26_000.0, 0.15),
        Kind::Video => random.about(700_000.0_f64.min(step.weather.bandwidth), 0.2),
    } * step.connected;
    let bytes = if kind == Kind::Audio { 65.0 } else { 1050.0 };
    let due = rate * seconds / 8.0 / bytes;
    let lost = random.count(due * loss);
    let mut row = ReceivedTrack {
        track: Some(track.to_owned()),
        kind: Some(kind),
        bitrate_bps: Some(rate),
        packets_received: Some((due - lost).round().max(0.0)),
        packets_lost: Some(lost),
        jitter_ms: Some(step.weather.jitter_ms),
        jitter_buffer_ms: Some(random.about(30.0 + 3.0 * step.weather.jitter_ms, 0.2)),
        ..ReceivedTrack::default()
    };
    let away_ms = step.length() * (1.0 - step.connected);
    match kind {
        Kind::Audio => {
            let made_up = 100.0 * (loss * 0.7 + (1.0 - step.connected) * 0.8);
            row.concealed_pct = Some(random.about(made_up, 0.3).min(100.0));
        }
        Kind::Video => {
            let freezes = random.count(seconds * loss * 0.8);
            let frozen = freezes * random.between(160.0, 420.0) + away_ms;
            row.freeze_count = Some(freezes + f64::from(u8::from(away_ms > 0.0)));
            row.freeze_ms = Some(frozen.min(step.length()));
            row.frames_per_second = Some(random.about(26.0, 0.1) * step.connected * (1.0 - loss));
            row.frames_dropped = Some(random.count(seconds * loss * 4.0));
            row.frame_width = Some(640.0);
            row.frame_height = Some(360.0);
        }
    }
    row.packet_loss_pct = percent(lost, row.packets_received.unwrap_or_default());
    round(ReceivedTrack::METRICS, &mut row);
    row
}

/// Over all tracks: rates and counts are sums, the rest is that of the track with the most to show for it.
fn sum_up(row: &mut ConnectionInterval) {
    let of = |metric: Metric, add: fn(f64, f64) -> f64| {
        row.received
            .iter()
            .filter_map(|it| it.figure(metric))
            .reduce(add)
    };
    let sum = |one, other| one + other;
    let bitrate = of(Metric::Bitrate, sum);
    let received = of(Metric::PacketsReceived, sum);
    let lost = of(Metric::PacketsLost, sum);
    let figures = [
        (Metric::Bitrate, bitrate),
        (Metric::PacketsReceived, received),
        (Metric::PacketsLost, lost),
        (
            Metric::PacketLoss,
            lost.zip(received)
                .and_then(|(lost, received)| percent(lost, received)),
        ),
        (Metric::Jitter, of(Metric::Jitter, f64::max)),
        (Metric::JitterBuffer, of(Metric::JitterBuffer, f64::max)),
        (
            Metric::FramesPerSecond,
            of(Metric::FramesPerSecond, f64::max),
        ),
        (Metric::FrameWidth, of(Metric::FrameWidth, f64::max)),
        (Metric::FrameHeight, of(Metric::FrameHeight, f64::max)),
        (Metric::FramesDropped, of(Metric::FramesDropped, sum)),
        (Metric::FreezeCount, of(Metric::FreezeCount, sum)),
        (Metric::FreezeTime, of(Metric::FreezeTime, sum)),
        (Metric::Concealed, of(Metric::Concealed, f64::max)),
    ];
    for (metric, value) in figures {
        row.set_figure(metric, value);
    }
}

fn signals(row: &ReceivedTrack, pc: &str, step: &Step, watch: &mut Watch, events: &mut Vec<Event>) {
    let arrives = row.packets_received.is_some_and(|it| it > 0.0);
    let found = [
        (SignalType::FrozenVideo, row.freeze_ms),
        (
            SignalType::StalledVideo,
            row.frames_per_second.filter(|_| arrives),
        ),
        (SignalType::ConcealedAudio, row.concealed_pct),
    ];
    for (signal, value) in found {
        let finding = Finding {
            signal,
            pc: Some(pc),
            track: row.track.as_deref(),
            kind: row.kind,
            value,
        };
        watch.judge(finding, step.from, step.to, events);
    }
}
