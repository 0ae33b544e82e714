//! Latchkey's endpoints: one file each under its URL's path, one Lambda each in `bin`, all of them
//! in one table, [`routes`].

mod change_email;
mod change_password;
mod cleanup;
mod delete_user;
mod error_page;
mod get_session;
mod health;
mod lambda;
mod list_accounts;
mod list_sessions;
mod migrate;
mod ok;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod pipeline;
mod reply;
mod request_password_reset;
mod reset_password;
mod revoke_other_sessions;
mod revoke_session;
mod revoke_sessions;
pub mod route;
pub mod routes;
mod send_verification_email;
mod sign_in;
mod sign_out;
mod sign_up;
pub mod telemetry;
mod unlink_account;
mod update_session;
mod update_user;
mod verify_email;
mod verify_password;

pub use cleanup::{Report, run as run_cleanup, serve as serve_cleanup};
pub use lambda::{environment, give_up, serve};
pub use migrate::serve as serve_migrate;
pub use route::Route;
