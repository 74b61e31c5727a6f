//! Times, lengths and kinds of stored calls, as people read them.

use crate::chart::{Measure, UNKNOWN, clock, date};
use crate::zone::{is_utc, offset};

/// `22 Nov, 15:41`, in the zone that was chosen.
pub(crate) fn moment(t: f64) -> String {
    let offset = offset(t);
    format!("{}, {}", date(t, offset), clock(t, offset, false))
}

/// `22 Nov, 15:41:50`, in the zone that was chosen.
pub(crate) fn exact_moment(t: f64) -> String {
    format!("{}, {}", date(t, offset(t)), time_of_day(t))
}

/// From then to then, on the same day as a rule: `22 Nov, 15:41:50 – 15:58:02, UTC`. What is not over goes on until now.
pub(crate) fn spell(from: f64, to: Option<f64>) -> String {
    let to = match to {
        Some(to) if date(to, offset(to)) == date(from, offset(from)) => time_of_day(to),
        Some(to) => exact_moment(to),
        None => "now".to_owned(),
    };
    format!("{} \u{2013} {to}, {}", exact_moment(from), zone_name(from))
}

/// `15:41:50`, in the zone that was chosen.
pub(crate) fn time_of_day(t: f64) -> String {
    clock(t, offset(t), true)
}

/// What clock times are by: `UTC`, or `local time (UTC+1)`.
pub(crate) fn zone_name(now: f64) -> String {
    if is_utc() {
        return "UTC".to_owned();
    }
    let minutes = callscope_core::to_fixed(offset(now) / 60_000.0, 0)
        .to_string()
        .parse::<i32>()
        .unwrap_or_default();
    let sign = if minutes < 0 { '\u{2212}' } else { '+' };
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    if rest == 0 {
        format!("local time (UTC{sign}{hours})")
    } else {
        format!("local time (UTC{sign}{hours}:{rest:02})")
    }
}

/// `1 h 2 min`, `11 min 56 s`, `8 s`; an em dash for the unknown.
pub(crate) fn length(ms: Option<f64>) -> String {
    let Some(ms) = ms.filter(|ms| ms.is_finite() && *ms >= 0.0) else {
        return UNKNOWN.to_owned();
    };
    let seconds: u64 = callscope_core::to_fixed(ms / 1000.0, 0)
        .to_string()
        .parse()
        .unwrap_or_default();
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// What a kind of room is called.
pub(crate) fn room_kind(kind: Option<&str>) -> &str {
    match kind {
        Some("group") => "Group",
        Some("group_small") => "Small group",
        Some("peer_to_peer") => "Peer-to-peer",
        Some("go") => "WebRTC Go",
        Some(other) => other,
        None => UNKNOWN,
    }
}

/// What an issue is called.
pub(crate) fn issue_name(kind: &str) -> &str {
    match kind {
        "packet_loss" => "High packet loss",
        "round_trip_time" => "High round trip time",
        other => other,
    }
}

/// The value or threshold of an issue, with its unit.
pub(crate) fn issue_value(kind: &str, value: Option<f64>) -> String {
    use crate::chart::Unit;

    match kind {
        "packet_loss" => Unit::Percent.format_or_unknown(value),
        _ => Unit::Milliseconds.format_or_unknown(value),
    }
}

/// `1 room`, `2 rooms`.
pub(crate) fn count_of(n: f64, one: &str, many: &str) -> String {
    let number = Measure::Count.format(n);
    if n == 1.0 {
        format!("{number} {one}")
    } else {
        format!("{number} {many}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_two_parts_at_most() {
        for (ms, text) in [
            (8_400.0, "8 s"),
            (60_000.0, "1 min"),
            (716_764.0, "11 min 57 s"),
            (3_600_000.0, "1 h"),
            (7_380_000.0, "2 h 3 min"),
        ] {
            assert_eq!(length(Some(ms)), text);
        }
        assert_eq!(length(None), UNKNOWN);
        assert_eq!(length(Some(f64::NAN)), UNKNOWN);
    }

    #[test]
    fn one_is_no_plural() {
        assert_eq!(count_of(1.0, "room", "rooms"), "1 room");
        assert_eq!(count_of(0.0, "room", "rooms"), "0 rooms");
        assert_eq!(count_of(1_317.0, "room", "rooms"), "1,317 rooms");
    }
}
