//! `relayed_over_tcp`: media goes through a relay over TCP or TLS, where one lost packet holds up all that follow.

use super::{Judged, Rule, Signal, Test};
use crate::Scope;

pub(super) const RULE: Rule = Rule {
    test: Test::AtLeast,
    ..Rule::new(
        Signal::RelayedOverTcp,
        Scope::Connection,
        Judged::RelayedOverTcp,
        1.0,
    )
};
