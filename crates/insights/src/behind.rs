//! What is behind a part of the participants' chart: rooms with a participant who is counted there.

use crate::model::{Participant, Segment};
use crate::problem::Problem;
use crate::query::Parameters;

/// The most values in one question.
const MOST_VALUES: usize = 50;

/// What a participant is to be like, all of it. One who joined in an hour, uses that and has issues is counted there in the roll-ups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParticipantQuery {
    /// Joined at or after that.
    pub joined_after: Option<i64>,
    /// Joined before that.
    pub joined_before: Option<i64>,
    /// Uses that.
    pub uses: Option<Uses>,
    /// With or without issues.
    pub has_issues: Option<bool>,
}

/// Values of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uses {
    /// The segment.
    pub segment: Segment,
    /// Any of these; `None` is unknown.
    pub values: Vec<Option<String>>,
    /// Whether it is none of them instead.
    pub is_other: bool,
}

impl ParticipantQuery {
    /// Of a query; `None` if nothing is asked of participants.
    ///
    /// # Errors
    ///
    /// If a parameter is none.
    pub fn new(parameters: &Parameters) -> Result<Option<Self>, Problem> {
        let filter = |word: &str| match word {
            "with" => Some(true),
            "without" => Some(false),
            _ => None,
        };
        let has_issues = parameters.words("participant_issues", filter, &["with", "without"])?;
        let query = Self {
            joined_after: parameters.time("joined_after")?,
            joined_before: parameters.time("joined_before")?,
            uses: Uses::new(parameters)?,
            has_issues: has_issues.last().copied(),
        };
        Ok((query != Self::default()).then_some(query))
    }

    /// Whether a participant is like that.
    #[must_use]
    pub fn matches(&self, participant: &Participant) -> bool {
        let uses = |uses: &Uses| uses.has(uses.segment.of(&participant.client));
        let joined_at = participant.joined_at;
        self.joined_after.is_none_or(|at| joined_at >= at)
            && self.joined_before.is_none_or(|at| joined_at < at)
            && self
                .has_issues
                .is_none_or(|it| it == participant.tags().any())
            && self.uses.as_ref().is_none_or(uses)
    }
}

impl Uses {
    fn new(parameters: &Parameters) -> Result<Option<Self>, Problem> {
        // Of all together there are no values.
        let segments = || Segment::ALL.into_iter().filter(|it| *it != Segment::All);
        let words: Vec<&str> = segments().map(Segment::name).collect();
        let named = |word: &str| segments().find(|it| it.name() == word);
        let segment = parameters.words("segment", named, &words)?.pop();
        let named = parameters.all("value").map(|it| Some(it.to_owned()));
        let is_unknown = parameters.flag("unknown")?;
        let values: Vec<_> = named.chain(is_unknown.then_some(None)).collect();
        let is_other = parameters.flag("other")?;
        match segment {
            None if values.is_empty() && !is_other => Ok(None),
            None => {
                let given = ["value", "unknown", "other"]
                    .into_iter()
                    .find(|it| parameters.text(it).is_some());
                let what = format!(
                    "is of a segment: say of which, as segment={}",
                    words.join("|")
                );
                Err(Problem::parameter(given.unwrap_or("value"), &what))
            }
            Some(_) if values.is_empty() => {
                let what = "needs a value: say value=…, as the dashboard names it, or unknown=true for participants of whom it is not known";
                Err(Problem::parameter("segment", what))
            }
            Some(_) if values.len() > MOST_VALUES => {
                let what = format!("must not come more than {MOST_VALUES} times");
                Err(Problem::parameter("value", &what))
            }
            Some(segment) => Ok(Some(Self {
                segment,
                values,
                is_other,
            })),
        }
    }

    /// Whether a value is one of them, or none of them if it is to be another.
    fn has(&self, value: Option<&str>) -> bool {
        // Roll-ups have nothing as unknown.
        let value = value.filter(|it| !it.is_empty());
        self.values.iter().any(|it| it.as_deref() == value) != self.is_other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Result<Option<ParticipantQuery>, Problem> {
        ParticipantQuery::new(&Parameters::new(Some(query)))
    }

    #[test]
    fn nothing_is_asked_of_participants_as_a_rule() {
        assert_eq!(asked("type=go&issues=with&created_after=5"), Ok(None));
        assert_eq!(asked("unknown=false&other=false"), Ok(None));
    }

    #[test]
    fn values_are_any_of_some_or_none_of_them() {
        let uses = |query: &str| asked(query).unwrap().unwrap().uses.unwrap();
        let two = uses("segment=browser&value=Chrome&value=Fire%20fox");
        let found = |uses: &Uses| {
            [
                Some("Chrome"),
                Some("Fire fox"),
                Some("Safari"),
                None,
                Some(""),
            ]
            .map(|it| uses.has(it))
        };
        assert_eq!(found(&two), [true, true, false, false, false]);
        let unknown = uses("segment=browser&unknown=true");
        assert_eq!(found(&unknown), [false, false, false, true, true]);
        let either = uses("segment=browser&value=Chrome&unknown=true");
        assert_eq!(found(&either), [true, false, false, true, true]);
        let other = uses("segment=browser&value=Chrome&unknown=true&other=true");
        assert_eq!(found(&other), [false, true, true, false, false]);
    }

    #[test]
    fn what_is_asked_wrongly_is_said() {
        let many = format!("segment=sdk{}", "&value=a".repeat(51));
        for (query, sentence) in [
            (
                "segment=country&value=CH",
                "the parameter segment must be one of device_manufacturer, operating_system, browser, sdk",
            ),
            (
                "segment=all&value=Chrome",
                "must be one of device_manufacturer",
            ),
            ("segment=browser", "segment needs a value: say value=…"),
            ("segment=browser&value=&other=true", "segment needs a value"),
            (
                "value=Chrome",
                "value is of a segment: say of which, as segment=device_manufacturer|",
            ),
            ("unknown=true", "the parameter unknown is of a segment"),
            ("other=true", "the parameter other is of a segment"),
            (
                "segment=browser&unknown=yes",
                "unknown must be one of true, false",
            ),
            ("joined_after=soon", "joined_after is no time"),
            ("participant_issues=some", "must be one of with, without"),
            (&many, "value must not come more than 50 times"),
        ] {
            let problem = asked(query).unwrap_err();
            assert!(
                problem.message.contains(sentence),
                "{query}: {}",
                problem.message
            );
        }
    }
}
