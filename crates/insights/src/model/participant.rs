//! A participant: the fold of their sessions, which nearly always is one.

use std::collections::BTreeSet;

use callscope_core::wire::{Client, Issue, IssueType, Kind, Media, RoomType, Severity};

use super::room::{Codecs, Issues};
use super::session::Session;

/// One person in one room.
#[derive(Clone, Debug, PartialEq)]
pub struct Participant {
    /// Their sid.
    pub sid: String,
    /// Their identity.
    pub identity: Option<String>,
    /// When they joined.
    pub joined_at: i64,
    /// The last that is known of them.
    pub until: i64,
    /// Whether each of their sessions told that it is over.
    pub is_over: bool,
    /// What they use, as their first session says.
    pub client: Client,
    /// The type of the room: in a [`Room`](super::Room) its own, else as they know it.
    pub room_type: Option<RoomType>,
    /// The issues that stand.
    pub issues: Vec<Issue>,
    /// The tracks that they published.
    pub tracks: BTreeSet<String>,
    /// The codecs of what they sent.
    pub codecs: Codecs,
    /// When the room was recorded while they were there; `None` if nobody told of a recording.
    pub recorded: Option<Vec<(i64, i64)>>,
    /// Twilio's code of their disconnection.
    pub error_code: Option<i64>,
    /// Batches that their browser dropped.
    pub dropped: u64,
}

impl Participant {
    /// Of all sessions of one participant; `None` of none.
    #[must_use]
    pub fn of<'a>(sessions: impl IntoIterator<Item = &'a Session>) -> Option<Self> {
        let mut sessions: Vec<&Session> = sessions.into_iter().collect();
        sessions.sort_by_key(|session| (session.started_at, session.id));
        let first = *sessions.first()?;
        let last = sessions.iter().max_by_key(|it| (it.until(), it.id))?;
        let until = last.until();
        let said = |of: fn(&Session) -> Option<String>| sessions.iter().find_map(|it| of(it));
        Some(Self {
            sid: first.participant_sid(),
            identity: said(|it| it.facts.identity.as_ref().map(|said| said.value.clone())),
            joined_at: first.started_at,
            until,
            is_over: sessions.iter().all(|it| it.ended_at.is_some()),
            client: first.client(),
            room_type: sessions
                .iter()
                .find_map(|it| it.facts.room_type.as_ref().map(|said| said.value)),
            issues: merged(sessions.iter().flat_map(|it| issues(it)).collect()),
            tracks: sessions
                .iter()
                .flat_map(|it| it.facts.tracks.iter().cloned())
                .collect(),
            codecs: sessions.iter().map(|it| Codecs::of(&it.facts.codecs)).sum(),
            recorded: recorded(&sessions, until),
            error_code: last.facts.disconnected.and_then(|(_, code)| code),
            dropped: sessions
                .iter()
                .flat_map(|it| it.facts.dropped.values())
                .sum(),
        })
    }

    /// Which issues they are tagged with.
    #[must_use]
    pub fn tags(&self) -> Issues {
        self.issues.iter().map(|issue| issue.r#type).collect()
    }

    /// How long the room was recorded while they were there.
    #[must_use]
    pub fn recorded_ms(&self) -> Option<i64> {
        let spans = self.recorded.as_ref()?;
        Some(spans.iter().map(|(from, to)| to - from).sum())
    }

    /// Whether something was heard of them lately and they did not leave.
    #[must_use]
    pub fn is_live(&self, now: i64, timeout_ms: i64) -> bool {
        !self.is_over && now - self.until < timeout_ms
    }
}

/// The issues of a session: those of its summary, else those that were raised and not cleared.
fn issues(session: &Session) -> Vec<Issue> {
    if let Some(tags) = session.tags() {
        return tags;
    }
    let raised = session.facts.standing.iter().filter(|it| it.raised);
    let issues = raised.map(|standing| Issue {
        r#type: standing.r#type,
        severity: Severity::High,
        media: standing.kind.map(|kind| match kind {
            Kind::Audio => Media::Audio,
            Kind::Video => Media::Video,
        }),
        tracks: standing.track.iter().cloned().collect(),
        value: standing.value,
        threshold: standing.threshold,
    });
    merged(issues.collect())
}

/// One issue of each type, on the media and tracks of all.
fn merged(all: Vec<Issue>) -> Vec<Issue> {
    let of_type = |&wanted: &IssueType| {
        let mut same = all.iter().filter(|issue| issue.r#type == wanted);
        let mut issue = same.next()?.clone();
        for other in same {
            issue.media = match (issue.media, other.media) {
                (one, None) => one,
                (None, other) => other,
                (Some(one), Some(other)) if one == other => Some(one),
                _ => Some(Media::Both),
            };
            issue.tracks.extend(other.tracks.iter().cloned());
            if other.value > issue.value {
                (issue.value, issue.threshold) = (other.value, other.threshold);
            }
        }
        issue.tracks.sort();
        issue.tracks.dedup();
        Some(issue)
    };
    IssueType::ALL.iter().filter_map(of_type).collect()
}

/// When a recording went on within the sessions.
fn recorded(sessions: &[&Session], until: i64) -> Option<Vec<(i64, i64)>> {
    let joined_at = sessions.first()?.started_at;
    let changes: BTreeSet<(i64, bool)> = sessions
        .iter()
        .flat_map(|it| it.facts.recording.iter().copied())
        .collect();
    if changes.is_empty() {
        return None;
    }
    let mut spans = Vec::new();
    // Of a recording that only its end is told of, the beginning was missed.
    let mut since = match changes.first() {
        Some((_, false)) => Some(joined_at),
        _ => None,
    };
    for &(at, is_on) in &changes {
        let at = at.clamp(joined_at, until);
        match (since, is_on) {
            (None, true) => since = Some(at),
            (Some(from), false) => {
                spans.push((from, at));
                since = None;
            }
            _ => {}
        }
    }
    spans.extend(since.map(|from| (from, until)));
    spans.retain(|(from, to)| from < to);
    Some(spans)
}
