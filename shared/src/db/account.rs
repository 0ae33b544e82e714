//! Table `account`: the ways in which a user signs in, the password among them.

use serde::Serialize;
use sqlx::{PgExecutor, Row as _};
use time::OffsetDateTime;

use super::columns::with_columns;
use super::in_time;
use super::session::{NewSession, Parameters};
use crate::additional::Declared;
use crate::mail::NewMail;
use crate::timestamp::Timestamp;

/// An account as the API shows one: key order as at Better Auth; never a token or a hash.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Account {
    /// The provider's id of the user; the user's own for a password.
    pub account_id: String,
    /// `credential` for a password.
    pub provider_id: String,
    /// Whose it is.
    pub user_id: String,
    /// When it was linked.
    pub created_at: Timestamp,
    /// When the row was last written.
    pub updated_at: Timestamp,
    /// The row's id.
    pub id: String,
    /// What the provider was asked for.
    pub scopes: Vec<String>,
}

/// Lists a user's accounts, the oldest first.
pub async fn list(db: impl PgExecutor<'_>, user_id: &str) -> sqlx::Result<Vec<Account>> {
    let rows = in_time(
        sqlx::query!(
            r#"select id, "accountId" as account_id, "providerId" as provider_id, "userId" as user_id,
                      "createdAt"::timestamptz as "created_at!", "updatedAt"::timestamptz as "updated_at!", scope
                 from account where "userId" = $1 order by "createdAt", id"#,
            user_id,
        )
        .fetch_all(db),
    )
    .await?;
    let scopes = |scope: Option<String>| {
        let scope = scope.unwrap_or_default();
        let scopes = scope.split(',').map(str::trim).filter(|scope| !scope.is_empty());
        scopes.map(str::to_owned).collect()
    };
    let account = rows.into_iter().map(|row| Account {
        account_id: row.account_id,
        provider_id: row.provider_id,
        user_id: row.user_id,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
        id: row.id,
        scopes: scopes(row.scope),
    });
    Ok(account.collect())
}

/// The stored hash of a user's password: that of the oldest credential. `None` without one.
pub async fn find_password(db: impl PgExecutor<'_>, user_id: &str) -> sqlx::Result<Option<String>> {
    let password = in_time(
        sqlx::query_scalar!(
            r#"select password from account
                where "userId" = $1 and "accountId" = $1 and "providerId" = 'credential'
                order by "createdAt" limit 1"#,
            user_id,
        )
        .fetch_optional(db),
    )
    .await?;
    Ok(password.flatten())
}

/// What came of unlinking an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlinked {
    /// It is gone.
    Done,
    /// It is the user's last.
    Last,
    /// The user has no such account.
    NotFound,
}

/// Deletes a user's account by its row's id, but never the last one unless `may_unlink_all`.
///
/// The user's accounts are locked before they are counted, so that two at once leave one.
pub async fn unlink(
    db: impl PgExecutor<'_>,
    user_id: &str,
    id: &str,
    may_unlink_all: bool,
) -> sqlx::Result<Unlinked> {
    let row = in_time(
        sqlx::query!(
            r#"with mine as (
                   select id from account where "userId" = $1 order by id for update
               ), gone as (
                   delete from account
                    where id = $2 and id in (select id from mine)
                      and ($3 or (select count(*) from mine) > 1)
                returning id
               )
               select (select count(*) from mine) as "accounts!", exists (select from gone) as "is_gone!""#,
            user_id,
            id,
            may_unlink_all,
        )
        .fetch_one(db),
    )
    .await?;
    Ok(match row {
        row if row.is_gone => Unlinked::Done,
        row if row.accounts == 1 && !may_unlink_all => Unlinked::Last,
        _ => Unlinked::NotFound,
    })
}

/// A change of a user's password.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// Whose.
    pub user_id: &'a str,
    /// The old one, which was shown, and the new one.
    pub hashes: (&'a str, &'a str),
    /// With one, all sessions end and this one is made.
    pub session: Option<&'a NewSession>,
    /// A counter of failures that this request has shown to be none.
    pub settled: Option<&'a str>,
    /// A mail that tells the user.
    pub notice: Option<&'a NewMail>,
}

/// Sets a new password in place of the old one, and takes the user's reset tokens away; gives how many
/// sessions ended. `None` if the old one has changed meanwhile: then nothing is touched.
pub async fn change_password(
    db: impl PgExecutor<'_>,
    change: Change<'_>,
    now: OffsetDateTime,
    declared: &Declared,
) -> sqlx::Result<Option<i64>> {
    let Change { user_id, hashes: (old_hash, new_hash), session, settled, notice } = change;
    let session = Parameters::of(session);
    let (text, arguments) = with_columns(
        sqlx::query!(
            r#"with settled as (
                   delete from "rateLimit" where key = $11
               ), changed as (
                   update account set password = $3, "updatedAt" = $4
                    where "userId" = $1 and "accountId" = $1 and "providerId" = 'credential'
                      and password = $2
                returning "userId"
               ), voided as (
                   -- Hashed identifiers do not say what they are for. One that is in use right now is left to it.
                   delete from verification where id in (
                       select v.id from verification v
                        where v.value = $1
                          and (v.identifier like 'reset-password:%' or length(v.identifier) = 43)
                          for update skip locked
                   ) and exists (select from changed)
               ), revoked as materialized (
                   select "userId", latchkey_end_sessions("userId") as ended
                     from (select distinct "userId" from changed) as owner
                    where $5::text is not null
               ), new_session as (
                   insert into session (
                       id, token, "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId" /*+session*/
                   )
                   select $5::text, $6::text, $7::timestamptz, $4, $4, $8::text, $9::text, revoked."userId" /*=session*/
                     from revoked, jsonb_populate_record(null::session, $10) as session_fields
               ), notice as (
                   insert into latchkey_outbox (id, kind, user_id, address, base_url, created_at, due_at)
                   select $12::text, $13::text, id, email, $14::text, $4, $4
                     from "user"
                    where $12::text is not null and id in (select "userId" from changed)
               )
               select coalesce((select sum(ended) from revoked), 0)::bigint as ended from changed"#,
            user_id,
            old_hash,
            new_hash,
            now,
            session.id,
            session.token,
            session.expires_at,
            session.ip_address,
            session.user_agent,
            session.fields as _,
            settled,
            notice.map(|mail| mail.id.as_str()),
            notice.map(|mail| mail.kind.as_str()),
            notice.map(|mail| mail.base_url.as_str()),
        ),
        declared,
        &[],
    )?;
    // As many rows as the user has passwords, which nothing in the schema limits to one.
    let changed = in_time(sqlx::query_with(&text, arguments).fetch_all(db)).await?;
    changed.first().map(|row| row.try_get("ended")).transpose()
}

/// What came of resetting a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// The new one is set, and so many sessions ended.
    Done(i64),
    /// The token is unknown, expired or used.
    InvalidToken,
    /// The token's user is gone.
    UserGone,
}

/// Sets a password with a token that was mailed, which is used up, and so are the user's other reset
/// tokens: one statement, so that of parallel uses one succeeds. A user without a password's account gets
/// one.
///
/// `identifiers` are the texts under which the token may be stored. With `revokes_sessions` all
/// sessions of the user end; `notice` is a mail that tells the user.
pub async fn reset_password(
    db: impl PgExecutor<'_>,
    identifiers: &[String],
    new_hash: &str,
    revokes_sessions: bool,
    notice: Option<&NewMail>,
    now: OffsetDateTime,
) -> sqlx::Result<Reset> {
    let row = in_time(
        sqlx::query!(
            r#"with used as (
                   delete from verification where identifier = any($1)
                returning value, "expiresAt", "createdAt"
               ), token as (
                   select value from used where "expiresAt" >= $4 order by "createdAt" desc limit 1
               ), owner as (
                   select id, email from "user" where id = (select value from token)
               ), changed as (
                   update account set password = $2, "updatedAt" = $4
                    where "userId" = (select id from owner) and "providerId" = 'credential'
                returning id
               ), made as (
                   -- Its id follows from the user's, so that two tokens used at once meet on one row. It is not the
                   -- user's own: where ids were once numbers, another user's account may have that.
                   insert into account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
                   select md5('credential of ' || id), id, 'credential', id, $2, $4, $4 from owner
                    where not exists (
                        select from account where "userId" = owner.id and "providerId" = 'credential'
                    )
                   on conflict (id) do update set password = $2, "updatedAt" = $4
                    where account."userId" = excluded."userId"
                   returning id
               ), revoked as materialized (
                   select latchkey_end_sessions(id) as ended
                     from owner
                    where $3 and (exists (select from changed) or exists (select from made))
               ), notice as (
                   insert into latchkey_outbox (id, kind, user_id, address, base_url, created_at, due_at)
                   select $5::text, $6::text, id, email, $7::text, $4, $4
                     from owner
                    where $5::text is not null and (exists (select from changed) or exists (select from made))
               ), voided as (
                   -- Hashed identifiers do not say what they are for. One that is in use right now is left to it.
                   delete from verification where id in (
                       select v.id from verification v
                        where v.value = (select id from owner) and not v.identifier = any($1)
                          and (v.identifier like 'reset-password:%' or length(v.identifier) = 43)
                          for update skip locked
                   ) and (exists (select from changed) or exists (select from made))
               )
               select exists (select from token) as "is_valid!",
                      exists (select from changed) or exists (select from made) as "has_user!",
                      coalesce((select sum(ended) from revoked), 0)::bigint as "ended!""#,
            identifiers,
            new_hash,
            revokes_sessions,
            now,
            notice.map(|mail| mail.id.as_str()),
            notice.map(|mail| mail.kind.as_str()),
            notice.map(|mail| mail.base_url.as_str()),
        )
        .fetch_one(db),
    )
    .await?;
    Ok(match (row.is_valid, row.has_user) {
        (true, true) => Reset::Done(row.ended),
        (true, false) => Reset::UserGone,
        (false, _) => Reset::InvalidToken,
    })
}
