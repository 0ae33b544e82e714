//! Table `"user"`, and the `account` row that holds its password.

use serde::Serialize;
use sqlx::PgExecutor;
use time::OffsetDateTime;

use super::in_time;
use super::session::NewSession;
use crate::clock::unix_millis;
use crate::rate_limit::Counters;
use crate::timestamp::Timestamp;

/// A user as the API shows one: key order as at Better Auth, `id` last.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// May be empty.
    pub name: String,
    /// Lower case.
    pub email: String,
    /// Whether the address was proven.
    pub email_verified: bool,
    /// A URL, unchecked.
    pub image: Option<String>,
    /// When the user signed up.
    pub created_at: Timestamp,
    /// When the row was last written.
    pub updated_at: Timestamp,
    /// 32 characters of `A-Z a-z 0-9`.
    pub id: String,
}

/// The password's account of a user that is about to be made.
#[derive(Clone, Debug)]
pub struct NewCredential {
    /// The account row's id.
    pub id: String,
    /// A PHC string.
    pub password_hash: String,
}

/// Creates user, account and session together, or nothing if the address is taken: `false` then.
///
/// One statement, so that no connection waits between its parts. The unique constraint on the
/// address decides between two who sign up at once.
pub async fn create_with_session(
    db: impl PgExecutor<'_>,
    user: &User,
    credential: &NewCredential,
    session: &NewSession,
) -> sqlx::Result<bool> {
    let now = user.created_at.0;
    let created = in_time(
sqlx::query_scalar!(
        r#"with new_user as (
               insert into "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt")
               values ($1, $2, $3, $4, $5, $6, $6)
               on conflict (email) do nothing
               returning id
           ), new_account as (
               insert into account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
               select $7, id, 'credential', id, $8, $6, $6 from new_user
           ), new_session as (
               insert into session (id, token, "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId")
               select $9, $10, $11, $6, $6, $12, $13, id from new_user
           )
           select id from new_user"#,
        user.id,
        user.name,
        user.email,
        user.email_verified,
        user.image,
        now,
        credential.id,
        credential.password_hash,
        session.id,
        session.token,
        session.expires_at,
        session.ip_address,
        session.user_agent,
    )
.fetch_optional(db))
    .await?;
    Ok(created.is_some())
}

/// Who wants to sign in.
#[derive(Clone, Debug)]
pub enum Candidate {
    /// A user, with the hash of the password where there is one.
    Known(Box<User>, Option<String>),
    /// Nobody has the address.
    Unknown,
    /// A counter is full, for so many milliseconds; nobody was looked up.
    Limited(i64),
}

/// Counts an attempt, and finds the user of a lower-cased address with the hash of the password.
///
/// Nothing in the schema forbids a second credential row; the oldest counts.
pub async fn find_with_password(
    db: impl PgExecutor<'_>,
    email: &str,
    counters: &Counters,
    now: OffsetDateTime,
) -> sqlx::Result<Candidate> {
    let row = in_time(
        sqlx::query!(
            r#"with counted as materialized (
                   select case when cardinality($2::text[]) = 0 then 0
                          else latchkey_count($3, $2, $4, $5, $6) end as wait
               )
               select counted.wait as "wait!", u.id as "id?", u.name as "name?", u.email as "email?",
                      u."emailVerified" as "email_verified?", u.image,
                      u."createdAt" as "created_at?: OffsetDateTime",
                      u."updatedAt" as "updated_at?: OffsetDateTime",
                      a.password as "password?"
                 from counted
                 left join "user" u on u.email = $1 and counted.wait = 0
                 left join account a
                   on a."userId" = u.id and a."accountId" = u.id and a."providerId" = 'credential'
                order by a."createdAt"
                limit 1"#,
            email,
            &counters.keys(),
            unix_millis(now),
            &counters.windows_ms(),
            &counters.maxima(),
            &counters.fixed(),
        )
        .fetch_one(db),
    )
    .await?;
    if row.wait > 0 {
        return Ok(Candidate::Limited(row.wait));
    }
    let user = || {
        Some(User {
            name: row.name?,
            email: row.email?,
            email_verified: row.email_verified?,
            image: row.image,
            created_at: row.created_at?.into(),
            updated_at: row.updated_at?.into(),
            id: row.id?,
        })
    };
    Ok(match user() {
        Some(user) => Candidate::Known(Box::new(user), row.password),
        None => Candidate::Unknown,
    })
}

/// Whether somebody may sign up with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Nobody has it yet; somebody may a moment later.
    Free,
    /// It is somebody's.
    Taken,
    /// A counter is full, for so many milliseconds; nothing was looked up.
    Limited(i64),
}

/// Counts an attempt, and looks whether a lower-cased address is taken, so that no hash is made for
/// one that is.
pub async fn availability(
    db: impl PgExecutor<'_>,
    email: &str,
    counters: &Counters,
    now: OffsetDateTime,
) -> sqlx::Result<Availability> {
    let row = in_time(
        sqlx::query!(
            r#"with counted as materialized (
                   select case when cardinality($2::text[]) = 0 then 0
                          else latchkey_count($3, $2, $4, $5, $6) end as wait
               )
               select wait as "wait!",
                      exists (select from "user" where email = $1) as "is_taken!"
                 from counted"#,
            email,
            &counters.keys(),
            unix_millis(now),
            &counters.windows_ms(),
            &counters.maxima(),
            &counters.fixed(),
        )
        .fetch_one(db),
    )
    .await?;
    Ok(match (row.wait, row.is_taken) {
        (wait, _) if wait > 0 => Availability::Limited(wait),
        (_, true) => Availability::Taken,
        (_, false) => Availability::Free,
    })
}
