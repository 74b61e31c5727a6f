//! Version 3 of rtcstats writes numbers for the names of members and types ([compression.js]): those that are read here.
//!
//! [compression.js]: https://github.com/rtcstats/rtcstats/blob/main/packages/rtcstats-shared/compression.js

/// Member names by number.
const MEMBERS: &[(u8, &str)] = &[
    (6, "mimeType"),
    (10, "ssrc"),
    (11, "kind"),
    (12, "codecId"),
    (14, "packetsReceived"),
    (15, "packetsLost"),
    (16, "jitter"),
    (17, "trackIdentifier"),
    (18, "mid"),
    (20, "framesDecoded"),
    (22, "framesDropped"),
    (23, "frameWidth"),
    (24, "frameHeight"),
    (32, "freezeCount"),
    (33, "totalFreezesDuration"),
    (41, "bytesReceived"),
    (42, "nackCount"),
    (43, "firCount"),
    (44, "pliCount"),
    (47, "jitterBufferDelay"),
    (49, "jitterBufferEmittedCount"),
    (51, "totalSamplesReceived"),
    (52, "concealedSamples"),
    (53, "silentConcealedSamples"),
    (57, "audioLevel"),
    (58, "totalAudioEnergy"),
    (59, "totalSamplesDuration"),
    (66, "contentType"),
    (74, "localId"),
    (75, "roundTripTime"),
    (76, "totalRoundTripTime"),
    (78, "roundTripTimeMeasurements"),
    (79, "packetsSent"),
    (80, "bytesSent"),
    (81, "mediaSourceId"),
    (82, "rid"),
    (83, "encodingIndex"),
    (85, "retransmittedPacketsSent"),
    (87, "targetBitrate"),
    (89, "framesSent"),
    (91, "framesEncoded"),
    (93, "totalEncodeTime"),
    (96, "qualityLimitationDurations"),
    (116, "protocol"),
    (118, "state"),
    (124, "iceState"),
    (125, "selectedCandidatePairId"),
    (136, "candidateType"),
    (139, "relayProtocol"),
    (148, "localCandidateId"),
    (149, "remoteCandidateId"),
    (150, "nominated"),
    (152, "currentRoundTripTime"),
    (153, "availableOutgoingBitrate"),
    (157, "responsesReceived"),
];

/// Types by number, from 1.
const TYPES: [&str; 14] = [
    "inbound-rtp",
    "outbound-rtp",
    "remote-inbound-rtp",
    "remote-outbound-rtp",
    "transport",
    "candidate-pair",
    "local-candidate",
    "remote-candidate",
    "data-channel",
    "peer-connection",
    "certificate",
    "media-source",
    "media-playout",
    "codec",
];

/// The member behind a compressed name; `None` if it is not compressed, or not read.
pub(crate) fn member(name: &str) -> Option<&'static str> {
    if name == "t" {
        return Some("timestamp");
    }
    let number: u8 = name.parse().ok()?;
    let place = MEMBERS.binary_search_by_key(&number, |&(number, _)| number);
    MEMBERS.get(place.ok()?).map(|&(_, name)| name)
}

/// The type behind a number.
pub(crate) fn stats_type(number: f64) -> Option<&'static str> {
    (1_u8..)
        .zip(TYPES)
        .find(|&(place, _)| f64::from(place) == number)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::MEMBERS as READ;

    #[test]
    fn numbers_are_in_order_and_name_members_that_are_read() {
        assert!(MEMBERS.is_sorted_by_key(|&(number, _)| number));
        for &(number, name) in MEMBERS {
            assert_eq!(member(&number.to_string()), Some(name));
            assert!(READ.find(name).is_some(), "{name}");
        }
        assert_eq!(
            (member("t"), member("9"), member("x")),
            (Some("timestamp"), None, None)
        );
    }

    #[test]
    fn types_are_numbered_from_one() {
        assert_eq!(stats_type(2.0), Some("outbound-rtp"));
        assert_eq!(stats_type(14.0), Some("codec"));
        assert_eq!(
            (stats_type(0.0), stats_type(15.0), stats_type(1.5)),
            (None, None, None)
        );
    }
}
