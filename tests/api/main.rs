//! The API as a client sees it: requests go through `routes::all()` without a socket, under a fixed
//! clock, to a real Postgres with a database per test.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod app;
mod bearer;
mod cleanup;
mod client_address;
mod database;
mod described;
mod disabled_paths;
mod get_session;
mod http;
mod mail_sinks;
mod mailer;
mod malformed;
mod migrations;
mod openapi;
mod origin;
mod outage;
mod rate_limit;
mod reply;
mod sign_in_email;
mod sign_out;
mod sign_up_email;
mod statements;
mod template;
