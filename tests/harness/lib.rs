//! What the tests of `api/` and `attacks/` share: the service over a database of its own, requests to it, and looks
//! behind it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

pub mod app;
pub mod cutter;
pub mod database;
pub mod described;
pub mod dice;
pub mod log;
pub mod mail;
pub mod relay;
pub mod reply;
pub mod scene;
pub mod welch;
