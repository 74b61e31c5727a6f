//! Pictures: how many, how large, how smooth.

use super::{Descriptor, Formula, Unit};
use crate::tally::Figure;

/// Frames per second, from [`framesSent`] (else [`framesEncoded`]) and [`framesDecoded`]: the most of the layers.
///
/// [`framesSent`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-framessent
/// [`framesEncoded`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-framesencoded
/// [`framesDecoded`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcinboundrtpstreamstats-framesdecoded
pub(super) const PER_SECOND: Descriptor = Descriptor {
    name: "frames_per_second",
    unit: Unit::FramesPerSecond,
    formula: Formula::Of(Figure::FrameRate, 1),
    send: Some("max layers Δ framesSent / Δt, else Δ framesEncoded / Δt"),
    receive: Some("Δ framesDecoded / Δt"),
};

/// Width of the largest layer's picture at the end of the interval ([`frameWidth`]).
///
/// [`frameWidth`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-framewidth
pub(super) const WIDTH: Descriptor = Descriptor {
    name: "frame_width",
    unit: Unit::Pixels,
    formula: Formula::Of(Figure::FrameWidth, 1),
    send: Some("frameWidth of the largest layer at the end of the interval"),
    receive: Some("frameWidth at the end of the interval"),
};

/// Its height ([`frameHeight`]).
///
/// [`frameHeight`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-frameheight
pub(super) const HEIGHT: Descriptor = Descriptor {
    name: "frame_height",
    unit: Unit::Pixels,
    formula: Formula::Of(Figure::FrameHeight, 1),
    send: Some("frameHeight of the largest layer at the end of the interval"),
    receive: Some("frameHeight at the end of the interval"),
};

/// Frames dropped before they were decoded or shown ([`framesDropped`]).
///
/// [`framesDropped`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcinboundrtpstreamstats-framesdropped
pub(super) const DROPPED: Descriptor = Descriptor {
    name: "frames_dropped",
    unit: Unit::Count,
    formula: Formula::Of(Figure::FramesDropped, 1),
    send: None,
    receive: Some("Σ Δ framesDropped"),
};

/// How often the picture froze ([`freezeCount`]).
///
/// [`freezeCount`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcinboundrtpstreamstats-freezecount
pub(super) const FREEZES: Descriptor = Descriptor {
    name: "freeze_count",
    unit: Unit::Count,
    formula: Formula::Of(Figure::Freezes, 1),
    send: None,
    receive: Some("Σ Δ freezeCount"),
};

/// How long it was frozen ([`totalFreezesDuration`]).
///
/// [`totalFreezesDuration`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcinboundrtpstreamstats-totalfreezesduration
pub(super) const FREEZE_TIME: Descriptor = Descriptor {
    name: "freeze_ms",
    unit: Unit::Milliseconds,
    formula: Formula::Of(Figure::FreezeTime, 1000),
    send: None,
    receive: Some("1000 · Σ Δ totalFreezesDuration"),
};

/// Mean time to encode a frame ([`totalEncodeTime`] over [`framesEncoded`]).
///
/// [`totalEncodeTime`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-totalencodetime
/// [`framesEncoded`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcoutboundrtpstreamstats-framesencoded
pub(super) const ENCODE_TIME: Descriptor = Descriptor {
    name: "encode_ms_per_frame",
    unit: Unit::Milliseconds,
    formula: Formula::Ratio(Figure::EncodeTime, Figure::FramesEncoded, 1000),
    send: Some("1000 · Σ layers Δ totalEncodeTime / Σ layers Δ framesEncoded"),
    receive: None,
};
