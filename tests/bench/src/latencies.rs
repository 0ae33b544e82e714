//! How long things took, each kept: a run is short enough for exact percentiles.

use std::time::Duration;

use serde_json::{Value, json};

/// Durations in microseconds.
#[derive(Debug, Default)]
pub struct Latencies(Vec<u32>);

impl Latencies {
    /// Keeps one.
    pub fn add(&mut self, took: Duration) {
        self.0.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
    }

    /// Keeps those of another.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// `{ count, p50, p90, p99, max }`, in microseconds.
    pub fn summary(mut self) -> Value {
        self.0.sort_unstable();
        let last = self.0.len().saturating_sub(1);
        let at = |percent: usize| self.0.get(last * percent / 100);
        json!({
            "count": self.0.len(),
            "p50": at(50),
            "p90": at(90),
            "p99": at(99),
            "max": self.0.last(),
        })
    }
}
