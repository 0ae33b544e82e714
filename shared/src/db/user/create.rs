//! Making a user.

use serde_json::{Map, Value};
use sqlx::types::Json;
use sqlx::{PgExecutor, Row as _};
use time::OffsetDateTime;

use super::User;
use crate::additional::Declared;
use crate::clock::unix_millis;
use crate::db::columns::with_columns;
use crate::db::in_time;
use crate::db::session::{NewSession, Parameters};
use crate::mail::NewMail;
use crate::rate_limit::Counters;

/// A user who is about to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The row's id.
    pub id: String,
    /// May be empty.
    pub name: String,
    /// Lower case.
    pub email: String,
    /// A URL, unchecked.
    pub image: Option<String>,
    /// What the operator declared beside.
    pub fields: Map<String, Value>,
}

/// The password's account of a user who is about to be made.
#[derive(Clone, Debug)]
pub struct NewCredential {
    /// The account row's id.
    pub id: String,
    /// A PHC string.
    pub password_hash: String,
}

impl NewUser {
    /// As the API shows the user once made; `row` is what was written, where fields are declared.
    pub fn made(&self, now: OffsetDateTime, row: Option<&Value>, declared: &Declared) -> User {
        User {
            name: self.name.clone(),
            email: self.email.clone(),
            email_verified: false,
            image: self.image.clone(),
            created_at: now.into(),
            updated_at: now.into(),
            fields: declared.user.view(row),
            id: self.id.clone(),
        }
    }
}

/// What came of making a user.
#[derive(Clone, Debug)]
pub enum Created {
    /// The user is there.
    User(Box<User>),
    /// The address is somebody's; nothing was written. With the user who would have been made, values
    /// of additional fields converted to their columns' types as if they had been stored.
    Taken(Box<User>),
}

/// Creates user and account together, with a session and a mail where they are given, or nothing if
/// the address is taken. The mail stays away where its counters are full.
///
/// One statement, so that no connection waits between its parts. The unique constraint on the
/// address decides between two who sign up at once.
pub async fn create(
    db: impl PgExecutor<'_>,
    user: &NewUser,
    credential: &NewCredential,
    session: Option<&NewSession>,
    mail: Option<(&NewMail, &Counters)>,
    now: OffsetDateTime,
    declared: &Declared,
) -> sqlx::Result<Created> {
    let session = Parameters::of(session);
    let none = Counters::default();
    let counters = mail.map_or(&none, |(_, counters)| counters);
    let mail = mail.map(|(mail, _)| mail);
    let (text, arguments) = with_columns(
        sqlx::query!(
            r#"with new_user as (
                   insert into "user" (
                       id, name, email, "emailVerified", image, "createdAt", "updatedAt" /*+user*/
                   )
                   select $1::text, $2::text, $3::text, false, $4::text, $5::timestamptz, $5::timestamptz /*=user*/
                     from jsonb_populate_record(null::"user", $6) as user_fields
                   on conflict do nothing
                   returning *
               ), new_account as (
                   insert into account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
                   select $7, id, 'credential', id, $8, $5, $5 from new_user
               ), new_session as (
                   insert into session (
                       id, token, "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId" /*+session*/
                   )
                   select $9::text, $10::text, $11::timestamptz, $5, $5, $12::text, $13::text, new_user.id /*=session*/
                     from new_user, jsonb_populate_record(null::session, $14) as session_fields
                    where $9::text is not null
               ), counted as materialized (
                   select case when cardinality($20::text[]) = 0 then 0
                          else latchkey_count($21, $20, $22, $23, $24) end as wait
                     from new_user
               ), mail as (
                   insert into latchkey_outbox (id, kind, user_id, address, callback_url, base_url, created_at, due_at)
                   select $15::text, $16::text, id, email, $17::text, $18::text, $5, $5
                     from new_user, counted
                    where $15::text is not null and counted.wait = 0
               )
               select exists (select from new_user) as is_new,
                      case when $19 then to_jsonb(user_fields) end as user_row
                 from jsonb_populate_record(null::"user", $6) as user_fields"#,
            user.id,
            user.name,
            user.email,
            user.image,
            now,
            Json(&user.fields) as _,
            credential.id,
            credential.password_hash,
            session.id,
            session.token,
            session.expires_at,
            session.ip_address,
            session.user_agent,
            session.fields as _,
            mail.map(|mail| mail.id.as_str()),
            mail.map(|mail| mail.kind.as_str()),
            mail.and_then(|mail| mail.callback_url.as_deref()),
            mail.map(|mail| mail.base_url.as_str()),
            !declared.user.is_empty(),
            &counters.keys(),
            unix_millis(now),
            &counters.windows_ms(),
            &counters.maxima(),
            &counters.fixed(),
        ),
        declared,
        &[],
    )?;
    let row = in_time(sqlx::query_with(&text, arguments).fetch_one(db)).await?;
    let values: Option<Value> = row.try_get("user_row")?;
    let user = Box::new(user.made(now, values.as_ref(), declared));
    Ok(if row.try_get("is_new")? { Created::User(user) } else { Created::Taken(user) })
}
