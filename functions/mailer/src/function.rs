//! The Lambda: woken by the queue and by a schedule, behind no URL.

use std::time::{Duration, Instant};

use functions::telemetry::{self, metrics};
use functions::{environment, give_up};
use lambda_runtime::{LambdaEvent, service_fn};
use serde::de::IgnoredAny;
use shared::Error;
use shared::clock::{Clock, unix_millis};
use shared::config::secrets::{self, SecretNames};
use shared::config::{Config, ConfigError};
use shared::db::{Pool, outbox};
use shared::managed::{ManagedDatabase, ManagedKeys};
use time::OffsetDateTime;
use tracing::Instrument;

use crate::mailer::{Mailer, Report};

/// What is kept of the function's time for the last batch: a mail may take ten seconds.
const MARGIN: Duration = Duration::from_secs(12);

/// Serves invocations until Lambda ends the process; what woke it is not looked at. A missing or
/// malformed setting ends it at once, named in the log with its cure.
///
/// Errors: the runtime's interface is away.
pub async fn serve() -> Result<(), lambda_runtime::Error> {
    telemetry::start(environment).unwrap_or_else(|error| give_up(&error));
    let function = Box::pin(Function::load()).await.unwrap_or_else(|error| give_up(&error));
    telemetry::ready("mailer");
    let answer = |event: LambdaEvent<IgnoredAny>| {
        let span =
            tracing::error_span!("invocation", id = %event.context.request_id, route = "mailer");
        let answer = Box::pin(function.answer(event)).instrument(span);
        async { answer.await.map_err(lambda_runtime::Error::from) }
    };
    lambda_runtime::run(service_fn(answer)).await
}

struct Function {
    mailer: Mailer,
    database: ManagedDatabase,
    keys: ManagedKeys,
    clock: Clock,
}

impl Function {
    async fn load() -> Result<Self, ConfigError> {
        let config = Config::from_vars(environment)?;
        let names = SecretNames::from_vars(environment)?;
        let client = secrets::client(environment)?;
        let (database, keys, mailer) = tokio::try_join!(
            ManagedDatabase::load(client.clone(), names.database_url, &config),
            ManagedKeys::load(client, names.signing_secret),
            Mailer::load(environment),
        )?;
        Ok(Self { mailer, database, keys, clock: Clock::system() })
    }

    /// Errors make the invocation fail, so that queue and schedule try again: the database or a secret
    /// is away. A mail that fails is none.
    async fn answer(&self, event: LambdaEvent<IgnoredAny>) -> Result<Report, Error> {
        let deadline = i64::try_from(event.context.deadline).unwrap_or(i64::MAX);
        let left = u64::try_from(deadline - unix_millis(self.clock.now())).unwrap_or(0);
        let stop_at = Instant::now() + Duration::from_millis(left).saturating_sub(MARGIN);

        let (db, keys) = tokio::try_join!(self.database.pool(), self.keys.keys())?;
        let (report, outcome) = self.mailer.drain(&db, &keys, &self.clock, stop_at).await;
        self.measure(&db, report, outcome.is_ok()).await;
        outcome.inspect_err(|error| tracing::error!(?error, "the mails could not be sent"))?;

        let Report { sent, retried, dead, complete } = report;
        tracing::info!(sent, retried, dead, complete, "sent mails");
        Ok(report)
    }

    /// Writes the metrics of a run, also of one that has failed: what waits then is what matters.
    async fn measure(&self, db: &Pool, report: Report, is_whole: bool) {
        if !metrics::are_wanted() {
            return;
        }
        let oldest = outbox::oldest_waiting(db).await;
        let age =
            |asked_at: OffsetDateTime| (self.clock.now() - asked_at).as_seconds_f64().max(0.0);
        metrics::write(|line| {
            if let Ok(oldest) = oldest {
                line.add(&metrics::OUTBOX_AGE, oldest.map_or(0.0, age));
            }
            // That none was given up is known of a whole run alone.
            if is_whole || report.dead > 0 {
                line.add(&metrics::DEAD_MAILS, report.dead);
            }
        });
    }
}
