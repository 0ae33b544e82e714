//! Ending sessions. A statement that ends sessions extends none.

use sqlx::PgExecutor;

use super::Cutoff;
use crate::db::in_time;

/// Who holds a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Whose it is.
    pub user_id: String,
    /// The row's id.
    pub session_id: String,
}

/// What the holder of a live session has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// Who.
    pub by: Holder,
    /// How many sessions.
    pub ended: i64,
}

/// Deletes the session behind a token, live or not; gives whose it was. No session is no error.
pub async fn delete(db: impl PgExecutor<'_>, token: &str) -> sqlx::Result<Option<Holder>> {
    let delete = sqlx::query_as!(
        Holder,
        r#"delete from session where token = $1 returning "userId" as user_id, id as session_id"#,
        token,
    );
    in_time(delete.fetch_optional(db)).await
}

/// Which session a user ends.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// That of a token.
    Token(&'a str),
    /// That of a row's id.
    Id(&'a str),
}

/// Ends the session that `target` names, if it belongs to the user of the live session behind `token`.
/// `None` if there is no such live session; that `target` is nobody's or a stranger's is no error.
pub async fn revoke(
    db: impl PgExecutor<'_>,
    token: &str,
    target: Target<'_>,
    cutoff: Cutoff,
) -> sqlx::Result<Option<Revoked>> {
    let (name, is_id) = match target {
        Target::Token(token) => (token, false),
        Target::Id(id) => (id, true),
    };
    let row = in_time(
        sqlx::query!(
            r#"with me as (
                   select id, "userId" from session
                    where token = $1 and "expiresAt" >= $3 and ("createdAt" < $4) is not true
               ), expired as (
                   delete from session where token = $1 and ("expiresAt" < $3 or "createdAt" < $4)
               ), gone as (
                   delete from session
                    where (token = $2 and not $5 or id = $2 and $5) and "userId" = (select "userId" from me)
                returning id
               )
               select "userId" as user_id, id as session_id, (select count(*) from gone) as "ended!"
                 from me"#,
            token,
            name,
            cutoff.now,
            cutoff.begun_since,
            is_id,
        )
        .fetch_optional(db),
    )
    .await?;
    Ok(row.map(|row| Revoked {
        by: Holder { user_id: row.user_id, session_id: row.session_id },
        ended: row.ended,
    }))
}

/// Which sessions of a user end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All, the current one as well.
    All,
    /// The others that have not ended. Dead ones are left to the clean-up, but not those that are too old
    /// alone: another setting would make them live again.
    Others,
}

/// Ends sessions of the user of the live session behind `token`. `None` if there is no such live
/// session.
pub async fn revoke_all(
    db: impl PgExecutor<'_>,
    token: &str,
    scope: Scope,
    cutoff: Cutoff,
) -> sqlx::Result<Option<Revoked>> {
    let row = in_time(
        sqlx::query!(
            r#"with me as (
                   select id, "userId" from session
                    where token = $1 and "expiresAt" >= $2 and ("createdAt" < $4) is not true
               ), expired as (
                   delete from session where token = $1 and ("expiresAt" < $2 or "createdAt" < $4)
               ), gone as (
                   delete from session
                    where "userId" = (select "userId" from me)
                      and ($3 or (token <> $1 and "expiresAt" >= $2))
                returning id
               )
               select "userId" as user_id, id as session_id, (select count(*) from gone) as "ended!"
                 from me"#,
            token,
            cutoff.now,
            scope == Scope::All,
            cutoff.begun_since,
        )
        .fetch_optional(db),
    )
    .await?;
    Ok(row.map(|row| Revoked {
        by: Holder { user_id: row.user_id, session_id: row.session_id },
        ended: row.ended,
    }))
}

/// Deletes up to `limit` dead sessions; says how many. Rows that somebody else is at are left to them, so
/// nobody waits.
///
/// Those that are too old alone, from before there was such a limit, take a look at every row: none where
/// there is none.
pub async fn delete_dead(db: impl PgExecutor<'_>, cutoff: Cutoff, limit: i64) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        r#"with expired as (
               select id from session where "expiresAt" < $1
                order by "expiresAt" limit $2 for update skip locked
           ), too_old as (
               select id from session where $3::timestamptz is not null and "createdAt" < $3 and "expiresAt" >= $1
                limit $2 for update skip locked
           ), dead as (
               select id from expired union all select id from too_old limit $2
           )
           delete from session where id in (select id from dead)"#,
        cutoff.now,
        limit,
        cutoff.begun_since,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}
