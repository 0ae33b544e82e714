//! The attack ledger: each family of attacks is a file, each test in it is named after the promise that it guards.

mod open_redirects;
