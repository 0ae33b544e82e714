//! Never more hashes at once than the machine can bear.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Error;

/// How long a request waits for its turn to hash.
const MAX_WAIT: Duration = Duration::from_secs(2);
/// How many requests may wait per hash that runs; more than that could not be served in time.
const WAITERS_PER_HASH: usize = 64;

/// Turns to hash. Copies give the same ones.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    free: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    max_waiting: usize,
    max_wait: Duration,
}

impl Turns {
    /// So many at a time, and at least one.
    pub(super) fn new(at_once: usize) -> Self {
        let at_once = at_once.max(1);
        Self {
            free: Arc::new(Semaphore::new(at_once)),
            waiting: Arc::default(),
            max_waiting: at_once * WAITERS_PER_HASH,
            max_wait: MAX_WAIT,
        }
    }

    /// Runs `work` on a blocking thread when its turn comes. The turn ends with the work, not with
    /// the request: a client that hangs up frees nothing.
    ///
    /// Errors: 503 when too much is under way.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let turn = self.next().await.ok_or(Error::Busy)?;
        let span = tracing::Span::current();
        let work = move || {
            let _turn = turn;
            span.in_scope(work)
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)
    }

    pub(super) async fn next(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(turn) = Arc::clone(&self.free).try_acquire_owned() {
            return Some(turn);
        }
        let _waiting = Waiting::enter(&self.waiting, self.max_waiting)?;
        let turn = Arc::clone(&self.free).acquire_owned();
        tokio::time::timeout(self.max_wait, turn).await.ok()?.ok()
    }
}

/// One place in the queue, given back when dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn enter(waiting: &'a AtomicUsize, max: usize) -> Option<Self> {
        let place = Self(waiting);
        (waiting.fetch_add(1, Ordering::Relaxed) < max).then_some(place)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_too_long_is_turned_away() {
        let mut turns = Turns::new(1);
        turns.max_wait = Duration::from_millis(20);
        let held = turns.next().await.unwrap();

        let refused = turns.run(|| ()).await;
        drop(held);

        assert!(matches!(refused, Err(Error::Busy)));
        assert!(turns.run(|| ()).await.is_ok());
    }

    #[tokio::test]
    async fn a_full_queue_turns_away_at_once() {
        let mut turns = Turns::new(1);
        turns.max_waiting = 0;
        let _held = turns.next().await.unwrap();

        let refused = turns.run(|| ()).await;

        assert!(matches!(refused, Err(Error::Busy)));
        assert_eq!(turns.waiting.load(Ordering::Relaxed), 0);
    }
}
