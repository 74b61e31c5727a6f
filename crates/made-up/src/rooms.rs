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
