//! How packets travel. What goes wrong comes in clusters: one participant's line, the line of a whole room, an hour of a provider.

use callscope_core::wire::{CandidateType, Path, Transport};

use crate::HOUR_MS;
use crate::calendar::Region;
use crate::random::Random;

/// The share of participants whose own line is bad.
const BAD_LINES: f64 = 0.022;
/// The share of rooms in which all have a bad line.
const BAD_ROOMS: f64 = 0.006;
/// The share of a provider's hours that are bad.
const BAD_HOURS: f64 = 0.004;
/// How many providers a region has.
const PROVIDERS: u32 = 12;

/// What bad adds to a line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Trouble {
    /// A share of the packets, in `0.0..1.0`.
    loss: f64,
    round_trip_ms: f64,
}

impl Trouble {
    fn bad(random: &mut Random) -> Self {
        let mut trouble = Self::default();
        let which = random.unit();
        if which < 0.7 {
            trouble.loss = random.between(0.06, 0.18);
        }
        if which > 0.5 {
            trouble.round_trip_ms = random.between(280.0, 700.0);
        }
        trouble
    }

    /// That of a room.
    pub(crate) fn of_room(random: &mut Random) -> Self {
        if random.chance(BAD_ROOMS) {
            Self::bad(random)
        } else {
            Self::default()
        }
    }

    /// That of a provider in an hour.
    fn of_hour(seed: u64, region: u32, provider: u32, hour: i64) -> Self {
        let names = [
            4,
            u64::from(region),
            u64::from(provider),
            hour.unsigned_abs(),
        ];
        let mut random = Random::of(seed, &names);
        if random.chance(BAD_HOURS) {
            Self::bad(&mut random)
        } else {
            Self::default()
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            loss: self.loss + other.loss,
            round_trip_ms: self.round_trip_ms + other.round_trip_ms,
        }
    }
}

/// One participant's line.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    seed: u64,
    region: u32,
    provider: u32,
    loss: f64,
    round_trip_ms: f64,
    trouble: Trouble,
    pub(crate) jitter_ms: f64,
    /// How much may go out, in bits per second.
    pub(crate) bandwidth: f64,
    pub(crate) path: Path,
    is_in_burst: bool,
    hour: Option<(i64, Trouble)>,
}

/// A line for ten seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weather {
    /// A share of the packets, in `0.0..1.0`.
    pub(crate) loss: f64,
    pub(crate) round_trip_ms: f64,
    pub(crate) jitter_ms: f64,
    pub(crate) bandwidth: f64,
}

impl Line {
    pub(crate) fn of(
        seed: u64,
        region: Region,
        room: Trouble,
        is_mobile: bool,
        random: &mut Random,
    ) -> Self {
        let own = if random.chance(BAD_LINES) {
            Trouble::bad(random)
        } else {
            Trouble::default()
        };
        let bandwidth = if is_mobile { 3.0e6 } else { 8.0e6 };
        Self {
            seed,
            region: region.number,
            provider: random.below(PROVIDERS),
            loss: random.log_normal(0.0015, 1.0).min(0.02),
            round_trip_ms: random
                .log_normal(region.distance_ms, 0.45)
                .clamp(4.0, 230.0),
            trouble: room.and(own),
            jitter_ms: random
                .log_normal(if is_mobile { 9.0 } else { 4.0 }, 0.6)
                .min(60.0),
            bandwidth: random.log_normal(bandwidth, 0.8).clamp(1.5e5, 6.0e7),
            path: path(random),
            is_in_burst: false,
            hour: None,
        }
    }

    /// The next ten seconds.
    pub(crate) fn weather(&mut self, at: i64, random: &mut Random) -> Weather {
        let hour = at.div_euclid(HOUR_MS);
        let of_hour = match self.hour {
            Some((known, trouble)) if known == hour => trouble,
            _ => Trouble::of_hour(self.seed, self.region, self.provider, hour),
        };
        self.hour = Some((hour, of_hour));
        // A blip now and then: it is to tag nobody.
        self.is_in_burst = random.chance(if self.is_in_burst { 0.4 } else { 0.004 });
        let burst = if self.is_in_burst {
            random.between(0.04, 0.2)
        } else {
            0.0
        };
        let trouble = self.trouble.and(of_hour);
        let loss = (random.about(self.loss + trouble.loss, 0.3) + burst).min(0.6);
        let round_trip_ms = self.round_trip_ms + trouble.round_trip_ms;
        Weather {
            loss,
            round_trip_ms: random.about(round_trip_ms, 0.1) + 400.0 * burst,
            jitter_ms: random.about(self.jitter_ms * (1.0 + 20.0 * loss), 0.3),
            // Congestion control gives way to loss.
            bandwidth: random.about(self.bandwidth, 0.1) * (1.0 - loss).powi(8),
        }
    }
}

/// Most find a way through; some need a relay, a few of them over a stream.
fn path(random: &mut Random) -> Path {
    use CandidateType::{Host, PeerReflexive, Relay, ServerReflexive};
    let ways = [
        (38.0, (Transport::Udp, Host)),
        (32.0, (Transport::Udp, ServerReflexive)),
        (16.0, (Transport::Udp, PeerReflexive)),
        (10.0, (Transport::Udp, Relay)),
        (2.5, (Transport::Tls, Relay)),
        (1.5, (Transport::Tcp, Relay)),
    ];
    let way = random.pick(&ways).copied();
    Path {
        transport: way.map(|it| it.0),
        local: way.map(|it| it.1),
        remote: Some(Host),
        relayed: way.map(|it| it.1 == Relay),
    }
}
