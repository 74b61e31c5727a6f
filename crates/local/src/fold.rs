//! From the texts of batches to answers.

use callscope_core::wire::{Batch, Bounds, RoomType};
use callscope_insights::model::AccountSid;
use callscope_insights::{Memory, Settings, answer_at_once};

const DAY_MS: i64 = 86_400_000;

/// As long as the module keeps what it measured.
const KEPT_MS: i64 = 7 * DAY_MS;
const KEPT_OF_GO_MS: i64 = 2 * DAY_MS;

/// So far ahead of the time when it was kept may a batch be: it was measured in the same browser.
const MAX_SKEW_MS: i64 = 60_000;

/// As in a collector.
const SETTINGS: Settings = Settings {
    session_timeout_ms: 300_000,
    dashboard_ms: KEPT_MS,
    rooms_ms: KEPT_MS,
};

/// A browser's history. It is all of one account.
#[derive(Debug)]
pub(crate) struct Fold {
    account: AccountSid,
    memory: Memory,
}

impl Default for Fold {
    fn default() -> Self {
        Self {
            account: AccountSid::local(),
            memory: Memory::new(),
        }
    }
}

impl Fold {
    /// Adds a batch as the module keeps it, and gives its session; `None` if it is damaged.
    pub(crate) fn add(&self, text: &str, kept_at: i64) -> Option<String> {
        let batch = read(text, kept_at)?;
        let session = batch.session.to_string();
        self.memory.add(&self.account, batch);
        Some(session)
    }

    pub(crate) fn forget(&self, session: &str) {
        if let Ok(session) = session.parse() {
            self.memory.forget(&self.account, session);
        }
    }

    /// The status, and the JSON.
    pub(crate) fn answer(&self, url: &str, now: i64) -> (u16, String) {
        answer_at_once(&self.memory, &self.account, now, SETTINGS, url)
    }
}

/// Reads a batch, and holds it to what a collector holds it to. When it is sent is said when it is: until then it is when it was kept.
fn read(text: &str, kept_at: i64) -> Option<Batch> {
    let members = text.strip_prefix('{')?;
    let stamped = format!("{{\"sent_at\":{kept_at},{members}");
    let batch: Batch = serde_json::from_str(&stamped).ok()?;
    let room = batch.room.as_ref();
    let is_go = room.is_some_and(|room| room.r#type == Some(RoomType::Go));
    let bounds = Bounds {
        now: kept_at,
        max_skew_ms: MAX_SKEW_MS,
        max_age_ms: if is_go { KEPT_OF_GO_MS } else { KEPT_MS },
        max_intervals: usize::MAX,
        max_events: usize::MAX,
    };
    batch.check(&bounds).ok()?;
    Some(batch)
}

#[cfg(test)]
mod tests {
    use callscope_contract::batches::{Call, MONDAY};
    use serde_json::{Value, json};

    use super::*;

    /// A batch as the module keeps it.
    fn kept(call: &Call, seq: u32) -> String {
        let mut batch = call.json(seq);
        batch.as_object_mut().unwrap().remove("sent_at");
        batch.to_string()
    }

    fn rooms(fold: &Fold) -> Vec<String> {
        let (status, body) = fold.answer("/v1/insights/rooms", MONDAY + 90_000);
        assert_eq!(status, 200, "{body}");
        let body: Value = serde_json::from_str(&body).unwrap();
        let sid = |room: &Value| room["sid"].as_str().unwrap().to_owned();
        body["rooms"].as_array().unwrap().iter().map(sid).collect()
    }

    #[test]
    fn what_was_kept_is_answered() {
        let fold = Fold::default();
        for number in [1, 2] {
            let call = Call::new(number, &format!("RM{number}"));
            assert!(fold.add(&kept(&call, 0), MONDAY + 31_000).is_some());
        }
        assert_eq!(rooms(&fold), ["RM2", "RM1"]);
        let (status, body) = fold.answer("/v1/insights/rooms?page_size=0", MONDAY);
        assert!(
            status == 400 && body.contains("page_size must be 1 at least"),
            "{body}"
        );
        assert_eq!(fold.answer("/v1/insights/rooms/RM3", MONDAY).0, 404);
    }

    #[test]
    fn a_session_that_is_forgotten_leaves_nothing() {
        let fold = Fold::default();
        let call = Call::new(1, "RM1");
        for seq in [0, 1] {
            fold.add(&kept(&call, seq), MONDAY + 61_000).unwrap();
        }
        let dashboard = format!("/v1/insights/dashboard?to={}", MONDAY + 3_600_000);
        let before = Fold::default().answer(&dashboard, MONDAY);
        assert_ne!(fold.answer(&dashboard, MONDAY), before);
        fold.forget(&callscope_contract::batches::uuid(1));
        assert_eq!(rooms(&fold), [""; 0]);
        assert_eq!(fold.answer(&dashboard, MONDAY), before);
    }

    #[test]
    fn damage_is_told_and_skipped() {
        let fold = Fold::default();
        let call = Call::new(1, "RM1");
        let whole = kept(&call, 0);
        let mut outside: Value = serde_json::from_str(&whole).unwrap();
        outside["intervals"][0]["start"] = json!(9_007_199_254_740_991_i64);
        let mut later: Value = serde_json::from_str(&whole).unwrap();
        later["schema"] = json!(2);
        for text in [
            "",
            "{",
            "[]",
            "xxx",
            &whole[..whole.len() / 2],
            &outside.to_string(),
            &later.to_string(),
        ] {
            assert!(fold.add(text, MONDAY + 31_000).is_none(), "{text}");
        }
        assert_eq!(rooms(&fold), [""; 0]);
        assert!(fold.add(&whole, MONDAY + 31_000).is_some());
        assert!(fold.add(&whole, MONDAY + 9 * DAY_MS).is_none());
    }
}
