//! Sound.

use super::{Descriptor, Formula, Unit};
use crate::tally::Figure;

/// Level of the source over the interval: `sqrt(Δ`[`totalAudioEnergy`]` / Δ`[`totalSamplesDuration`]`)`, else
/// `audioLevel` at its end. Full scale is 1.
///
/// [`totalAudioEnergy`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcaudiosourcestats-totalaudioenergy
/// [`totalSamplesDuration`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcaudiosourcestats-totalsamplesduration
pub(super) const LEVEL: Descriptor = Descriptor {
    name: "audio_level",
    unit: Unit::Ratio,
    formula: Formula::Of(Figure::AudioLevel, 1),
    send: Some("sqrt(Δ totalAudioEnergy / Δ totalSamplesDuration) of the source, else audioLevel"),
    receive: None,
};

/// Share of the sound that the receiver made up because packets were late or lost: [`concealedSamples`] without
/// [`silentConcealedSamples`] (which nobody hears, and which a muted sender causes), of [`totalSamplesReceived`].
///
/// [`concealedSamples`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcinboundrtpstreamstats-concealedsamples
/// [`silentConcealedSamples`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcinboundrtpstreamstats-silentconcealedsamples
/// [`totalSamplesReceived`]: https://www.w3.org/TR/webrtc-stats/#dom-rtcinboundrtpstreamstats-totalsamplesreceived
pub(super) const CONCEALED: Descriptor = Descriptor {
    name: "concealed_pct",
    unit: Unit::Percent,
    formula: Formula::Ratio(Figure::Concealed, Figure::Samples, 100),
    send: None,
    receive: Some("100 · Δ (concealedSamples − silentConcealedSamples) / Δ totalSamplesReceived"),
};
