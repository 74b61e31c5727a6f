//! How much of batches may be in memory: of the sum over all requests, not of each.

use std::sync::Arc;

use axum::http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::Problem;

/// What is counted at once.
const UNIT: usize = 1 << 10;

/// The room that there is.
#[derive(Debug)]
pub struct Memory(Arc<Semaphore>);

/// What one batch takes of it, until this is dropped.
#[derive(Debug)]
pub(super) struct Held {
    memory: Arc<Semaphore>,
    permits: Option<OwnedSemaphorePermit>,
}

impl Memory {
    /// So many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        let units = (bytes / UNIT).clamp(1, Semaphore::MAX_PERMITS);
        Self(Arc::new(Semaphore::new(units)))
    }

    pub(super) fn hold(&self) -> Held {
        Held {
            memory: Arc::clone(&self.0),
            permits: None,
        }
    }
}

impl Held {
    /// Takes so many bytes more.
    pub(super) fn add(&mut self, bytes: usize) -> Result<(), Problem> {
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
        let more = Arc::clone(&self.memory).try_acquire_many_owned(units);
        let more = more.map_err(|_error| {
            Problem::for_now(
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "more batches wait to be stored than there is room for: try again",
                5,
            )
        })?;
        match &mut self.permits {
            Some(permits) => permits.merge(more),
            None => self.permits = Some(more),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_let_go_of_is_there_again() {
        let memory = Memory::new(10 * UNIT);
        let mut one = memory.hold();
        one.add(4 * UNIT).unwrap();
        one.add(1).unwrap();
        let mut other = memory.hold();
        other.add(5 * UNIT).unwrap();
        assert_eq!(other.add(1).unwrap_err().word, "busy");
        drop(one);
        other.add(5 * UNIT).unwrap();
    }
}
