//! Postgres: the pool, and one file per table with its statements.

pub mod account;
mod columns;
pub mod inspect;
pub mod migrate;
pub mod outbox;
mod pool;
pub mod rate_limit;
pub mod schema;
pub mod session;
pub mod user;
pub mod verification;

use std::time::Duration;

pub use pool::{Lease, Pool, Target, connect_once};

/// How long a statement of a request may take: every one of ours takes milliseconds. With the rest of
/// the work it is under two seconds until a client is told to come back.
const STATEMENT_TIMEOUT: Duration = Duration::from_millis(1500);

/// Runs a request's statement, connecting included, for no longer than [`STATEMENT_TIMEOUT`].
async fn in_time<T>(statement: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    within(STATEMENT_TIMEOUT, statement).await
}

async fn within<T>(
    limit: Duration,
    work: impl Future<Output = sqlx::Result<T>>,
) -> sqlx::Result<T> {
    tokio::time::timeout(limit, work).await.map_err(|_| timed_out())?
}

fn timed_out() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}
