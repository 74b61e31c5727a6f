//! A call as a store tells it: its intervals, and what was found in it.

use callscope_core::issue::{Issue, IssueChange};
use callscope_core::signal::{Signal, SignalChange};
use callscope_core::{Atom, Interval, Kind, Scope, Timestamp, Totals as CoreTotals, TrackId};

use super::call::{Call, Names};
use super::finding::{Finding, What};
use super::subject::{Subject, Totals};
use crate::chart::TimelineRow;

/// What the sids of published tracks begin with.
const TRACK_SID: &str = "MT";

/// What a store tells of a call.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Its intervals, by start.
    pub intervals: Vec<Interval>,
    /// What their atoms stand for, by the atoms' numbers.
    pub names: Vec<String>,
    /// Issues raised and cleared, and signals, by time.
    pub found: Vec<Found>,
    /// The issues that the participant is tagged with.
    pub tags: Vec<Tagged>,
    /// What else happened, as lanes of the timeline.
    pub happened: Vec<TimelineRow>,
    /// What people call tracks, by their sids.
    pub labels: Vec<(String, String)>,
    /// Whether nothing more will come.
    pub is_over: bool,
}

/// An issue that a participant is tagged with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tagged {
    /// The name of the issue.
    pub name: String,
    /// The tracks that have it.
    pub tracks: Vec<String>,
    /// What it was judged by, in percent or milliseconds.
    pub threshold: Option<f64>,
}

/// An issue that was raised or cleared, or a signal, in the words of the store.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The name of the issue or the signal.
    pub name: String,
    /// Whether it was raised; `None` for a signal.
    pub raised: Option<bool>,
    /// The connection.
    pub pc: Option<String>,
    /// The track.
    pub track: Option<String>,
    /// The media kind.
    pub kind: Option<Kind>,
    /// When, or since when, in milliseconds since the epoch.
    pub at: f64,
    /// When a signal ended.
    pub end: Option<f64>,
    /// The figure that decided.
    pub value: f64,
    /// What it is measured against.
    pub threshold: f64,
}

impl Call {
    /// The call that a store tells of.
    #[must_use]
    pub fn told(told: Told) -> Self {
        let mut call = Self {
            happened: told.happened,
            tags: told.tags,
            is_over: told.is_over,
            ..Self::default()
        };
        for name in &told.names {
            call.names.intern(name);
        }
        let mut sums: Vec<CoreTotals> = Vec::new();
        for interval in told.intervals {
            for part in &interval.parts {
                if part.scope == Scope::Received {
                    call.count(part, &mut sums);
                }
            }
            let place = call.count(&interval, &mut sums);
            if let Some(subject) = call.subjects.get_mut(place) {
                subject.intervals.push(interval);
            }
        }
        for found in told.found {
            call.find(&found);
        }
        for (place, totals) in sums.iter().enumerate() {
            let issues = call.issues_of(place);
            if let Some(subject) = call.subjects.get_mut(place) {
                subject.totals = Totals::of(totals, issues);
            }
        }
        for place in 0..call.subjects.len() {
            let mut subject = call.subjects.remove(place);
            subject.name = call.name_for(&subject);
            call.subjects.insert(place, subject);
        }
        call.learn_labels(told.labels);
        call
    }

    /// Counts an interval to its track or connection, and says where that is.
    fn count(&mut self, interval: &Interval, sums: &mut Vec<CoreTotals>) -> usize {
        let owner = self.subjects.iter().position(|it| it.owns(interval));
        let place = owner.unwrap_or_else(|| {
            let pc = subject_pc(interval, &self.names);
            let subject = Subject::named(interval.scope, pc, interval.track);
            self.subjects.push(subject);
            sums.push(CoreTotals::new());
            self.subjects.len() - 1
        });
        if let (Some(subject), Some(sum)) = (self.subjects.get_mut(place), sums.get_mut(place)) {
            sum.add(interval);
            subject.kind = interval.kind.or(subject.kind);
            subject.codec = interval.codec.or(subject.codec);
            subject.screen_share |= interval.screen_share;
            subject.last = Some(interval.end());
            subject.layers = subject.layers.max(layers_of(interval));
            if interval.scope == Scope::Received {
                subject.intervals.clear();
                subject.intervals.push(interval.clone());
            }
        }
        place
    }

    fn find(&mut self, found: &Found) {
        let pc = found.pc.as_deref().map(|pc| self.names.intern(pc));
        let track = found.track.as_deref();
        let track = track.map(|track| TrackId::Named(self.names.intern(track)));
        let Some(at) = Timestamp::new(found.at) else {
            return;
        };
        if let Some(raised) = found.raised {
            let issue = Issue::ALL.into_iter().find(|it| it.name() == found.name);
            if let (Some(issue), Some(track)) = (issue, track) {
                let change = IssueChange {
                    issue,
                    raised,
                    track,
                    pc,
                    kind: found.kind,
                    at,
                    value: found.value,
                    threshold: found.threshold,
                };
                Finding::take_issue(&mut self.findings, &change);
            }
            return;
        }
        // A later version may have signals that this one has no words for.
        if let Some(signal) = Signal::ALL.into_iter().find(|it| it.name() == found.name) {
            let change = SignalChange {
                signal,
                pc,
                track,
                kind: found.kind,
                start: at,
                end: found.end.and_then(Timestamp::new),
                value: found.value,
                threshold: found.threshold,
            };
            Finding::take_signal(&mut self.findings, &change);
        }
    }

    /// The issues that a track is tagged with.
    fn issues_of(&self, place: usize) -> Vec<Issue> {
        let published = self.subjects.get(place);
        let published = published.filter(|subject| subject.scope == Scope::Track);
        let Some(track) = published.and_then(|subject| subject.track) else {
            return Vec::new();
        };
        let track = self.names.track(track);
        let is_tagged = |issue: &Issue| {
            let mut tags = self.tags.iter();
            tags.any(|tag| tag.name == issue.name() && tag.tracks.contains(&track))
        };
        Issue::ALL.into_iter().filter(is_tagged).collect()
    }

    /// What an issue of this call was judged by, as far as that is known.
    #[must_use]
    pub fn judged_by(&self, issue: Issue) -> Option<f64> {
        let tag = self.tags.iter().find(|tag| tag.name == issue.name());
        let mut found = self.findings.iter().rev();
        tag.and_then(|tag| tag.threshold).or_else(|| {
            let found = found.find(|it| it.what == What::Issue(issue))?;
            Some(found.threshold)
        })
    }

    /// When an issue stood on any of these tracks, by start; what stood at the same time is one spell. One without an end still stands.
    #[must_use]
    pub fn spells(&self, name: &str, tracks: &[String]) -> Vec<(f64, Option<f64>)> {
        let mut spells: Vec<(f64, Option<f64>)> = Vec::new();
        for finding in &self.findings {
            let What::Issue(issue) = finding.what else {
                continue;
            };
            let track = finding.track.map(|track| self.names.track(track));
            if issue.name() != name || !track.is_some_and(|it| tracks.contains(&it)) {
                continue;
            }
            match spells.last_mut() {
                Some((_, end)) if end.is_none_or(|end| finding.start <= end) => {
                    *end = end.zip(finding.end).map(|(a, b)| a.max(b));
                }
                _ => spells.push((finding.start, finding.end)),
            }
        }
        spells
    }
}

/// The connection that a track or connection is followed on; a track that is published under a sid may go out on several.
fn subject_pc(interval: &Interval, names: &Names) -> Option<Atom> {
    let has_sid = match interval.track {
        Some(TrackId::Named(atom)) => names
            .of(atom)
            .is_some_and(|name| name.starts_with(TRACK_SID)),
        _ => false,
    };
    interval
        .pc
        .filter(|_| !(has_sid && interval.scope == Scope::Track))
}

fn layers_of(interval: &Interval) -> usize {
    let is_layer = |part: &&Interval| part.scope == Scope::Layer;
    let own = interval.parts.iter().filter(is_layer).count();
    let nested = interval.parts.iter().map(layers_of).max();
    own.max(nested.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use callscope_core::{Metric, Millis, Tally};

    use super::*;
    use crate::model::{findings, series};

    fn interval(scope: Scope, second: u32, track: Option<u32>, pc: Option<u32>) -> Interval {
        let start = Timestamp::new(1_000_000.0 + f64::from(second) * 1_000.0).unwrap();
        let mut interval = Interval::told(scope, start, Millis::whole(10_000));
        interval.track = track.map(|track| TrackId::Named(Atom::new(track)));
        interval.pc = pc.map(Atom::new);
        interval.kind = Some(Kind::Video);
        interval.tally = Tally::told(|metric| match metric {
            Metric::Bitrate => Some(1_000.0),
            Metric::PacketsSent => Some(90.0),
            Metric::PacketsLost => Some(10.0),
            Metric::PacketLoss => Some(10.0),
            _ => None,
        });
        interval
    }

    fn told() -> Told {
        let mut connection = interval(Scope::Connection, 0, None, Some(1));
        connection
            .parts
            .push(interval(Scope::Received, 0, Some(2), Some(1)));
        Told {
            intervals: vec![
                interval(Scope::Track, 0, Some(0), Some(1)),
                connection,
                // It goes out on a second connection, too, from now on.
                interval(Scope::Track, 10, Some(0), None),
            ],
            names: ["MT1", "pc1", "MT2"].map(str::to_owned).to_vec(),
            found: vec![Found {
                name: "packet_loss".to_owned(),
                raised: Some(true),
                track: Some("MT1".to_owned()),
                kind: Some(Kind::Video),
                at: 1_010_000.0,
                value: 10.0,
                threshold: 5.0,
                ..Found::default()
            }],
            labels: vec![("MT2".to_owned(), "bob".to_owned())],
            is_over: true,
            ..Told::default()
        }
    }

    #[test]
    fn a_track_with_a_sid_is_one_whatever_it_goes_out_on() {
        let call = Call::told(told());
        let names: Vec<_> = call.subjects.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["Video", "Video, bob", "pc1"]);
        let lines = series(&call, Scope::Track, Metric::Bitrate, None);
        assert_eq!(lines[0].points().len(), 2);
        let totals = &call.subjects[0].totals;
        assert_eq!(
            (totals.packets_sent, totals.packets_lost),
            (Some(180.0), Some(20.0))
        );
        assert_eq!(totals.packet_loss.unwrap().to_string(), "10.0 %");
    }

    #[test]
    fn an_issue_that_stood_at_the_end_is_its_tracks() {
        let tags = vec![tagged(&["MT1"])];
        let call = Call::told(Told { tags, ..told() });
        assert_eq!(call.subjects[0].totals.issues, [Issue::PacketLoss]);
        let found: Vec<_> = findings(&call, None).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].what, What::Issue(Issue::PacketLoss));
        assert_eq!(
            found[0].evidence(call.subject_of(found[0])),
            "10.0 % of 90 packets lost, threshold 5 %"
        );
    }

    fn tagged(tracks: &[&str]) -> Tagged {
        Tagged {
            name: "packet_loss".to_owned(),
            tracks: tracks.iter().copied().map(str::to_owned).collect(),
            threshold: Some(2.0),
        }
    }

    #[test]
    fn the_tag_says_which_tracks_have_an_issue_and_not_the_events() {
        let issues_of = |told: Told| {
            let call = Call::told(told);
            let subjects = call.subjects.into_iter();
            let issues = subjects.map(|it| (it.name, it.totals.issues));
            issues.collect::<Vec<_>>()
        };
        // What raised it never came.
        let lost = Told {
            tags: vec![tagged(&["MT1"])],
            found: Vec::new(),
            ..told()
        };
        let of = |name: &str, issues: &[Issue]| (name.to_owned(), issues.to_vec());
        let others = [of("Video, bob", &[]), of("pc1", &[])];
        let mut expected = vec![of("Video", &[Issue::PacketLoss])];
        expected.extend(others.clone());
        assert_eq!(issues_of(lost), expected);
        // What cleared it never came.
        let cleared = Told {
            tags: Vec::new(),
            ..told()
        };
        expected[0] = of("Video", &[]);
        assert_eq!(issues_of(cleared), expected);
        // Its name means a published track, not the same one received.
        let received = Told {
            tags: vec![tagged(&["MT2"])],
            ..told()
        };
        assert_eq!(issues_of(received), expected);
    }

    #[test]
    fn spells_are_those_of_the_tracks_that_have_it() {
        let found = |track: &str, second: f64, raised: bool| Found {
            name: "packet_loss".to_owned(),
            raised: Some(raised),
            track: Some(track.to_owned()),
            at: second * 1_000.0,
            threshold: 2.0,
            ..Found::default()
        };
        let call = Call::told(Told {
            found: vec![
                found("MT1", 1.0, true),
                found("MT3", 5.0, true),
                found("MT1", 10.0, false),
                found("MT4", 20.0, true),
                found("MT3", 30.0, false),
                found("MT4", 40.0, false),
                found("MT1", 100.0, true),
                found("MT1", 110.0, false),
                found("MT1", 200.0, true),
            ],
            ..Told::default()
        });
        let spells = |tracks: &[&str]| call.spells("packet_loss", &tagged(tracks).tracks);
        let late = [(100e3, Some(110e3)), (200e3, None)];
        assert_eq!(spells(&["MT1"]), [&[(1e3, Some(10e3))][..], &late].concat());
        assert_eq!(spells(&["MT3"]), [(5e3, Some(30e3))]);
        // At the same time it is one, a while later another.
        let both = [&[(1e3, Some(30e3))][..], &late].concat();
        assert_eq!(spells(&["MT1", "MT3"]), both);
        assert_eq!(spells(&["MT5"]), []);
        assert_eq!(call.spells("round_trip_time", &["MT1".to_owned()]), []);
    }

    #[test]
    fn what_it_was_judged_by_is_the_tags_or_the_last_that_an_event_told() {
        let judged = |tags, found| {
            let call = Call::told(Told {
                tags,
                found,
                ..told()
            });
            Issue::ALL.map(|issue| call.judged_by(issue))
        };
        let found = told().found;
        assert_eq!(judged(vec![tagged(&[])], found.clone()), [Some(2.0), None]);
        let raised = Found {
            threshold: 3.0,
            at: 1_020_000.0,
            ..found[0].clone()
        };
        let all = vec![found[0].clone(), raised];
        assert_eq!(judged(Vec::new(), all), [Some(3.0), None]);
        assert_eq!(judged(Vec::new(), Vec::new()), [None, None]);
    }

    #[test]
    fn what_has_no_words_here_is_left_out() {
        let mut told = told();
        told.found[0].name = "boredom".to_owned();
        told.found.push(Found {
            name: "telepathy".to_owned(),
            ..Found::default()
        });
        assert!(Call::told(told).findings.is_empty());
    }
}
