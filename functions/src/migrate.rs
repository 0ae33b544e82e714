//! Brings the schema up to date. A Lambda of its own: a custom resource of the stack, so that the
//! endpoints of a new version start behind their schema, and for operators to invoke by hand.
//!
//! It reads its settings for each event and not at start: CloudFormation waits for an answer, and one
//! that says what is wrong is better than none.

use std::time::{Duration, Instant};

use lambda_http::{LambdaEvent, lambda_runtime, service_fn};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::clock::{Clock, unix_millis};
use shared::config::secrets::{self, SecretNames};
use shared::config::{Config, database_options};
use shared::db::connect_once;
use shared::db::migrate::{self, Consent, Migrated, MigrationError};
use shared::error::{Cause, chain};
use shared::inspect::{self, inspect};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tracing::Instrument;

use crate::lambda::environment;
use crate::telemetry;

mod custom_resource;

use custom_resource::{Event, Outcome};

/// What is kept of the function's time to say that it was not enough.
const MARGIN: Duration = Duration::from_secs(10);
/// How long a database may take to wake up: Aurora takes fifteen seconds, one that was just made more.
const CONNECT_PATIENCE: Duration = Duration::from_mins(2);
/// How long one attempt may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a statement may wait for a lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What an invocation by hand asks for: `{}` migrates. A word that is not known changes nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct Asked {
    /// Only look, and say what was found: [`inspect::Report`].
    inspect: bool,
    /// See [`Consent`].
    default_issuer: bool,
}

/// What an invocation by hand that migrates returns.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The migrations that were not there before, by their names.
    applied: Vec<String>,
    /// The newest one in the database.
    schema_version: i64,
}

/// Serves invocations until Lambda ends the process.
///
/// Errors: the runtime's interface is away.
pub async fn serve() -> Result<(), lambda_http::Error> {
    // Nothing that is set wrongly may end the process: CloudFormation would wait for its answer.
    if let Err(error) = telemetry::start(environment) {
        tracing::error!(%error, "the log and the metrics are not as they are set");
    }
    telemetry::ready("migrate");
    let answer = |event: LambdaEvent<Value>| {
        let span =
            tracing::error_span!("invocation", id = %event.context.request_id, route = "migrate");
        Box::pin(answer(event)).instrument(span)
    };
    lambda_runtime::run(service_fn(answer)).await
}

/// A custom resource is answered where it wants its answer, and whoever invokes by hand here.
async fn answer(event: LambdaEvent<Value>) -> Result<Value, lambda_http::Error> {
    let deadline = i64::try_from(event.context.deadline).unwrap_or(i64::MAX);
    let left = u64::try_from(deadline - unix_millis(Clock::system().now())).unwrap_or(0);
    let stop_at = Instant::now() + Duration::from_millis(left).saturating_sub(MARGIN);
    let Some(asked) = Event::of(&event.payload) else {
        let asked = Option::<Asked>::deserialize(event.payload).map_err(|error| {
            format!(
                "the payload asks for what is not known ({error}): it is {{}} to migrate, \
                 {{\"defaultIssuer\": true}}, or {{\"inspect\": true}}"
            )
        })?;
        let Asked { inspect, default_issuer } = asked.unwrap_or_default();
        return Ok(if inspect {
            json!(inspect_until(stop_at).await?)
        } else {
            json!(run_until(stop_at, Consent { default_issuer }).await?)
        });
    };
    let outcome = if asked.is_delete() {
        // The data outlives the stack.
        Outcome::Done
    } else {
        match run_until(stop_at, Consent::default()).await {
            Ok(_) => Outcome::Done,
            Err(error) => Outcome::Failed(error.to_string()),
        }
    };
    asked.answer(&outcome).await?;
    Ok(Value::Null)
}

/// Errors say what to do, and hold no secret.
async fn run_until(stop_at: Instant, consent: Consent) -> Result<Report, Cause> {
    let work = async {
        let migrated = run(stop_at, consent).await?;
        let Migrated { applied, version } = migrated;
        tracing::info!(?applied, version, "the schema is up to date");
        Ok(Report { applied, schema_version: version })
    };
    tokio::time::timeout_at(stop_at.into(), work)
        .await
        .unwrap_or_else(|_| {
            Err("the migrations did not end in time: look into pg_stat_activity for what they wait, and \
                 run them again"
                .into())
        })
        .inspect_err(|error: &Cause| tracing::error!(%error, "the schema is not up to date"))
}

/// The same for looking.
async fn inspect_until(stop_at: Instant) -> Result<inspect::Report, Cause> {
    let work = async {
        let config = Config::from_vars(environment)?;
        let target = Target::read(&config).await?;
        let mut connection = target.connect(stop_at).await?;
        let report = inspect(&config, Some(&mut connection), Clock::system().now()).await;
        let report = report.map_err(|error| {
            format!("the database of {} can't be looked into: {}", target.name, chain(&error))
        })?;
        let _ = connection.close().await;
        Ok(report)
    };
    tokio::time::timeout_at(stop_at.into(), work).await.unwrap_or_else(|_| {
        Err("it takes longer than the function may: inspect this database from a machine that reaches it, \
             with `latchkey inspect`"
            .into())
    })
}

/// The database that is migrated.
struct Target {
    /// Of the secret with its URL.
    name: &'static str,
    options: PgConnectOptions,
}

impl Target {
    async fn read(config: &Config) -> Result<Self, Cause> {
        let (name, arn) = SecretNames::migration_url(environment)?;
        let client = secrets::client(environment)?;
        let url = secrets::read(&client, name, &arn).await?;
        Ok(Self { name, options: database_options(name, &url, &config.database_tls)? })
    }

    async fn connect(&self, stop_at: Instant) -> Result<PgConnection, Cause> {
        let give_up_at = stop_at.min(Instant::now() + CONNECT_PATIENCE);
        let connected = connect(&self.options, give_up_at).await;
        connected.map_err(|error| {
            format!("can't connect to the database of {}: {}", self.name, chain(&error)).into()
        })
    }
}

async fn run(stop_at: Instant, consent: Consent) -> Result<Migrated, Cause> {
    let config = Config::from_vars(environment)?;
    let target = Target::read(&config).await?;
    let Target { name, options } = &target;
    migrate::refuse_known_pooler(options)?;
    let mut connection = target.connect(stop_at).await?;
    migrate::refuse_shared_connection(&mut connection, options).await?;
    // Who waits for a table makes all that come behind wait too. Postgres gives up before this run does:
    // it would not notice that nobody waits for the answer any more.
    let patience = (stop_at.saturating_duration_since(Instant::now()) / 2).min(LOCK_TIMEOUT);
    let set = format!("set lock_timeout = {}", patience.as_millis().max(1));
    sqlx::raw_sql(&set).execute(&mut connection).await?;
    let migrated = migrate::migrate(&mut connection, &config.fields, consent);
    let migrated = migrated.await.map_err(|error| {
        format!("the database of {name} can't be migrated: {}", explained(&error))
    })?;
    // What is done is done, however the connection ends.
    let _ = connection.close().await;
    Ok(migrated)
}

/// What went wrong, and what to do where that is known.
fn explained(error: &MigrationError) -> String {
    let text = chain(error);
    if text.contains("lock timeout") {
        text + ". A long transaction, or another migration, holds a lock: look into pg_stat_activity, and \
                run the migrations again"
    } else {
        text
    }
}

/// Tries until the server answers: it may be asleep, or just made. That it refuses ends it at once.
async fn connect(options: &PgConnectOptions, give_up_at: Instant) -> sqlx::Result<PgConnection> {
    loop {
        let attempt = tokio::time::timeout(CONNECT_TIMEOUT, connect_once(options)).await;
        let error = match attempt {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(error)) => error,
            Err(_) => sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()),
        };
        let is_transient = match &error {
            sqlx::Error::Io(_) => true,
            sqlx::Error::Database(error) => error.is_transient_in_connect_phase(),
            _ => false,
        };
        if !is_transient || Instant::now() + CONNECT_AGAIN_AFTER > give_up_at {
            return Err(error);
        }
        tokio::time::sleep(CONNECT_AGAIN_AFTER).await;
    }
}
