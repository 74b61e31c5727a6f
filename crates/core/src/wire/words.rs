//! Words: enumerations that are strings in JSON.

use serde::{Deserialize, Serialize};

/// Makes an enumeration of words.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word for it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// What that word stands for.
            #[must_use]
            pub fn named(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.name() == word)
            }
        }
    };
}
pub(super) use words;

words! {
    /// Sound or picture.
    Kind {
        /// Sound.
        Audio = "audio",
        /// Picture.
        Video = "video",
    }
}

words! {
    /// What can be detected of a participant over a track's whole duration.
    IssueType {
        /// Cumulative packet loss.
        PacketLoss = "packet_loss",
        /// Average round trip time.
        RoundTripTime = "round_trip_time",
    }
}

words! {
    /// What is to be known about how an interval came about.
    Note {
        /// It is still running.
        Open = "open",
        /// It holds only a first reading: nothing can be known.
        Baseline = "baseline",
        /// A counter fell; that step is not in the figures.
        CounterFell = "counter_fell",
        /// It ended early: the media went away, or samples were missed.
        CutShort = "cut_short",
        /// A layer got no report from the other side: its loss is in neither sum.
        Unreported = "unreported",
        /// The loss is judged over packets of earlier intervals, too.
        Carried = "carried",
    }
}

words! {
    /// The transport of a path.
    Transport {
        /// Datagrams.
        Udp = "udp",
        /// A stream.
        Tcp = "tcp",
        /// A stream to a relay, encrypted once more.
        Tls = "tls",
    }
}

words! {
    /// The kind of an ICE candidate.
    CandidateType {
        /// An address of the machine itself.
        Host = "host",
        /// The address that a STUN server saw.
        ServerReflexive = "srflx",
        /// The address that the peer saw.
        PeerReflexive = "prflx",
        /// An address of a relay.
        Relay = "relay",
    }
}

words! {
    /// The direction of what is published.
    Sending {
        /// Published by this participant.
        Send = "send",
    }
}

words! {
    /// The direction of what is received.
    Receiving {
        /// Received from others.
        Receive = "receive",
    }
}

#[expect(clippy::derivable_impls, reason = "one word, made by a macro")]
impl Default for Sending {
    fn default() -> Self {
        Self::Send
    }
}

#[expect(clippy::derivable_impls, reason = "one word, made by a macro")]
impl Default for Receiving {
    fn default() -> Self {
        Self::Receive
    }
}
