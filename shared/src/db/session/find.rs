//! Looking sessions up.

use serde_json::Value;
use sqlx::PgExecutor;
use time::OffsetDateTime;

use super::{Cutoff, Session};
use crate::additional::Declared;
use crate::clock::unix_millis;
use crate::db::in_time;
use crate::db::user::User;
use crate::rate_limit::Counters;

/// When a session is live, due and extended to, and what is wanted beside it.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// Which sessions are live.
    pub cutoff: Cutoff,
    /// A live session that ends no later than this is due; `None`: none is.
    pub due_until: Option<OffsetDateTime>,
    /// What the end of a due session becomes, unless it gets too old before.
    pub extended_to: OffsetDateTime,
    /// Whether an expired session is deleted.
    pub deletes_expired: bool,
    /// Whether the hash of the user's password is wanted.
    pub with_password: bool,
    /// What this request counts; nothing is looked up when one of them is full.
    pub counters: Counters,
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
    /// The password's account, where it was asked for: `None` without one.
    pub password: Option<String>,
}

/// What a look-up found.
#[derive(Clone, Debug)]
pub enum Found {
    /// A live session.
    Live(Box<Live>),
    /// None, or a dead one.
    Nothing,
    /// A counter is full; for so many milliseconds.
    Limited(i64),
}

/// Finds the live session behind a token with its user, extends it if it is due, and deletes it if
/// it is dead: one statement, and never both on one row.
///
/// Of two look-ups at once one extends; the other waits for it, finds the session no longer due,
/// and shows it as it was before. The password is that of the oldest account of a credential:
/// nothing in the schema forbids a second.
pub async fn find_live(
    db: impl PgExecutor<'_>,
    token: &str,
    lookup: &Lookup,
    declared: &Declared,
) -> sqlx::Result<Found> {
    let row = in_time(
        sqlx::query_as!(
            LiveRow,
            r#"with counted as (
                   select case when cardinality($6::text[]) = 0 then 0
                          else latchkey_count($7, $6, $8, $9, $10) end as wait
               ), refreshed as (
                   update session
                      set "expiresAt" = least($3, "createdAt" + ($2 - $14::timestamptz)), "updatedAt" = $2
                    where token = $1 and "expiresAt" >= $2 and "expiresAt" <= $4
                      -- One that has its last end already is not written at every look.
                      and ("createdAt" + ($2 - $14) <= "expiresAt") is not true
                      and (select wait from counted) = 0
                returning id, "expiresAt", "updatedAt"
               ), expired as (
                   delete from session
                    where $5 and token = $1 and ("expiresAt" < $2 or "createdAt" < $14)
                      and (select wait from counted) = 0
               )
               select counted.wait, s.id as "id?", s.token as "token?", s."userId" as "user_id?",
                      s."createdAt"::timestamptz as "created_at?: OffsetDateTime",
                      coalesce(r."expiresAt", s."expiresAt")::timestamptz as "expires_at?: OffsetDateTime",
                      coalesce(r."updatedAt", s."updatedAt")::timestamptz as "updated_at?: OffsetDateTime",
                      s."ipAddress" as ip_address, s."userAgent" as user_agent,
                      r.id is not null as "is_refreshed!",
                      u.name as "name?", u.email as "email?", u."emailVerified" as "email_verified?",
                      u.image, u."createdAt"::timestamptz as "user_created_at?: OffsetDateTime",
                      u."updatedAt"::timestamptz as "user_updated_at?: OffsetDateTime",
                      case when $12 then to_jsonb(u) end as user_row,
                      case when $13 then to_jsonb(s) end as session_row,
                      case when $11 then (
                          select password from account
                           where "userId" = u.id and "accountId" = u.id and "providerId" = 'credential'
                           order by "createdAt" limit 1
                      ) end as password
                 from counted
                 left join (session s join "user" u on u.id = s."userId")
                   on s.token = $1 and s."expiresAt" >= $2 and (s."createdAt" < $14) is not true
                  and counted.wait = 0
                 left join refreshed r on r.id = s.id"#,
            token,
            lookup.cutoff.now,
            lookup.extended_to,
            lookup.due_until,
            lookup.deletes_expired,
            &lookup.counters.keys(),
            unix_millis(lookup.cutoff.now),
            &lookup.counters.windows_ms(),
            &lookup.counters.maxima(),
            &lookup.counters.fixed(),
            lookup.with_password,
            !declared.user.is_empty(),
            !declared.session.is_empty(),
            lookup.cutoff.begun_since,
        )
        .fetch_one(db),
    )
    .await?;
    Ok(match row.wait {
        Some(wait) if wait > 0 => Found::Limited(wait),
        _ => row.live(declared).map_or(Found::Nothing, |live| Found::Live(Box::new(live))),
    })
}

/// Lists the live sessions of the user behind a live session, that one among them, and extends it if
/// it is due: one statement. Empty when there is no live session behind the token.
pub async fn list_live(
    db: impl PgExecutor<'_>,
    token: &str,
    lookup: &Lookup,
    declared: &Declared,
) -> sqlx::Result<Vec<Live>> {
    let rows = in_time(
        sqlx::query_as!(
            LiveRow,
            r#"with refreshed as (
                   update session
                      set "expiresAt" = least($3, "createdAt" + ($2 - $8::timestamptz)), "updatedAt" = $2
                    where token = $1 and "expiresAt" >= $2 and "expiresAt" <= $4
                      and ("createdAt" + ($2 - $8) <= "expiresAt") is not true
                returning id, "expiresAt", "updatedAt"
               ), expired as (
                   delete from session
                    where $7 and token = $1 and ("expiresAt" < $2 or "createdAt" < $8)
               )
               select null::bigint as wait, s.id as "id?", s.token as "token?", s."userId" as "user_id?",
                      s."createdAt"::timestamptz as "created_at?: OffsetDateTime",
                      coalesce(r."expiresAt", s."expiresAt")::timestamptz as "expires_at?: OffsetDateTime",
                      coalesce(r."updatedAt", s."updatedAt")::timestamptz as "updated_at?: OffsetDateTime",
                      s."ipAddress" as ip_address, s."userAgent" as user_agent,
                      r.id is not null as "is_refreshed!",
                      u.name as "name?", u.email as "email?", u."emailVerified" as "email_verified?",
                      u.image, u."createdAt"::timestamptz as "user_created_at?: OffsetDateTime",
                      u."updatedAt"::timestamptz as "user_updated_at?: OffsetDateTime",
                      case when $5 then to_jsonb(u) end as user_row,
                      case when $6 then to_jsonb(s) end as session_row,
                      null::text as password
                 from session me
                 join "user" u on u.id = me."userId"
                 join session s on s."userId" = me."userId"
                  and s."expiresAt" >= $2 and (s."createdAt" < $8) is not true
                 left join refreshed r on r.id = s.id
                where me.token = $1 and me."expiresAt" >= $2 and (me."createdAt" < $8) is not true
                order by s."createdAt", s.id"#,
            token,
            lookup.cutoff.now,
            lookup.extended_to,
            lookup.due_until,
            !declared.user.is_empty(),
            !declared.session.is_empty(),
            lookup.deletes_expired,
            lookup.cutoff.begun_since,
        )
        .fetch_all(db),
    )
    .await?;
    Ok(rows.into_iter().filter_map(|row| row.live(declared)).collect())
}

/// All optional, since a look-up may find nothing.
struct LiveRow {
    wait: Option<i64>,
    id: Option<String>,
    token: Option<String>,
    user_id: Option<String>,
    created_at: Option<OffsetDateTime>,
    expires_at: Option<OffsetDateTime>,
    updated_at: Option<OffsetDateTime>,
    ip_address: Option<String>,
    user_agent: Option<String>,
    is_refreshed: bool,
    name: Option<String>,
    email: Option<String>,
    email_verified: Option<bool>,
    image: Option<String>,
    user_created_at: Option<OffsetDateTime>,
    user_updated_at: Option<OffsetDateTime>,
    user_row: Option<Value>,
    session_row: Option<Value>,
    password: Option<String>,
}

impl LiveRow {
    fn live(self, declared: &Declared) -> Option<Live> {
        let user_id = self.user_id?;
        Some(Live {
            session: Session {
                expires_at: self.expires_at?.into(),
                token: self.token?,
                created_at: self.created_at?.into(),
                updated_at: self.updated_at?.into(),
                ip_address: self.ip_address,
                user_agent: self.user_agent,
                user_id: user_id.clone(),
                fields: declared.session.view(self.session_row.as_ref()),
                id: self.id?,
            },
            user: User {
                name: self.name?,
                email: self.email?,
                email_verified: self.email_verified?,
                image: self.image,
                created_at: self.user_created_at?.into(),
                updated_at: self.user_updated_at?.into(),
                fields: declared.user.view(self.user_row.as_ref()),
                id: user_id,
            },
            is_refreshed: self.is_refreshed,
            password: self.password,
        })
    }
}
