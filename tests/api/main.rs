//! The API as a client sees it: requests go through `routes::all()` without a socket, under a fixed
//! clock, to a real Postgres with a database per test.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod app;
mod bearer;
mod change_password;
mod cleanup;
mod database;
mod get_reset_password;
mod get_session;
mod http;
mod list_sessions;
mod mail;
mod malformed;
mod migrations;
mod outage;
mod reply;
mod request_password_reset;
mod reset_password;
mod revoke_other_sessions;
mod revoke_session;
mod revoke_sessions;
mod sign_in_email;
mod sign_out;
mod sign_up_email;
mod statements;
mod template;
mod update_session;
mod verify_password;
