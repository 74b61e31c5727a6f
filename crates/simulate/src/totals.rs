//! What a published track adds up to, and the issues that follow: what the summary says is what the intervals say.

use crate::rounded;
use callscope_core::wire::{
    Distribution, Distributions, Event, Issue, IssueChange, IssueType, Kind, Media, Severity,
    decimals,
};
use callscope_core::{Config, Metric};

/// The figures of a row over its intervals.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spread(Vec<(Metric, Vec<(f64, f64)>)>);

impl Spread {
    /// Adds an interval of that length.
    pub(crate) fn add(
        &mut self,
        metrics: &[Metric],
        figure: impl Fn(Metric) -> Option<f64>,
        length: f64,
    ) {
        for &metric in metrics {
            let Some(value) = figure(metric) else {
                continue;
            };
            match self.0.iter_mut().find(|(it, _)| *it == metric) {
                Some((_, values)) => values.push((value, length)),
                None => self.0.push((metric, vec![(value, length)])),
            }
        }
    }

    pub(crate) fn finish(self) -> Distributions {
        let of = |(metric, values)| (metric, distribution(metric, values));
        Distributions(self.0.into_iter().map(of).collect())
    }
}

fn distribution(metric: Metric, mut values: Vec<(f64, f64)>) -> Distribution {
    values.sort_by(|one, other| one.0.total_cmp(&other.0));
    let weight: f64 = values.iter().map(|it| it.1).sum();
    let sum: f64 = values.iter().map(|it| it.0 * it.1).sum();
    let round = |value: f64| rounded(value, decimals(metric.unit()));
    let percentile = |percent: usize| {
        let place = (values.len() * percent).div_ceil(100).max(1) - 1;
        values.get(place).and_then(|it| round(it.0))
    };
    Distribution {
        count: i64::try_from(values.len()).unwrap_or(i64::MAX),
        avg: round(sum / weight.max(1.0)),
        min: values.first().and_then(|it| round(it.0)),
        max: values.last().and_then(|it| round(it.0)),
        p25: percentile(25),
        p50: percentile(50),
        p75: percentile(75),
        p99: percentile(99),
    }
}

/// Whose issues they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) track: &'a str,
    pub(crate) pc: Option<&'a str>,
    pub(crate) kind: Kind,
}

/// The sums of a track.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) sent: f64,
    pub(crate) lost: Option<f64>,
    judged: f64,
    /// What was sent since the last report of the other side.
    carried: f64,
    round_trips: f64,
    round_trip_weight: f64,
    raised: [bool; 2],
}

impl Totals {
    /// Adds an interval; gives its loss in percent, and whether packets of earlier ones are in it.
    pub(crate) fn packets(&mut self, sent: f64, lost: Option<f64>) -> (Option<f64>, bool) {
        self.sent += sent;
        self.carried += sent;
        let Some(lost) = lost else {
            return (None, false);
        };
        let judged = std::mem::take(&mut self.carried);
        self.judged += judged;
        self.lost = Some(self.lost.unwrap_or(0.0) + lost);
        (percent(lost, judged), judged > sent)
    }

    pub(crate) fn round_trip(&mut self, value: Option<f64>, length: f64) {
        if let Some(value) = value {
            self.round_trips += value * length;
            self.round_trip_weight += length;
        }
    }

    /// The cumulative loss, in percent.
    pub(crate) fn loss(&self) -> Option<f64> {
        percent(self.lost?, self.judged)
    }

    /// The average round trip time.
    pub(crate) fn average_round_trip(&self) -> Option<f64> {
        (self.round_trip_weight > 0.0).then(|| self.round_trips / self.round_trip_weight)
    }

    /// The value that a rule judges, as it is told, the threshold, and whether that is an issue.
    fn judge(&self, rule: IssueType) -> Option<(f64, f64, bool)> {
        let config = Config::default();
        if self.sent < config.min_packets {
            return None;
        }
        match rule {
            IssueType::PacketLoss => {
                let (value, most) = (self.loss()?, config.high_loss.as_percent());
                Some((rounded(value, 4)?, most, value >= most))
            }
            IssueType::RoundTripTime => {
                let (value, most) = (
                    self.average_round_trip()?,
                    config.high_round_trip_time.as_f64(),
                );
                Some((rounded(value, 3)?, most, value > most))
            }
        }
    }

    /// Tells what was raised or cleared by the last interval.
    pub(crate) fn tell(&mut self, of: Subject<'_>, at: i64, events: &mut Vec<Event>) {
        for (place, &rule) in IssueType::ALL.iter().enumerate() {
            let Some((value, threshold, raised)) = self.judge(rule) else {
                continue;
            };
            let Some(known) = self.raised.get_mut(place).filter(|known| **known != raised) else {
                continue;
            };
            *known = raised;
            events.push(Event::Issue(IssueChange {
                r#type: rule,
                raised,
                severity: Severity::High,
                pc: of.pc.map(ToOwned::to_owned),
                track: Some(of.track.to_owned()),
                kind: Some(of.kind),
                at,
                value,
                threshold,
            }));
        }
    }

    /// Adds the issues that stand.
    pub(crate) fn stand(&self, of: Subject<'_>, issues: &mut Vec<Issue>) {
        for &rule in IssueType::ALL {
            let Some((value, threshold, true)) = self.judge(rule) else {
                continue;
            };
            let media = match of.kind {
                Kind::Audio => Media::Audio,
                Kind::Video => Media::Video,
            };
            match issues.iter_mut().find(|it| it.r#type == rule) {
                Some(issue) => {
                    issue.tracks.push(of.track.to_owned());
                    issue.value = issue.value.max(value);
                    if issue.media != Some(media) {
                        issue.media = Some(Media::Both);
                    }
                }
                None => issues.push(Issue {
                    r#type: rule,
                    severity: Severity::High,
                    media: Some(media),
                    tracks: vec![of.track.to_owned()],
                    value,
                    threshold,
                }),
            }
        }
    }
}

/// `None` where nothing was due.
pub(crate) fn percent(lost: f64, others: f64) -> Option<f64> {
    (lost + others > 0.0).then(|| 100.0 * lost / (lost + others))
}

/// The length of an interval, as a weight.
#[expect(clippy::cast_precision_loss, reason = "ten seconds")]
pub(crate) fn length(ms: i64) -> f64 {
    ms as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIDEO: Subject<'_> = Subject {
        track: "MT1",
        pc: None,
        kind: Kind::Video,
    };

    #[test]
    fn what_was_not_reported_is_judged_with_the_next_report() {
        let mut totals = Totals::default();
        assert_eq!(totals.packets(450.0, None), (None, false));
        assert_eq!(totals.packets(450.0, Some(100.0)), (Some(10.0), true));
        assert_eq!(totals.loss(), Some(10.0));
    }

    #[test]
    fn an_issue_is_raised_once_and_cleared_once() {
        let mut totals = Totals::default();
        let mut events = Vec::new();
        for (sent, lost) in [(950.0, 50.0), (1000.0, 60.0), (8000.0, 0.0), (1000.0, 0.0)] {
            totals.packets(sent, Some(lost));
            totals.tell(VIDEO, 0, &mut events);
        }
        let raised: Vec<_> = events
            .iter()
            .map(|it| matches!(it, Event::Issue(change) if change.raised))
            .collect();
        assert_eq!(raised, [true, false]);
        let mut issues = Vec::new();
        totals.stand(VIDEO, &mut issues);
        assert_eq!(issues, []);
    }

    #[test]
    fn three_hundred_milliseconds_are_no_issue_and_more_are() {
        let mut totals = Totals::default();
        totals.packets(1000.0, Some(0.0));
        totals.round_trip(Some(300.0), 10_000.0);
        let mut issues = Vec::new();
        totals.stand(VIDEO, &mut issues);
        assert_eq!(issues, []);
        totals.round_trip(Some(302.0), 10_000.0);
        totals.stand(VIDEO, &mut issues);
        assert_eq!(issues.len(), 1);
    }
}
