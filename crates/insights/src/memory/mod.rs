//! A history in memory: what a browser's batches come to, and what any other history can be compared with.

mod account;
mod rooms;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use callscope_core::wire::{Batch, Event, Interval, Summary, Uuid};

use crate::history::{
    Before, History, Purged, Recorded, RollUpQuery, RollUps, RoomPage, RoomQuery, in_order,
};
use crate::model::{AccountSid, Session};
use account::{Account, Kept};

/// Batches by account. It never waits and never fails.
#[derive(Debug, Default)]
pub struct Memory {
    accounts: Mutex<BTreeMap<AccountSid, Account>>,
}

impl Memory {
    /// Without anything in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a batch.
    pub fn add(&self, account: &AccountSid, batch: Batch) -> Recorded {
        let mut accounts = self.accounts();
        accounts.entry(account.clone()).or_default().record(batch)
    }

    /// Goes without the intervals of a session. All that they came to stays: its figures, its issues and what it counts for.
    pub fn forget_intervals(&self, account: &AccountSid, session: Uuid) {
        if let Some(account) = self.accounts().get_mut(account) {
            account.forget_intervals(session);
        }
    }

    /// Goes without a session, as if it had never been.
    pub fn forget(&self, account: &AccountSid, session: Uuid) {
        if let Some(account) = self.accounts().get_mut(account) {
            account.forget_session(session);
        }
    }

    fn accounts(&self) -> MutexGuard<'_, BTreeMap<AccountSid, Account>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T: Default>(&self, account: &AccountSid, read: impl FnOnce(&Account) -> T) -> T {
        self.accounts().get(account).map(read).unwrap_or_default()
    }

    fn of_session<T: Default>(
        &self,
        account: &AccountSid,
        session: &Session,
        read: impl FnOnce(&Kept) -> T,
    ) -> T {
        self.read(account, |it| {
            it.session(session.id).map(read).unwrap_or_default()
        })
    }
}

#[async_trait]
impl History for Memory {
    type Error = Infallible;

    async fn record(&self, account: &AccountSid, batch: Batch) -> Result<Recorded, Infallible> {
        Ok(self.add(account, batch))
    }

    async fn rooms(&self, account: &AccountSid, query: RoomQuery) -> Result<RoomPage, Infallible> {
        let page = self.read(account, |it| Some(rooms::page(it, &query)));
        Ok(page.unwrap_or_else(|| RoomPage::none(&query)))
    }

    async fn sessions(&self, account: &AccountSid, room: &str) -> Result<Vec<Session>, Infallible> {
        Ok(self.read(account, |it| it.sessions(room)))
    }

    async fn intervals(
        &self,
        account: &AccountSid,
        session: &Session,
    ) -> Result<Vec<Interval>, Infallible> {
        let mut intervals = self.of_session(account, session, |it| it.intervals.clone());
        in_order(&mut intervals);
        Ok(intervals)
    }

    async fn events(
        &self,
        account: &AccountSid,
        session: &Session,
    ) -> Result<Vec<Event>, Infallible> {
        let mut events = self.of_session(account, session, |it| it.events.clone());
        events.sort_by_key(Event::at);
        Ok(events)
    }

    async fn summary(
        &self,
        account: &AccountSid,
        session: &Session,
    ) -> Result<Option<Summary>, Infallible> {
        Ok(self.of_session(account, session, |it| it.summary.clone()))
    }

    async fn roll_ups(
        &self,
        account: &AccountSid,
        query: RollUpQuery,
    ) -> Result<RollUps, Infallible> {
        Ok(self.read(account, |it| it.roll_ups(&query)))
    }

    async fn purge(&self, before: Before) -> Result<Purged, Infallible> {
        let mut all = Purged::default();
        for account in self.accounts().values_mut() {
            let some = account.purge(before);
            all.rooms += some.rooms;
            all.sessions += some.sessions;
            all.batches += some.batches;
            all.roll_ups += some.roll_ups;
        }
        Ok(all)
    }
}
