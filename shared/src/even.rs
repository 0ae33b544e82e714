//! Steps that take one time, whether or not an address is somebody's.
//!
//! A statement that finds a user and writes a mail takes longer than one that finds nobody: by the rows, by what their
//! commit waits for, by whatever an operator has added to the tables. Who measures often enough sees it (CWE-208). No
//! work for nobody's sake is the same work; so the step waits until a time is over that it does not need.

use std::time::{Duration, Instant};

/// Several times what such a statement takes in a database nearby, its commit included.
const LEAST: Duration = Duration::from_millis(25);

/// What a step has left of its time.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Rest(Duration);

impl Rest {
    /// Waits until it is over.
    pub async fn wait(self) {
        tokio::time::sleep(self.0).await;
    }
}

/// Does some work; the rest of its time is waited for later, and only where the answer must not tell.
pub async fn timed<T>(work: impl Future<Output = T>) -> (T, Rest) {
    let begun = Instant::now();
    let result = work.await;
    (result, Rest(LEAST.saturating_sub(begun.elapsed())))
}

/// Does some work, and waits for the rest of its time.
pub async fn evenly<T>(work: impl Future<Output = T>) -> T {
    let (result, rest) = timed(work).await;
    rest.wait().await;
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_of_any_length_takes_the_same_time() {
        for millis in [0, 5, 15] {
            let begun = Instant::now();

            evenly(tokio::time::sleep(Duration::from_millis(millis))).await;

            assert!(begun.elapsed() >= LEAST, "{:?}", begun.elapsed());
        }
    }
}
