//! The rules as they are written in documents.

use core::fmt::{self, Display, Formatter};

use super::{Judged, Rule, Signal, Test};
use crate::interval::Scope;
use crate::{Kind, to_short};

impl Signal {
    /// In which intervals it is there, such as ``sent video, no shared screen: `frames_per_second` < 12``; `None` for
    /// [`Self::ConnectionLost`], which is told by its connection's state.
    #[must_use]
    pub fn rule(self) -> Option<impl Display> {
        super::RULES.iter().find(|rule| rule.signal == self)
    }
}

impl Display for Rule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self.scope {
            Scope::Track => "sent",
            Scope::Layer => "layer",
            Scope::Received => "received",
            Scope::Connection => "connection",
        })?;
        f.write_str(match self.kind {
            Some(Kind::Audio) => " audio",
            Some(Kind::Video) => " video",
            None => "",
        })?;
        if !self.or_screen {
            f.write_str(", no shared screen")?;
        }
        let sign = match self.test {
            Test::AtLeast => "≥",
            Test::Below => "<",
            Test::AtMost => "≤",
        };
        let threshold = to_short(self.threshold, 6);
        match self.judged {
            Judged::Value(metric) => write!(f, ": `{}` {sign} {threshold}", metric.name()),
            Judged::Share(metric) => {
                write!(
                    f,
                    ": `{}` {sign} {threshold} % of the interval",
                    metric.name()
                )
            }
            Judged::RelayedOverTcp => f.write_str(": relayed over TCP or TLS"),
        }?;
        match self.only_with {
            Some(metric) => write!(f, ", and `{}` > 0", metric.name()),
            None => Ok(()),
        }
    }
}
