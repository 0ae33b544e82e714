//! How long hashes take.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long each hash of a request took, without the wait for its turn. Copies are of the same request.
#[derive(Clone, Debug, Default)]
pub struct HashTimes(Arc<Mutex<Vec<Duration>>>);

impl HashTimes {
    /// Computes a hash, and keeps how long that took.
    pub(super) fn of<T>(&self, hash: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let done = hash();
        self.0.lock().expect("no holder of the lock panics").push(started.elapsed());
        done
    }

    /// All so far, which are gone from here then.
    pub fn take(&self) -> Vec<Duration> {
        std::mem::take(&mut self.0.lock().expect("no holder of the lock panics"))
    }
}
