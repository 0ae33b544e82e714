//! Postgres: the pool, and one file per table with its statements.

pub mod rate_limit;
pub mod session;
pub mod user;
pub mod verification;

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgPool};

/// A connection that idled longer is pinged first: a frozen Lambda or a proxy may have lost it.
const TRUSTED_IDLE: Duration = Duration::from_secs(5);
/// A ping that takes longer means that the connection is dead.
const PING_TIMEOUT: Duration = Duration::from_millis(300);

/// How long a request may wait for a connection: with the rest of its work under two seconds, after
/// which it is told to come back.
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
    PgPoolOptions::new()
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
                let ping = tokio::time::timeout(PING_TIMEOUT, connection.ping()).await;
                Ok(matches!(ping, Ok(Ok(()))))
            })
        })
        .connect_lazy_with(options)
}
