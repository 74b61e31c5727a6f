//! Bitrate.
//!
//! Sent: `8 · Σ_layers Δbytes / Δt`, from [`bytesSent`], without RTP headers and without retransmissions counted twice.
//! Received: the same over all of a connection's `inbound-rtp`, from [`bytesReceived`]: the total of the connection.
//! `None` before the second sample, or when the counter fell throughout.
//!
//! [`bytesSent`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcsentrtpstreamstats-bytessent
//! [`bytesReceived`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcinboundrtpstreamstats-bytesreceived

use super::{Descriptor, Formula, Unit};
use crate::tally::Figure;

pub(super) const BITRATE: Descriptor = Descriptor {
    name: "bitrate_bps",
    unit: Unit::BitsPerSecond,
    formula: Formula::Of(Figure::Bitrate, 1),
    send: Some("8 · Σ layers Δ bytesSent / Δt"),
    receive: Some("8 · Σ Δ bytesReceived / Δt"),
};

/// What the encoders aim at, added over the layers ([`targetBitrate`], at the end of the interval).
///
/// [`targetBitrate`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-targetbitrate
pub(super) const TARGET_BITRATE: Descriptor = Descriptor {
    name: "target_bitrate_bps",
    unit: Unit::BitsPerSecond,
    formula: Formula::Of(Figure::TargetBitrate, 1),
    send: Some("Σ layers targetBitrate at the end of the interval"),
    receive: None,
};
