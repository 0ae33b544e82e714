//! What the programs of `make bench` have in common.

pub mod cpu;
pub mod latencies;
pub mod memory;
