//! The attack ledger: each family of attacks is a file, each test in it is named after the promise that it guards.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cached_sessions;
mod canary;
mod cross_site;
mod email_aliases;
mod faults;
mod forged_tokens;
mod hash_floods;
mod host_headers;
mod lost_statements;
mod mail_bombs;
mod malformed;
mod mass_assignment;
mod model;
mod open_redirects;
mod paths;
mod pre_hijacking;
mod purposes;
mod races;
mod rotation;
mod session_fixation;
mod spent_links;
mod spoofed_addresses;
mod strangers;
mod tossed_cookies;
mod users_told_apart;
