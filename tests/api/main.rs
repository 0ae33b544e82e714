//! The API as a client sees it: requests go through `routes::all()` without a socket, under a fixed
//! clock, to a real Postgres with a database per test.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod additional_fields;
mod app;
mod bearer;
mod change_email;
mod change_email_links;
mod change_password;
mod cleanup;
mod client_address;
mod cookie_cache;
mod cookies;
mod database;
mod deferred_refresh;
mod delete_user;
mod delete_user_callback;
mod disabled_paths;
mod error;
mod get_reset_password;
mod get_session;
mod guards;
mod http;
mod list_accounts;
mod list_sessions;
mod mail;
mod mail_sinks;
mod mailer;
mod malformed;
mod migrations;
mod origin;
mod outage;
mod races;
mod rate_limit;
mod redirects;
mod reply;
mod request_password_reset;
mod reset_password;
mod revoke_other_sessions;
mod revoke_session;
mod revoke_sessions;
mod rotation;
mod scene;
mod send_verification_email;
mod sign_in_email;
mod sign_out;
mod sign_up_email;
mod sign_up_settings;
mod statements;
mod template;
mod unlink_account;
mod update_session;
mod update_user;
mod verify_email;
mod verify_password;
