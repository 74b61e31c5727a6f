//! A history of calls that are made up. Their intervals are most of it and seldom asked for: these are made again when they are.

use std::collections::BTreeMap;
use std::convert::Infallible;

use async_trait::async_trait;
use callscope_core::wire::{Batch, Event, Interval, Summary, Uuid};
use callscope_insights::history::{
    Before, Purged, Recorded, RollUpQuery, RollUps, RoomPage, RoomQuery, in_order,
};
use callscope_insights::model::{AccountSid, Session};
use callscope_insights::{History, Memory};
use callscope_simulate::{Plan, PlanError, Simulation};

/// What they come to, and what they are made of.
#[derive(Debug)]
pub(crate) struct Rooms {
    simulation: Simulation,
    /// The place of its room in the simulation, by session.
    places: BTreeMap<Uuid, usize>,
    /// Without intervals.
    memory: Memory,
}

impl Rooms {
    pub(crate) fn new(account: &AccountSid, plan: Plan) -> Result<Self, PlanError> {
        let simulation = Simulation::new(plan)?;
        let memory = Memory::new();
        let mut places = BTreeMap::new();
        for place in 0..simulation.rooms() {
            for call in simulation.calls(place) {
                let session = call.session();
                places.insert(session, place);
                for batch in call {
                    memory.add(account, batch);
                }
                memory.forget_intervals(account, session);
            }
        }
        Ok(Self {
            simulation,
            places,
            memory,
        })
    }
}

#[async_trait]
impl History for Rooms {
    type Error = Infallible;

    async fn record(&self, account: &AccountSid, batch: Batch) -> Result<Recorded, Infallible> {
        self.memory.record(account, batch).await
    }

    async fn rooms(&self, account: &AccountSid, query: RoomQuery) -> Result<RoomPage, Infallible> {
        self.memory.rooms(account, query).await
    }

    async fn sessions(&self, account: &AccountSid, room: &str) -> Result<Vec<Session>, Infallible> {
        self.memory.sessions(account, room).await
    }

    async fn intervals(
        &self,
        account: &AccountSid,
        session: &Session,
    ) -> Result<Vec<Interval>, Infallible> {
        let Some(place) = self.places.get(&session.id) else {
            return self.memory.intervals(account, session).await;
        };
        let calls = self.simulation.calls(*place).into_iter();
        let same = calls.filter(|it| it.session() == session.id);
        let mut intervals: Vec<Interval> = same.flatten().flat_map(|it| it.intervals).collect();
        in_order(&mut intervals);
        Ok(intervals)
    }

    async fn events(
        &self,
        account: &AccountSid,
        session: &Session,
    ) -> Result<Vec<Event>, Infallible> {
        self.memory.events(account, session).await
    }

    async fn summary(
        &self,
        account: &AccountSid,
        session: &Session,
    ) -> Result<Option<Summary>, Infallible> {
        self.memory.summary(account, session).await
    }

    async fn roll_ups(
        &self,
        account: &AccountSid,
        query: RollUpQuery,
    ) -> Result<RollUps, Infallible> {
        self.memory.roll_ups(account, query).await
    }

    async fn purge(&self, before: Before) -> Result<Purged, Infallible> {
        self.memory.purge(before).await
    }
}

#[cfg(test)]
mod tests {
    use callscope_insights::{Settings, answer_at_once};
    use serde_json::Value;

    use super::*;

    /// 10:00 on a Wednesday, UTC.
    const END: i64 = 1_795_600_800_000;
    const DAY_MS: i64 = 86_400_000;

    fn asked<H: History<Error = Infallible>>(history: &H, path: &str) -> String {
        let settings = Settings {
            session_timeout_ms: 300_000,
            dashboard_ms: 14 * DAY_MS,
            rooms_ms: 14 * DAY_MS,
        };
        let url = format!("/v1/insights/{path}");
        let (status, body) = answer_at_once(history, &AccountSid::local(), END, settings, &url);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    fn sids(body: &str, name: &str) -> Vec<String> {
        let body: Value = serde_json::from_str(body).unwrap();
        let sid = |it: &Value| it["sid"].as_str().unwrap().to_owned();
        body[name].as_array().unwrap().iter().map(sid).collect()
    }

    #[test]
    fn the_answers_are_those_of_a_history_that_keeps_all_of_it() {
        let plan = Plan {
            participants: 40,
            rooms: None,
            seed: 3,
            from: END - 2 * DAY_MS,
            until: END,
            now: Some(END),
            intervals: None,
            batch_ms: 60_000,
        };
        let account = AccountSid::local();
        let rooms = Rooms::new(&account, plan).unwrap();
        let whole = Memory::new();
        let simulation = Simulation::new(plan).unwrap();
        for call in (0..simulation.rooms()).flat_map(|place| simulation.calls(place)) {
            call.for_each(|batch| {
                whole.add(&account, batch);
            });
        }
        let mut paths = vec![
            "dashboard".to_owned(),
            "rooms?page_size=1000&sort=duration".to_owned(),
        ];
        for room in sids(&asked(&whole, "rooms?page_size=1000"), "rooms") {
            let room = format!("rooms/{room}");
            for it in sids(&asked(&whole, &room), "participants") {
                let of = format!("{room}/participants/{it}");
                paths.extend(["", "/events", "/intervals"].map(|what| format!("{of}{what}")));
            }
            paths.extend([format!("{room}/timeline"), room]);
        }
        assert!(paths.len() > 120, "{}", paths.len());
        for path in paths {
            assert!(asked(&rooms, &path) == asked(&whole, &path), "{path}");
        }
    }
}
