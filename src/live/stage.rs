//! Where a call stands, and how long it has been going.

/// Where a call stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// There is none.
    #[default]
    Idle,
    /// Devices are asked for, the two sides reach for each other.
    Starting,
    /// It goes on.
    Running,
    /// It is over; what is known of it stays.
    Ended,
}

/// Milliseconds as hours, minutes and seconds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes the nearest whole number"
)]
pub(super) fn elapsed(milliseconds: f64) -> String {
    let seconds = (milliseconds / 1_000.0).max(0.0) as u64;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_read_as_on_a_clock() {
        for (milliseconds, text) in [
            (-5.0, "0:00"),
            (59_999.0, "0:59"),
            (61_000.0, "1:01"),
            (3_661_000.0, "1:01:01"),
        ] {
            assert_eq!(elapsed(milliseconds), text);
        }
    }
}
