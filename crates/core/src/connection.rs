//! One connection: the tracks published on it, and what it receives.

use alloc::vec::Vec;

use crate::config::Config;
use crate::counter::{Counters, Step};
use crate::inbound::Inbound;
use crate::interval::{Interval, Scope};
use crate::leg::Leg;
use crate::path::Path;
use crate::report::{
    Row, Rows, candidate, inbound, media_source, outbound, pair, remote_inbound, transport,
};
use crate::signal::connection_lost::LossOfConnection;
use crate::span::{Span, Tick};
use crate::tally::Peak;
use crate::{Atom, Millis, Oddities, Oddity, Timestamp};

#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) pc: Atom,
    /// Where it is followed over the whole call.
    pub(crate) subject: usize,
    pub(crate) legs: Vec<Leg>,
    pub(crate) inbound: Vec<Inbound>,
    pub(crate) loss: LossOfConnection,
    /// Whether its reports say how its ICE is doing; events need not then.
    pub(crate) tells_state: bool,
    /// The ssrcs that it sends with, added up.
    pub(crate) sending: f64,
    span: Option<Span>,
    /// What became of the report in hand.
    measured: bool,
    fell: bool,
    /// Whether a counter fell in the interval.
    fell_before: bool,
    /// Where the next received track is looked for first: reports keep their order.
    next_inbound: usize,
    selected: Option<Atom>,
    checks: Counters,
    round_trip_time: f64,
    available: f64,
    path: Option<Path>,
}

impl Connection {
    pub(crate) const fn new(pc: Atom, subject: usize) -> Self {
        Self {
            pc,
            subject,
            legs: Vec::new(),
            inbound: Vec::new(),
            loss: LossOfConnection::new(),
            tells_state: false,
            sending: 0.0,
            span: None,
            measured: false,
            fell: false,
            fell_before: false,
            next_inbound: 0,
            selected: None,
            checks: Counters::new(0),
            round_trip_time: f64::NAN,
            available: f64::NAN,
            path: None,
        }
    }

    /// When the report in hand was made: the latest timestamp of its RTP entries, else of what else it holds.
    pub(crate) fn time_of(rows: &Rows<'_>, odd: &mut Oddities) -> Option<Timestamp> {
        let mut times = [None, None];
        let mut rows = rows.clone();
        for row in rows.by_ref() {
            let (kind, column) = match row.tag() {
                outbound::TAG => (0, outbound::TIMESTAMP),
                inbound::TAG => (0, inbound::TIMESTAMP),
                media_source::TAG => (1, media_source::TIMESTAMP),
                transport::TAG => (1, transport::TIMESTAMP),
                pair::TAG => (1, pair::TIMESTAMP),
                _ => continue,
            };
            match row.timestamp(column) {
                Some(time) if times[kind].is_none_or(|latest| time > latest) => {
                    times[kind] = Some(time)
                }
                Some(_) => {}
                None => odd.count(Oddity::NoTimestamp),
            }
        }
        if rows.remains() {
            odd.count(Oddity::TruncatedRow);
        }
        times[0].or(times[1])
    }

    /// Judges the time of the report in hand for what is received.
    pub(crate) fn tick(&self, at: Timestamp, config: &Config, odd: &mut Oddities) -> Tick {
        self.span
            .map_or(Tick::First, |span| span.tick(at, config.missed_after, odd))
    }

    /// The received track of that row.
    pub(crate) fn find_inbound(&mut self, row: Row<'_>) -> Option<usize> {
        let (before, after) = self
            .inbound
            .split_at(self.next_inbound.min(self.inbound.len()));
        let place = after
            .iter()
            .position(|inbound| inbound.is(row))
            .map(|place| before.len() + place);
        let place = place.or_else(|| before.iter().position(|inbound| inbound.is(row)))?;
        self.next_inbound = place + 1;
        Some(place)
    }

    /// Takes an `inbound-rtp`.
    pub(crate) fn read_inbound(
        &mut self,
        place: usize,
        row: Row<'_>,
        at: Timestamp,
        config: &Config,
        odd: &mut Oddities,
    ) {
        let Some(inbound) = self.inbound.get_mut(place) else {
            return;
        };
        if inbound
            .last
            .is_some_and(|last| at - last > config.missed_after)
        {
            inbound.forget();
        }
        inbound.last = Some(at);
        match inbound.read(row, odd) {
            Step::Progress => self.measured = true,
            Step::Fell => self.fell = true,
            Step::Baseline => {}
        }
    }

    /// Hands a `remote-inbound-rtp` to its layer.
    pub(crate) fn read_remote(&mut self, row: Row<'_>, odd: &mut Oddities) {
        let (ssrc, local) = (
            row.raw(remote_inbound::SSRC),
            row.atom(remote_inbound::LOCAL),
        );
        let mut layers = self
            .legs
            .iter_mut()
            .filter(|leg| leg.is_current())
            .flat_map(|leg| &mut leg.layers);
        let of_layer = layers.find(|layer| {
            layer.seen && (layer.ssrc == ssrc || (local.is_some() && layer.id == local))
        });
        match of_layer {
            Some(layer) => layer.read_remote(row, odd),
            None => odd.count(Oddity::UnmatchedReport),
        }
    }

    /// Takes what the selected candidate pair says.
    pub(crate) fn read_path(&mut self, rows: &Rows<'_>, odd: &mut Oddities) {
        let Some(pair) = selected_pair(rows) else {
            return;
        };
        let id = pair.atom(pair::ID);
        if id != self.selected {
            self.selected = id;
            self.checks.forget();
        }
        self.checks
            .read(pair.from(pair::TOTAL_ROUND_TRIP_TIME), odd);
        self.round_trip_time = pair.number(pair::ROUND_TRIP_TIME).unwrap_or(f64::NAN);
        self.available = pair.number(pair::AVAILABLE_OUTGOING).unwrap_or(f64::NAN);
        let end = |column| {
            let id = pair.atom(column)?;
            rows.clone()
                .find(|row| row.tag() == candidate::TAG && row.atom(candidate::ID) == Some(id))
        };
        self.path = Some(Path::between(end(pair::LOCAL), end(pair::REMOTE)));
    }

    /// Ends the report in hand. An interval that is over is returned.
    pub(crate) fn settle(&mut self, tick: Tick, at: Timestamp) -> Option<Interval> {
        for inbound in &mut self.inbound {
            inbound.seen = false;
        }
        self.next_inbound = 0;
        let fell = core::mem::take(&mut self.fell);
        self.fell_before |= fell;
        let measured = core::mem::take(&mut self.measured) || !fell;
        match (&mut self.span, tick) {
            (_, Tick::Stale) => return None,
            (Some(span), Tick::On) => span.advance(at, measured),
            (span, _) => *span = Some(Span::open(at)),
        }
        if !self.span.is_some_and(|span| span.is_due()) {
            return None;
        }
        let interval = self.interval();
        self.next_interval();
        self.span = Some(Span::open(at));
        interval
    }

    /// The interval so far; `None` before the second sample.
    pub(crate) fn interval(&self) -> Option<Interval> {
        let span = self.span.filter(|span| span.duration() > Millis::ZERO)?;
        let seconds = span.measured_seconds();
        let base = Interval {
            pc: Some(self.pc),
            ..Interval::of(
                Scope::Connection,
                span.start(),
                span.opened(),
                span.duration(),
            )
        };
        let mut connection = Interval {
            path: self.path,
            parts: Vec::new(),
            ..base
        };
        connection.notes.counter_fell = self.fell_before;
        connection.notes.baseline = true;
        for inbound in self
            .inbound
            .iter()
            .filter(|inbound| inbound.last.is_some_and(|last| last >= span.opened()))
        {
            let mut part = Interval {
                scope: Scope::Received,
                tally: inbound.tally(seconds),
                parts: Vec::new(),
                ..base
            };
            part.notes.baseline = inbound.is_baseline();
            connection.notes.baseline &= part.notes.baseline;
            part.track = inbound.id();
            part.kind = inbound.kind();
            connection.tally.merge(&part.tally);
            connection.parts.push(part);
        }
        let (total, responses) = (
            self.checks.sum(0),
            self.checks
                .sum(pair::RESPONSES - pair::TOTAL_ROUND_TRIP_TIME),
        );
        let round_trip_time = if responses > 0.0 {
            total / responses
        } else {
            self.round_trip_time
        };
        connection
            .tally
            .set_peak(Peak::IceRoundTripTime, 1000.0 * round_trip_time);
        // Without received tracks there is nothing that could be a first reading.
        connection.notes.baseline &= !connection.parts.is_empty();
        connection
            .tally
            .set_peak(Peak::AvailableOutgoing, self.available);
        Some(connection)
    }

    /// Ends the interval before its time; `None` if nothing was measured.
    pub(crate) fn cut(&mut self) -> Option<Interval> {
        let mut interval = self.interval();
        if let Some(interval) = &mut interval {
            interval.notes.cut_short = true;
        }
        self.next_interval();
        for inbound in &mut self.inbound {
            inbound.forget();
        }
        self.checks.forget();
        self.span = None;
        interval
    }

    /// Where the received track of that name is followed.
    /// Parts are in the order of the received tracks: `next` is where the next one is looked for first.
    pub(crate) fn subject_of(&self, part: &Interval, next: &mut usize) -> Option<usize> {
        let is_this = |inbound: &Inbound| inbound.id() == part.track;
        let (before, after) = self.inbound.split_at(self.inbound.len().min(*next));
        let place = after
            .iter()
            .position(is_this)
            .map(|place| before.len() + place)
            .or_else(|| before.iter().position(is_this))?;
        *next = place + 1;
        self.inbound.get(place).map(|inbound| inbound.subject)
    }

    fn next_interval(&mut self) {
        for inbound in &mut self.inbound {
            inbound.next_interval();
        }
        self.checks.next_interval();
        self.fell_before = false;
    }
}

/// The candidate pair in use. The first nominated one is often the wrong one: the transport says which it is; where there
/// is no transport, the pair that says it is selected, or the only one that is nominated and works.
fn selected_pair<'a>(rows: &Rows<'a>) -> Option<Row<'a>> {
    let of_tag = |tag| rows.clone().filter(move |row| row.tag() == tag);
    let selected = of_tag(transport::TAG)
        .filter_map(|row| row.atom(transport::SELECTED_PAIR))
        .min();
    if let Some(selected) = selected {
        return of_tag(pair::TAG).find(|row| row.atom(pair::ID) == Some(selected));
    }
    if let Some(selected) = of_tag(pair::TAG).find(|row| row.raw(pair::SELECTED) == 1.0) {
        return Some(selected);
    }
    // 4 is `succeeded` in the table.
    let mut working = of_tag(pair::TAG)
        .filter(|row| row.raw(pair::NOMINATED) == 1.0 && row.raw(pair::STATE) == 4.0);
    let only = working.next()?;
    working.next().is_none().then_some(only)
}
