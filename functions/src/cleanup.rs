//! Deletes what has expired. A Lambda of its own on a schedule, behind no URL.

use std::time::{Duration, Instant};

use lambda_http::{LambdaEvent, lambda_runtime, service_fn};
use serde::Serialize;
use serde::de::IgnoredAny;
use shared::clock::{Clock, unix_millis};
use shared::config::secrets::{self, SecretNames};
use shared::config::{Config, ConfigError, SessionSettings};
use shared::db::Pool;
use shared::db::session::Cutoff;
use shared::managed::ManagedDatabase;
use shared::{Error, db};
use tracing::Instrument;

use crate::lambda::{environment, give_up};
use crate::telemetry;

/// Rows a statement: small enough that none holds its locks for long.
const BATCH: i64 = 500;
/// What is kept of the function's time for the last batch and the answer.
const MARGIN: Duration = Duration::from_secs(2);
/// How long a mail's row is kept: one that left, to look it up; one that was given up, to learn why.
const SENT_MAIL_KEPT: time::Duration = time::Duration::days(1);
const DEAD_MAIL_KEPT: time::Duration = time::Duration::days(30);

/// How many rows went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Sessions that have expired or are too old.
    pub session: u64,
    /// Expired verifications.
    pub verification: u64,
    /// Counters older than the longest window.
    pub rate_limit: u64,
    /// Mails that left a day ago, or were given up a month ago.
    pub outbox: u64,
    /// Whether nothing was left that could be had; `false` when time ran out.
    pub complete: bool,
}

/// Serves scheduled invocations until Lambda ends the process. A missing or malformed setting ends it
/// at once, named in the log with its cure.
///
/// Errors: the runtime's interface is away.
pub async fn serve() -> Result<(), lambda_http::Error> {
    telemetry::start(environment).unwrap_or_else(|error| give_up(&error));
    let function = Function::load().await.unwrap_or_else(|error| give_up(&error));
    telemetry::ready("cleanup");
    let answer = |event: LambdaEvent<IgnoredAny>| {
        let span =
            tracing::error_span!("invocation", id = %event.context.request_id, route = "cleanup");
        let answer = function.answer(event).instrument(span);
        async { answer.await.map_err(lambda_http::Error::from) }
    };
    lambda_runtime::run(service_fn(answer)).await
}

struct Function {
    database: ManagedDatabase,
    sessions: SessionSettings,
    longest_window: time::Duration,
    clock: Clock,
}

impl Function {
    async fn load() -> Result<Self, ConfigError> {
        let config = Config::from_vars(environment)?;
        let arn = SecretNames::database_url(environment)?;
        let client = secrets::client(environment)?;
        Ok(Self {
            database: ManagedDatabase::load(client, arn, &config).await?,
            sessions: config.sessions,
            longest_window: config.rate_limit_longest_window,
            clock: Clock::system(),
        })
    }

    /// Errors make the invocation fail, so that the schedule tries again.
    async fn answer(&self, event: LambdaEvent<IgnoredAny>) -> Result<Report, Error> {
        let now = self.clock.now();
        let deadline = i64::try_from(event.context.deadline).unwrap_or(i64::MAX);
        let left = u64::try_from(deadline - unix_millis(now)).unwrap_or(0);
        let time = Duration::from_millis(left).saturating_sub(MARGIN);

        let db = self.database.pool().await?;
        let cutoff = self.sessions.cutoff(now);
        let run = run(&db, cutoff, self.longest_window, Instant::now() + time);
        // The limit is for a database that hangs in the middle of a batch.
        let report = tokio::time::timeout(time + MARGIN / 2, run)
            .await
            .unwrap_or_else(|_| Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())))
            .inspect_err(|error| tracing::error!(%error, "clean-up failed"))?;

        let Report { session, verification, rate_limit, outbox, complete } = report;
        tracing::info!(session, verification, rate_limit, outbox, complete, "cleaned up");
        Ok(report)
    }
}

/// Deletes expired rows and sessions that are too old, batch by batch, until none is left or `stop_at` has
/// come.
///
/// Each batch is a statement of its own and passes over rows that are locked, so that two clean-ups
/// share the work and no sign-in waits.
pub async fn run(
    db: &Pool,
    cutoff: Cutoff,
    longest_window: time::Duration,
    stop_at: Instant,
) -> sqlx::Result<Report> {
    let now = cutoff.now;
    let stale_before = unix_millis(now - longest_window);
    let mut report = Report::default();
    let mut is_left = true;
    while is_left && Instant::now() < stop_at {
        let session = db::session::delete_dead(db, cutoff, BATCH).await?;
        let verification = db::verification::delete_expired(db, now, BATCH).await?;
        let rate_limit = db::rate_limit::delete_stale(db, stale_before, BATCH).await?;
        let outbox =
            db::outbox::delete_done(db, now - SENT_MAIL_KEPT, now - DEAD_MAIL_KEPT, BATCH).await?;
        report.session += session;
        report.verification += verification;
        report.rate_limit += rate_limit;
        report.outbox += outbox;
        is_left = [session, verification, rate_limit, outbox].contains(&BATCH.unsigned_abs());
    }
    report.complete = !is_left;
    Ok(report)
}
