//! Packets sent ([`packetsSent`]) and received ([`packetsReceived`]), over all layers or received tracks.
//!
//! [`packetsSent`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcsentrtpstreamstats-packetssent
//! [`packetsReceived`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcreceivedrtpstreamstats-packetsreceived

use super::{Descriptor, Formula, Unit};
use crate::tally::Figure;

pub(super) const SENT: Descriptor = Descriptor {
    name: "packets_sent",
    unit: Unit::Count,
    formula: Formula::Of(Figure::PacketsSent, 1),
    send: Some("Σ layers Δ packetsSent"),
    receive: None,
};

pub(super) const RECEIVED: Descriptor = Descriptor {
    name: "packets_received",
    unit: Unit::Count,
    formula: Formula::Of(Figure::PacketsReceived, 1),
    send: None,
    receive: Some("Σ Δ packetsReceived"),
};
