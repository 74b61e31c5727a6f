//! All batches of all rooms in the order in which they are sent.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use callscope_core::wire::Batch;

use crate::call::Call;
use crate::plan::Simulation;

/// Batches by time. It holds the calls that go on, and no others.
#[derive(Debug)]
pub struct Timeline {
    simulation: Simulation,
    next_room: usize,
    calls: BinaryHeap<Reverse<Due>>,
    numbers: u64,
}

#[derive(Debug)]
struct Due {
    batch: Batch,
    number: u64,
    call: Call,
}

impl Due {
    const fn key(&self) -> (i64, u64) {
        (self.batch.sent_at, self.number)
    }
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl Timeline {
    /// Of a simulation.
    #[must_use]
    pub const fn new(simulation: Simulation) -> Self {
        Self {
            simulation,
            next_room: 0,
            calls: BinaryHeap::new(),
            numbers: 0,
        }
    }

    fn put(&mut self, mut call: Call) {
        if let Some(batch) = call.next() {
            self.numbers += 1;
            let number = self.numbers;
            self.calls.push(Reverse(Due {
                batch,
                number,
                call,
            }));
        }
    }
}

impl Iterator for Timeline {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        while let Some(start) = self.simulation.start(self.next_room) {
            let first = self.calls.peek().map(|Reverse(due)| due.batch.sent_at);
            if first.is_some_and(|first| first < start) {
                break;
            }
            let calls = self.simulation.calls(self.next_room);
            self.next_room += 1;
            for call in calls {
                self.put(call);
            }
        }
        let Reverse(Due { batch, call, .. }) = self.calls.pop()?;
        self.put(call);
        Some(batch)
    }
}
