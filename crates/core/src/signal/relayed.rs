//! `relayed_over_tcp`: media goes through a relay over TCP or TLS, where one lost packet holds up all that follow.

use super::{Rule, Signal, Verdict};
use crate::{Scope, Transport};

pub(super) const RULE: Rule = Rule {
    signal: Signal::RelayedOverTcp,
    scope: Scope::Connection,
    threshold: 1.0,
    more_is_worse: true,
    test: |interval| match interval.path.map(|path| (path.transport, path.relayed())) {
        Some((Some(Transport::Tcp | Transport::Tls), Some(true))) => Verdict::Holds(1.0),
        Some((Some(_), Some(_))) => Verdict::Clear,
        _ => Verdict::Unknown,
    },
};
