//! When people call: on workdays more than at weekends, in the morning and after lunch more than at night, where they are.

use crate::HOUR_MS;
use crate::random::{Random, whole};

/// Monday first.
const DAYS: [f64; 7] = [1.0, 1.08, 1.1, 1.05, 0.9, 0.3, 0.25];

/// Midnight first.
const HOURS: [f64; 24] = [
    0.06, 0.04, 0.03, 0.03, 0.05, 0.1, 0.25, 0.5, 0.85, 1.15, 1.2, 1.1, 0.75, 0.85, 1.15, 1.1, 0.9,
    0.65, 0.5, 0.5, 0.45, 0.35, 0.22, 0.12,
];

/// A part of the world: how many of the calls are made there, and how far its clocks are ahead of UTC.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Region {
    pub(crate) number: u32,
    ahead_h: i64,
    /// How far most of it is from the servers, in milliseconds.
    pub(crate) distance_ms: f64,
}

const REGIONS: &[(f64, Region)] = &[
    (
        38.0,
        Region {
            number: 0,
            ahead_h: 1,
            distance_ms: 38.0,
        },
    ),
    (
        30.0,
        Region {
            number: 1,
            ahead_h: -5,
            distance_ms: 44.0,
        },
    ),
    (
        12.0,
        Region {
            number: 2,
            ahead_h: -8,
            distance_ms: 52.0,
        },
    ),
    (
        12.0,
        Region {
            number: 3,
            ahead_h: 5,
            distance_ms: 95.0,
        },
    ),
    (
        8.0,
        Region {
            number: 4,
            ahead_h: 9,
            distance_ms: 70.0,
        },
    ),
];

/// The hours between two times, with how much is going on in them.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    regions: Vec<(Region, Vec<(f64, i64)>)>,
    from: i64,
    until: i64,
}

impl Calendar {
    pub(crate) fn new(from: i64, until: i64) -> Self {
        let hours = from.div_euclid(HOUR_MS)..=(until - 1).div_euclid(HOUR_MS);
        let regions = REGIONS.iter().map(|(_, region)| {
            let mut sum = 0.0;
            let sums = hours.clone().map(|hour| {
                let start = (hour * HOUR_MS).max(from);
                let end = ((hour + 1) * HOUR_MS).min(until);
                sum += weight(hour + region.ahead_h) * share(end - start);
                (sum, hour)
            });
            (*region, sums.collect())
        });
        Self {
            regions: regions.collect(),
            from,
            until,
        }
    }

    /// Where and when somebody calls.
    pub(crate) fn time(&self, random: &mut Random) -> Option<(Region, i64)> {
        let region = random.pick(REGIONS)?;
        let (region, sums) = self
            .regions
            .iter()
            .find(|(it, _)| it.number == region.number)?;
        let at = random.unit() * sums.last()?.0;
        let place = sums.partition_point(|(sum, _)| *sum <= at);
        let (_, hour) = sums.get(place).or(sums.last())?;
        let start = (hour * HOUR_MS).max(self.from);
        let end = ((hour + 1) * HOUR_MS).min(self.until);
        let within = random.between(0.0, share(end - start)) * share_ms();
        // Meetings begin at the hour and at the half, and a little late.
        let late = whole(random.exponential(150_000.0));
        let at = start + whole(within);
        let at = if random.chance(0.55) {
            at - at.rem_euclid(HOUR_MS / 2) + late
        } else {
            at
        };
        Some((*region, at.clamp(self.from, self.until - 1)))
    }
}

/// Of an hour of somebody's own clock, counted from the epoch: that was midnight on a Thursday.
fn weight(hour: i64) -> f64 {
    let of = |weights: &[f64], place: i64| {
        usize::try_from(place)
            .ok()
            .and_then(|it| weights.get(it).copied())
            .unwrap_or(1.0)
    };
    of(&DAYS, (hour.div_euclid(24) + 3).rem_euclid(7)) * of(&HOURS, hour.rem_euclid(24))
}

#[expect(clippy::cast_precision_loss, reason = "at most an hour")]
fn share(ms: i64) -> f64 {
    ms as f64 / share_ms()
}

const fn share_ms() -> f64 {
    3_600_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 00:00 on Monday, 16 November 2026, UTC.
    const MONDAY: i64 = 1_794_787_200_000;
    const DAY_MS: i64 = 24 * HOUR_MS;

    #[test]
    fn workdays_have_more_calls_than_weekends_and_days_more_than_nights() {
        let calendar = Calendar::new(MONDAY, MONDAY + 7 * DAY_MS);
        let mut random = Random::of(5, &[]);
        let (mut days, mut night, mut noon) = ([0_u32; 7], 0, 0);
        for _ in 0..20_000 {
            let (region, at) = calendar.time(&mut random).unwrap();
            days[usize::try_from((at - MONDAY) / DAY_MS).unwrap()] += 1;
            match (at.div_euclid(HOUR_MS) + region.ahead_h).rem_euclid(24) {
                1..=4 => night += 1,
                9..=12 => noon += 1,
                _ => {}
            }
        }
        assert!(days[1] > 2 * days[5] && days[2] > 2 * days[6], "{days:?}");
        assert!(noon > 10 * night, "{noon} against {night}");
    }

    #[test]
    fn nobody_calls_outside_of_what_was_asked_for() {
        let (from, until) = (MONDAY + 1234, MONDAY + 2345);
        let calendar = Calendar::new(from, until);
        let mut random = Random::of(5, &[]);
        for _ in 0..1000 {
            let (_, at) = calendar.time(&mut random).unwrap();
            assert!((from..until).contains(&at));
        }
    }
}
