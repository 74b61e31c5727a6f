//! The dashboard, as the read API gives it: rooms, participants and minutes by steps of time.

use super::Json;

/// Figures of a period. Times are milliseconds since the epoch.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Dashboard {
    /// Where the period begins.
    pub(crate) from: f64,
    /// From when on figures are kept: those of earlier hours are not known any more.
    pub(crate) kept_from: f64,
    /// From when on rooms are kept: earlier ones are counted, but cannot be looked at.
    pub(crate) rooms_kept_from: f64,
    /// Where each step begins and ends.
    pub(crate) steps: Vec<(f64, f64)>,
    /// Rooms created in each step, with issues and without.
    pub(crate) rooms: Vec<(f64, f64)>,
    /// By what participants are told apart, as the read API calls it.
    pub(crate) segment: String,
    /// Its values, the most frequent first; `None` is unknown.
    pub(crate) values: Vec<Option<String>>,
    /// For each step, how many participants joined of each value.
    pub(crate) counts: Vec<Vec<f64>>,
    /// Minutes of participants and of recordings in each step.
    pub(crate) minutes: Vec<(f64, f64)>,
    pub(crate) totals: Totals,
}

/// Sums over a period.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Totals {
    pub(crate) rooms_with_issues: f64,
    pub(crate) rooms_without_issues: f64,
    pub(crate) participants: f64,
    pub(crate) participant_minutes: f64,
    pub(crate) recording_minutes: f64,
}

impl Dashboard {
    /// Reads `/v1/insights/dashboard`.
    pub(crate) fn read(json: &Json) -> Self {
        let rooms = json.list("rooms");
        let participants = json.get("participants");
        let (values, points) = (participants.list("values"), participants.list("points"));
        let minutes = json.get("minutes").list("current");
        let counts = |point: &Json| {
            let counts = point.list("counts");
            counts.iter().map(amount).collect()
        };
        Self {
            from: of(json, "from"),
            kept_from: of(json, "kept_from"),
            rooms_kept_from: of(json, "rooms_kept_from"),
            steps: pairs(&rooms, "start", "end"),
            rooms: pairs(&rooms, "with_issues", "without_issues"),
            segment: participants.text("segment").unwrap_or_default(),
            values: values.iter().map(|it| it.text("value")).collect(),
            counts: points.iter().map(counts).collect(),
            minutes: pairs(&minutes, "participant_minutes", "recording_minutes"),
            totals: Totals::read(&json.get("totals").get("current")),
        }
    }

    /// Whether figures of the whole period are kept.
    pub(crate) fn is_whole(&self) -> bool {
        self.from >= self.kept_from
    }

    /// What it has to compare with a later period, or why that cannot be. Hours that are left of a period are no period.
    pub(crate) fn compared<T>(&self, read: impl FnOnce(&Self) -> T) -> Result<T, &'static str> {
        match () {
            () if !self.is_whole() => Err("nothing kept to compare with"),
            () if self.totals.is_empty() => Err("nothing before to compare with"),
            () => Ok(read(self)),
        }
    }
}

impl Totals {
    fn read(json: &Json) -> Self {
        Self {
            rooms_with_issues: of(json, "rooms_with_issues"),
            rooms_without_issues: of(json, "rooms_without_issues"),
            participants: of(json, "participants"),
            participant_minutes: of(json, "participant_minutes"),
            recording_minutes: of(json, "recording_minutes"),
        }
    }

    /// All rooms.
    pub(crate) fn rooms(&self) -> f64 {
        self.rooms_with_issues + self.rooms_without_issues
    }

    /// The share of rooms with issues, in per cent; unknown without rooms.
    pub(crate) fn share_with_issues(&self) -> Option<f64> {
        let rooms = self.rooms();
        (rooms > 0.0).then(|| 100.0 * self.rooms_with_issues / rooms)
    }

    /// Whether nothing at all was counted.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn of(json: &Json, name: &str) -> f64 {
    amount(&json.get(name))
}

/// The API counts everything that it names: it has no unknown counts.
fn amount(json: &Json) -> f64 {
    json.as_number().unwrap_or_default()
}

fn pairs(list: &[Json], one: &str, other: &str) -> Vec<(f64, f64)> {
    list.iter().map(|it| (of(it, one), of(it, other))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_that_are_left_of_a_period_are_compared_with_nothing() {
        let mut before = Dashboard {
            from: 1_000.0,
            kept_from: 1_000.0,
            totals: Totals {
                participants: 3.0,
                ..Totals::default()
            },
            ..Dashboard::default()
        };
        let participants = |it: &Dashboard| it.totals.participants;
        assert_eq!(before.compared(participants), Ok(3.0));
        before.kept_from = 1_001.0;
        let why = Err("nothing kept to compare with");
        assert_eq!(before.compared(participants), why);
        before.totals = Totals::default();
        assert_eq!(before.compared(participants), why);
        before.kept_from = 0.0;
        let why = Err("nothing before to compare with");
        assert_eq!(before.compared(participants), why);
    }
}
