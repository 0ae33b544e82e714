//! Changing and deleting a user.

use serde_json::{Map, Value};
use sqlx::PgExecutor;
use sqlx::types::Json;
use time::OffsetDateTime;

use super::{User, UserRow};
use crate::additional::Declared;
use crate::db::columns::with_columns;
use crate::db::in_time;

/// What changes of a user; the rest stays.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// May be empty.
    pub name: Option<String>,
    /// `Some(None)` takes the image away.
    pub image: Option<Option<String>>,
    /// What the operator declared beside.
    pub fields: Map<String, Value>,
}

/// Writes what changes; gives the user as it is then, or `None` if it is gone.
pub async fn update_profile(
    db: impl PgExecutor<'_>,
    user_id: &str,
    profile: &Profile,
    now: OffsetDateTime,
    declared: &Declared,
) -> sqlx::Result<Option<User>> {
    let changed: Vec<_> = profile.fields.keys().map(String::as_str).collect();
    let (text, arguments) = with_columns(
        sqlx::query!(
            r#"update "user" u
                  set name = coalesce($2, u.name), image = case when $3 then $4 else u.image end,
                      "updatedAt" = $5 /*~user*/
                 from jsonb_populate_record(null::"user", $6) as user_fields
                where u.id = $1
            returning u.id, u.name, u.email, u."emailVerified" as email_verified, u.image,
                      u."createdAt"::timestamptz as created_at, u."updatedAt"::timestamptz as updated_at,
                      case when $7 then to_jsonb(u) end as user_row"#,
            user_id,
            profile.name,
            profile.image.is_some(),
            profile.image.as_ref().and_then(Option::as_deref),
            now,
            Json(&profile.fields) as _,
            !declared.user.is_empty(),
        ),
        declared,
        &changed,
    )?;
    let row = in_time(sqlx::query_with(&text, arguments).fetch_optional(db)).await?;
    row.map(|row| Ok(UserRow::read(&row)?.user(declared))).transpose()
}

/// Deletes a user; sessions, accounts and what else refers to it go with it. That it is gone
/// already is no error.
pub async fn delete(db: impl PgExecutor<'_>, user_id: &str) -> sqlx::Result<()> {
    let delete = sqlx::query!(r#"delete from "user" where id = $1"#, user_id);
    in_time(delete.execute(db)).await.map(drop)
}

/// Deletes a user with a token that was mailed, which is used up; `false` if the token is unknown,
/// expired or another user's, and then nothing is touched. Of parallel uses one succeeds.
///
/// `identifiers` are the texts under which the token may be stored.
pub async fn delete_with_token(
    db: impl PgExecutor<'_>,
    user_id: &str,
    identifiers: &[String],
    now: OffsetDateTime,
) -> sqlx::Result<bool> {
    let deleted = in_time(
        sqlx::query!(
            r#"with used as (
                   delete from verification
                    where identifier = any($2) and value = $1
                returning "expiresAt"
               )
               delete from "user"
                where id = $1 and exists (select from used where "expiresAt" >= $3)"#,
            user_id,
            identifiers,
            now,
        )
        .execute(db),
    )
    .await?;
    Ok(deleted.rows_affected() > 0)
}
