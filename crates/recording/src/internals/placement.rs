//! Which report each value of a series belongs to.
//!
//! A series says when it starts, when it ends and how many values it has. The entry's own series of timestamps says when
//! each report was. A member that was there all the time has as many values as there are timestamps; one that came late, or
//! went away early, lies between its start and its end without holes. Anything else has holes at places that nobody knows.

use super::index::Series;

/// Where the values of a series lie among the reports of its entry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Placement {
    /// Without holes, from that report on.
    From(u64),
    /// By time: the first, the distance to the next, and how far a report may lie from it.
    Spread { first: f64, step: f64, within: f64 },
}

/// Looks for the places of several series in one walk along the timestamps.
#[derive(Debug)]
pub(crate) struct Placer {
    series: Series,
    /// The first and last report at the time at which it starts, and the same for its end.
    starts: Option<(u64, u64)>,
    ends: Option<(u64, u64)>,
}

impl Placer {
    pub(crate) const fn new(series: Series) -> Self {
        Self {
            series,
            starts: None,
            ends: None,
        }
    }

    /// Takes the time of the next report.
    pub(crate) fn take(&mut self, report: u64, time: f64) {
        for (edge, found) in [
            (self.series.first, &mut self.starts),
            (self.series.last, &mut self.ends),
        ] {
            // The edges are cut to whole milliseconds.
            if (time.floor() - edge).abs() <= 1.0 {
                let first = found.map_or(report, |(first, _)| first);
                *found = Some((first, report));
            }
        }
    }

    /// Where it lies among so many reports.
    pub(crate) fn place(&self, reports: u64) -> Placement {
        let count = self.series.count;
        if count == reports {
            return Placement::From(0);
        }
        if let (Some((start, start_to)), Some((end, end_to))) = (self.starts, self.ends) {
            let low = start.max((end + 1).saturating_sub(count));
            let high = start_to.min((end_to + 1).saturating_sub(count));
            if low <= high {
                // Where several reports have the same time, it lasts to the end rather than not.
                let to_the_end = end_to + 1 == reports;
                return Placement::From(if to_the_end { high } else { low });
            }
        }
        spread(&self.series)
    }
}

/// Evenly between its start and its end: all that dumps without timestamps tell.
pub(crate) fn spread(series: &Series) -> Placement {
    let step = step(series);
    Placement::Spread {
        first: series.first,
        step,
        within: if step > 0.0 { step / 2.0 } else { 500.0 },
    }
}

/// The mean distance of its values, in milliseconds.
#[expect(clippy::cast_precision_loss, reason = "counts of reports are small")]
pub(crate) fn step(series: &Series) -> f64 {
    (series.last - series.first) / series.count.saturating_sub(1).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: [f64; 6] = [1000.4, 2000.1, 3001.9, 3001.9, 5000.0, 6000.0];

    fn place(count: u64, first: f64, last: f64) -> Placement {
        let mut placer = Placer::new(Series {
            start: 0,
            end: 0,
            quoted: true,
            count,
            first,
            last,
        });
        for (report, time) in (0..).zip(TIMES) {
            placer.take(report, time);
        }
        placer.place(6)
    }

    #[test]
    fn what_came_late_or_went_early_is_placed_by_its_edges() {
        assert_eq!(place(6, 1000.0, 6000.0), Placement::From(0));
        assert_eq!(place(5, 2000.0, 6000.0), Placement::From(1));
        assert_eq!(place(2, 1000.0, 2000.0), Placement::From(0));
        assert_eq!(place(3, 3001.0, 6000.0), Placement::From(3));
        assert_eq!(place(4, 3001.0, 6000.0), Placement::From(2));
    }

    #[test]
    fn holes_are_placed_by_time() {
        assert_eq!(
            place(3, 1000.0, 6000.0),
            Placement::Spread {
                first: 1000.0,
                step: 2500.0,
                within: 1250.0
            }
        );
    }
}
