//! Table `session`.

use serde::Serialize;
use sqlx::PgExecutor;
use time::OffsetDateTime;

use super::in_time;
use super::user::User;
use crate::timestamp::Timestamp;

/// A session as the API shows one: key order as at Better Auth, `id` last.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// When it ends, unless it is extended.
    pub expires_at: Timestamp,
    /// 32 characters of `A-Z a-z 0-9`: who holds it holds the session.
    pub token: String,
    /// When the user signed in; what "fresh" counts from.
    pub created_at: Timestamp,
    /// When it was last extended.
    pub updated_at: Timestamp,
    /// Of the request that made it; empty when unknown.
    pub ip_address: Option<String>,
    /// Of the request that made it; empty when absent.
    pub user_agent: Option<String>,
    /// Whose it is.
    pub user_id: String,
    /// The row's id.
    pub id: String,
}

/// A session that is about to be made.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The row's id.
    pub id: String,
    /// The secret that its holder proves.
    pub token: String,
    /// When it ends, unless it is extended.
    pub expires_at: OffsetDateTime,
    /// Empty when unknown.
    pub ip_address: String,
    /// Empty when absent.
    pub user_agent: String,
}

/// When a session is live, due and extended to.
#[derive(Clone, Copy, Debug)]
pub struct Lookup {
    /// A session that ended before is dead.
    pub now: OffsetDateTime,
    /// A live session that ends no later than this is due; `None`: none is.
    pub due_until: Option<OffsetDateTime>,
    /// What the end of a due session becomes.
    pub extended_to: OffsetDateTime,
}

/// A live session.
#[derive(Clone, Debug)]
pub struct Live {
    /// As it is now, extended or not.
    pub session: Session,
    /// Whose it is.
    pub user: User,
    /// Whether this look-up extended it.
    pub is_refreshed: bool,
}

/// Finds the live session behind a token with its user, extends it if it is due, and deletes it if
/// it has expired: one statement, and never both on one row.
///
/// Of two look-ups at once one extends; the other waits for it, finds the session no longer due,
/// and shows it as it was before.
pub async fn find_live(
    db: impl PgExecutor<'_>,
    token: &str,
    lookup: Lookup,
) -> sqlx::Result<Option<Live>> {
    let row = in_time(
        sqlx::query!(
            r#"with refreshed as (
               update session set "expiresAt" = $3, "updatedAt" = $2
                where token = $1 and "expiresAt" >= $2 and "expiresAt" <= $4
            returning id, "expiresAt", "updatedAt"
           ), expired as (
               delete from session where token = $1 and "expiresAt" < $2
           )
           select s.id, s.token, s."userId" as user_id, s."createdAt" as created_at,
                  coalesce(r."expiresAt", s."expiresAt") as "expires_at!",
                  coalesce(r."updatedAt", s."updatedAt") as "updated_at!",
                  s."ipAddress" as ip_address, s."userAgent" as user_agent,
                  r.id is not null as "is_refreshed!",
                  u.name, u.email, u."emailVerified" as email_verified, u.image,
                  u."createdAt" as user_created_at, u."updatedAt" as user_updated_at
             from session s
             join "user" u on u.id = s."userId"
             left join refreshed r on r.id = s.id
            where s.token = $1 and s."expiresAt" >= $2"#,
            token,
            lookup.now,
            lookup.extended_to,
            lookup.due_until,
        )
        .fetch_optional(db),
    )
    .await?;
    Ok(row.map(|row| Live {
        session: Session {
            expires_at: row.expires_at.into(),
            token: row.token,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            ip_address: row.ip_address,
            user_agent: row.user_agent,
            user_id: row.user_id.clone(),
            id: row.id,
        },
        user: User {
            name: row.name,
            email: row.email,
            email_verified: row.email_verified,
            image: row.image,
            created_at: row.user_created_at.into(),
            updated_at: row.user_updated_at.into(),
            id: row.user_id,
        },
        is_refreshed: row.is_refreshed,
    }))
}

/// Creates a session, and deletes the counter of failures that it settles. `false`, and neither, if
/// the user is gone: the foreign key decides.
pub async fn create(
    db: impl PgExecutor<'_>,
    user_id: &str,
    session: &NewSession,
    settled_counter: Option<&str>,
    now: OffsetDateTime,
) -> sqlx::Result<bool> {
    let created = in_time(
sqlx::query!(
        r#"with settled as (delete from "rateLimit" where key = $8)
           insert into session (id, token, "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId")
           values ($1, $2, $3, $4, $4, $5, $6, $7)"#,
        session.id,
        session.token,
        session.expires_at,
        now,
        session.ip_address,
        session.user_agent,
        user_id,
        settled_counter,
    )
.execute(db))
    .await;
    match created {
        Ok(_) => Ok(true),
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Deletes the session behind a token, live or not. No session is no error.
pub async fn delete(db: impl PgExecutor<'_>, token: &str) -> sqlx::Result<()> {
    let delete = sqlx::query!("delete from session where token = $1", token);
    in_time(delete.execute(db)).await.map(drop)
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
