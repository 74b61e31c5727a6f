//! Where a candidate of a connection says that its side can be reached.

/// The relay and both sides of a relayed call are on one machine.
const RELAY_ADDRESS: &str = "127.0.0.1";

/// The address and port of a candidate that a UDP relay can stand in for; `None` for the others (TCP, RTCP of its own).
///
/// The fields are those of [RFC 8839, section 5.1](https://www.rfc-editor.org/rfc/rfc8839#section-5.1).
#[must_use]
pub(super) fn udp_address(candidate: &str) -> Option<(&str, u16)> {
    let mut fields = candidate.split(' ').skip(1);
    let (component, transport, _priority) = (fields.next()?, fields.next()?, fields.next()?);
    if component != "1" || !transport.eq_ignore_ascii_case("udp") {
        return None;
    }
    Some((fields.next()?, fields.next()?.parse().ok()?))
}

/// The candidate with the relay's address, and the port there that leads to the side.
#[must_use]
pub(super) fn relayed(candidate: &str, port: u16) -> String {
    let port = port.to_string();
    let fields = candidate
        .split(' ')
        .enumerate()
        .map(|(index, field)| match index {
            4 => RELAY_ADDRESS,
            5 => &port,
            _ => field,
        });
    fields.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const UDP: &str = "candidate:3098175849 1 udp 2122260223 192.0.2.7 51234 typ host generation 0 network-cost 999";

    #[test]
    fn a_udp_candidate_has_an_address() {
        assert_eq!(udp_address(UDP), Some(("192.0.2.7", 51234)));
        let upper_case = UDP.replace("udp", "UDP");
        assert_eq!(udp_address(&upper_case), Some(("192.0.2.7", 51234)));
    }

    #[test]
    fn what_a_relay_cannot_stand_in_for_has_none() {
        assert_eq!(udp_address(&UDP.replace("udp", "tcp")), None);
        assert_eq!(udp_address(&UDP.replace(" 1 udp", " 2 udp")), None);
        assert_eq!(udp_address(&UDP.replace("51234", "70000")), None);
        assert_eq!(udp_address(""), None);
    }

    #[test]
    fn only_the_address_and_port_change() {
        assert_eq!(
            relayed(UDP, 9),
            UDP.replace("192.0.2.7 51234", "127.0.0.1 9")
        );
    }
}
