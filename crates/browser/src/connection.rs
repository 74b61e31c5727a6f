//! One attached connection: asks it for reports, and hears how its ICE is doing.

use callscope_core::Atom;
use callscope_core::report::{Rows, outbound, transport};
use callscope_core::signal::ConnectionState;
use web_sys::RtcPeerConnection;

use crate::ears::Ears;

/// How long an answer is waited for before the connection is asked again, in milliseconds.
pub(crate) const PATIENCE: f64 = 10_000.0;
/// So many questions can be open at once. A connection that answers none of them is not asked any more, until it does.
const MOST_OPEN: u32 = 3;

/// A connection and what is known about its answers.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) pc: Atom,
    pub(crate) js: RtcPeerConnection,
    /// Tells it from one that was attached under the same name before.
    pub(crate) serial: u32,
    /// Questions without an answer yet.
    open: u32,
    /// When it was asked last, on the clock that cannot be set.
    asked: f64,
    /// Whether its reports say how its ICE is doing; its events need not then.
    transport_tells: bool,
    /// The ssrcs it sends with, added up.
    sending: f64,
}

impl Connection {
    pub(crate) fn new(pc: Atom, js: &RtcPeerConnection, serial: u32) -> Self {
        Self {
            pc,
            js: js.clone(),
            serial,
            open: 0,
            asked: 0.0,
            transport_tells: false,
            sending: 0.0,
        }
    }

    /// Decides whether it is asked at that moment, and counts the question.
    pub(crate) fn question(&mut self, now: f64, urgent: bool) -> Question {
        let late = self.open > 0 && now - self.asked > PATIENCE;
        if self.open >= MOST_OPEN || (self.open > 0 && !urgent && !late) {
            return Question::Wait;
        }
        self.open += 1;
        self.asked = now;
        if late {
            Question::AskAgain
        } else {
            Question::Ask
        }
    }

    /// An answer came.
    pub(crate) const fn answered(&mut self) {
        self.open = self.open.saturating_sub(1);
    }

    /// Takes from a report whether the reports tell how its ICE is doing; tells whether it sends with other ssrcs than before.
    pub(crate) fn look_at(&mut self, rows: &[f64]) -> bool {
        let mut sending = 0.0;
        self.transport_tells = false;
        for row in Rows::new(rows) {
            match row.tag() {
                transport::TAG => self.transport_tells |= !row.raw(transport::ICE_STATE).is_nan(),
                // A sum of whole numbers is exact, whatever their order; what is unknown adds nothing.
                outbound::TAG => sending += row.raw(outbound::SSRC).max(0.0),
                _ => {}
            }
        }
        core::mem::replace(&mut self.sending, sending) != sending
    }

    /// How its ICE is doing; `None` where its reports say so themselves, for a report that was made before an event and
    /// arrives after it would take the event back.
    pub(crate) fn state(&self, ears: &Ears) -> Option<ConnectionState> {
        if self.transport_tells {
            return None;
        }
        ears.ice_state(&self.js)
    }
}

/// What [`Connection::question`] decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// Ask.
    Ask,
    /// Ask again: the last question has been open for too long.
    AskAgain,
    /// An answer is on its way, or none has come for a long time.
    Wait,
}
