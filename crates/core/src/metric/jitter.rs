//! Jitter, and what the receiver does about it.

use super::{Descriptor, Formula, Unit};
use crate::tally::Figure;

/// Interarrival jitter ([`jitter`], RFC 3550 section 6.4.1) at the end of the interval: the largest of the layers or
/// received tracks. Sent: as the last RTCP report of the interval tells it.
///
/// [`jitter`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcreceivedrtpstreamstats-jitter
pub(super) const JITTER: Descriptor = Descriptor {
    name: "jitter_ms",
    unit: Unit::Milliseconds,
    formula: Formula::Of(Figure::Jitter, 1000),
    send: Some("max layers 1000 · jitter of the interval's last RTCP report"),
    receive: Some("max 1000 · jitter at the end of the interval"),
};

/// Mean time in the jitter buffer ([`jitterBufferDelay`] over [`jitterBufferEmittedCount`]).
///
/// [`jitterBufferDelay`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcinboundrtpstreamstats-jitterbufferdelay
/// [`jitterBufferEmittedCount`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcinboundrtpstreamstats-jitterbufferemittedcount
pub(super) const BUFFER: Descriptor = Descriptor {
    name: "jitter_buffer_ms",
    unit: Unit::Milliseconds,
    formula: Formula::Ratio(Figure::BufferDelay, Figure::BufferEmitted, 1000),
    send: None,
    receive: Some("1000 · Δ jitterBufferDelay / Δ jitterBufferEmittedCount"),
};
