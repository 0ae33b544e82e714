//! Table `"user"`, and the `account` row that holds its password.

use serde::Serialize;
use sqlx::PgExecutor;
use time::OffsetDateTime;

use super::in_time;
use super::session::NewSession;
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

/// Finds the user of a lower-cased address, with the hash of the password where there is one.
///
/// Nothing in the schema forbids a second credential row; the oldest counts.
pub async fn find_with_password(
    db: impl PgExecutor<'_>,
    email: &str,
) -> sqlx::Result<Option<(User, Option<String>)>> {
    let row = in_time(
        sqlx::query!(
            r#"select u.id, u.name, u.email, u."emailVerified" as email_verified, u.image,
                  u."createdAt" as "created_at: OffsetDateTime",
                  u."updatedAt" as "updated_at: OffsetDateTime",
                  a.password as "password?"
             from "user" u
             left join account a
               on a."userId" = u.id and a."accountId" = u.id and a."providerId" = 'credential'
            where u.email = $1
            order by a."createdAt"
            limit 1"#,
            email,
        )
        .fetch_optional(db),
    )
    .await?;
    Ok(row.map(|row| {
        let user = User {
            name: row.name,
            email: row.email,
            email_verified: row.email_verified,
            image: row.image,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            id: row.id,
        };
        (user, row.password)
    }))
}
