//! Names, units and reasons, as people read them.

use callscope_core::issue::Issue;
use callscope_core::metric::Unit;
use callscope_core::signal::Signal;
use callscope_core::{Absence, Interval, Kind, Metric, Path, to_fixed};

use super::finding::What;
use crate::chart;

/// Why there is no figure at first.
pub(super) const NOT_YET: &str = "not measured yet: it takes two readings";

/// What a metric is called.
#[must_use]
pub const fn label(metric: Metric) -> &'static str {
    match metric {
        Metric::Bitrate => "Bitrate",
        Metric::TargetBitrate => "Target bitrate",
        Metric::PacketsSent => "Packets sent",
        Metric::PacketsReceived => "Packets received",
        Metric::PacketsLost => "Packets lost",
        Metric::PacketLoss => "Packet loss",
        Metric::RoundTripTime => "Round trip time",
        Metric::IceRoundTripTime => "ICE round trip time",
        Metric::AvailableOutgoingBitrate => "Available outgoing bitrate",
        Metric::Jitter => "Jitter",
        Metric::JitterBuffer => "Jitter buffer",
        Metric::FramesPerSecond => "Frame rate",
        Metric::FrameWidth => "Frame width",
        Metric::FrameHeight => "Frame height",
        Metric::FramesDropped => "Frames dropped",
        Metric::FreezeCount => "Freezes",
        Metric::FreezeTime => "Frozen for",
        Metric::EncodeTime => "Encoding time per frame",
        Metric::LimitedNone => "Encoder not limited",
        Metric::LimitedBandwidth => "Encoder limited by bandwidth",
        Metric::LimitedCpu => "Encoder limited by the processor",
        Metric::LimitedOther => "Encoder limited otherwise",
        Metric::RetransmittedPackets => "Packets retransmitted",
        Metric::NackCount => "Requests to resend (NACK)",
        Metric::PliCount => "Picture loss indications (PLI)",
        Metric::FirCount => "Full intra requests (FIR)",
        Metric::AudioLevel => "Audio level",
        Metric::Concealed => "Sound concealed",
    }
}

/// Whether a metric is one of that media kind. A connection, which has no kind, has all.
#[must_use]
pub const fn applies(metric: Metric, kind: Option<Kind>) -> bool {
    match kind {
        None => true,
        Some(Kind::Video) => !matches!(metric, Metric::AudioLevel | Metric::Concealed),
        Some(Kind::Audio) => !matches!(
            metric,
            Metric::FramesPerSecond
                | Metric::FrameWidth
                | Metric::FrameHeight
                | Metric::FramesDropped
                | Metric::FreezeCount
                | Metric::FreezeTime
                | Metric::EncodeTime
                | Metric::LimitedNone
                | Metric::LimitedBandwidth
                | Metric::LimitedCpu
                | Metric::LimitedOther
                | Metric::PliCount
                | Metric::FirCount
        ),
    }
}

/// A metric's value with its unit.
#[must_use]
pub fn format(metric: Metric, value: f64) -> String {
    match metric.unit() {
        Unit::BitsPerSecond => chart::Unit::BitsPerSecond.format(value),
        Unit::Percent => chart::Unit::Percent.format(value),
        Unit::Milliseconds => chart::Unit::Milliseconds.format(value),
        Unit::FramesPerSecond => chart::Unit::FramesPerSecond.format(value),
        Unit::Count => grouped(value),
        Unit::Pixels => format!("{} px", to_fixed(value, 0)),
        Unit::Ratio => to_fixed(value, 3).to_string(),
        Unit::Seconds => format!("{} s", to_fixed(value, 1)),
    }
}

/// As [`format()`], with an em dash for the unknown.
#[must_use]
pub fn format_or_unknown(metric: Metric, value: Option<f64>) -> String {
    value.map_or_else(|| chart::UNKNOWN.to_owned(), |value| format(metric, value))
}

/// Why a metric is not known; `None` if it is.
#[must_use]
pub fn why_absent(interval: Option<&Interval>, metric: Metric) -> Option<String> {
    let Some(interval) = interval else {
        return Some(NOT_YET.to_owned());
    };
    let explanation = interval.explain(metric);
    match explanation.absence? {
        Absence::Baseline if interval.notes.open => Some(NOT_YET.to_owned()),
        absence => Some(absence.to_string()),
    }
}

/// What an issue or a signal is called.
#[must_use]
pub const fn finding_name(what: What) -> &'static str {
    match what {
        What::Issue(Issue::PacketLoss) => "High packet loss",
        What::Issue(Issue::RoundTripTime) => "High round trip time",
        What::Signal(signal) => match signal {
            Signal::FrozenVideo => "Frozen video",
            Signal::StalledVideo => "Stalled video",
            Signal::LowFrameRate => "Low frame rate",
            Signal::CpuLimited => "Limited by the processor",
            Signal::BandwidthLimited => "Limited by bandwidth",
            Signal::NoMedia => "No media arriving",
            Signal::SilentMicrophone => "Silent microphone",
            Signal::ConcealedAudio => "Concealed audio",
            Signal::ConnectionLost => "Connection lost",
            Signal::RelayedOverTcp => "Relayed over TCP",
        },
    }
}

/// How packets travel, such as "UDP, direct"; `None` if nothing is known of it.
pub(super) fn path_in_words(path: Path) -> Option<String> {
    let transport = path
        .transport
        .map(|transport| transport.name().to_ascii_uppercase());
    let way = path
        .relayed()
        .map(|relayed| if relayed { "relayed" } else { "direct" });
    match (transport, way) {
        (Some(transport), Some(way)) => Some(format!("{transport}, {way}")),
        (Some(transport), None) => Some(transport),
        (None, Some(way)) => Some(way.to_owned()),
        (None, None) => None,
    }
}

/// A time of day, in the time zone that was chosen, with seconds.
#[must_use]
pub fn clock_time(t: f64) -> String {
    chart::clock(t, crate::zone::offset(t), true)
}

/// A whole number with its thousands apart.
pub(super) fn grouped(value: f64) -> String {
    let digits = to_fixed(value.abs(), 0).to_string();
    let mut text = String::new();
    if value <= -0.5 {
        text.push('\u{2212}');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things.
pub(super) fn counted(value: f64, thing: &str) -> String {
    let plural = if (value - 1.0).abs() < 0.5 { "" } else { "s" };
    format!("{} {thing}{plural}", grouped(value))
}

/// Milliseconds as seconds.
pub(super) fn seconds(milliseconds: f64) -> String {
    let seconds = milliseconds / 1_000.0;
    if (seconds - seconds.round()).abs() < 0.05 {
        format!("{} s", to_fixed(seconds, 0))
    } else {
        format!("{} s", to_fixed(seconds, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (value, text) in [
            (0.0, "0"),
            (999.0, "999"),
            (2_310.0, "2,310"),
            (1_234_567.0, "1,234,567"),
            (-2_310.0, "\u{2212}2,310"),
        ] {
            assert_eq!(grouped(value), text);
        }
        assert_eq!(counted(1.0, "packet"), "1 packet");
        assert_eq!(seconds(2_340.0), "2.3 s");
        assert_eq!(seconds(1_000.0), "1 s");
    }

    #[test]
    fn every_metric_has_a_name_of_its_own() {
        let mut names: Vec<_> = Metric::ALL.iter().map(|&metric| label(metric)).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Metric::ALL.len());
    }

    #[test]
    fn the_unknown_is_a_dash_and_zero_is_zero() {
        assert_eq!(format_or_unknown(Metric::PacketLoss, None), "\u{2014}");
        assert_eq!(format_or_unknown(Metric::PacketLoss, Some(0.0)), "0.0 %");
        assert_eq!(
            why_absent(None, Metric::PacketLoss).as_deref(),
            Some(NOT_YET)
        );
    }
}
