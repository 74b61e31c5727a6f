//! Where the series of a connection are.

use std::collections::HashMap;

use crate::members::{MEMBERS, Member, StatsType};

/// Where one series is, and what it says of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Series {
    /// Its values in the file, without the brackets.
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// Whether they stand in a string, with escapes.
    pub(crate) quoted: bool,
    /// How many there are.
    pub(crate) count: u64,
    /// The time of the first and of the last, in milliseconds since the epoch; NaN if it does not say.
    pub(crate) first: f64,
    pub(crate) last: f64,
}

/// The series of one entry.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) tag: usize,
    /// When its values were taken; dumps of Chrome before 117 have none.
    pub(crate) timestamps: Option<Series>,
    pub(crate) members: Vec<(Member, Series)>,
}

/// The entries of one connection that the engine reads.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    pub(crate) name: String,
    pub(crate) entries: Vec<Entry>,
    /// Entries of types that nobody knows.
    pub(crate) unknown_entries: u64,
    places: HashMap<String, Option<usize>>,
}

/// Splits the name of a series into that of its entry and that of its member. Ids have dashes of their own.
pub(crate) fn split(name: &str) -> Option<(&str, &str)> {
    name.rsplit_once('-')
}

/// Whether some table reads the member of that series.
pub(crate) fn is_read(name: &str) -> bool {
    split(name).is_some_and(|(_, member)| MEMBERS.find(member).is_some())
}

impl Connection {
    pub(crate) fn named(name: &str) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// Takes a series of that name, of an entry of that type.
    pub(crate) fn add(&mut self, name: &str, stats_type: &str, series: Series) {
        let Some((id, member)) = split(name) else {
            return;
        };
        let Some(member) = MEMBERS.find(member) else {
            return;
        };
        let place = match self.places.get(id) {
            Some(place) => *place,
            None => self.open(id, stats_type),
        };
        let Some(entry) = place.and_then(|place| self.entries.get_mut(place)) else {
            return;
        };
        if MEMBERS.find("timestamp") == Some(member) {
            entry.timestamps = Some(series);
        } else if member != Member::Type
            && MEMBERS
                .plans
                .get(entry.tag)
                .is_some_and(|plan| plan.wants(member))
        {
            entry.members.push((member, series));
        }
    }

    fn open(&mut self, id: &str, stats_type: &str) -> Option<usize> {
        let place = match StatsType::named(stats_type) {
            StatsType::Row(tag) => {
                self.entries.push(Entry {
                    id: id.into(),
                    tag,
                    timestamps: None,
                    members: Vec::new(),
                });
                Some(self.entries.len() - 1)
            }
            StatsType::Unused => None,
            StatsType::Unknown => {
                self.unknown_entries += 1;
                None
            }
        };
        self.places.insert(id.into(), place);
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use callscope_core::report::outbound;

    const SERIES: Series = Series {
        start: 1,
        end: 2,
        quoted: true,
        count: 1,
        first: 0.0,
        last: 0.0,
    };

    #[test]
    fn ids_may_have_dashes_and_computed_series_are_left_out() {
        let mut connection = Connection::named("1-1");
        for name in [
            "OT-01-A-bytesSent",
            "OT-01-A-timestamp",
            "OT-01-A-[bytesSent_in_bits/s]",
            "OT-01-A-[a-b]",
            "OT-01-A-bytesReceived",
            "none",
        ] {
            connection.add(name, "outbound-rtp", SERIES);
        }
        connection.add("X-bytesSent", "ssrc", SERIES);
        connection.add("C-1-type", "certificate", SERIES);
        let [entry] = &connection.entries[..] else {
            panic!("{connection:?}")
        };
        assert_eq!((entry.id.as_str(), entry.tag), ("OT-01-A", outbound::TAG));
        assert!(entry.timestamps.is_some());
        assert_eq!(entry.members.len(), 1);
        assert_eq!(connection.unknown_entries, 1);
    }
}
