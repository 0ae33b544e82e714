//! What is made from a secret in Secrets Manager and made anew when the secret changes.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use aws_sdk_secretsmanager::Client;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::postgres::PgConnectOptions;

use crate::clock::Moment;
use crate::config::secrets::{self, Cached};
use crate::config::{Config, ConfigError, DatabaseTls, database_options, keyring};
use crate::db::{Pool, Target};
use crate::error::{Cause, Error};
use crate::keys::Keyring;
use crate::secret::Secret;

const DATABASE_URL_ARN: &str = "DATABASE_URL_ARN";
const BETTER_AUTH_SECRET_ARN: &str = "BETTER_AUTH_SECRET_ARN";

/// The database behind a secret that holds its URL.
#[derive(Clone, Debug)]
pub struct ManagedDatabase {
    url: Arc<ManagedUrl>,
    pool: Pool,
}

struct ManagedUrl {
    client: Client,
    arn: String,
    tls: DatabaseTls,
    cached: Cached<Known>,
}

impl Debug for ManagedUrl {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManagedUrl").field("arn", &self.arn).finish_non_exhaustive()
    }
}

/// A URL and what it says.
type Known = (Secret, Arc<PgConnectOptions>);

impl ManagedDatabase {
    /// Reads the secret and begins to connect. That Secrets Manager or Postgres is away is no error.
    ///
    /// Errors: the secret is no database URL.
    pub async fn load(client: Client, arn: String, config: &Config) -> Result<Self, ConfigError> {
        let tls = config.database_tls.clone();
        let known = match unless_away(secrets::read(&client, DATABASE_URL_ARN, &arn).await) {
            Some(url) => {
                let options = database_options(DATABASE_URL_ARN, &url, &tls)?;
                Some((url, Arc::new(options)))
            }
            None => None,
        };
        let is_known = known.is_some();
        let cached = Cached::started(known, Moment::now());
        let url = Arc::new(ManagedUrl { client, arn, tls, cached });
        let pool = Pool::to(Box::new(Arc::clone(&url)), config.database_max_connections);
        if is_known {
            // Connects while the runtime asks for its first event.
            tokio::spawn({
                let pool = pool.clone();
                async move { pool.warm_up().await }
            });
        }
        Ok(Self { url, pool })
    }

    /// Whether the secret could be read so far.
    pub fn is_known(&self) -> bool {
        self.url.cached.is_known()
    }

    /// The database.
    ///
    /// Errors: 503 when the secret could not be read so far.
    pub async fn pool(&self) -> Result<Pool, Error> {
        self.url.known().await?;
        Ok(self.pool.clone())
    }
}

impl ManagedUrl {
    async fn known(&self) -> Result<Known, Error> {
        self.cached.get(Moment::now(), |old| self.read(old)).await
    }

    /// The options stay the same ones where the URL does, and with them the connections.
    async fn read(&self, old: Option<Known>) -> Result<Known, Cause> {
        let url = secrets::read(&self.client, DATABASE_URL_ARN, &self.arn).await?;
        match old {
            Some(old) if old.0 == url => Ok(old),
            _ => {
                let options = database_options(DATABASE_URL_ARN, &url, &self.tls)?;
                Ok((url, Arc::new(options)))
            }
        }
    }
}

impl Target for Arc<ManagedUrl> {
    fn options(&self) -> BoxFuture<'_, Result<Arc<PgConnectOptions>, Cause>> {
        async { Ok(self.known().await?.1) }.boxed()
    }

    /// The password may have been rotated: the secret is read again before its time.
    fn instead_of<'a>(
        &'a self,
        refused: &'a Arc<PgConnectOptions>,
    ) -> BoxFuture<'a, Option<Arc<PgConnectOptions>>> {
        async {
            tracing::warn!("Postgres refuses the password; {DATABASE_URL_ARN} is read again");
            let is_refused = |known: &Known| Arc::ptr_eq(&known.1, refused);
            let known = self.cached.instead_of(Moment::now(), is_refused, |old| self.read(old));
            known.await.map(|(_, options)| options)
        }
        .boxed()
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
        Ok(Self { client, arn, keys: Cached::started(keys, Moment::now()) })
    }

    /// Where Secrets Manager was away a moment ago: it is asked by a request.
    pub fn unread(client: Client, arn: String) -> Self {
        Self { client, arn, keys: Cached::started(None, Moment::now()) }
    }

    /// The keys.
    ///
    /// Errors: 503 when the secret could not be read so far.
    pub async fn keys(&self) -> Result<Arc<Keyring>, Error> {
        let read = |_| async {
            let secret = secrets::read(&self.client, BETTER_AUTH_SECRET_ARN, &self.arn).await?;
            Ok(Arc::new(keyring(BETTER_AUTH_SECRET_ARN, &secret)?))
        };
        self.keys.get(Moment::now(), read).await
    }
}

fn unless_away(read: Result<Secret, Cause>) -> Option<Secret> {
    read.inspect_err(|error| tracing::error!(%error, "a secret could not be read at start")).ok()
}
