//! `connection_lost`: ICE lost the other side. The one signal that is told by samples and events, not by intervals.

use super::{Signal, SignalChange};
use crate::{Atom, Timestamp};

/// [`RTCIceTransportState`](https://www.w3.org/TR/webrtc/#dom-rtcicetransportstate), as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// Not connected yet.
    Connecting,
    /// Connected.
    Connected,
    /// Lost: `disconnected` or `failed`.
    Lost,
    /// Closed on purpose.
    Closed,
}

impl ConnectionState {
    /// The state in the packed column of the transport: its place among W3C's states. `None` for what is none.
    #[must_use]
    pub fn unpack(column: f64) -> Option<Self> {
        match column {
            0.0 | 1.0 => Some(Self::Connecting),
            2.0 | 3.0 => Some(Self::Connected),
            4.0 | 5.0 => Some(Self::Lost),
            6.0 => Some(Self::Closed),
            _ => None,
        }
    }
}

/// Whether a connection is lost, and since when.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LossOfConnection {
    since: Option<Timestamp>,
    was_up: bool,
}

impl LossOfConnection {
    pub(crate) const fn new() -> Self {
        Self {
            since: None,
            was_up: false,
        }
    }

    pub(crate) fn turn(
        &mut self,
        pc: Atom,
        state: ConnectionState,
        at: Timestamp,
    ) -> Option<SignalChange> {
        let (start, end) = match (state, self.since) {
            (ConnectionState::Lost, None) if self.was_up => {
                self.since = Some(at);
                (at, None)
            }
            (ConnectionState::Connected | ConnectionState::Closed, Some(since)) => {
                self.since = None;
                self.was_up = state == ConnectionState::Connected;
                (since, Some(at))
            }
            (ConnectionState::Connected, None) => {
                self.was_up = true;
                return None;
            }
            _ => return None,
        };
        Some(SignalChange {
            signal: Signal::ConnectionLost,
            pc: Some(pc),
            track: None,
            kind: None,
            start,
            end,
            value: end.map_or(0.0, |end| (end - start).as_f64()),
            threshold: 0.0,
        })
    }
}
