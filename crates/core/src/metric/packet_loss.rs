//! Packet loss, over all layers together: never the mean of the layers' shares, never their sum.
//!
//! Sent: [`packetsLost`] of the `remote-inbound-rtp` that belongs to the layer, against the packets sent. Only what was
//! reported is judged: a layer about which no RTCP report arrived in the interval is in neither sum, and the packets it
//! sent meanwhile are judged with its next report. Received: [`packetsLost`] against [`packetsReceived`].
//! `None` when nothing was reported, or nothing was due: silence is not perfection.
//!
//! [`packetsLost`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcreceivedrtpstreamstats-packetslost
//! [`packetsReceived`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcreceivedrtpstreamstats-packetsreceived

use super::{Descriptor, Formula, Unit};
use crate::LossRatio;
use crate::tally::{Figure, Tally};

pub(super) const LOST: Descriptor = Descriptor {
    name: "packets_lost",
    unit: Unit::Count,
    formula: Formula::OrZero(Figure::PacketsLost),
    send: Some("Σ layers with a new RTCP report: Δ packetsLost"),
    receive: Some("Σ Δ packetsLost"),
};

pub(super) const SHARE: Descriptor = Descriptor {
    name: "packet_loss_pct",
    unit: Unit::Percent,
    formula: Formula::Loss,
    send: Some("100 · lost / (lost + sent), over the layers with a new RTCP report"),
    receive: Some("100 · lost / (lost + received)"),
};

/// The share that an interval, or a whole track, adds up to.
pub(crate) fn ratio(tally: &Tally) -> Option<LossRatio> {
    let (lost, judged) = (
        tally.get(Figure::PacketsLost),
        tally.get(Figure::PacketsJudged),
    );
    if lost.is_nan() {
        None
    } else {
        LossRatio::of(lost, judged)
    }
}
