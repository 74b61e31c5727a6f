//! Puts the reports of one connection together again, in time.

use std::io::{Read, Seek};

use callscope_core::report::{Column, ROW_TYPES, remote_inbound};
use serde::de::DeserializeSeed;

use super::index::{self, Connection, Series};
use super::placement::{Placement, Placer, spread, step};
use super::series::Cursor;
use crate::Names;
use crate::entry::{Entry, RecordSeed, Value, ValueSeed};
use crate::error::{Damage, Error, Warning};
use crate::members::{MEMBERS, Member, StatsType};
use crate::recording::{Report, Sink};

/// What the windows on all series of a connection may take together.
const WINDOWS: usize = 24 << 20;

/// Timestamps of one report lie this close together, in milliseconds.
const SAME: f64 = 2.0;

/// A connection that is walked in time.
#[derive(Debug)]
pub(crate) struct Walk {
    name: String,
    entries: Vec<Walked>,
    holes: u64,
}

/// One entry on its way.
#[derive(Debug)]
struct Walked {
    id: String,
    tag: usize,
    clock: Clock,
    members: Vec<MemberSeries>,
    /// The time of its next report.
    next: Option<f64>,
    /// How many reports it has been in.
    report: u64,
    /// The row given last, where its times are not its own.
    last: Vec<f64>,
}

/// When an entry's reports were.
#[derive(Debug)]
enum Clock {
    Series(Cursor),
    /// Dumps of old browsers tell only the first, the distance and the count.
    Even {
        first: f64,
        step: f64,
        count: u64,
    },
}

#[derive(Debug)]
struct MemberSeries {
    member: Member,
    placement: Placement,
    left: u64,
    given: u64,
    cursor: Cursor,
    /// The last value and what it was read from: most repeat.
    text: Vec<u8>,
    value: Value<'static>,
}

impl Walk {
    /// Opens a connection; its timestamps are read once to find the places of what was not always there.
    pub(crate) fn new<R: Read + Seek>(
        connection: Connection,
        input: &mut R,
    ) -> Result<Self, Error> {
        let series: usize = connection
            .entries
            .iter()
            .map(|entry| entry.members.len() + 1)
            .sum();
        let window = (WINDOWS / series.max(1) / 2).clamp(256, 16 << 10);
        let mut walk = Self {
            name: connection.name,
            entries: Vec::new(),
            holes: 0,
        };
        for entry in connection.entries {
            let walked = Walked::open(entry, window, input, &mut walk.holes)?;
            walk.entries.push(walked);
        }
        Ok(walk)
    }

    /// How many series have holes.
    pub(crate) const fn holes(&self) -> u64 {
        self.holes
    }

    /// Gives its reports to `sink`, and says how many there were.
    pub(crate) fn run<R: Read + Seek>(
        mut self,
        input: &mut R,
        names: &mut Names,
        sink: &mut impl Sink,
    ) -> Result<u64, Error> {
        let Some(pc) = names.intern(&self.name) else {
            return Ok(0);
        };
        // Entries of one report have one time; where that is made up of starts and ends, they lie somewhat apart.
        let same = self.entries.iter().map(Walked::apart).fold(SAME, f64::max);
        let mut scratch = Entry::new(false);
        let (mut rows, mut reports) = (Vec::new(), 0);
        for entry in &mut self.entries {
            entry.advance(input)?;
        }
        while let Some(at) = self.next_report() {
            rows.clear();
            for entry in &mut self.entries {
                // The time of a remote report is that of its arrival, somewhere before.
                let start = rows.len();
                while entry.next.is_some_and(|next| next <= at + same) {
                    rows.truncate(start);
                    entry.take(at, input, &mut scratch, names, &mut rows)?;
                    if !entry.is_remote() {
                        break;
                    }
                }
            }
            reports += 1;
            let at = Some(at);
            sink.report(
                Report {
                    pc,
                    at,
                    rows: &rows,
                },
                names,
            );
        }
        for entry in &self.entries {
            for broken in entry
                .members
                .iter()
                .filter(|series| series.cursor.is_broken())
            {
                let member = MEMBERS.name(broken.member);
                let name = format!("{}-{member} of connection {}", entry.id, self.name);
                let damage = Damage::Series { name };
                sink.warning(Warning { line: None, damage });
            }
        }
        sink.closed(pc, names);
        Ok(reports)
    }

    fn next_report(&self) -> Option<f64> {
        self.entries
            .iter()
            .filter(|entry| !entry.is_remote())
            .filter_map(|entry| entry.next)
            .min_by(f64::total_cmp)
    }
}

impl Walked {
    fn open<R: Read + Seek>(
        entry: index::Entry,
        window: usize,
        input: &mut R,
        holes: &mut u64,
    ) -> Result<Self, Error> {
        let longest = entry.members.iter().map(|(_, series)| *series);
        let longest = longest.max_by_key(|series| series.count);
        let mut members = Vec::with_capacity(entry.members.len());
        let clock = match (entry.timestamps, longest) {
            (Some(timestamps), _) => {
                let odd = |series: &Series| series.count != timestamps.count;
                let mut placers: Vec<Option<Placer>> = entry
                    .members
                    .iter()
                    .map(|(_, series)| odd(series).then(|| Placer::new(*series)))
                    .collect();
                if placers.iter().any(Option::is_some) {
                    find_places(&timestamps, window, &mut placers, input)?;
                }
                for ((member, series), placer) in entry.members.into_iter().zip(placers) {
                    let placement =
                        placer.map_or(Placement::From(0), |placer| placer.place(timestamps.count));
                    *holes += u64::from(matches!(placement, Placement::Spread { .. }));
                    members.push(MemberSeries::new(member, &series, placement, window));
                }
                Clock::Series(Cursor::new(&timestamps, window))
            }
            (None, Some(longest)) => {
                for (member, series) in entry.members {
                    members.push(MemberSeries::new(member, &series, spread(&series), window));
                }
                let (first, step, count) = (longest.first, step(&longest), longest.count);
                Clock::Even { first, step, count }
            }
            (None, None) => Clock::Even {
                first: 0.0,
                step: 0.0,
                count: 0,
            },
        };
        Ok(Self {
            id: entry.id,
            tag: entry.tag,
            clock,
            members,
            next: None,
            report: 0,
            last: Vec::new(),
        })
    }

    const fn is_remote(&self) -> bool {
        self.tag == remote_inbound::TAG
    }

    /// How far its times may lie from those of other entries of the same report.
    fn apart(&self) -> f64 {
        match self.clock {
            Clock::Even { step, count, .. } if count > 1 && step > 0.0 => step / 2.0,
            _ => 0.0,
        }
    }

    /// Looks for its next report.
    #[expect(clippy::cast_precision_loss, reason = "counts of reports are small")]
    fn advance<R: Read + Seek>(&mut self, input: &mut R) -> Result<(), Error> {
        self.next = match &mut self.clock {
            Clock::Series(cursor) => loop {
                let Some(text) = cursor.next(input)? else {
                    break None;
                };
                let time = serde_json::from_slice::<f64>(text).unwrap_or(f64::NAN);
                if time.is_finite() {
                    break Some(time);
                }
                // A report whose time is not known: its values are passed over.
                self.report += 1;
                for series in &mut self.members {
                    series.skip(self.report - 1, input)?;
                }
            },
            Clock::Even { first, step, count } => (self.report < *count)
                .then_some(*first + *step * self.report as f64)
                .filter(|time| time.is_finite()),
        };
        Ok(())
    }

    /// Appends its row for the report at that time.
    fn take<R: Read + Seek>(
        &mut self,
        at: f64,
        input: &mut R,
        scratch: &mut Entry<'static>,
        names: &mut Names,
        rows: &mut Vec<f64>,
    ) -> Result<(), Error> {
        let Some(time) = self.next else {
            return Ok(());
        };
        scratch.clear();
        scratch.set_row(StatsType::Row(self.tag));
        for series in &mut self.members {
            series.give(self.report, time, input, scratch)?;
        }
        scratch.identify(self.id.clone().into());
        let start = rows.len();
        scratch.append(rows, names);
        self.report += 1;
        let even = matches!(self.clock, Clock::Even { .. });
        if let Some(row) = rows.get_mut(start..) {
            let column = timestamp_column(self.tag);
            if let Some(cell) = column.and_then(|column| row.get_mut(column)) {
                *cell = if even { at } else { time };
            }
            if even && self.is_remote() {
                self.keep_time_of_same(row, column);
            }
        }
        self.advance(input)
    }

    /// A remote report that says the same as before is the same: without a time of its own only that tells.
    fn keep_time_of_same(&mut self, row: &mut [f64], column: Option<usize>) {
        let same = |(place, (old, new)): (usize, (&f64, &f64))| {
            Some(place) == column || old == new || (old.is_nan() && new.is_nan())
        };
        let unchanged =
            self.last.len() == row.len() && self.last.iter().zip(row.iter()).enumerate().all(same);
        if unchanged {
            row.copy_from_slice(&self.last);
        } else {
            self.last = row.to_vec();
        }
    }
}

impl MemberSeries {
    fn new(member: Member, series: &Series, placement: Placement, window: usize) -> Self {
        Self {
            member,
            placement,
            left: series.count,
            given: 0,
            cursor: Cursor::new(series, window),
            text: Vec::new(),
            value: Value::Absent,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of reports are small")]
    fn is_in(&self, report: u64, time: f64) -> bool {
        self.left > 0
            && match self.placement {
                Placement::From(from) => report >= from,
                Placement::Spread {
                    first,
                    step,
                    within,
                } => first + step * self.given as f64 <= time + within,
            }
    }

    fn give<R: Read + Seek>(
        &mut self,
        report: u64,
        time: f64,
        input: &mut R,
        entry: &mut Entry<'static>,
    ) -> Result<(), Error> {
        if !self.is_in(report, time) {
            return Ok(());
        }
        self.left -= 1;
        self.given += 1;
        let Some(text) = self.cursor.next(input)? else {
            self.left = 0;
            return Ok(());
        };
        match self.member {
            Member::Slot(slot) => {
                if text != self.text {
                    self.value = parse(text);
                    self.text.clear();
                    self.text.extend_from_slice(text);
                }
                entry.set(slot, self.value.clone());
            }
            Member::Record(record) => {
                let mut owned = Entry::new(false);
                let seed = RecordSeed {
                    entry: &mut owned,
                    record,
                };
                let mut deserializer = serde_json::Deserializer::from_slice(text);
                if seed.deserialize(&mut deserializer).is_ok() {
                    let keys = MEMBERS.records.get(record).map(|record| &record.keys);
                    for &(_, slot) in keys.into_iter().flatten() {
                        entry.set(slot, owned.value(slot).into_owned());
                    }
                }
            }
            Member::Type => {}
        }
        Ok(())
    }

    fn skip<R: Read + Seek>(&mut self, report: u64, input: &mut R) -> Result<(), Error> {
        if self.left > 0 && matches!(self.placement, Placement::From(from) if report >= from) {
            self.left -= 1;
            self.cursor.next(input)?;
        }
        Ok(())
    }
}

fn find_places<R: Read + Seek>(
    timestamps: &Series,
    window: usize,
    placers: &mut [Option<Placer>],
    input: &mut R,
) -> Result<(), Error> {
    let mut cursor = Cursor::new(timestamps, window);
    let mut report = 0;
    while let Some(text) = cursor.next(input)? {
        let time = serde_json::from_slice::<f64>(text).unwrap_or(f64::NAN);
        for placer in placers.iter_mut().flatten() {
            placer.take(report, time);
        }
        report += 1;
    }
    Ok(())
}

fn parse(text: &[u8]) -> Value<'static> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    ValueSeed
        .deserialize(&mut deserializer)
        .map_or(Value::Absent, Value::into_owned)
}

fn timestamp_column(tag: usize) -> Option<usize> {
    let is_it = |column: &Column| *column == Column::Number("timestamp");
    let columns = ROW_TYPES.get(tag)?.columns;
    columns.iter().position(is_it).map(|place| place + 1)
}
