//! `no_media`: there are received tracks, and for a whole interval nothing arrived on the connection.

use super::{Judged, Rule, Signal, Test};
use crate::{Metric, Scope};

pub(super) const RULE: Rule = Rule {
    test: Test::AtMost,
    ..Rule::new(
        Signal::NoMedia,
        Scope::Connection,
        Judged::Value(Metric::PacketsReceived),
        0.0,
    )
};
