//! Ending sessions. A statement that ends sessions extends none.

use sqlx::PgExecutor;
use time::OffsetDateTime;

use crate::db::in_time;

/// Deletes the session behind a token, live or not. No session is no error.
pub async fn delete(db: impl PgExecutor<'_>, token: &str) -> sqlx::Result<()> {
    let delete = sqlx::query!("delete from session where token = $1", token);
    in_time(delete.execute(db)).await.map(drop)
}

/// Ends the session behind `target`, if it belongs to the user of the live session behind `token`.
/// `false` if there is no such live session; that `target` is nobody's or a stranger's is no error.
pub async fn revoke(
    db: impl PgExecutor<'_>,
    token: &str,
    target: &str,
    now: OffsetDateTime,
) -> sqlx::Result<bool> {
    let is_signed_in = in_time(
        sqlx::query_scalar!(
            r#"with me as (
                   select "userId" from session where token = $1 and "expiresAt" >= $3
               ), expired as (
                   delete from session where token = $1 and "expiresAt" < $3
               ), gone as (
                   delete from session where token = $2 and "userId" = (select "userId" from me)
               )
               select exists (select from me) as "is_signed_in!""#,
            token,
            target,
            now,
        )
        .fetch_one(db),
    )
    .await?;
    Ok(is_signed_in)
}

/// Which sessions of a user end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All, the current one as well.
    All,
    /// The other live ones. Dead ones are left to the clean-up.
    Others,
}

/// Ends sessions of the user of the live session behind `token`. `false` if there is no such live
/// session.
pub async fn revoke_all(
    db: impl PgExecutor<'_>,
    token: &str,
    scope: Scope,
    now: OffsetDateTime,
) -> sqlx::Result<bool> {
    let is_signed_in = in_time(
        sqlx::query_scalar!(
            r#"with me as (
                   select "userId" from session where token = $1 and "expiresAt" >= $2
               ), expired as (
                   delete from session where token = $1 and "expiresAt" < $2
               ), gone as (
                   delete from session
                    where "userId" = (select "userId" from me)
                      and ($3 or (token <> $1 and "expiresAt" >= $2))
               )
               select exists (select from me) as "is_signed_in!""#,
            token,
            now,
            scope == Scope::All,
        )
        .fetch_one(db),
    )
    .await?;
    Ok(is_signed_in)
}

/// Deletes up to `limit` sessions that ended before `now`; says how many. Rows that somebody else
/// is at are left to them, so nobody waits.
pub async fn delete_expired(
    db: impl PgExecutor<'_>,
    now: OffsetDateTime,
    limit: i64,
) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        r#"delete from session where id in (
               select id from session where "expiresAt" < $1
                order by "expiresAt" limit $2 for update skip locked
           )"#,
        now,
        limit,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}
