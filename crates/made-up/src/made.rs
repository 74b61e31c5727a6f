//! From a time to the calls of the two weeks before it, and from these to answers.

use callscope_insights::model::AccountSid;
use callscope_insights::{Settings, answer_at_once};
use callscope_simulate::{Plan, PlanError};

use crate::rooms::Rooms;

const DAY_MS: i64 = 86_400_000;

/// As far as a collector's dashboard reaches.
const REACH_MS: i64 = 14 * DAY_MS;

/// All rooms are there, and they are never deleted.
const ROOMS_MS: i64 = 30 * DAY_MS;

/// As in a collector.
const SETTINGS: Settings = Settings {
    session_timeout_ms: 300_000,
    dashboard_ms: REACH_MS,
    rooms_ms: ROOMS_MS,
};

/// Calls that nobody made. They are all of one account.
#[derive(Debug)]
pub(crate) struct Made {
    account: AccountSid,
    rooms: Rooms,
}

impl Made {
    /// Those that `callscope simulate --participants 300 --rooms 120 --days 14 --seed 1 --batch-seconds 600` makes up until then: of what goes on
    /// at that time, what was sent by then.
    pub(crate) fn until(until: i64) -> Result<Self, PlanError> {
        let account = AccountSid::local();
        let plan = Plan {
            participants: 300,
            rooms: Some(120),
            seed: 1,
            from: until - REACH_MS,
            until,
            now: Some(until),
            intervals: None,
            batch_ms: 600_000,
        };
        let rooms = Rooms::new(&account, plan)?;
        Ok(Self { account, rooms })
    }

    /// The status, and the JSON.
    pub(crate) fn answer(&self, url: &str, now: i64) -> (u16, String) {
        answer_at_once(&self.rooms, &self.account, now, SETTINGS, url)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// 10:00 on a Wednesday, UTC.
    const END: i64 = 1_795_600_800_000;

    fn asked(made: &Made, path: &str) -> Value {
        let (status, body) = made.answer(&format!("/v1/insights/{path}"), END);
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    #[test]
    fn there_is_something_to_see_on_every_page() {
        let made = Made::until(END).unwrap();
        let participants = &asked(&made, "dashboard?period=14d")["totals"]["current"];
        assert_eq!(participants["participants"], 300, "{participants}");
        let rooms = asked(&made, "rooms?page_size=1000&issues=with");
        let rooms = rooms["rooms"].as_array().unwrap();
        assert!(rooms.len() > 3);
        for room in rooms {
            let sid = room["sid"].as_str().unwrap();
            for it in asked(&made, &format!("rooms/{sid}"))["participants"]
                .as_array()
                .unwrap()
            {
                let path = format!("rooms/{sid}/participants/{}", it["sid"].as_str().unwrap());
                let rows = asked(&made, &format!("{path}/intervals"));
                assert!(!rows["intervals"].as_array().unwrap().is_empty(), "{path}");
            }
        }
        assert_eq!(made.answer("/v1/insights/rooms/RM0", END).0, 404);
    }
}
