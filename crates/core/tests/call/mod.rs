//! Makes packed reports by hand, as a browser would report a call.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    missing_debug_implementations,
    clippy::allow_attributes,
    reason = "shared by test files"
)]

use callscope_core::report::{
    RowWriter, candidate, codec, inbound, media_source, outbound, pair, remote_inbound, transport,
};
use callscope_core::{Atom, Engine, Interval, Output, Scope};

/// A moment on an interval's edge: 2026-11-22 00:00:00 UTC.
pub const T0: f64 = 1_795_305_600_000.0;

pub const PC: Atom = Atom::new(1000);

/// One report in the making. `at` is in seconds after [`T0`].
#[derive(Clone, Debug)]
pub struct Report {
    at: f64,
    pub rows: Vec<f64>,
}

impl Report {
    pub fn at(seconds: f64) -> Self {
        Self {
            at: T0 + 1000.0 * seconds,
            rows: Vec::new(),
        }
    }

    fn row(mut self, tag: usize, cells: &[(usize, f64)]) -> Self {
        let mut row = RowWriter::new(&mut self.rows, tag);
        for &(column, value) in cells {
            row.set(column, value);
        }
        self
    }

    /// A layer of the track whose source is `source`.
    pub fn layer(self, source: f64, ssrc: f64, cells: &[(usize, f64)]) -> Self {
        let mut all = vec![
            (outbound::TIMESTAMP, self.at),
            (outbound::ID, 500.0 + ssrc),
            (outbound::SSRC, ssrc),
            (outbound::KIND, 1.0),
            (outbound::SOURCE, source),
        ];
        all.extend_from_slice(cells);
        self.row(outbound::TAG, &all)
    }

    /// The bytes and packets of a layer.
    pub fn sent(self, source: f64, ssrc: f64, bytes: f64, packets: f64) -> Self {
        self.layer(
            source,
            ssrc,
            &[(outbound::BYTES, bytes), (outbound::PACKETS, packets)],
        )
    }

    /// An RTCP report about a layer, which arrived so many seconds after [`T0`].
    pub fn reported(
        self,
        ssrc: f64,
        arrived: f64,
        lost: f64,
        total_rtt: f64,
        measurements: f64,
    ) -> Self {
        self.remote(
            ssrc,
            arrived,
            &[
                (remote_inbound::LOST, lost),
                (remote_inbound::TOTAL_ROUND_TRIP_TIME, total_rtt),
                (remote_inbound::MEASUREMENTS, measurements),
            ],
        )
    }

    pub fn remote(self, ssrc: f64, arrived: f64, cells: &[(usize, f64)]) -> Self {
        let mut all = vec![
            (remote_inbound::TIMESTAMP, T0 + 1000.0 * arrived),
            (remote_inbound::SSRC, ssrc),
        ];
        all.extend_from_slice(cells);
        self.row(remote_inbound::TAG, &all)
    }

    pub fn received(self, track: f64, ssrc: f64, cells: &[(usize, f64)]) -> Self {
        let mut all = vec![
            (inbound::TIMESTAMP, self.at),
            (inbound::SSRC, ssrc),
            (inbound::TRACK, track),
            (inbound::KIND, 1.0),
        ];
        all.extend_from_slice(cells);
        self.row(inbound::TAG, &all)
    }

    pub fn source(self, id: f64, energy: f64, duration: f64) -> Self {
        let at = self.at;
        self.row(
            media_source::TAG,
            &[
                (media_source::TIMESTAMP, at),
                (media_source::ID, id),
                (media_source::ENERGY, energy),
                (media_source::SAMPLES_DURATION, duration),
            ],
        )
    }

    pub fn transport(self, selected: f64, ice_state: f64) -> Self {
        let at = self.at;
        self.row(
            transport::TAG,
            &[
                (transport::TIMESTAMP, at),
                (transport::SELECTED_PAIR, selected),
                (transport::ICE_STATE, ice_state),
            ],
        )
    }

    pub fn pair(self, id: f64, cells: &[(usize, f64)]) -> Self {
        let mut all = vec![(pair::TIMESTAMP, self.at), (pair::ID, id)];
        all.extend_from_slice(cells);
        self.row(pair::TAG, &all)
    }

    pub fn candidate(self, id: f64, cells: &[(usize, f64)]) -> Self {
        let mut all = vec![(candidate::ID, id)];
        all.extend_from_slice(cells);
        self.row(candidate::TAG, &all)
    }

    pub fn codec(self, id: f64, mime_type: f64) -> Self {
        self.row(
            codec::TAG,
            &[(codec::ID, id), (codec::MIME_TYPE, mime_type)],
        )
    }

    pub fn into_engine(self, engine: &mut Engine) {
        engine.sample(PC, &self.rows);
    }
}

/// What comes of a series of reports, up to the end of the call.
pub fn run(reports: impl IntoIterator<Item = Report>) -> (Engine, Vec<Output>) {
    let mut engine = Engine::new(callscope_core::Config::default());
    let outputs = feed(&mut engine, reports);
    (engine, outputs)
}

pub fn feed(engine: &mut Engine, reports: impl IntoIterator<Item = Report>) -> Vec<Output> {
    for report in reports {
        report.into_engine(engine);
    }
    engine.finish();
    engine.drain().collect()
}

pub fn intervals(outputs: &[Output], scope: Scope) -> Vec<Interval> {
    outputs
        .iter()
        .filter_map(|output| match output {
            Output::Interval(interval) if interval.scope == scope => Some(interval.clone()),
            _ => None,
        })
        .collect()
}

/// The published tracks' intervals.
pub fn tracks(outputs: &[Output]) -> Vec<Interval> {
    intervals(outputs, Scope::Track)
}
