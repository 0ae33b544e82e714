//! Looking users up.

use sqlx::PgExecutor;
use time::OffsetDateTime;

use super::{User, UserRow};
use crate::additional::Declared;
use crate::db::in_time;

/// Finds the user of a lower-cased address, with the hash of the password where there is one.
///
/// Nothing in the schema forbids a second credential row; the oldest counts.
pub async fn find_with_password(
    db: impl PgExecutor<'_>,
    email: &str,
    declared: &Declared,
) -> sqlx::Result<Option<(User, Option<String>)>> {
    let row = in_time(
        sqlx::query!(
            r#"select u.id, u.name, u.email, u."emailVerified" as email_verified, u.image,
                      u."createdAt" as "created_at: OffsetDateTime",
                      u."updatedAt" as "updated_at: OffsetDateTime",
                      case when $2 then to_jsonb(u) end as user_row,
                      a.password as "password?"
                 from "user" u
                 left join account a
                   on a."userId" = u.id and a."accountId" = u.id and a."providerId" = 'credential'
                where u.email = $1
                order by a."createdAt"
                limit 1"#,
            email,
            !declared.user.is_empty(),
        )
        .fetch_optional(db),
    )
    .await?;
    Ok(row.map(|row| {
        let user = UserRow {
            name: row.name,
            email: row.email,
            email_verified: row.email_verified,
            image: row.image,
            created_at: row.created_at,
            updated_at: row.updated_at,
            id: row.id,
            user_row: row.user_row,
        };
        (user.user(declared), row.password)
    }))
}
