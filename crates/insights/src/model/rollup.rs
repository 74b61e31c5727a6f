//! Roll-ups: what the dashboard shows, counted when batches come in so that nothing is scanned when it is looked at.
//!
//! What a participant or a room adds is a function of them. When they change, what they added before is taken away and what they
//! add now is added: then the order in which batches come does not matter.

use std::collections::BTreeMap;

use callscope_core::wire::{Client, RoomType};

use super::participant::Participant;
use super::room::RoomFacts;

/// An hour: the step of roll-ups.
pub const HOUR_MS: i64 = 3_600_000;

/// By what participants are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// All together.
    All,
    /// Who made the device.
    DeviceManufacturer,
    /// The operating system.
    OperatingSystem,
    /// The browser.
    Browser,
    /// The SDK.
    Sdk,
}

impl Segment {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::All,
        Self::DeviceManufacturer,
        Self::OperatingSystem,
        Self::Browser,
        Self::Sdk,
    ];

    /// Its number in stores.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::All => 0,
            Self::DeviceManufacturer => 1,
            Self::OperatingSystem => 2,
            Self::Browser => 3,
            Self::Sdk => 4,
        }
    }

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::DeviceManufacturer => "device_manufacturer",
            Self::OperatingSystem => "operating_system",
            Self::Browser => "browser",
            Self::Sdk => "sdk",
        }
    }

    /// The value of who uses that; `None` if it is unknown.
    #[must_use]
    pub fn of(self, client: &Client) -> Option<&str> {
        match self {
            Self::All => None,
            Self::DeviceManufacturer => client.device.manufacturer.as_deref(),
            Self::OperatingSystem => client.os.name.as_deref(),
            Self::Browser => client.browser.name.as_deref(),
            Self::Sdk => client.sdk.name.as_deref(),
        }
    }
}

/// Where a room is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoomKey {
    /// The hour in which it was created, counted from the epoch.
    pub hour: i64,
    /// Its type.
    pub r#type: Option<RoomType>,
    /// Whether it has issues.
    pub has_issues: bool,
}

/// Where a participant is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TagKey {
    /// The hour in which they joined.
    pub hour: i64,
    /// By what they are told apart.
    pub segment: Segment,
    /// Its value; `None` if it is unknown.
    pub value: Option<String>,
    /// The type of the room.
    pub r#type: Option<RoomType>,
    /// Whether they have issues.
    pub has_issues: bool,
}

/// Where time is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeKey {
    /// The hour.
    pub hour: i64,
    /// The type of the room.
    pub r#type: Option<RoomType>,
}

/// What is to be added to the roll-ups of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contribution {
    /// Rooms.
    pub rooms: BTreeMap<RoomKey, i64>,
    /// Participants.
    pub participants: BTreeMap<TagKey, i64>,
    /// Milliseconds of participants, and of recordings.
    pub time: BTreeMap<TimeKey, (i64, i64)>,
}

impl Contribution {
    /// Adds a room, or with -1 takes it away.
    pub fn room(&mut self, room: &RoomFacts, sign: i64) {
        let key = RoomKey {
            hour: room.created_at.div_euclid(HOUR_MS),
            r#type: room.r#type,
            has_issues: room.issues.any(),
        };
        *self.rooms.entry(key).or_default() += sign;
    }

    /// Adds a participant, or with -1 takes them away.
    pub fn participant(&mut self, participant: &Participant, sign: i64) {
        for segment in Segment::ALL {
            let key = TagKey {
                hour: participant.joined_at.div_euclid(HOUR_MS),
                segment,
                value: segment.of(&participant.client).map(ToOwned::to_owned),
                r#type: participant.room_type,
                has_issues: participant.tags().any(),
            };
            *self.participants.entry(key).or_default() += sign;
        }
        let r#type = participant.room_type;
        self.span(
            r#type,
            (participant.joined_at, participant.until),
            sign,
            false,
        );
        for &span in participant.recorded.iter().flatten() {
            self.span(r#type, span, sign, true);
        }
    }

    /// Adds the time of a participant who only was there for longer.
    pub fn time(&mut self, r#type: Option<RoomType>, from: i64, to: i64) {
        self.span(r#type, (from, to), 1, false);
    }

    fn span(&mut self, r#type: Option<RoomType>, span: (i64, i64), sign: i64, is_recording: bool) {
        let (mut from, to) = span;
        while from < to {
            let hour = from.div_euclid(HOUR_MS);
            let end = to.min((hour + 1) * HOUR_MS);
            let (present, recorded) = self.time.entry(TimeKey { hour, r#type }).or_default();
            if is_recording {
                *recorded += sign * (end - from);
            } else {
                *present += sign * (end - from);
            }
            from = end;
        }
    }

    /// Goes without what came to nothing.
    pub fn drop_zeros(&mut self) {
        self.rooms.retain(|_, n| *n != 0);
        self.participants.retain(|_, n| *n != 0);
        self.time.retain(|_, ms| *ms != (0, 0));
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rooms.values().all(|it| *it == 0)
            && self.participants.values().all(|it| *it == 0)
            && self.time.values().all(|it| *it == (0, 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_counted_in_the_hours_it_lies_in() {
        let mut sum = Contribution::default();
        sum.time(None, HOUR_MS - 10, 2 * HOUR_MS + 5);
        let spread: Vec<_> = sum
            .time
            .iter()
            .map(|(key, &(ms, _))| (key.hour, ms))
            .collect();
        assert_eq!(spread, [(0, 10), (1, HOUR_MS), (2, 5)]);
    }

    #[test]
    fn longer_in_steps_is_longer_at_once() {
        let mut steps = Contribution::default();
        for part in [(-5, 40), (40, 50), (50, HOUR_MS * 3)] {
            steps.time(None, part.0, part.1);
        }
        let mut once = Contribution::default();
        once.time(None, -5, HOUR_MS * 3);
        assert_eq!(steps, once);
    }
}
