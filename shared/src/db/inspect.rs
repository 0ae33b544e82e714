//! What the rows of a database say before it is taken over. Reads, and writes nothing.
//!
//! Ids are compared as text, so that databases with others can be looked into as well. Each function
//! names the tables that it reads; they have to be there with the columns that Latchkey needs.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use serde::Serialize;
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::password::Format;

/// Of `"user"`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Users {
    /// All.
    pub all: i64,
    /// Whose address has a capital: a look-up by the lower-cased address does not find them.
    pub not_lower: i64,
    /// Addresses that several users have, but for case.
    pub shared_addresses: i64,
    /// Those who lack what each user has: a name, an address, instants. They are taken for nobody.
    pub incomplete: i64,
}

/// Reads `"user"`.
pub async fn users(connection: &mut PgConnection) -> sqlx::Result<Users> {
    sqlx::query_as!(
        Users,
        r#"select (select count(*) from "user") as "all!",
                  (select count(*) from "user" where email <> lower(email)) as "not_lower!",
                  (select count(*) from (
                      select from "user" group by lower(email) having count(*) > 1
                  ) as several) as "shared_addresses!",
                  (select count(*) from "user"
                    where name is null or email is null or "emailVerified" is null or "createdAt" is null
                       or "updatedAt" is null
                  ) as "incomplete!""#
    )
    .fetch_one(connection)
    .await
}

/// Users whom a plugin of Better Auth's would not let in so easily.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guarded {
    /// They have a second factor: plugin `twoFactor`.
    pub second_factor: i64,
    /// They are banned by now: plugin `admin`.
    pub banned: i64,
}

/// Reads `"user"`, whose columns of plugins need not be there. With `bans_end` its `"banExpires"` is an
/// instant; else each ban counts.
pub async fn guarded(
    connection: &mut PgConnection,
    bans_end: bool,
    now: OffsetDateTime,
) -> sqlx::Result<Guarded> {
    sqlx::query_as!(
        Guarded,
        r#"select count(*) filter (where plugins.columns->>'twoFactorEnabled' = 'true') as "second_factor!",
                  count(*) filter (
                      where plugins.columns->>'banned' = 'true'
                        and case when $2::boolean
                                 then coalesce((plugins.columns->>'banExpires')::timestamptz > $1, true)
                                 else true end
                  ) as "banned!"
             from "user" u, lateral (select to_jsonb(u) as columns) as plugins"#,
        now,
        bans_end,
    )
    .fetch_one(connection)
    .await
}

/// Rows that end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ending {
    /// All.
    pub all: i64,
    /// Those that ended before now.
    pub expired: i64,
}

/// Reads `session`.
pub async fn sessions(connection: &mut PgConnection, now: OffsetDateTime) -> sqlx::Result<Ending> {
    sqlx::query_as!(
        Ending,
        r#"select count(*) as "all!", count(*) filter (where "expiresAt" < $1) as "expired!" from session"#,
        now,
    )
    .fetch_one(connection)
    .await
}

/// Reads `verification`; and how many live rows have the token of a mail in clear.
pub async fn verifications(
    connection: &mut PgConnection,
    now: OffsetDateTime,
) -> sqlx::Result<(Ending, i64)> {
    let row = sqlx::query!(
        r#"select count(*) as "all!", count(*) filter (where "expiresAt" < $1) as "expired!",
                  count(*) filter (
                      where "expiresAt" >= $1
                        and (identifier like 'reset-password:%' or identifier like 'delete-account-%')
                  ) as "in_clear!"
             from verification"#,
        now,
    )
    .fetch_one(connection)
    .await?;
    Ok((Ending { all: row.all, expired: row.expired }, row.in_clear))
}

/// Of `account`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    /// All.
    pub all: i64,
    /// Pairs of provider and its user that several rows have.
    pub duplicates: i64,
    /// Users with several passwords.
    pub several_passwords: i64,
    /// Passwords that are never looked at: `accountId` is not the user's id.
    pub unreachable_passwords: i64,
    /// Users without a password that is looked at.
    pub users_without_password: i64,
}

/// Reads `"user"` and `account`.
pub async fn accounts(connection: &mut PgConnection) -> sqlx::Result<Accounts> {
    sqlx::query_as!(
        Accounts,
        r#"select (select count(*) from account) as "all!",
                  (select count(*) from (
                      select from account group by "providerId", "accountId" having count(*) > 1
                  ) as twice) as "duplicates!",
                  (select count(*) from (
                      select from account where "providerId" = 'credential' group by "userId" having count(*) > 1
                  ) as several) as "several_passwords!",
                  (select count(*) from account
                    where "providerId" = 'credential' and "accountId" <> "userId"::text
                  ) as "unreachable_passwords!",
                  (select count(*) from "user" u
                    where not exists (
                        select from account a
                         where a."userId" = u.id and a."providerId" = 'credential'
                           and a."accountId" = u.id::text and a.password is not null
                    )
                  ) as "users_without_password!""#
    )
    .fetch_one(connection)
    .await
}

/// Accounts by provider but for passwords, and how many of them have a token of the provider's in clear.
/// Reads `account`, whose columns of tokens need not be there.
pub async fn providers(
    connection: &mut PgConnection,
) -> sqlx::Result<(BTreeMap<String, i64>, i64)> {
    let rows = sqlx::query!(
        r#"select "providerId" as "provider!", count(*) as "accounts!",
                  count(*) filter (
                      where exists (
                          select from jsonb_each_text(to_jsonb(account)) as token (name, value)
                           where name in ('accessToken', 'refreshToken')
                             -- Encrypted, it is hexadecimal, with a key's number before it or without. An idToken never is.
                             and value <> '' and value !~ '^(\$ba\$[0-9]+\$)?[0-9a-f]+$'
                      )
                  ) as "in_clear!"
             from account where "providerId" <> 'credential' group by "providerId""#
    )
    .fetch_all(connection)
    .await?;
    let in_clear = rows.iter().map(|row| row.in_clear).sum();
    Ok((rows.into_iter().map(|row| (row.provider, row.accounts)).collect(), in_clear))
}

/// Passwords by the format of their hashes; `None` for those that can't be read.
///
/// Reads `account`: every hash, one after the other, by what verifies them.
pub async fn hashes(connection: &mut PgConnection) -> sqlx::Result<BTreeMap<Option<String>, i64>> {
    let mut found = BTreeMap::new();
    let mut hashes = sqlx::query_scalar!(
        r#"select password as "password!" from account
            where "providerId" = 'credential' and password is not null"#
    )
    .fetch(connection);
    while let Some(hash) = hashes.try_next().await? {
        let format = Format::of(&hash).map(|format| format.to_string());
        *found.entry(format).or_default() += 1;
    }
    Ok(found)
}
