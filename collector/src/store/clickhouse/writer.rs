//! Batches that come together go in together: one insert for what came while others were under way.
//!
//! What this collector stored lately it knows, and says so; what another stored is stored again, which changes nothing.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use clickhouse::Client;
use sha2::{Digest, Sha256};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{self, JoinSet};

use super::address::Address;
use super::failure::Failure;
use super::rows::Incoming;
use crate::store::{Recorded, Result, StoreError};

/// How many wait: more than that come too fast, and are told to come again.
const QUEUE: usize = 8192;

/// The most in one insert.
const GROUP: usize = 1024;

/// How many inserts are under way at a time. Each waits for the server to write, up to 200 ms: others must not wait for it.
const AT_ONCE: usize = 4;

/// How many batches are known to be stored: those of the last seconds are what is repeated.
const KNOWN: usize = 100_000;

/// How long the server may take.
const PATIENCE: Duration = Duration::from_secs(30);

type Answer = oneshot::Sender<Result<Recorded>>;

/// Account, session and batch, in few bytes.
type Name = [u8; 16];

/// Its handle: the task ends when all is written and this is dropped.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<(Box<Incoming>, Answer)>,
}

impl Writer {
    pub(super) fn start(client: Client, at: Address) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(
            Desk {
                client,
                at,
                waiting: HashMap::new(),
                known: Known::default(),
            }
            .run(waiting),
        );
        Self { queue }
    }

    pub(super) async fn write(&self, row: Incoming) -> Result<Recorded> {
        let (answer, answered) = oneshot::channel();
        self.queue
            .try_send((Box::new(row), answer))
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => StoreError::Busy,
                mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
            })?;
        answered.await.map_err(|_closed| StoreError::Closed)?
    }
}

struct Desk {
    client: Client,
    at: Address,
    /// Who waits for what is under way; of those that wait for the same batch the first was it.
    waiting: HashMap<Name, Vec<Answer>>,
    known: Known,
}

/// What was stored lately.
#[derive(Default)]
struct Known {
    names: HashSet<Name>,
    by_age: VecDeque<Name>,
}

impl Known {
    fn add(&mut self, name: Name) {
        if self.names.insert(name) {
            self.by_age.push_back(name);
        }
        if self.by_age.len() > KNOWN
            && let Some(oldest) = self.by_age.pop_front()
        {
            self.names.remove(&oldest);
        }
    }
}

impl Desk {
    async fn run(mut self, mut queue: mpsc::Receiver<(Box<Incoming>, Answer)>) {
        let mut inserts = JoinSet::new();
        let mut names = HashMap::<task::Id, Vec<Name>>::new();
        let mut arrived = Vec::with_capacity(GROUP);
        let mut is_open = true;
        while is_open || !inserts.is_empty() {
            tokio::select! {
                Some(done) = inserts.join_next_with_id(), if !inserts.is_empty() => {
                    let (id, written) = match done {
                        Ok((id, written)) => (id, written),
                        Err(error) => (error.id(), Vec::new()),
                    };
                    self.settle(names.remove(&id).unwrap_or_default(), written);
                }
                count = queue.recv_many(&mut arrived, GROUP), if is_open && inserts.len() < AT_ONCE => {
                    is_open = count > 0;
                    let (new, rows) = self.sort(&mut arrived);
                    if !rows.is_empty() {
                        let insert = inserts.spawn(insert(self.client.clone(), self.at.clone(), rows));
                        names.insert(insert.id(), new);
                    }
                }
            }
        }
    }

    /// Answers what is known, lets wait what is under way, and gives out what is to be written.
    fn sort(&mut self, arrived: &mut Vec<(Box<Incoming>, Answer)>) -> (Vec<Name>, Vec<Incoming>) {
        let (mut names, mut rows) = (Vec::new(), Vec::new());
        for (row, answer) in arrived.drain(..) {
            let name = name(&row);
            if self.known.names.contains(&name) {
                reply(answer, Ok(Recorded::Repeated));
            } else if let Some(others) = self.waiting.get_mut(&name) {
                others.push(answer);
            } else {
                self.waiting.insert(name, vec![answer]);
                names.push(name);
                rows.push(*row);
            }
        }
        (names, rows)
    }

    /// Answers who waits; what there is no word of was not written.
    fn settle(&mut self, names: Vec<Name>, written: Vec<std::result::Result<(), Failure>>) {
        let mut written = written.into_iter();
        for name in names {
            let answers = self.waiting.remove(&name).unwrap_or_default();
            let outcome = written.next();
            if matches!(outcome, Some(Ok(()))) {
                self.known.add(name);
            }
            for (place, answer) in answers.into_iter().enumerate() {
                reply(
                    answer,
                    match &outcome {
                        Some(Ok(())) if place == 0 => Ok(Recorded::New),
                        Some(Ok(())) => Ok(Recorded::Repeated),
                        Some(Err(failure)) => Err(failure.clone().into()),
                        None => Err(StoreError::Closed),
                    },
                );
            }
        }
    }
}

fn name(row: &Incoming) -> Name {
    let hash = Sha256::new()
        .chain_update(row.session)
        .chain_update(row.batch)
        .chain_update(&row.account)
        .finalize();
    let mut name = [0; 16];
    name.iter_mut()
        .zip(hash)
        .for_each(|(place, byte)| *place = byte);
    name
}

/// Writes all, or if one of them cannot be, each by itself: it alone is to fail.
async fn insert(
    client: Client,
    at: Address,
    rows: Vec<Incoming>,
) -> Vec<std::result::Result<(), Failure>> {
    match write(&client, &at, &rows).await {
        Ok(()) => vec![Ok(()); rows.len()],
        Err(failure) if failure.is_of_the_batch() && rows.len() > 1 => {
            let mut written = Vec::with_capacity(rows.len());
            for row in &rows {
                written.push(write(&client, &at, std::slice::from_ref(row)).await);
            }
            written
        }
        Err(failure) => {
            tracing::error!(error = %failure, batches = rows.len(), "batches could not be stored");
            vec![Err(failure); rows.len()]
        }
    }
}

async fn write(
    client: &Client,
    at: &Address,
    rows: &[Incoming],
) -> std::result::Result<(), Failure> {
    let written = async {
        let insert = client.insert::<Incoming>("incoming").await?;
        let mut insert = insert.with_timeouts(Some(PATIENCE), Some(PATIENCE));
        for row in rows {
            insert.write(row).await?;
        }
        insert.end().await
    };
    written.await.map_err(|error| Failure::of(&error, at))
}

/// Who does not wait any more need not be told.
fn reply(answer: Answer, result: Result<Recorded>) {
    drop(answer.send(result));
}
