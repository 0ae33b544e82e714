//! Table `"rateLimit"`: counters, shared with a Better Auth beside us.

use sqlx::PgExecutor;
use time::OffsetDateTime;

use super::in_time;
use crate::clock::unix_millis;
use crate::rate_limit::Counters;

/// Counts a request whose handler has no statement to do it in. Gives the milliseconds to wait when
/// a counter is full.
pub async fn consume(
    db: impl PgExecutor<'_>,
    counters: &Counters,
    now: OffsetDateTime,
) -> sqlx::Result<Option<i64>> {
    let wait = in_time(
        sqlx::query_scalar!(
            r#"select latchkey_count($1, $2, $3, $4, $5) as "wait!""#,
            unix_millis(now),
            &counters.keys(),
            &counters.windows_ms(),
            &counters.maxima(),
            &counters.fixed(),
        )
        .fetch_one(db),
    )
    .await?;
    Ok((wait > 0).then_some(wait))
}

/// Deletes a counter of failures that were none. That there is none is no error.
pub async fn settle(db: impl PgExecutor<'_>, key: &str) -> sqlx::Result<()> {
    let delete = sqlx::query!(r#"delete from "rateLimit" where key = $1"#, key);
    in_time(delete.execute(db)).await.map(drop)
}

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
