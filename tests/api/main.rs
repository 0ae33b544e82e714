//! The API as a client sees it: requests go through `routes::all()` without a socket, under a fixed
//! clock, to a real Postgres with a database per test.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod app;
mod bearer;
mod cleanup;
mod database;
mod described;
mod get_session;
mod http;
mod malformed;
mod migrations;
mod openapi;
mod outage;
mod reply;
mod sign_in_email;
mod sign_out;
mod sign_up_email;
mod statements;
mod template;
