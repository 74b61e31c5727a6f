//! How a connection's packets travel.

use crate::report::{Row, candidate};

/// The transport of the selected candidate pair: the protocol to the relay where there is one, else between the peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Datagrams, as media wants it.
    Udp,
    /// A stream: a lost packet holds up all that follow.
    Tcp,
    /// A stream inside TLS.
    Tls,
}

impl Transport {
    /// W3C's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
        }
    }

    fn unpack(column: f64) -> Option<Self> {
        match column {
            0.0 => Some(Self::Udp),
            1.0 => Some(Self::Tcp),
            2.0 => Some(Self::Tls),
            _ => None,
        }
    }
}

/// The kind of the local candidate ([`RTCIceCandidateType`](https://www.w3.org/TR/webrtc/#rtcicecandidatetype-enum)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CandidateType {
    /// An address of the machine itself.
    Host,
    /// The address that a STUN server saw.
    ServerReflexive,
    /// The address that the peer saw.
    PeerReflexive,
    /// The address of a TURN server.
    Relay,
}

impl CandidateType {
    /// W3C's word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::ServerReflexive => "srflx",
            Self::PeerReflexive => "prflx",
            Self::Relay => "relay",
        }
    }

    fn unpack(column: f64) -> Option<Self> {
        match column {
            0.0 => Some(Self::Host),
            1.0 => Some(Self::ServerReflexive),
            2.0 => Some(Self::PeerReflexive),
            3.0 => Some(Self::Relay),
            _ => None,
        }
    }
}

/// The path of the selected candidate pair; what the browser does not say is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Path {
    /// The transport.
    pub transport: Option<Transport>,
    /// The local candidate's type.
    pub local: Option<CandidateType>,
    /// The remote candidate's type.
    pub remote: Option<CandidateType>,
}

impl Path {
    /// The path between two candidates.
    pub(crate) fn between(local: Option<Row<'_>>, remote: Option<Row<'_>>) -> Self {
        let column = |row: Option<Row<'_>>, column| row.map_or(f64::NAN, |row| row.raw(column));
        let relay = Transport::unpack(column(local, candidate::RELAY_PROTOCOL));
        Self {
            transport: relay.or_else(|| Transport::unpack(column(local, candidate::PROTOCOL))),
            local: CandidateType::unpack(column(local, candidate::TYPE)),
            remote: CandidateType::unpack(column(remote, candidate::TYPE)),
        }
    }

    /// Whether a TURN server of either side is on it; `None` if neither candidate is known.
    #[must_use]
    pub fn relayed(self) -> Option<bool> {
        if self.local == Some(CandidateType::Relay) || self.remote == Some(CandidateType::Relay) {
            Some(true)
        } else {
            self.local.or(self.remote).map(|_| false)
        }
    }
}
