//! The embedded Postgres (PGlite, compiled into the binary), with its data in the folder.

use std::str::FromStr;
use std::time::Duration;

use pglite_oxide::PgliteServer;
use shared::db::Pool;
use sqlx::postgres::PgConnectOptions;

use crate::development;

/// It takes one connection at a time; more would wait for ever.
const MAX_CONNECTIONS: u32 = 1;
/// Its first connection takes a second, and more in a debug build on a busy laptop.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);

/// A running embedded Postgres.
pub struct Embedded(PgliteServer);

impl Embedded {
    /// Starts it; a new one is made where there is none. Takes up to a second.
    ///
    /// Errors: the data belongs to a server that runs.
    pub async fn start() -> Result<Self, Box<dyn std::error::Error>> {
        let folder = development::file("postgres")?;
        let started = tokio::task::spawn_blocking({
            let folder = folder.clone();
            move || PgliteServer::builder().path(folder).start()
        });
        started.await?.map(Self).map_err(|error| {
            format!(
                "the embedded Postgres does not start on {}: {error:#}. Does another `cargo run` \
                 serve from this folder? Otherwise set DATABASE_URL to a server of yours",
                folder.display()
            )
            .into()
        })
    }

    /// The pool for it; it listens on a free port of the loopback interface.
    pub fn pool(&self) -> Result<Pool, Box<dyn std::error::Error>> {
        let options = PgConnectOptions::from_str(&self.0.database_url())?;
        Ok(Pool::new(options, MAX_CONNECTIONS)
            .with_acquire_timeout(ACQUIRE_TIMEOUT)
            .draining_within(ACQUIRE_TIMEOUT))
    }

    /// Writes everything down and stops. Connections have to be closed by then.
    pub async fn stop(self) -> Result<(), Box<dyn std::error::Error>> {
        tokio::task::spawn_blocking(|| self.0.shutdown())
            .await?
            .map_err(|error| format!("{error:#}").into())
    }
}
