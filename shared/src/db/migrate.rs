//! Bringing the schema up to date.

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::additional::Declared;

/// The schema, forward only; safe on an empty database and on one that Better Auth made.
pub static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// Runs the migrations that are missing, then adds the columns of additional fields that are.
///
/// Of two at once the second waits. Errors: a statement failed; what was done before it stays.
pub async fn migrate(
    connection: &mut PgConnection,
    declared: &Declared,
) -> Result<(), MigrateError> {
    MIGRATOR.run(&mut *connection).await?;
    for (table, fields) in [("user", &declared.user), ("session", &declared.session)] {
        // The settings have checked the names, and values are quoted.
        let statements = AssertSqlSafe(fields.migration(table));
        sqlx::raw_sql(statements).execute(&mut *connection).await?;
    }
    Ok(())
}
