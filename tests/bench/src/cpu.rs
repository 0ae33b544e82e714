//! The processor's time that this process has used.

use std::time::Duration;

/// So far, by the scheduler's own count for each thread that still runs.
///
/// Linux only: elsewhere it is zero.
pub fn used() -> Duration {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return Duration::ZERO };
    let of_thread = |path: std::path::PathBuf| -> Option<u64> {
        std::fs::read_to_string(path.join("schedstat")).ok()?.split(' ').next()?.parse().ok()
    };
    Duration::from_nanos(threads.flatten().filter_map(|thread| of_thread(thread.path())).sum())
}

/// Since a moment at which so much had been used.
pub fn since(before: Duration) -> Duration {
    used().saturating_sub(before)
}
