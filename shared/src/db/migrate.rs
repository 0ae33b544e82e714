//! Bringing the schema up to date.

use std::collections::BTreeSet;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

use super::schema::{ISSUER_OF_PASSWORDS, Obstacle, Schema};
use crate::additional::Declared;
use crate::error::Cause;

/// The schema, forward only; safe on an empty database and on one that Better Auth made. Old code runs
/// on a newer schema, as when a deployment is rolled back: migrations that it does not know are none of
/// its business.
pub static MIGRATOR: Migrator =
    Migrator { ignore_missing: true, ..sqlx::migrate!("../migrations") };

/// How often two connections are compared.
const PROBES: usize = 3;

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// The migrations that were not there before, as `1_core_tables`; of two at once both may name one.
    pub applied: Vec<String>,
    /// The newest one in the database.
    pub version: i64,
}

/// What the operator allows to be changed of Better Auth's own columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    /// `account.issuer`, which Better Auth 1.7.0 to 1.7.2 made, may get a default.
    pub default_issuer: bool,
}

/// Why the schema is not up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The database can't be served as it is.
    #[error("nothing was changed, since it can't be served as it is:{}", lines(.0))]
    Refused(Vec<Obstacle>),
    /// A statement failed; what was done before it stays.
    #[error(transparent)]
    Failed(#[from] MigrateError),
}

impl From<sqlx::Error> for MigrationError {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

fn lines(obstacles: &[Obstacle]) -> String {
    obstacles.iter().fold(String::new(), |lines, obstacle| {
        lines + "\n- " + &obstacle.to_string() + ". " + &obstacle.cure()
    })
}

/// Looks whether the database can be served, runs the migrations that are missing, then adds the columns
/// of additional fields that are.
///
/// Of two at once the second waits. Errors: it can't be served, and nothing was touched; a statement
/// failed.
pub async fn migrate(
    connection: &mut PgConnection,
    declared: &Declared,
    consent: Consent,
) -> Result<Migrated, MigrationError> {
    let mut obstacles = Schema::read(&mut *connection).await?.obstacles(declared);
    let has_issuer = obstacles.contains(&Obstacle::Issuer);
    obstacles.retain(|obstacle| !(consent.default_issuer && *obstacle == Obstacle::Issuer));
    if !obstacles.is_empty() {
        return Err(MigrationError::Refused(obstacles));
    }
    if has_issuer {
        let statement =
            format!("alter table account alter column issuer set default '{ISSUER_OF_PASSWORDS}'");
        sqlx::raw_sql(&statement).execute(&mut *connection).await?;
    }
    let before = versions(connection).await?;
    MIGRATOR.run(&mut *connection).await?;
    for (table, fields) in [("user", &declared.user), ("session", &declared.session)] {
        // The settings have checked the names, and values are quoted.
        sqlx::raw_sql(&fields.migration(table)).execute(&mut *connection).await?;
    }
    let after = versions(connection).await?;
    let applied = names(|version| after.contains(&version) && !before.contains(&version));
    Ok(Migrated { applied, version: after.last().copied().unwrap_or(0) })
}

/// The migrations that the database lacks, by name, and the newest that it has.
pub async fn pending(connection: &mut PgConnection) -> sqlx::Result<(Vec<String>, Option<i64>)> {
    let there = versions(connection).await?;
    Ok((names(|version| !there.contains(&version)), there.last().copied()))
}

/// Of the migrations whose version is meant, as `20261123100000_core_tables`.
fn names(is_meant: impl Fn(i64) -> bool) -> Vec<String> {
    let meant = MIGRATOR.iter().filter(|migration| is_meant(migration.version));
    let name = |migration: &sqlx::migrate::Migration| {
        format!("{}_{}", migration.version, migration.description.replace(' ', "_"))
    };
    meant.map(name).collect()
}

/// Those that the database has.
async fn versions(connection: &mut PgConnection) -> sqlx::Result<BTreeSet<i64>> {
    let has_any: bool = sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null")
        .fetch_one(&mut *connection)
        .await?;
    if !has_any {
        return Ok(BTreeSet::new());
    }
    let versions: Vec<i64> =
        sqlx::query_scalar("select version from _sqlx_migrations").fetch_all(connection).await?;
    Ok(versions.into_iter().collect())
}

/// Refuses an address that leads to a pooler in transaction mode. There two clients share a connection,
/// and the lock that keeps two migrations apart belongs to one.
///
/// Errors: it does; says what to do.
pub fn refuse_known_pooler(options: &PgConnectOptions) -> Result<(), Cause> {
    known_pooler(options.get_host(), options.get_port()).map_or(Ok(()), |name| Err(refused(name)))
}

/// The same for a pooler that only shows in what it does.
///
/// Errors: two connections are served by one process of Postgres; a statement failed.
pub async fn refuse_shared_connection(
    connection: &mut PgConnection,
    options: &PgConnectOptions,
) -> Result<(), Cause> {
    let mut other = options.connect().await?;
    let mut is_shared = false;
    for _ in 0..PROBES {
        let own = process(connection).await?;
        // In a transaction, the other one keeps the process that it is given: its own, the one that was
        // just let go of, or one that is made for it, whereupon ours is another the next time.
        let mut transaction = other.begin().await?;
        let others = process(&mut transaction).await?;
        is_shared |= others == own || process(connection).await? != own;
        transaction.rollback().await?;
    }
    let _ = other.close().await;
    if is_shared { Err(refused("a pooler in transaction mode")) } else { Ok(()) }
}

fn refused(name: &str) -> Cause {
    format!(
        "the database's URL leads to {name}, which can't keep two migrations apart: give `migrate` the \
         direct URL (MIGRATE_DATABASE_URL_ARN; the template's MigrateDatabaseUrlSecretArn)"
    )
    .into()
}

/// Those that say so in their address.
fn known_pooler(host: &str, port: u16) -> Option<&'static str> {
    let is_neon = host.ends_with(".neon.tech");
    match port {
        _ if is_neon && host.split('.').next()?.ends_with("-pooler") => Some("Neon's pooler"),
        6543 if host.ends_with(".supabase.com") || host.ends_with(".supabase.co") => {
            Some("Supabase's pooler in transaction mode")
        }
        _ if host.contains(".proxy-") && host.ends_with(".rds.amazonaws.com") => Some("RDS Proxy"),
        _ => None,
    }
}

async fn process(connection: &mut PgConnection) -> sqlx::Result<i32> {
    sqlx::query_scalar("select pg_backend_pid()").persistent(false).fetch_one(connection).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poolers_are_known_by_their_address() {
        for (host, port, is_known) in [
            ("ep-cool-darkness-1.eu-central-1.aws.neon.tech", 5432, false),
            ("ep-cool-darkness-1-pooler.eu-central-1.aws.neon.tech", 5432, true),
            ("aws-0-eu-central-1.pooler.supabase.com", 6543, true),
            ("aws-0-eu-central-1.pooler.supabase.com", 5432, false),
            ("db.abc.supabase.co", 6543, true),
            ("db.abc.supabase.co", 5432, false),
            ("auth.proxy-c1.eu-central-1.rds.amazonaws.com", 5432, true),
            ("auth.cluster-c1.eu-central-1.rds.amazonaws.com", 5432, false),
            ("x-pooler.example.com", 6543, false),
        ] {
            assert_eq!(known_pooler(host, port).is_some(), is_known, "{host}:{port}");
        }
    }
}
