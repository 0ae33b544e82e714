//! Table `verification`: single-use tokens that were sent out.

use sqlx::PgExecutor;
use time::OffsetDateTime;

use super::in_time;
use crate::clock::unix_millis;
use crate::mail::NewMail;
use crate::rate_limit::Counters;

/// A token that is about to be mailed, as its row has it.
#[derive(Clone, Debug)]
pub struct NewVerification {
    /// The row's id.
    pub id: String,
    /// Under what the token is found again; see [`crate::verification`].
    pub identifier: String,
    /// When it ends.
    pub expires_at: OffsetDateTime,
}

/// Whom a token is mailed to.
#[derive(Clone, Copy, Debug)]
pub enum Owner<'a> {
    /// Whoever has this lower-cased address, if somebody has.
    Address(&'a str),
    /// A user who is known.
    Id(&'a str),
}

/// Asks for a mail with a token: the row of the token, and the mail. Gives the milliseconds to wait
/// when a counter is full; nothing is written then.
///
/// The same one statement, and the same answer, for known and unknown addresses.
pub async fn create(
    db: impl PgExecutor<'_>,
    owner: Owner<'_>,
    verification: &NewVerification,
    mail: &NewMail,
    counters: &Counters,
    now: OffsetDateTime,
) -> sqlx::Result<Option<i64>> {
    let (email, id) = match owner {
        Owner::Address(email) => (Some(email), None),
        Owner::Id(id) => (None, Some(id)),
    };
    let wait = in_time(
        sqlx::query_scalar!(
            r#"with counted as (
                   select case when cardinality($1::text[]) = 0 then 0
                          else latchkey_count($2, $1, $3, $4, $5) end as wait
               ), found as (
                   select u.id, u.email from "user" u, counted
                    where (u.email = $6 or u.id = $16) and counted.wait = 0
               ), made as (
                   insert into verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt")
                   select $7, $8, id, $9, $10, $10 from found
               ), mail as (
                   insert into latchkey_outbox (
                       id, kind, user_id, address, callback_url, base_url, sealed_token, created_at, due_at
                   )
                   select $11, $12, id, email, $13, $14, $15, $10, $10 from found
               )
               select wait from counted"#,
            &counters.keys(),
            unix_millis(now),
            &counters.windows_ms(),
            &counters.maxima(),
            &counters.fixed(),
            email,
            verification.id,
            verification.identifier,
            verification.expires_at,
            now,
            mail.id,
            mail.kind.as_str(),
            mail.callback_url,
            mail.base_url,
            mail.sealed_token,
            id,
        )
        .fetch_one(db),
    )
    .await?;
    Ok(wait.filter(|wait| *wait > 0))
}

/// The value of the newest live row under one of the identifiers.
pub async fn find_live(
    db: impl PgExecutor<'_>,
    identifiers: &[String],
    now: OffsetDateTime,
) -> sqlx::Result<Option<String>> {
    in_time(
        sqlx::query_scalar!(
            r#"select value from verification
                where identifier = any($1) and "expiresAt" >= $2
                order by "createdAt" desc limit 1"#,
            identifiers,
            now,
        )
        .fetch_optional(db),
    )
    .await
}

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
