//! Proving and changing a user's address.

use sqlx::{PgExecutor, Row as _};
use time::OffsetDateTime;

use super::{User, UserRow};
use crate::additional::Declared;
use crate::clock::unix_millis;
use crate::db::columns::with_columns;
use crate::db::in_time;
use crate::db::session::{NewSession, Parameters};
use crate::mail::NewMail;
use crate::rate_limit::Counters;

/// What came of proving an address.
#[derive(Clone, Debug)]
pub enum Verified {
    /// It is proven now; a session was made if one was given.
    Now(Box<User>),
    /// It was before; nothing was written.
    Before(Box<User>),
    /// It is another user's than the link is for.
    OtherUser,
    /// It is nobody's.
    Unknown,
}

/// Marks a lower-cased address as proven, for the user `user_id` if one is given, and makes a
/// session with that. Of parallel uses one finds it unproven.
pub async fn verify_email(
    db: impl PgExecutor<'_>,
    email: &str,
    user_id: Option<&str>,
    session: Option<&NewSession>,
    now: OffsetDateTime,
    declared: &Declared,
) -> sqlx::Result<Verified> {
    let session = Parameters::of(session);
    let (text, arguments) = with_columns(
        sqlx::query!(
            r#"with verified as (
                   update "user" set "emailVerified" = true, "updatedAt" = $3
                    where email = $1 and id = coalesce($2, id) and not "emailVerified"
                returning id
               ), new_session as (
                   insert into session (
                       id, token, "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId" /*+session*/
                   )
                   select $4::text, $5::text, $6::timestamptz, $3, $3, $7::text, $8::text, verified.id /*=session*/
                     from verified, jsonb_populate_record(null::session, $9) as session_fields
                    where $4::text is not null
               )
               select u.id, u.name, u.email, u.image,
                      u."emailVerified" or verified.id is not null as email_verified,
                      u."createdAt"::timestamptz as created_at,
                      case when verified.id is null then u."updatedAt"::timestamptz else $3 end as updated_at,
                      case when $10 then to_jsonb(u) end as user_row,
                      u.id = coalesce($2, u.id) as is_meant,
                      verified.id is not null as is_now
                 from "user" u
                 left join verified on verified.id = u.id
                where u.email = $1"#,
            email,
            user_id,
            now,
            session.id,
            session.token,
            session.expires_at,
            session.ip_address,
            session.user_agent,
            session.fields as _,
            !declared.user.is_empty(),
        ),
        declared,
        &[],
    )?;
    let row = in_time(sqlx::query_with(&text, arguments).fetch_optional(db)).await?;
    let Some(row) = row else { return Ok(Verified::Unknown) };
    if !row.try_get::<bool, _>("is_meant")? {
        return Ok(Verified::OtherUser);
    }
    let is_now: bool = row.try_get("is_now")?;
    let user = Box::new(UserRow::read(&row)?.user(declared));
    Ok(if is_now { Verified::Now(user) } else { Verified::Before(user) })
}

/// A change of a user's address.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// Whose.
    pub user_id: &'a str,
    /// What it has to be before, lower case.
    pub from: &'a str,
    /// What it becomes, lower case.
    pub to: &'a str,
    /// Whether the new one counts as proven; `None`: as the old one did.
    pub is_verified: Option<bool>,
    /// Only while the old one is not proven.
    pub if_unverified: bool,
    /// Only if the password was not set at this time or later: whoever sets it anew has taken the account
    /// back from who began the change.
    pub void_from: Option<OffsetDateTime>,
    /// What is counted with it.
    pub counters: Counters,
    /// A mail to the new address that proves it.
    pub mail: Option<&'a NewMail>,
    /// Mails that tell of it: to the old address, and to the new one unless a mail goes there already.
    pub notices: Option<&'a [NewMail; 2]>,
}

impl<'a> Change<'a> {
    /// From one address to another, with nothing beside.
    pub fn of(user_id: &'a str, from: &'a str, to: &'a str) -> Self {
        let counters = Counters::default();
        Self {
            user_id,
            from,
            to,
            is_verified: None,
            if_unverified: false,
            void_from: None,
            counters,
            mail: None,
            notices: None,
        }
    }
}

/// What came of changing an address.
#[derive(Clone, Debug)]
pub enum Changed {
    /// The user as it is now.
    User(Box<User>),
    /// The user has another address by now, or a proven one where it must not be, or a newer password.
    OtherAddress,
    /// There is no such user.
    Nobody,
    /// The new address is somebody's: the unique constraint decides.
    Taken,
    /// A counter is full; for so many milliseconds.
    Limited(i64),
}

/// Changes an address, and asks for the mails about it.
pub async fn change_email(
    db: impl PgExecutor<'_>,
    change: Change<'_>,
    now: OffsetDateTime,
    declared: &Declared,
) -> sqlx::Result<Changed> {
    let Change {
        user_id,
        from,
        to,
        is_verified,
        if_unverified,
        void_from,
        counters,
        mail,
        notices,
    } = change;
    let row = in_time(
        sqlx::query!(
            r#"with counted as materialized (
                   select case when cardinality($12::text[]) = 0 then 0
                          else latchkey_count($13, $12, $14, $15, $16) end as wait
               ), changed as (
                   update "user"
                      set email = $3, "emailVerified" = coalesce($4, "emailVerified"), "updatedAt" = $5
                    where id = $1 and email = $2 and not ($11 and "emailVerified")
                      and (select wait from counted) = 0
                      and not exists (
                          select from account
                           where "userId" = $1 and "providerId" = 'credential' and "updatedAt" >= $17
                      )
                returning *
               ), voided as (
                   -- Hashed identifiers do not say what they are for. One that is in use right now is left to it.
                   delete from verification where id in (
                       select v.id from verification v
                        where v.value = $1
                          and (v.identifier like 'reset-password:%' or length(v.identifier) = 43)
                          for update skip locked
                   ) and exists (select from changed)
               ), mail as (
                   insert into latchkey_outbox (id, kind, user_id, address, callback_url, base_url, created_at, due_at)
                   select $6::text, $7::text, id, email, $8::text, $9::text, $5, $5
                     from changed where $6::text is not null
               ), notices as (
                   insert into latchkey_outbox (id, kind, user_id, address, base_url, created_at, due_at)
                   select notice.id, $20::text, changed.id, notice.address, $21::text, $5, $5
                     from changed, (values ($18::text, $2), ($19::text, $3)) as notice (id, address)
                    where notice.id is not null and (notice.address = $2 or $6::text is null)
               )
               select u.id, u.name, u.image, u."createdAt"::timestamptz as "created_at!",
                      changed.id is not null as "is_changed!", changed."emailVerified" as "email_verified?",
                      case when $10 then to_jsonb(changed) end as user_row,
                      (select wait from counted) as wait
                 from "user" u
                 left join changed on changed.id = u.id
                where u.id = $1"#,
            user_id,
            from,
            to,
            is_verified,
            now,
            mail.map(|mail| mail.id.as_str()),
            mail.map(|mail| mail.kind.as_str()),
            mail.and_then(|mail| mail.callback_url.as_deref()),
            mail.map(|mail| mail.base_url.as_str()),
            !declared.user.is_empty(),
            if_unverified,
            &counters.keys(),
            unix_millis(now),
            &counters.windows_ms(),
            &counters.maxima(),
            &counters.fixed(),
            void_from,
            notices.map(|[to_old, _]| to_old.id.as_str()),
            notices.map(|[_, to_new]| to_new.id.as_str()),
            notices.map(|[mail, _]| mail.kind.as_str()),
            notices.map(|[mail, _]| mail.base_url.as_str()),
        )
        .fetch_optional(db),
    )
    .await;
    match row {
        Ok(Some(row)) if row.wait.is_some_and(|wait| wait > 0) => {
            Ok(Changed::Limited(row.wait.unwrap_or_default()))
        }
        Ok(Some(row)) if row.is_changed => {
            let user = UserRow {
                name: row.name,
                email: to.to_owned(),
                email_verified: row.email_verified.unwrap_or(false),
                image: row.image,
                created_at: row.created_at,
                updated_at: now,
                id: row.id,
                whole: row.user_row,
            };
            Ok(Changed::User(Box::new(user.user(declared))))
        }
        Ok(Some(_)) => Ok(Changed::OtherAddress),
        Ok(None) => Ok(Changed::Nobody),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(Changed::Taken),
        Err(error) => Err(error),
    }
}
