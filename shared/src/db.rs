//! Postgres: the pool, and one file per table with its statements.

pub mod account;
mod columns;
pub mod migrate;
pub mod outbox;
pub mod rate_limit;
pub mod session;
pub mod user;
pub mod verification;

use std::time::{Duration, Instant};

use log::LevelFilter;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};

/// A connection that idled longer is pinged first: a frozen Lambda or a proxy may have lost it.
const TRUSTED_IDLE: Duration = Duration::from_secs(5);
/// A ping that takes longer means that the connection is dead.
const PING_TIMEOUT: Duration = Duration::from_millis(300);

/// How long a statement of a request may take: every one of ours takes milliseconds. With the rest of
/// the work it is under two seconds until a client is told to come back.
const STATEMENT_TIMEOUT: Duration = Duration::from_millis(1500);
/// How long it may wait for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(1500);

/// A pool that connects when first asked, so that a process starts while Postgres is away.
pub fn pool(options: PgConnectOptions, max_connections: u32) -> PgPool {
    pool_with_timeout(options, max_connections, ACQUIRE_TIMEOUT)
}

/// The same for a server that is slow to connect to, as the embedded one is.
pub fn pool_with_timeout(
    options: PgConnectOptions,
    max_connections: u32,
    acquire_timeout: Duration,
) -> PgPool {
    // What is slow shows in the line of its request; these would print statements.
    let options = options.log_slow_statements(LevelFilter::Off, Duration::ZERO);
    PgPoolOptions::new()
        .acquire_slow_level(LevelFilter::Off)
        .max_connections(max_connections)
        .acquire_timeout(acquire_timeout)
        .max_lifetime(None)
        .idle_timeout(None)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for < TRUSTED_IDLE {
                    return Ok(true);
                }
                Ok(ping(connection).await.is_ok())
            })
        })
        .after_release(|connection, _| {
            // A statement that was given up leaves its connection waiting for an answer. Without
            // this limit it would wait for ever, and with it the place in the pool.
            Box::pin(async move { ping(connection).await.map(|()| true) })
        })
        .connect_lazy_with(options)
}

/// Whether the connection is alive and has nothing outstanding.
///
/// An answer that lay in the buffer while a Lambda was frozen says nothing of the connection now: it
/// comes too late as well.
async fn ping(connection: &mut PgConnection) -> sqlx::Result<()> {
    let asked = Instant::now();
    within(PING_TIMEOUT, connection.ping()).await?;
    if asked.elapsed() > PING_TIMEOUT { Err(timed_out()) } else { Ok(()) }
}

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
