//! One connection: the tracks published on it, and what it receives.

use alloc::vec::Vec;

use crate::counter::{Counters, Step, known_or_zero};
use crate::inbound::Inbound;
use crate::interval::{Interval, Scope, TrackId, whole};
use crate::ledger::Ledger;
use crate::leg::Leg;
use crate::path::Path;
use crate::report::{
    Row, Rows, candidate, inbound, media_source, outbound, pair, remote_inbound, transport,
};
use crate::signal::connection_lost::LossOfConnection;
use crate::signal::{ConnectionState, Signal};
use crate::span::{Span, Tick};
use crate::tally::Figure;
use crate::{Atom, Millis, Oddities, Oddity, Output, Timestamp};

/// All rows that have a timestamp have it there.
const TIMESTAMP: usize = {
    assert!(outbound::TIMESTAMP == inbound::TIMESTAMP);
    assert!(media_source::TIMESTAMP == inbound::TIMESTAMP);
    assert!(transport::TIMESTAMP == inbound::TIMESTAMP);
    assert!(pair::TIMESTAMP == inbound::TIMESTAMP);
    inbound::TIMESTAMP
};

#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) pc: Atom,
    /// Where it is followed over the whole call.
    subject: usize,
    pub(crate) legs: Vec<Leg>,
    inbound: Vec<Inbound>,
    loss: LossOfConnection,
    /// Whether its reports say how its ICE is doing; events need not then.
    tells_state: bool,
    /// The ssrcs that it sends with, added up.
    sending: f64,
    span: Option<Span>,
    /// What became of the report in hand.
    measured: bool,
    fell: bool,
    /// Whether a counter fell in the interval.
    fell_before: bool,
    /// Where the next received track is looked for first: reports keep their order.
    next_inbound: usize,
    selected: f64,
    checks: Counters,
    round_trip_time: f64,
    available: f64,
    path: Option<Path>,
}

impl Connection {
    pub(crate) fn new(pc: Atom, subject: usize) -> Self {
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
            selected: f64::NAN,
            checks: Counters::new(0),
            round_trip_time: f64::NAN,
            available: f64::NAN,
            path: None,
        }
    }

    /// When the report in hand was made: the latest timestamp of its RTP entries, else of what else it holds.
    pub(crate) fn time_of(rows: &Rows<'_>, odd: &mut Oddities) -> Option<Timestamp> {
        let (mut of_media, mut of_others) = (0.0, 0.0);
        let mut rows = rows.clone();
        for row in rows.by_ref() {
            let latest = match row.tag() {
                outbound::TAG | inbound::TAG => &mut of_media,
                media_source::TAG | transport::TAG | pair::TAG => &mut of_others,
                _ => continue,
            };
            match row.timestamp(TIMESTAMP) {
                Some(time) if time.as_f64() > *latest => *latest = time.as_f64(),
                Some(_) => {}
                None => odd.count(Oddity::NoTimestamp),
            }
        }
        if rows.remains() {
            odd.count(Oddity::TruncatedRow);
        }
        // Zero is no moment.
        Timestamp::new(of_media).or(Timestamp::new(of_others))
    }

    /// Takes a report that was made at that time.
    pub(crate) fn measure(&mut self, rows: &Rows<'_>, at: Timestamp, ledger: &mut Ledger) {
        let tick = match self.span {
            Some(span) => span.tick(at, ledger),
            None => Tick::First,
        };
        if tick == Tick::Broken {
            self.cut_received(ledger);
        }
        let mut sending = 0.0;
        self.tells_state = false;
        for row in rows.clone() {
            match row.tag() {
                outbound::TAG => {
                    // A sum of whole numbers is exact, whatever their order; what is unknown adds nothing.
                    sending += known_or_zero(row.raw(outbound::SSRC));
                    self.read_outbound(row, at, ledger);
                }
                inbound::TAG if tick != Tick::Stale => self.read_inbound(row, at, ledger),
                transport::TAG => {
                    if let Some(state) = ConnectionState::unpack(row.raw(transport::ICE_STATE)) {
                        self.turn(state, at, ledger);
                        self.tells_state = true;
                    }
                }
                _ => {}
            }
        }
        ledger.sends_anew |= core::mem::replace(&mut self.sending, sending) != sending;
        for row in rows.clone().filter(|row| row.tag() == remote_inbound::TAG) {
            self.read_remote(row, &mut ledger.odd);
        }
        for leg in &mut self.legs {
            leg.settle(at, rows, ledger);
        }
        if tick != Tick::Stale {
            self.read_path(rows, &mut ledger.odd);
        }
        self.settle(tick, at, ledger);
        self.let_go(at, ledger);
    }

    /// An event says how its ICE is doing: that counts only where the reports say nothing.
    pub(crate) fn hear(&mut self, state: ConnectionState, at: Timestamp, ledger: &mut Ledger) {
        if !self.tells_state {
            self.turn(state, at, ledger);
        }
    }

    /// Closes what is open, before its time.
    pub(crate) fn cut(&mut self, ledger: &mut Ledger) {
        for leg in &mut self.legs {
            leg.cut(ledger);
        }
        self.cut_received(ledger);
    }

    /// It is over.
    pub(crate) fn end(&self, ledger: &mut Ledger) {
        for leg in &self.legs {
            ledger.leave(leg.subject, None);
        }
        for inbound in &self.inbound {
            ledger.leave(inbound.subject, None);
        }
        ledger.leave(self.subject, None);
    }

    /// Lets go of the legs that are not to be kept.
    pub(crate) fn retain_legs(&mut self, ledger: &mut Ledger, keep: &dyn Fn(&mut Leg) -> bool) {
        self.legs.retain_mut(|leg| {
            let keep = keep(leg);
            if !keep {
                ledger.leave(leg.subject, leg.cut_off());
            }
            keep
        });
    }

    fn turn(&mut self, state: ConnectionState, at: Timestamp, ledger: &mut Ledger) {
        if let Some(change) = self.loss.turn(self.pc, state, at)
            && ledger.config.signals.has(Signal::ConnectionLost)
        {
            ledger.out.push(Output::Signal(change));
        }
    }

    fn read_outbound(&mut self, row: Row<'_>, at: Timestamp, ledger: &mut Ledger) {
        let ssrc = row.raw(outbound::SSRC);
        let published = ledger.published(self.pc, ssrc);
        if published.is_none() && ledger.config.published_only {
            return;
        }
        let name = published
            .or_else(|| row.atom(outbound::SOURCE))
            .or_else(|| row.atom(outbound::MID));
        let Some(track) = name.map(TrackId::Named).or(whole(ssrc).map(TrackId::Ssrc)) else {
            return;
        };
        let place = self.legs.iter().position(|leg| leg.track == track);
        let place = place.unwrap_or_else(|| {
            let pc = published.is_none().then_some(self.pc);
            let subject = ledger.join(Scope::Track, pc, Some(track));
            self.legs.push(Leg::new(self.pc, track, subject));
            self.legs.len() - 1
        });
        let Some(leg) = self.legs.get_mut(place) else {
            return;
        };
        let is_new = leg.read(row, at, ledger);
        ledger.meet(leg.subject, leg.kind(), leg.layers.len());
        if is_new {
            // An ssrc has one owner: what had it before ends, so that it starts anew if the ssrc comes back.
            self.retain_legs(ledger, &|leg| leg.track == track || !leg.lose(ssrc));
        }
    }

    /// Takes an `inbound-rtp`.
    fn read_inbound(&mut self, row: Row<'_>, at: Timestamp, ledger: &mut Ledger) {
        let place = self.find_inbound(row).unwrap_or_else(|| {
            let mut inbound = Inbound::new(row);
            inbound.subject = ledger.join(Scope::Received, Some(self.pc), inbound.id());
            ledger.meet(inbound.subject, inbound.kind(), 0);
            self.inbound.push(inbound);
            self.inbound.len() - 1
        });
        let Some(inbound) = self.inbound.get_mut(place) else {
            return;
        };
        if inbound
            .last
            .is_some_and(|last| at - last > ledger.config.missed_after)
        {
            inbound.forget();
        }
        inbound.last = Some(at);
        let step = inbound.read(row, &mut ledger.odd);
        self.measured |= step == Step::Progress;
        self.fell |= step == Step::Fell;
    }

    /// The received track of that row.
    fn find_inbound(&mut self, row: Row<'_>) -> Option<usize> {
        let count = self.inbound.len();
        let mut place = self.next_inbound;
        for _ in 0..count {
            if place >= count {
                place = 0;
            }
            if self.inbound.get(place)?.is(row) {
                self.next_inbound = place + 1;
                return Some(place);
            }
            place += 1;
        }
        None
    }

    /// Hands a `remote-inbound-rtp` to its layer.
    fn read_remote(&mut self, row: Row<'_>, odd: &mut Oddities) {
        let ssrc = row.raw(remote_inbound::SSRC);
        let local = row.atom(remote_inbound::LOCAL);
        for leg in self.legs.iter_mut().filter(|leg| leg.is_current()) {
            for layer in &mut leg.layers {
                if layer.seen && (layer.ssrc == ssrc || (local.is_some() && layer.id == local)) {
                    layer.read_remote(row, odd);
                    return;
                }
            }
        }
        odd.count(Oddity::UnmatchedReport);
    }

    /// Takes what the selected candidate pair says.
    fn read_path(&mut self, rows: &Rows<'_>, odd: &mut Oddities) {
        let Some(pair) = selected_pair(rows) else {
            return;
        };
        let id = pair.raw(pair::ID);
        if id != self.selected {
            self.selected = id;
            self.checks.forget();
        }
        self.checks
            .read(pair.from(pair::TOTAL_ROUND_TRIP_TIME), odd);
        self.round_trip_time = pair.known(pair::ROUND_TRIP_TIME);
        self.available = pair.known(pair::AVAILABLE_OUTGOING);
        let end = |column| rows.find_in(candidate::TAG, candidate::ID, pair.raw(column));
        self.path = Some(Path::between(end(pair::LOCAL), end(pair::REMOTE)));
    }

    /// Ends the report in hand, and the interval if it is over.
    fn settle(&mut self, tick: Tick, at: Timestamp, ledger: &mut Ledger) {
        for inbound in &mut self.inbound {
            inbound.seen = false;
        }
        self.next_inbound = 0;
        let fell = core::mem::take(&mut self.fell);
        self.fell_before |= fell;
        let measured = core::mem::take(&mut self.measured) || !fell;
        match (&mut self.span, tick) {
            (_, Tick::Stale) => return,
            (Some(span), Tick::On) => span.advance(at, measured),
            (span, _) => *span = Some(Span::open(at)),
        }
        if self.span.is_some_and(|span| span.is_due()) {
            if let Some(interval) = self.interval() {
                ledger.close(interval);
            }
            self.next_interval();
            self.span = Some(Span::open(at));
        }
    }

    /// The interval so far; `None` before the second sample.
    pub(crate) fn interval(&self) -> Option<Interval> {
        let span = self.span.filter(|span| span.duration() > Millis::ZERO)?;
        let mut connection = Interval::of(Scope::Connection, self.subject, span);
        connection.pc = Some(self.pc);
        connection.path = self.path;
        connection.notes.counter_fell = self.fell_before;
        for inbound in &self.inbound {
            if inbound.last.is_some_and(|last| last >= span.opened()) {
                let mut part = connection.part(Scope::Received);
                inbound.fill(&mut part, span.measured_seconds());
                connection.add(part, connection.parts.len());
            }
        }
        // Without received tracks there is nothing that could be a first reading.
        connection.notes.baseline &= !connection.parts.is_empty();
        let responses = self
            .checks
            .sum(pair::RESPONSES - pair::TOTAL_ROUND_TRIP_TIME);
        let round_trip_time = if responses > 0.0 {
            self.checks.sum(0) / responses
        } else {
            self.round_trip_time
        };
        let tally = &mut connection.tally;
        tally.set(Figure::IceRoundTripTime, 1000.0 * round_trip_time);
        tally.set(Figure::AvailableOutgoing, self.available);
        Some(connection)
    }

    /// Ends the interval of what is received before its time, if anything was measured.
    fn cut_received(&mut self, ledger: &mut Ledger) {
        if let Some(mut interval) = self.interval() {
            interval.notes.cut_short = true;
            ledger.close(interval);
        }
        self.next_interval();
        for inbound in &mut self.inbound {
            inbound.forget();
        }
        self.checks.forget();
        self.span = None;
    }

    fn next_interval(&mut self) {
        for inbound in &mut self.inbound {
            inbound.next_interval();
        }
        self.checks.next_interval();
        self.fell_before = false;
    }

    /// Lets go of what has not been reported for so long that it would start anew anyway.
    fn let_go(&mut self, now: Timestamp, ledger: &mut Ledger) {
        let missed_after = ledger.config.missed_after;
        let is_here = |last: Option<Timestamp>| last.is_some_and(|last| now - last <= missed_after);
        self.retain_legs(ledger, &|leg| is_here(leg.last()));
        self.inbound.retain(|inbound| {
            let keep = is_here(inbound.last);
            if !keep {
                ledger.leave(inbound.subject, None);
            }
            keep
        });
    }
}

/// The candidate pair in use. The first nominated one is often the wrong one: the transport says which it is; where there
/// is no transport, the pair that says it is selected, or the only one that is nominated and works.
fn selected_pair<'a>(rows: &Rows<'a>) -> Option<Row<'a>> {
    let mut selected = f64::NAN;
    for row in rows.clone().filter(|row| row.tag() == transport::TAG) {
        let pair = row.raw(transport::SELECTED_PAIR);
        if selected.is_nan() || pair < selected {
            selected = pair;
        }
    }
    if !selected.is_nan() {
        return rows.find_in(pair::TAG, pair::ID, selected);
    }
    if let Some(selected) = rows.find_in(pair::TAG, pair::SELECTED, 1.0) {
        return Some(selected);
    }
    // 4 is `succeeded` in the table.
    let mut working = rows.clone().filter(|row| {
        row.tag() == pair::TAG && row.raw(pair::NOMINATED) == 1.0 && row.raw(pair::STATE) == 4.0
    });
    let only = working.next()?;
    working.next().is_none().then_some(only)
}
