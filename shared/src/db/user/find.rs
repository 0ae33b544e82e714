//! Looking users up.

use sqlx::PgExecutor;
use time::OffsetDateTime;

use super::{User, UserRow};
use crate::additional::Declared;
use crate::clock::unix_millis;
use crate::db::in_time;
use crate::rate_limit::Counters;

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
    declared: &Declared,
) -> sqlx::Result<Candidate> {
    let row = in_time(
        sqlx::query!(
            r#"with counted as materialized (
                   select case when cardinality($2::text[]) = 0 then 0
                          else latchkey_count($3, $2, $4, $5, $6) end as wait
               )
               select counted.wait as "wait!", u.id as "id?", u.name as "name?", u.email as "email?",
                      u."emailVerified" as "email_verified?", u.image,
                      u."createdAt"::timestamptz as "created_at?: OffsetDateTime",
                      u."updatedAt"::timestamptz as "updated_at?: OffsetDateTime",
                      case when $7 then to_jsonb(u) end as user_row,
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
            !declared.user.is_empty(),
        )
        .fetch_one(db),
    )
    .await?;
    if row.wait > 0 {
        return Ok(Candidate::Limited(row.wait));
    }
    let user = || {
        let row = UserRow {
            name: row.name?,
            email: row.email?,
            email_verified: row.email_verified?,
            image: row.image,
            created_at: row.created_at?,
            updated_at: row.updated_at?,
            id: row.id?,
            whole: row.user_row,
        };
        Some(row.user(declared))
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
