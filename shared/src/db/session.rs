//! Table `session`.

mod create;
mod find;
mod revoke;

use serde::Serialize;
use serde_json::{Map, Value};
use sqlx::types::Json;
use sqlx::{PgExecutor, Row as _};
use time::OffsetDateTime;

use super::columns::with_columns;
use super::in_time;
use crate::additional::{Additional, Declared};
use crate::timestamp::Timestamp;

pub use create::create;
pub use find::{Found, Live, Lookup, find_live, list_live};
pub use revoke::{Holder, Revoked, Scope, Target, delete, delete_dead, revoke, revoke_all};

/// A session as the API shows one: key order as at Better Auth, `id` last.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Session {
    /// When it ends, unless it is extended.
    pub expires_at: Timestamp,
    /// 32 characters of `A-Z a-z 0-9`: who holds it holds the session. With `HIDE_SESSION_TOKEN` a body
    /// has the `id` here.
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
    /// What the operator declared beside.
    #[serde(flatten)]
    pub fields: Additional,
    /// The row's id.
    pub id: String,
}

/// Where the line is between live sessions and dead ones: the statements draw it, so that none outlives
/// it in a race.
#[derive(Clone, Copy, Debug)]
pub struct Cutoff {
    /// What ended before is dead.
    pub now: OffsetDateTime,
    /// So is what was begun before, whatever its end; `None`: age is no matter.
    pub begun_since: Option<OffsetDateTime>,
}

impl Cutoff {
    /// Where no session gets too old.
    pub fn at(now: OffsetDateTime) -> Self {
        Self { now, begun_since: None }
    }
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
    /// What the operator declared beside: the defaults.
    pub fields: Map<String, Value>,
}

impl NewSession {
    /// As the API shows it once it is made.
    pub fn made(&self, user_id: &str, now: OffsetDateTime, declared: &Declared) -> Session {
        Session {
            expires_at: self.expires_at.into(),
            token: self.token.clone(),
            created_at: now.into(),
            updated_at: now.into(),
            ip_address: Some(self.ip_address.clone()),
            user_agent: Some(self.user_agent.clone()),
            user_id: user_id.to_owned(),
            fields: declared.session.view(Some(&Value::Object(self.fields.clone()))),
            id: self.id.clone(),
        }
    }
}

/// A session that a statement makes if there is one: its parameters, all null where there is none.
pub(super) struct Parameters<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) token: Option<&'a str>,
    pub(super) expires_at: Option<OffsetDateTime>,
    pub(super) ip_address: Option<&'a str>,
    pub(super) user_agent: Option<&'a str>,
    pub(super) fields: Json<Option<&'a Map<String, Value>>>,
}

impl<'a> Parameters<'a> {
    pub(super) fn of(session: Option<&'a NewSession>) -> Self {
        Self {
            id: session.map(|session| session.id.as_str()),
            token: session.map(|session| session.token.as_str()),
            expires_at: session.map(|session| session.expires_at),
            ip_address: session.map(|session| session.ip_address.as_str()),
            user_agent: session.map(|session| session.user_agent.as_str()),
            fields: Json(session.map(|session| &session.fields)),
        }
    }
}

/// Writes additional fields of a live session; gives all of them as they are then. `None` if it is
/// gone.
pub async fn update_fields(
    db: impl PgExecutor<'_>,
    token: &str,
    fields: &Map<String, Value>,
    cutoff: Cutoff,
    declared: &Declared,
) -> sqlx::Result<Option<Additional>> {
    let changed: Vec<_> = fields.keys().map(String::as_str).collect();
    let (text, arguments) = with_columns(
        sqlx::query!(
            r#"update session set "updatedAt" = $3 /*~session*/
                 from jsonb_populate_record(null::session, $2) as session_fields
                where session.token = $1
                  and session."expiresAt" >= $3 and (session."createdAt" < $4) is not true
            returning to_jsonb(session) as "row!""#,
            token,
            Json(fields) as _,
            cutoff.now,
            cutoff.begun_since,
        ),
        declared,
        &changed,
    )?;
    let row = in_time(sqlx::query_with(&text, arguments).fetch_optional(db)).await?;
    row.map(|row| row.try_get::<Value, _>(0).map(|row| declared.session.view(Some(&row))))
        .transpose()
}
