//! A room: the fold of its participants.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Sum;

use callscope_core::wire::{IssueType, RoomType};

use super::participant::Participant;
use super::session::Session;

/// A set of issues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Issues(u8);

impl Issues {
    /// Of its bits.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// As bits: 1 is `packet_loss`, 2 is `round_trip_time`.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether there is any.
    #[must_use]
    pub const fn any(self) -> bool {
        self.0 != 0
    }

    /// The words.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        let all = IssueType::ALL.iter();
        let set = all.filter(|it| self.0 & Self::bit(**it) != 0);
        set.map(|it| it.name()).collect()
    }

    /// The bit of one.
    #[must_use]
    pub const fn bit(issue: IssueType) -> u8 {
        match issue {
            IssueType::PacketLoss => 1,
            IssueType::RoundTripTime => 2,
        }
    }
}

impl FromIterator<IssueType> for Issues {
    fn from_iter<I: IntoIterator<Item = IssueType>>(issues: I) -> Self {
        Self(issues.into_iter().fold(0, |bits, it| bits | Self::bit(it)))
    }
}

impl Sum for Issues {
    fn sum<I: Iterator<Item = Self>>(issues: I) -> Self {
        Self(issues.fold(0, |bits, it| bits | it.0))
    }
}

/// A set of codecs, of those that Twilio names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Codecs(u8);

impl Codecs {
    /// Twilio's words, each a bit.
    pub const ALL: [&'static str; 4] = ["VP8", "H264", "VP9", "opus"];

    /// Of its bits.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// As bits, in the order of [`Self::ALL`].
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Those of the names that Twilio names, too.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a String>) -> Self {
        names.into_iter().filter_map(|it| Self::named(it)).sum()
    }

    /// The set of the one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let place = Self::ALL
            .iter()
            .position(|it| it.eq_ignore_ascii_case(name))?;
        Some(Self(1 << place))
    }

    /// The words.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        let bits = (0..).zip(Self::ALL);
        bits.filter(|(place, _)| self.0 & (1 << place) != 0)
            .map(|(_, name)| name)
            .collect()
    }
}

impl Sum for Codecs {
    fn sum<I: Iterator<Item = Self>>(codecs: I) -> Self {
        Self(codecs.fold(0, |bits, it| bits | it.0))
    }
}

/// What rooms are found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomFacts {
    /// Its unique name.
    pub name: Option<String>,
    /// Its type.
    pub r#type: Option<RoomType>,
    /// When the first participant joined.
    pub created_at: i64,
    /// The issues of its participants.
    pub issues: Issues,
    /// The codecs of what they sent.
    pub codecs: Codecs,
    /// How many participants there were.
    pub participants: i64,
    /// How many of them have issues.
    pub participants_with_issues: i64,
}

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub struct Room {
    /// Its sid.
    pub sid: String,
    /// What it is found by.
    pub facts: RoomFacts,
    /// Its participants, as they joined.
    pub participants: Vec<Participant>,
}

impl Room {
    /// Of all of its sessions; `None` of none.
    #[must_use]
    pub fn of(sid: &str, sessions: &[Session]) -> Option<Self> {
        let mut by_participant = BTreeMap::<String, Vec<&Session>>::new();
        for session in sessions {
            let group = by_participant.entry(session.participant_sid()).or_default();
            group.push(session);
        }
        let mut participants: Vec<Participant> = by_participant
            .into_values()
            .filter_map(Participant::of)
            .collect();
        participants
            .sort_by(|one, other| (one.joined_at, &one.sid).cmp(&(other.joined_at, &other.sid)));
        // The first who knows it.
        let mut firsts: Vec<&Session> = sessions.iter().collect();
        firsts.sort_by_key(|session| (session.started_at, session.id));
        let name = firsts
            .iter()
            .find_map(|it| it.facts.room_name.as_ref().map(|said| said.value.clone()));
        let r#type = firsts
            .iter()
            .find_map(|it| it.facts.room_type.as_ref().map(|said| said.value));
        // It is the same for all of them: also for those who never told.
        for participant in &mut participants {
            participant.room_type = r#type;
        }
        let facts = RoomFacts {
            name,
            r#type,
            created_at: participants.first()?.joined_at,
            issues: participants.iter().map(Participant::tags).sum(),
            codecs: participants.iter().map(|it| it.codecs).sum(),
            participants: length(participants.iter()),
            participants_with_issues: length(participants.iter().filter(|it| it.tags().any())),
        };
        Some(Self {
            sid: sid.to_owned(),
            facts,
            participants,
        })
    }

    /// Whether somebody is in it.
    #[must_use]
    pub fn is_live(&self, now: i64, timeout_ms: i64) -> bool {
        self.participants
            .iter()
            .any(|it| it.is_live(now, timeout_ms))
    }

    /// The last that is known of it.
    #[must_use]
    pub fn until(&self) -> i64 {
        let last = self.participants.iter().map(|it| it.until).max();
        last.unwrap_or(self.facts.created_at)
    }

    /// How many are in it.
    #[must_use]
    pub fn present(&self, now: i64, timeout_ms: i64) -> usize {
        let present = self.participants.iter();
        present.filter(|it| it.is_live(now, timeout_ms)).count()
    }

    /// How long its participants were in it, added up.
    #[must_use]
    pub fn participant_ms(&self) -> i64 {
        let lengths = self.participants.iter().map(|it| it.until - it.joined_at);
        lengths.sum()
    }

    /// How long its participants were recorded, added up; `None` if nobody told of a recording.
    #[must_use]
    pub fn recorded_ms(&self) -> Option<i64> {
        let lengths = self
            .participants
            .iter()
            .filter_map(Participant::recorded_ms);
        lengths.reduce(|sum, ms| sum + ms)
    }

    /// How many identities there were: who has none is somebody, too.
    #[must_use]
    pub fn identities(&self) -> usize {
        let mut known = BTreeSet::new();
        for identity in self
            .participants
            .iter()
            .filter_map(|it| it.identity.as_ref())
        {
            known.insert(identity.clone());
        }
        let unknown = self.participants.iter().filter(|it| it.identity.is_none());
        known.len() + unknown.count()
    }

    /// The most participants at the same time.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        let mut steps: Vec<(i64, i8)> = self
            .participants
            .iter()
            .flat_map(|it| [(it.joined_at, 1), (it.until.max(it.joined_at + 1), -1)])
            .collect();
        // Who leaves as another comes is not there at the same time.
        steps.sort_unstable();
        let (mut present, mut most) = (0_usize, 0);
        for (_, step) in steps {
            present = if step > 0 {
                present + 1
            } else {
                present.saturating_sub(1)
            };
            most = most.max(present);
        }
        most
    }
}

fn length<T>(items: impl Iterator<Item = T>) -> i64 {
    i64::try_from(items.count()).unwrap_or(i64::MAX)
}
