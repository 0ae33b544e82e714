//! Connections that are kept between requests.
//!
//! sqlx's own pool asks the server before it takes a connection back, and has no limit for the answer.
//! A Lambda is frozen in the middle of that: a connection that dies meanwhile held its place in the pool
//! for as long as TCP went on trying. This one takes a connection back without asking if its last
//! statement came to an end, and throws it away otherwise. That saves two round trips a request too.

use std::fmt::{self, Debug, Formatter};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{
    Manager, Metrics, Object, Pool as Connections, PoolError, QueueMode, RecycleError,
    RecycleResult,
};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt, TryFutureExt, TryStreamExt};
use sqlx::postgres::{
    PgConnectOptions, PgDatabaseError, PgQueryResult, PgRow, PgSeverity, PgStatement, PgTypeInfo,
};
use sqlx::{
    ConnectOptions, Connection, Describe, Either, Execute, Executor, PgConnection, Postgres,
};

use super::{timed_out, within};
use crate::clock::Moment;
use crate::error::Cause;

/// A connection that idled longer is pinged first: a frozen Lambda or a proxy may have lost it.
const TRUSTED_IDLE: Duration = Duration::from_secs(5);
/// A ping that takes longer means that the connection is dead.
const PING_TIMEOUT: Duration = Duration::from_millis(300);
/// How long a statement may wait for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(1500);
/// A server that starts, or has no room, is asked again after this long, and then after twice as long.
const FIRST_RETRY: Duration = Duration::from_millis(10);

/// How often it is looked whether the last connection is closed.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(5);

/// Where connections lead. May change while the process lives.
pub trait Target: Send + Sync {
    /// For the next connection; those that were made with other options end.
    ///
    /// Errors: they can't be had.
    fn options(&self) -> BoxFuture<'_, Result<Arc<PgConnectOptions>, Cause>>;

    /// The server knows no such user, or another password: better options, where there are any.
    fn instead_of<'a>(
        &'a self,
        refused: &'a Arc<PgConnectOptions>,
    ) -> BoxFuture<'a, Option<Arc<PgConnectOptions>>>;
}

impl Target for Arc<PgConnectOptions> {
    fn options(&self) -> BoxFuture<'_, Result<Self, Cause>> {
        std::future::ready(Ok(Self::clone(self))).boxed()
    }

    fn instead_of<'a>(&'a self, _: &'a Self) -> BoxFuture<'a, Option<Self>> {
        std::future::ready(None).boxed()
    }
}

/// Connections to one database, made when they are first needed. Cheap to clone.
#[derive(Clone)]
pub struct Pool {
    connections: Connections<Connector>,
    acquire_timeout: Duration,
    /// How long a statement that was given up may go on, so that its connection is used again.
    drains_within: Option<Duration>,
}

impl Debug for Pool {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("status", &self.connections.status()).finish_non_exhaustive()
    }
}

impl Pool {
    /// At most `max_connections` at a time. Connects to nothing yet, so that a process starts while
    /// Postgres is away.
    pub fn new(options: PgConnectOptions, max_connections: u32) -> Self {
        Self::to(Box::new(Arc::new(options)), max_connections)
    }

    /// The same to where `target` leads.
    pub fn to(target: Box<dyn Target>, max_connections: u32) -> Self {
        let connections = Connections::builder(Connector(target))
            .max_size(max_connections.try_into().unwrap_or(usize::MAX))
            .queue_mode(QueueMode::Lifo) // the one that is most likely to live
            .build()
            .expect("no timeout of deadpool's is used, which would need a runtime");
        Self { connections, acquire_timeout: ACQUIRE_TIMEOUT, drains_within: None }
    }

    /// Waits this long for a connection; the embedded server is slow to connect to.
    #[must_use]
    pub fn with_acquire_timeout(self, acquire_timeout: Duration) -> Self {
        Self { acquire_timeout, ..self }
    }

    /// Lets a statement that was given up come to its end, for a server that does not take it well when
    /// its client goes away.
    #[must_use]
    pub fn draining_within(self, limit: Duration) -> Self {
        Self { drains_within: Some(limit), ..self }
    }

    /// A connection for more than one statement. It is closed when dropped: who leaves it as it was
    /// found gives it back with [`Lease::give_back`].
    ///
    /// Errors: it can't be had, or not in time.
    pub async fn acquire(&self) -> sqlx::Result<Lease> {
        match tokio::time::timeout(self.acquire_timeout, self.connections.get()).await {
            Ok(Ok(kept)) => Ok(Lease { kept: Some(kept), drains_within: self.drains_within }),
            Ok(Err(PoolError::Backend(error))) => Err(error),
            Ok(Err(PoolError::Closed)) => Err(sqlx::Error::PoolClosed),
            Ok(Err(_)) | Err(_) => Err(sqlx::Error::PoolTimedOut),
        }
    }

    /// Connects, where nothing is connected yet, so that the first statement need not. A failure is the
    /// next one's to report.
    pub async fn warm_up(&self) {
        if let Ok(lease) = self.acquire().await {
            lease.give_back();
        }
    }

    /// Closes what is idle, and waits for what is not.
    pub async fn close(&self) {
        let idle = self.connections.retain(|_, _| false).removed;
        self.connections.close();
        for connection in idle {
            // It is gone either way; the server is told so that it need not find out.
            let _ = within(PING_TIMEOUT, connection.inner.close()).await;
        }
        while self.connections.status().size > 0 {
            tokio::time::sleep(LOOK_AGAIN_AFTER).await;
        }
    }

    /// Runs one statement on a connection, and gives the connection back if the statement ended.
    async fn run<T>(
        &self,
        statement: impl AsyncFnOnce(&mut PgConnection) -> sqlx::Result<T>,
    ) -> sqlx::Result<T> {
        let mut lease = self.acquire().await?;
        let result = statement(&mut lease).await;
        if result.as_ref().err().is_none_or(is_of_the_statement_alone) {
            lease.give_back();
        }
        result
    }
}

/// Whether the connection is as good after this error as before. Not so behind a fatal one, behind what
/// PostgreSQL's appendix A has as a connection exception or an intervention by the operator, and where
/// the server or what is known of it has changed: read-only after a failover, prepared statements that
/// are gone or there already, a plan whose result is another now.
fn is_of_the_statement_alone(error: &sqlx::Error) -> bool {
    let Some(error) = error.as_database_error() else { return false };
    let severity = error.try_downcast_ref::<PgDatabaseError>().map(PgDatabaseError::severity);
    severity == Some(PgSeverity::Error)
        && error.code().is_some_and(|code| {
            !["08", "57", "25006", "26000", "42P05", "0A000"]
                .iter()
                .any(|class| code.starts_with(class))
        })
}

/// A connection that is out of the pool.
pub struct Lease {
    kept: Option<Object<Connector>>,
    drains_within: Option<Duration>,
}

const IS_THERE: &str = "only dropping or giving away takes it";

impl Debug for Lease {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Lease(…)")
    }
}

impl Lease {
    /// Back to the pool: nothing is outstanding, and no setting of the session was changed.
    pub fn give_back(mut self) {
        if let Some(mut kept) = self.kept.take() {
            kept.idle_since = Moment::now();
        }
    }

    /// Away from the pool, which may make another in its place.
    pub fn detach(mut self) -> PgConnection {
        Object::take(self.kept.take().expect(IS_THERE)).inner
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // A statement that was given up leaves its connection waiting for an answer.
        let Some(mut kept) = self.kept.take() else { return };
        let Some(limit) = self.drains_within else {
            drop(Object::take(kept));
            return;
        };
        tokio::spawn(async move {
            match within(limit, kept.inner.ping()).await {
                Ok(()) => kept.idle_since = Moment::now(),
                Err(_) => drop(Object::take(kept)),
            }
        });
    }
}

impl Deref for Lease {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.kept.as_ref().expect(IS_THERE).inner
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.kept.as_mut().expect(IS_THERE).inner
    }
}

/// A connection, and what it was made with.
struct Kept {
    inner: PgConnection,
    options: Arc<PgConnectOptions>,
    idle_since: Moment,
}

/// Makes connections, and says which may be used again.
struct Connector(Box<dyn Target>);

impl Connector {
    /// Errors: as [`connect`].
    async fn connect(&self, options: Arc<PgConnectOptions>) -> sqlx::Result<Kept> {
        let inner = connect(&options).await?;
        Ok(Kept { inner, options, idle_since: Moment::now() })
    }
}

impl Manager for Connector {
    type Type = Kept;
    type Error = sqlx::Error;

    async fn create(&self) -> sqlx::Result<Kept> {
        let options = self.0.options().await.map_err(unknown_target)?;
        match self.connect(Arc::clone(&options)).await {
            Err(error) if is_refusal(&error) => match self.0.instead_of(&options).await {
                Some(better) => self.connect(better).await,
                None => Err(error),
            },
            result => result,
        }
    }

    async fn recycle(&self, connection: &mut Kept, _: &Metrics) -> RecycleResult<sqlx::Error> {
        // Where the options can't be had, the old ones have to do.
        if let Ok(options) = self.0.options().await
            && !Arc::ptr_eq(&options, &connection.options)
        {
            return Err(RecycleError::message("the database is elsewhere now"));
        }
        if Moment::now().since(connection.idle_since) < TRUSTED_IDLE {
            return Ok(());
        }
        Ok(ping(&mut connection.inner).await?)
    }
}

/// One attempt to connect. Errors of a certificate say what to do.
pub async fn connect_once(options: &PgConnectOptions) -> sqlx::Result<PgConnection> {
    options.connect().await.map_err(|error| match error {
        sqlx::Error::Io(error) if is_about_certificate(&error) => sqlx::Error::Tls(
            format!(
                "{error}. The database has to prove its name by a certificate of a public authority, of \
                 Amazon RDS, or of DATABASE_CA: set that to the authority's certificate, in PEM"
            )
            .into(),
        ),
        error => error,
    })
}

fn is_about_certificate(error: &std::io::Error) -> bool {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
    matches!(cause, Some(rustls::Error::InvalidCertificate(_)))
}

/// Connects; to a server that starts or has no room, after a while.
async fn connect(options: &PgConnectOptions) -> sqlx::Result<PgConnection> {
    let mut pause = FIRST_RETRY;
    loop {
        match connect_once(options).await {
            Err(sqlx::Error::Database(error)) if error.is_transient_in_connect_phase() => {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            result => return result,
        }
    }
}

/// Whether the server does not take the user or the password: class 28 of PostgreSQL's appendix A, or a
/// protocol violation by this name, as PgBouncer has it.
fn is_refusal(error: &sqlx::Error) -> bool {
    let Some(error) = error.as_database_error() else { return false };
    error.code().is_some_and(|code| {
        code.starts_with("28")
            || (code == "08P01" && error.message().contains("authentication failed"))
    })
}

fn unknown_target(cause: Cause) -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::other(cause))
}

/// Whether the connection is alive and has nothing outstanding.
///
/// An answer that lay in the buffer while a Lambda was frozen says nothing of the connection now: it
/// comes too late as well.
async fn ping(connection: &mut PgConnection) -> sqlx::Result<()> {
    let asked = Moment::now();
    within(PING_TIMEOUT, connection.ping()).await?;
    if Moment::now().since(asked) > PING_TIMEOUT { Err(timed_out()) } else { Ok(()) }
}

/// One statement a connection: what it gives is read to its end first, so that the connection is ready
/// for the next.
impl<'c> Executor<'c> for &Pool {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, sqlx::Result<Either<PgQueryResult, PgRow>>>
    where
        E: 'q + Execute<'q, Postgres>,
    {
        let pool = self.clone();
        let all = async move {
            pool.run(async |connection| connection.fetch_many(query).try_collect::<Vec<_>>().await)
                .await
        };
        all.map_ok(|all| stream::iter(all.into_iter().map(Ok))).try_flatten_stream().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<PgRow>>>
    where
        E: 'q + Execute<'q, Postgres>,
    {
        let pool = self.clone();
        async move { pool.run(async |connection| connection.fetch_optional(query).await).await }
            .boxed()
    }

    fn prepare_with<'e, 'q: 'e>(
        self,
        sql: &'q str,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<PgStatement<'q>>>
    where
        'c: 'e,
    {
        let pool = self.clone();
        async move { pool.run(async |connection| connection.prepare_with(sql, parameters).await).await }
            .boxed()
    }

    fn describe<'e, 'q: 'e>(self, sql: &'q str) -> BoxFuture<'e, sqlx::Result<Describe<Postgres>>> {
        let pool = self.clone();
        async move { pool.run(async |connection| connection.describe(sql).await).await }.boxed()
    }
}
