//! Reports on their way from where they are read to where they are measured: numbers and strings, as they cross threads and windows.

use callscope_core::signal::ConnectionState;
use callscope_core::{Atom, Engine, Timestamp};

use crate::error::Warning;
use crate::names::Names;
use crate::recording::{Report, Sink};

/// What the numbers mean, as a number: whoever unpacks them must have been built with the same.
pub const VERSION: u32 = 1;

/// A report: the connection, how many numbers follow, and these.
const REPORT: f64 = 0.0;
/// The end of a connection, which follows.
const CLOSED: f64 = 1.0;
/// How a connection's ICE is doing: the connection, the place of its state among W3C's, and since when.
const STATE: f64 = 2.0;
/// A track is published: the connection, the ssrc and the track's sid.
const PUBLISHED: f64 = 3.0;
/// A track is published no more; its sid follows.
const UNPUBLISHED: f64 = 4.0;

/// Packs what a recording holds, in its order.
#[derive(Debug, Default)]
pub struct Packer {
    packed: Packed,
    /// How many names were packed already.
    known: usize,
}

/// A part of a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Packed {
    /// Reports and ends of connections, for [`unpack`].
    pub numbers: Vec<f64>,
    /// The strings behind the atoms from where the part before ended.
    pub names: Vec<String>,
    /// What was left out.
    pub warnings: Vec<Warning>,
}

impl Packer {
    /// Nothing packed yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many numbers are packed.
    #[must_use]
    pub const fn numbers(&self) -> usize {
        self.packed.numbers.len()
    }

    /// Gives out what is packed, with the names that came since the last time.
    pub fn take(&mut self) -> Packed {
        std::mem::take(&mut self.packed)
    }

    fn learn(&mut self, names: &Names) {
        let new = names.since(self.known);
        self.packed.names.extend(new.map(str::to_owned));
        self.known = names.len();
    }
}

impl Sink for Packer {
    fn report(&mut self, report: Report<'_>, names: &Names) {
        self.learn(names);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a report has far fewer than 2^53 numbers"
        )]
        let head = [
            REPORT,
            f64::from(report.pc.number()),
            report.rows.len() as f64,
        ];
        self.packed.numbers.extend(head);
        self.packed.numbers.extend(report.rows);
    }

    fn closed(&mut self, pc: Atom, names: &Names) {
        self.learn(names);
        self.packed.numbers.extend([CLOSED, f64::from(pc.number())]);
    }

    fn warning(&mut self, warning: Warning) {
        self.packed.warnings.push(warning);
    }
}

/// What is unpacked, one by one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unpacked<'a> {
    /// The rows of a report of a connection.
    Report(Atom, &'a [f64]),
    /// The connection is over.
    Closed(Atom),
    /// How a connection's ICE is doing since then; `None` if that is no state.
    State(Atom, Option<ConnectionState>, Option<Timestamp>),
    /// What goes out on a connection with that ssrc is the track of that sid.
    Published(Atom, u32, Atom),
    /// The track of that sid goes out no more.
    Unpublished(Atom),
}

impl Unpacked<'_> {
    /// Tells an engine.
    pub fn tell(self, engine: &mut Engine) {
        match self {
            Self::Report(pc, rows) => engine.sample(pc, rows),
            Self::Closed(pc) => engine.connection_closed(pc),
            Self::State(pc, Some(state), Some(at)) => engine.connection_state(pc, state, at),
            Self::State(..) => {}
            Self::Published(pc, ssrc, sid) => engine.publish(pc, ssrc, sid),
            Self::Unpublished(sid) => engine.unpublish(sid),
        }
    }
}

/// Unpacks [`Packed::numbers`]; ends early where they are none.
pub fn unpack(numbers: &[f64]) -> impl Iterator<Item = Unpacked<'_>> {
    let mut rest = numbers;
    std::iter::from_fn(move || match *rest {
        [kind, pc, length, ref after @ ..] if is(kind, REPORT) => {
            let (rows, after) = after.split_at_checked(whole(length)?)?;
            rest = after;
            Some(Unpacked::Report(atom(pc)?, rows))
        }
        [kind, pc, ref after @ ..] if is(kind, CLOSED) => {
            rest = after;
            Some(Unpacked::Closed(atom(pc)?))
        }
        [kind, pc, state, at, ref after @ ..] if is(kind, STATE) => {
            rest = after;
            let state = ConnectionState::unpack(state);
            Some(Unpacked::State(atom(pc)?, state, Timestamp::new(at)))
        }
        [kind, pc, ssrc, sid, ref after @ ..] if is(kind, PUBLISHED) => {
            rest = after;
            let ssrc = u32::try_from(whole(ssrc)?).ok()?;
            Some(Unpacked::Published(atom(pc)?, ssrc, atom(sid)?))
        }
        [kind, sid, ref after @ ..] if is(kind, UNPUBLISHED) => {
            rest = after;
            Some(Unpacked::Unpublished(atom(sid)?))
        }
        _ => None,
    })
}

fn is(kind: f64, other: f64) -> bool {
    kind.to_bits() == other.to_bits()
}

fn atom(number: f64) -> Option<Atom> {
    whole(number)
        .and_then(|number| u32::try_from(number).ok())
        .map(Atom::new)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what is no whole number that fits is left out"
)]
fn whole(number: f64) -> Option<usize> {
    (number >= 0.0 && number <= f64::from(u32::MAX)).then_some(number as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Recording;

    const LINES: &str = "{\"pc\":\"a\",\"at\":1000,\"stats\":[{\"type\":\"outbound-rtp\",\"timestamp\":1000,\"ssrc\":7}]}\n\
        broken\n[\"close\",\"a\",null,2000]\n";

    #[test]
    fn what_is_packed_comes_out_in_order_however_it_is_cut() {
        for cut in [LINES.len(), 40] {
            let (head, tail) = LINES.split_at(cut);
            let (mut packer, mut recording) = (Packer::new(), Recording::new());
            recording.feed(head.as_bytes(), &mut packer);
            let first = packer.take();
            recording.feed(tail.as_bytes(), &mut packer);
            recording.finish(&mut packer).unwrap();
            let second = packer.take();

            let unpacked: Vec<_> = unpack(&first.numbers)
                .chain(unpack(&second.numbers))
                .collect();
            let [Unpacked::Report(pc, rows), Unpacked::Closed(closed)] = unpacked[..] else {
                panic!("{unpacked:?}");
            };
            assert_eq!((pc.number(), closed), (0, pc), "{cut}");
            assert!(rows.contains(&7.0), "{rows:?}");
            let names: Vec<_> = first.names.iter().chain(&second.names).collect();
            assert_eq!(names, ["a"], "{cut}");
            let warnings = first.warnings.len() + second.warnings.len();
            assert_eq!(warnings, 1, "{cut}");
        }
    }

    #[test]
    fn what_a_live_call_tells_beside_its_reports_comes_out() {
        let at = 1_795_354_640_000.0;
        let numbers = [
            &[STATE, 1.0, 4.0, at][..],
            &[STATE, 1.0, -1.0, at],
            &[PUBLISHED, 1.0, 7.0, 2.0],
            &[UNPUBLISHED, 2.0],
        ]
        .concat();
        let (pc, sid) = (Atom::new(1), Atom::new(2));
        let expected = [
            Unpacked::State(pc, Some(ConnectionState::Lost), Timestamp::new(at)),
            Unpacked::State(pc, None, Timestamp::new(at)),
            Unpacked::Published(pc, 7, sid),
            Unpacked::Unpublished(sid),
        ];
        assert_eq!(unpack(&numbers).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn numbers_that_were_never_packed_end_it() {
        for numbers in [
            &[REPORT, 1.0, 5.0, 2.0][..],
            &[REPORT, 1.0, f64::NAN],
            &[CLOSED],
            &[CLOSED, -1.0],
            &[STATE, 1.0, 2.0],
            &[PUBLISHED, 1.0, -7.0, 2.0],
            &[UNPUBLISHED],
            &[7.0, 1.0, 1.0],
        ] {
            assert_eq!(unpack(numbers).next(), None, "{numbers:?}");
        }
    }
}
