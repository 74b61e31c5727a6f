//! Which rooms there are: how many, how large, where and when.

use std::fmt;

use crate::calendar::{Calendar, Region};
use crate::call::Call;
use crate::random::Random;
use crate::room;

/// The most that Twilio lets into a room.
const LARGEST: u32 = 50;

/// Sizes of rooms: most are two, some are a class.
const SIZES: &[(f64, (u32, u32))] = &[
    (4.0, (1, 1)),
    (43.0, (2, 2)),
    (17.0, (3, 3)),
    (12.0, (4, 4)),
    (12.0, (5, 6)),
    (9.0, (7, 12)),
    (3.0, (13, LARGEST)),
];

/// What is to be simulated. The same plan gives the same batches, to the last bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How many participants.
    pub participants: u32,
    /// In how many rooms; `None` for as many as there usually are.
    pub rooms: Option<u32>,
    /// What all chance comes from.
    pub seed: u64,
    /// From when on rooms are created, in milliseconds since the epoch.
    pub from: i64,
    /// Until when, without it.
    pub until: i64,
    /// What would be sent later than that is not there yet.
    pub now: Option<i64>,
    /// The most intervals of a track, evenly spread; `None` for all of them.
    pub intervals: Option<u32>,
    /// How much time goes into a batch, in milliseconds.
    pub batch_ms: i64,
}

/// Why a plan cannot be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanError {
    /// There is nobody.
    Nobody,
    /// There would be empty rooms.
    TooManyRooms {
        /// So many rooms.
        rooms: u32,
        /// For so many participants.
        participants: u32,
    },
    /// Rooms would be too large.
    TooFewRooms {
        /// So many it takes.
        least: u32,
    },
    /// There is no time.
    NoTime,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => {
                f.write_str("there is nobody to simulate: give --participants 1 or more")
            }
            Self::TooManyRooms {
                rooms,
                participants,
            } => write!(
                f,
                "{rooms} rooms are too many for {participants} participants: give --rooms {participants} or fewer"
            ),
            Self::TooFewRooms { least } => write!(
                f,
                "a room has {LARGEST} participants at the most: give --rooms {least} or more"
            ),
            Self::NoTime => f.write_str("the time to simulate is empty: give --days 1 or more"),
        }
    }
}

impl std::error::Error for PlanError {}

/// A room before it is filled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outline {
    pub(crate) number: u32,
    pub(crate) size: u32,
    pub(crate) region: Region,
    pub(crate) start: i64,
}

/// Rooms, made when they are asked for.
#[derive(Clone, Debug)]
pub struct Simulation {
    plan: Plan,
    outlines: Vec<Outline>,
}

impl Simulation {
    /// Of a plan.
    ///
    /// # Errors
    ///
    /// If it cannot be carried out.
    pub fn new(plan: Plan) -> Result<Self, PlanError> {
        if plan.from >= plan.until || plan.batch_ms <= 0 {
            return Err(PlanError::NoTime);
        }
        let sizes = sizes(&plan)?;
        let calendar = Calendar::new(plan.from, plan.until);
        let mut outlines: Vec<Outline> = (0..)
            .zip(sizes)
            .filter_map(|(number, size)| {
                let mut random = Random::of(plan.seed, &[1, u64::from(number)]);
                let (region, start) = calendar.time(&mut random)?;
                Some(Outline {
                    number,
                    size,
                    region,
                    start,
                })
            })
            .collect();
        outlines.sort_by_key(|it| (it.start, it.number));
        Ok(Self { plan, outlines })
    }

    /// How many rooms there are.
    #[must_use]
    pub const fn rooms(&self) -> usize {
        self.outlines.len()
    }

    /// When the room of that place is created; rooms are in order of that.
    #[must_use]
    pub fn start(&self, room: usize) -> Option<i64> {
        Some(self.outlines.get(room)?.start)
    }

    /// The calls of the room of that place: one for each session of each of its participants.
    #[must_use]
    pub fn calls(&self, room: usize) -> Vec<Call> {
        let outline = self.outlines.get(room);
        outline.map_or_else(Vec::new, |outline| room::calls(&self.plan, outline))
    }

    /// What it was made of.
    #[must_use]
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }
}

fn sizes(plan: &Plan) -> Result<Vec<u32>, PlanError> {
    let participants = plan.participants;
    if participants == 0 {
        return Err(PlanError::Nobody);
    }
    let mut random = Random::of(plan.seed, &[0]);
    match plan.rooms {
        None => {
            let mut left = participants;
            let mut sizes = Vec::new();
            while left > 0 {
                let size = size(&mut random).min(left);
                sizes.push(size);
                left -= size;
            }
            Ok(sizes)
        }
        Some(rooms) if rooms > participants => Err(PlanError::TooManyRooms {
            rooms,
            participants,
        }),
        Some(rooms) if participants.div_ceil(LARGEST) > rooms => Err(PlanError::TooFewRooms {
            least: participants.div_ceil(LARGEST),
        }),
        Some(rooms) => Ok(fitted(participants, rooms, &mut random)),
    }
}

/// Sizes in the usual proportions that come to that many participants.
fn fitted(participants: u32, rooms: u32, random: &mut Random) -> Vec<u32> {
    let mut sizes: Vec<u32> = (0..rooms).map(|_| size(random)).collect();
    let sum: u64 = sizes.iter().map(|it| u64::from(*it)).sum();
    for size in &mut sizes {
        let scaled = u64::from(*size) * u64::from(participants) / sum.max(1);
        *size = u32::try_from(scaled).unwrap_or(LARGEST).clamp(1, LARGEST);
    }
    let mut sum: u64 = sizes.iter().map(|it| u64::from(*it)).sum();
    let wanted = u64::from(participants);
    while sum != wanted {
        for size in &mut sizes {
            if sum < wanted && *size < LARGEST {
                *size += 1;
                sum += 1;
            } else if sum > wanted && *size > 1 {
                *size -= 1;
                sum -= 1;
            }
        }
    }
    sizes
}

fn size(random: &mut Random) -> u32 {
    let (least, most) = random.pick(SIZES).copied().unwrap_or((2, 2));
    least + random.below(most - least + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(participants: u32, rooms: Option<u32>) -> Plan {
        Plan {
            participants,
            rooms,
            seed: 1,
            from: 0,
            until: 1,
            now: None,
            intervals: None,
            batch_ms: 30_000,
        }
    }

    #[test]
    fn there_are_as_many_participants_and_rooms_as_was_said() {
        for (participants, rooms) in [
            (1, None),
            (999, None),
            (100, Some(3)),
            (100, Some(2)),
            (100, Some(100)),
            (5000, Some(300)),
        ] {
            let sizes = sizes(&plan(participants, rooms)).unwrap();
            assert_eq!(sizes.iter().sum::<u32>(), participants);
            assert!(sizes.iter().all(|it| (1..=LARGEST).contains(it)));
            if let Some(rooms) = rooms {
                assert_eq!(sizes.len(), usize::try_from(rooms).unwrap());
            }
        }
    }

    #[test]
    fn most_rooms_have_two_to_six_and_some_are_large() {
        let sizes = sizes(&plan(40_000, None)).unwrap();
        let of = |range: std::ops::RangeInclusive<u32>| {
            sizes.iter().filter(|it| range.contains(it)).count()
        };
        assert!(of(2..=6) * 10 > sizes.len() * 8);
        assert!(of(13..=50) * 100 > sizes.len());
    }

    #[test]
    fn what_cannot_be_is_said() {
        let error = |participants, rooms| sizes(&plan(participants, rooms)).unwrap_err();
        assert_eq!(error(0, None), PlanError::Nobody);
        assert_eq!(
            error(3, Some(4)),
            PlanError::TooManyRooms {
                rooms: 4,
                participants: 3
            }
        );
        assert_eq!(error(101, Some(2)), PlanError::TooFewRooms { least: 3 });
        assert_eq!(error(101, Some(0)), PlanError::TooFewRooms { least: 3 });
        assert_eq!(
            Simulation::new(Plan {
                until: 0,
                ..plan(1, None)
            })
            .unwrap_err(),
            PlanError::NoTime
        );
    }
}
