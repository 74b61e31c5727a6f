//! Parameters of a query, which may come more than once.

use std::str::FromStr;

use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime, PrimitiveDateTime};

use crate::problem::Problem;

/// The most on a page.
const MOST: usize = 1000;

/// The parameters, in order.
#[derive(Clone, Debug, Default)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Of a query as it stands in an address.
    #[must_use]
    pub fn new(query: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let said = pairs.into_owned().filter(|(_, value)| !value.is_empty());
        Self(said.collect())
    }

    /// All values of that name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(it, _)| it == name)
            .map(|(_, value)| value.as_str())
    }

    /// The last of them.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.all(name).last()
    }

    /// The value as a number.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, Problem> {
        let number = self.text(name).map(str::parse).transpose();
        number.map_err(|_error| Problem::parameter(name, "is no number, or too large"))
    }

    /// A time as ISO 8601, or in milliseconds since the epoch.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn time(&self, name: &str) -> Result<Option<i64>, Problem> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let ms = text.parse().ok().or_else(|| iso_time(text));
        ms.map(Some)
            .ok_or_else(|| Problem::parameter(name, "is no time, such as 2026-11-22T10:00:00Z"))
    }

    /// Each value as a word of a list.
    ///
    /// # Errors
    ///
    /// If one is not in it.
    pub fn words<T>(
        &self,
        name: &str,
        named: impl Fn(&str) -> Option<T>,
        words: &[&str],
    ) -> Result<Vec<T>, Problem> {
        let known = |text| {
            let what = || format!("must be one of {}", words.join(", "));
            named(text).ok_or_else(|| Problem::parameter(name, &what()))
        };
        self.all(name).map(known).collect()
    }

    /// Whether something is asked for; not, unless it is said.
    ///
    /// # Errors
    ///
    /// If it says neither.
    pub fn flag(&self, name: &str) -> Result<bool, Problem> {
        let said = |word: &str| word.parse().ok();
        let said = self.words(name, said, &["true", "false"])?;
        Ok(said.last().copied().unwrap_or_default())
    }

    /// How many on a page.
    ///
    /// # Errors
    ///
    /// If that is no number, or none.
    pub fn page_size(&self, name: &str) -> Result<usize, Problem> {
        match self.number::<usize>(name)? {
            None => Ok(50),
            Some(0) => Err(Problem::parameter(name, "must be 1 at least")),
            Some(size) => Ok(size.min(MOST)),
        }
    }

    /// The same without those names, and with those pairs.
    #[must_use]
    pub fn with(&self, without: &[&str], pairs: &[(&str, &str)]) -> String {
        let kept = self
            .0
            .iter()
            .filter(|(name, _)| !without.contains(&name.as_str()));
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(kept);
        query.extend_pairs(pairs);
        query.finish()
    }
}

fn iso_time(text: &str) -> Option<i64> {
    let zoned = OffsetDateTime::parse(text, &Iso8601::DEFAULT).ok();
    let time = zoned
        .or_else(|| {
            let time = PrimitiveDateTime::parse(text, &Iso8601::DEFAULT).ok()?;
            Some(time.assume_utc())
        })
        .or_else(|| {
            let date = Date::parse(text, &Iso8601::DEFAULT).ok()?;
            Some(date.midnight().assume_utc())
        })?;
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_each_form() {
        for (text, ms) in [
            ("1795428000000", Some(1_795_428_000_000)),
            ("2026-11-23T10:00:00Z", Some(1_795_428_000_000)),
            ("2026-11-23T11:00:00%2B01:00", Some(1_795_428_000_000)),
            ("2026-11-23T10:00:00.5Z", Some(1_795_428_000_500)),
            ("2026-11-23T10:00:00", Some(1_795_428_000_000)),
            ("2026-11-23", Some(1_795_392_000_000)),
            ("yesterday", None),
            ("99999-01-01T00:00:00Z", None),
        ] {
            let parameters = Parameters::new(Some(&format!("at={text}")));
            assert_eq!(parameters.time("at").ok().flatten(), ms, "{text}");
        }
    }

    #[test]
    fn filters_are_kept_when_a_page_is_turned() {
        let parameters = Parameters::new(Some("RoomType=go&RoomName=a%26b&Page=3&RoomType=group"));
        assert_eq!(
            parameters.with(&["Page"], &[("Page", "4")]),
            "RoomType=go&RoomName=a%26b&RoomType=group&Page=4"
        );
    }
}
