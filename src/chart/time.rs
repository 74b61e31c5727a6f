//! Times as people and files write them. The time zone comes in as an offset, so nothing here asks
//! a platform.

const DAY_MS: f64 = 86_400_000.0;
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `15:41:50`, or `15:41` without seconds, of `t` milliseconds since the epoch in a zone `offset`
/// milliseconds ahead of UTC.
#[must_use]
pub fn clock(t: f64, offset: f64, seconds: bool) -> String {
    let at = Civil::of(t + offset);
    if seconds {
        format!("{:02}:{:02}:{:02}", at.hour, at.minute, at.second)
    } else {
        format!("{:02}:{:02}", at.hour, at.minute)
    }
}

/// `22 Nov` of `t` milliseconds since the epoch in a zone `offset` milliseconds ahead of UTC.
#[must_use]
pub fn date(t: f64, offset: f64) -> String {
    let at = Civil::of(t + offset);
    format!("{} {}", at.day, at.month_name())
}

/// `Mon` of `t` milliseconds since the epoch in a zone `offset` milliseconds ahead of UTC.
#[must_use]
pub fn weekday(t: f64, offset: f64) -> &'static str {
    WEEKDAYS[day_of_week(t, offset)]
}

/// The day of the week, 0 for Monday, of `t` milliseconds since the epoch in a zone `offset` milliseconds ahead of UTC.
#[expect(
    clippy::cast_possible_truncation,
    reason = "milliseconds since the epoch fit an i64, and a day is 0 to 6"
)]
#[must_use]
pub(crate) fn day_of_week(t: f64, offset: f64) -> usize {
    // The epoch began on a Thursday.
    let days = ((t + offset).round() as i64).div_euclid(86_400_000);
    (days + 3).rem_euclid(7) as usize
}

/// ISO 8601 in UTC with milliseconds, such as `2026-11-22T15:41:50.000Z`.
#[must_use]
pub fn iso_utc(t: f64) -> String {
    let at = Civil::of(t);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        at.year, at.month, at.day, at.hour, at.minute, at.second, at.milli
    )
}

/// Whether `t` is midnight in a zone `offset` milliseconds ahead of UTC.
#[must_use]
pub(super) fn is_midnight(t: f64, offset: f64) -> bool {
    let days = (t + offset) / DAY_MS;
    (days - days.floor()) * DAY_MS < 1.0
}

/// The days of the week.
pub(crate) const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

struct Civil {
    year: i64,
    month: usize,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    milli: i64,
}

impl Civil {
    /// Days to year, month and day by Howard Hinnant's `civil_from_days`: years of 400 beginning in
    /// March.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "milliseconds since the epoch fit an i64, and a month is 1 to 12"
    )]
    fn of(t: f64) -> Self {
        let ms = t.round() as i64;
        let (days, rest) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000));
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let month = if march_month < 10 {
            march_month + 3
        } else {
            march_month - 9
        };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: month as usize,
            day: day_of_year - (153 * march_month + 2) / 5 + 1,
            hour: rest / 3_600_000,
            minute: rest / 60_000 % 60,
            second: rest / 1_000 % 60,
            milli: rest % 1_000,
        }
    }

    fn month_name(&self) -> &'static str {
        MONTHS[self.month - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_times_are_utc() {
        assert_eq!(iso_utc(0.0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso_utc(1_795_354_640_000.0), "2026-11-22T13:37:20.000Z");
        assert_eq!(iso_utc(951_782_400_000.0), "2000-02-29T00:00:00.000Z");
        assert_eq!(iso_utc(-1.0), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn a_clock_reads_the_zone_it_is_given() {
        let t = 1_795_354_640_000.0;
        assert_eq!(clock(t, 0.0, true), "13:37:20");
        assert_eq!(clock(t, 3_600_000.0, false), "14:37");
        assert_eq!(clock(t, -5.5 * 3_600_000.0, true), "08:07:20");
        assert_eq!(date(t, 12.0 * 3_600_000.0), "23 Nov");
    }

    #[test]
    fn days_of_the_week_are_local() {
        // A Sunday, 23:30 UTC.
        let t = 1_795_390_200_000.0;
        assert_eq!(weekday(t, 0.0), "Sun");
        assert_eq!(weekday(t, 3_600_000.0), "Mon");
        assert_eq!(weekday(0.0, 0.0), "Thu");
        assert_eq!(weekday(-1.0, 0.0), "Wed");
    }

    #[test]
    fn midnight_is_local() {
        assert!(is_midnight(DAY_MS, 0.0));
        assert!(is_midnight(DAY_MS - 3_600_000.0, 3_600_000.0));
        assert!(!is_midnight(DAY_MS, 3_600_000.0));
    }
}
