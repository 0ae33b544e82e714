//! The memory that this process has.

/// The most that was resident so far, in MB of 2^20 bytes; `None` where Linux does not say.
pub fn most_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib.div_ceil(1024))
}
