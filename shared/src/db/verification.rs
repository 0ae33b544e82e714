//! Table `verification`: single-use tokens that were sent out.

use sqlx::PgExecutor;
use time::OffsetDateTime;

/// Deletes up to `limit` rows that ended before `now`; says how many. Rows that somebody else is
/// at are left to them, so nobody waits.
pub async fn delete_expired(
    db: impl PgExecutor<'_>,
    now: OffsetDateTime,
    limit: i64,
) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        r#"delete from verification where id in (
               select id from verification where "expiresAt" < $1
                order by "expiresAt" limit $2 for update skip locked
           )"#,
        now,
        limit,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}
