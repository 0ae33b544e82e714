//! Table `"rateLimit"`: counters, shared with a Better Auth beside us.

use sqlx::PgExecutor;

/// Deletes up to `limit` counters last touched before `before`, in milliseconds since 1970; says
/// how many. Rows that somebody else is at are left to them, so nobody waits.
pub async fn delete_stale(db: impl PgExecutor<'_>, before: i64, limit: i64) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        r#"delete from "rateLimit" where id in (
               select id from "rateLimit" where "lastRequest" < $1
                limit $2 for update skip locked
           )"#,
        before,
        limit,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}
