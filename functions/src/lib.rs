//! Latchkey's endpoints: one file each under its URL's path, one Lambda each in `bin`, all of them
//! in one table, [`routes`].

mod cleanup;
mod get_session;
mod health;
mod lambda;
mod ok;
pub mod pipeline;
mod reply;
pub mod route;
pub mod routes;
mod sign_in;
mod sign_out;
mod sign_up;
pub mod telemetry;

pub use cleanup::{Report, run as run_cleanup, serve as serve_cleanup};
pub use lambda::{environment, give_up, serve};
pub use route::Route;
