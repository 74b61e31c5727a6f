//! Writes a simulation into a store, the way in which a collector does: what is rolled up is the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use callscope_core::wire::Batch;
use callscope_simulate::Simulation;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::model::AccountSid;
use crate::store::{Recorded, Result, Store, StoreError};

/// How many batches wait for the store at a time: enough that it can put many into one transaction.
const WAITING: usize = 4096;

/// How often it is told how far it is.
const PROGRESS: Duration = Duration::from_secs(10);

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Batches that are there now and were not before.
    pub new: u64,
    /// Batches that were there.
    pub repeated: u64,
    /// Intervals of the new ones.
    pub intervals: u64,
}

#[derive(Debug)]
struct Work {
    simulation: Simulation,
    store: Arc<dyn Store>,
    account: AccountSid,
    next_room: AtomicUsize,
    new: AtomicU64,
    repeated: AtomicU64,
    intervals: AtomicU64,
    waiting: Arc<Semaphore>,
}

/// Writes all of it; `tell` is told from time to time how many rooms there are.
///
/// # Errors
///
/// If the store fails.
pub async fn write(
    simulation: Simulation,
    store: Arc<dyn Store>,
    account: AccountSid,
    mut tell: impl FnMut(usize, Written) + Send,
) -> Result<Written> {
    let work = Arc::new(Work {
        simulation,
        store,
        account,
        next_room: AtomicUsize::new(0),
        new: AtomicU64::new(0),
        repeated: AtomicU64::new(0),
        intervals: AtomicU64::new(0),
        waiting: Arc::new(Semaphore::new(WAITING)),
    });
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let mut tasks = JoinSet::new();
    for _ in 0..workers {
        tasks.spawn(Arc::clone(&work).run());
    }
    let mut told = Instant::now();
    loop {
        match tokio::time::timeout(PROGRESS, tasks.join_next()).await {
            Ok(None) => return Ok(work.written()),
            Ok(Some(done)) => done.map_err(|_ended| StoreError::Closed)??,
            Err(_) => {}
        }
        if told.elapsed() >= PROGRESS {
            told = Instant::now();
            tell(
                work.next_room
                    .load(Ordering::Relaxed)
                    .min(work.simulation.rooms()),
                work.written(),
            );
        }
    }
}

impl Work {
    /// Room after room, until none is left.
    async fn run(self: Arc<Self>) -> Result<()> {
        let mut records = JoinSet::new();
        loop {
            let room = self.next_room.fetch_add(1, Ordering::Relaxed);
            if room >= self.simulation.rooms() {
                break;
            }
            for batch in self.simulation.calls(room).into_iter().flatten() {
                let permit = Arc::clone(&self.waiting).acquire_owned().await;
                let permit = permit.map_err(|_closed| StoreError::Closed)?;
                let work = Arc::clone(&self);
                records.spawn(async move {
                    let recorded = work.record(batch).await;
                    drop(permit);
                    recorded
                });
            }
            while let Some(recorded) = records.try_join_next() {
                recorded.map_err(|_ended| StoreError::Closed)??;
            }
        }
        while let Some(recorded) = records.join_next().await {
            recorded.map_err(|_ended| StoreError::Closed)??;
        }
        Ok(())
    }

    async fn record(&self, batch: Batch) -> Result<()> {
        let intervals = batch.intervals.len() as u64;
        match self.store.record(&self.account, batch).await? {
            Recorded::New => {
                self.new.fetch_add(1, Ordering::Relaxed);
                self.intervals.fetch_add(intervals, Ordering::Relaxed);
            }
            Recorded::Repeated => {
                self.repeated.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    fn written(&self) -> Written {
        Written {
            new: self.new.load(Ordering::Relaxed),
            repeated: self.repeated.load(Ordering::Relaxed),
            intervals: self.intervals.load(Ordering::Relaxed),
        }
    }
}
