//! What is made from a secret in Secrets Manager and made anew when the secret changes.

use std::sync::Arc;
use std::time::Instant;

use aws_sdk_secretsmanager::Client;
use sqlx::PgPool;

use crate::config::secrets::{self, Cached};
use crate::config::{ConfigError, database_options, keyring};
use crate::db;
use crate::error::{Cause, Error};
use crate::keys::Keyring;
use crate::secret::Secret;

const DATABASE_URL_ARN: &str = "DATABASE_URL_ARN";
const BETTER_AUTH_SECRET_ARN: &str = "BETTER_AUTH_SECRET_ARN";

/// The pool behind a secret that holds the database's URL.
#[derive(Debug)]
pub struct ManagedDatabase {
    client: Client,
    arn: String,
    max_connections: u32,
    pool: Cached<(Secret, PgPool)>,
}

impl ManagedDatabase {
    /// Reads the secret and begins to connect. That Secrets Manager or Postgres is away is no error.
    ///
    /// Errors: the secret is no database URL.
    pub async fn load(
        client: Client,
        arn: String,
        max_connections: u32,
    ) -> Result<Self, ConfigError> {
        let pool = match unless_away(secrets::read(&client, DATABASE_URL_ARN, &arn).await) {
            Some(url) => {
                let pool = db::pool(database_options(DATABASE_URL_ARN, &url)?, max_connections);
                // Connects while the runtime asks for its first event.
                tokio::spawn({
                    let pool = pool.clone();
                    async move { pool.acquire().await.map(drop) }
                });
                Some((url, pool))
            }
            None => None,
        };
        Ok(Self { client, arn, max_connections, pool: Cached::started(pool, Instant::now()) })
    }

    /// The pool; a new one when the URL has changed.
    ///
    /// Errors: 503 when the secret could not be read so far.
    pub async fn pool(&self) -> Result<PgPool, Error> {
        let read = |old: Option<(Secret, PgPool)>| async move {
            let url = secrets::read(&self.client, DATABASE_URL_ARN, &self.arn).await?;
            match old {
                Some((old_url, pool)) if old_url == url => Ok::<_, Cause>((url, pool)),
                _ => {
                    let options = database_options(DATABASE_URL_ARN, &url)?;
                    Ok((url, db::pool(options, self.max_connections)))
                }
            }
        };
        self.pool.get(Instant::now(), read).await.map(|(_, pool)| pool)
    }
}

/// The keys behind a secret that signs.
#[derive(Debug)]
pub struct ManagedKeys {
    client: Client,
    arn: String,
    keys: Cached<Arc<Keyring>>,
}

impl ManagedKeys {
    /// Reads the secret. That Secrets Manager is away is no error.
    ///
    /// Errors: the secret can't sign.
    pub async fn load(client: Client, arn: String) -> Result<Self, ConfigError> {
        let keys = match unless_away(secrets::read(&client, BETTER_AUTH_SECRET_ARN, &arn).await) {
            Some(secret) => Some(Arc::new(keyring(BETTER_AUTH_SECRET_ARN, &secret)?)),
            None => None,
        };
        Ok(Self { client, arn, keys: Cached::started(keys, Instant::now()) })
    }

    /// The keys.
    ///
    /// Errors: 503 when the secret could not be read so far.
    pub async fn keys(&self) -> Result<Arc<Keyring>, Error> {
        let read = |_| async {
            let secret = secrets::read(&self.client, BETTER_AUTH_SECRET_ARN, &self.arn).await?;
            Ok(Arc::new(keyring(BETTER_AUTH_SECRET_ARN, &secret)?))
        };
        self.keys.get(Instant::now(), read).await
    }
}

fn unless_away(read: Result<Secret, Cause>) -> Option<Secret> {
    read.inspect_err(|error| tracing::error!(%error, "a secret could not be read at start")).ok()
}
