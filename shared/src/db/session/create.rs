//! Making a session at a sign-in.

use sqlx::PgExecutor;
use sqlx::types::Json;
use time::OffsetDateTime;

use super::NewSession;
use crate::additional::Declared;
use crate::db::columns::with_columns;
use crate::db::in_time;
use crate::password::Proven;

/// Creates a session for who has shown the password behind a hash, stores the hash that was made in its
/// place if one was, and deletes the counter of failures that this settles. `false`, and none of these,
/// if that is not the user's hash any more.
///
/// The password's row is locked: a change of it that ends all sessions comes before this session or
/// after it, and then ends it.
pub async fn create(
    db: impl PgExecutor<'_>,
    user_id: &str,
    proven: &Proven,
    session: &NewSession,
    settled_counter: Option<&str>,
    now: OffsetDateTime,
    declared: &Declared,
) -> sqlx::Result<bool> {
    let (text, arguments) = with_columns(
        sqlx::query!(
            // Either the row is written or it is locked as it is: two sign-ins that shared it first, and
            // wanted to write it then, would wait for each other.
            r#"with renewed as (
                   update account set password = $11, "updatedAt" = $4
                    where $11::text is not null and password = $10
                      and id = (
                          select id from account
                           where "userId" = $7 and "accountId" = $7 and "providerId" = 'credential'
                           order by "createdAt" limit 1
                      )
                returning password
               ), kept as (
                   select password from account
                    where $11::text is null
                      and "userId" = $7 and "accountId" = $7 and "providerId" = 'credential'
                    order by "createdAt" limit 1
                      for share
               ), proven as (
                   select password from renewed union all select password from kept where password = $10
               ), settled as (
                   delete from "rateLimit" where key = $9 and exists (select from proven)
               )
               insert into session (
                   id, token, "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId" /*+session*/
               )
               select $1, $2, $3, $4, $4, $5, $6, $7 /*=session*/
                 from proven, jsonb_populate_record(null::session, $8) as session_fields"#,
            session.id,
            session.token,
            session.expires_at,
            now,
            session.ip_address,
            session.user_agent,
            user_id,
            Json(&session.fields) as _,
            settled_counter,
            proven.hash,
            proven.renewed.as_deref(),
        ),
        declared,
        &[],
    )?;
    match in_time(sqlx::query_with(&text, arguments).execute(db)).await {
        Ok(made) => Ok(made.rows_affected() > 0),
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => Ok(false),
        Err(error) => Err(error),
    }
}
