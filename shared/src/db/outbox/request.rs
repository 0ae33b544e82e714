//! Asking for a mail that needs no row beside its own: the token of its link is made when it is sent.

use sqlx::PgExecutor;
use time::OffsetDateTime;

use crate::clock::unix_millis;
use crate::db::in_time;
use crate::mail::NewMail;
use crate::rate_limit::Counters;

/// A mail about a user.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The user's address, lower case.
    pub email: &'a str,
    /// Whose it has to be, where that is known.
    pub user_id: Option<&'a str>,
    /// Only while the address is unproven.
    pub if_unverified: bool,
    /// What the address is to become, lower case. While that is somebody's, nothing is mailed.
    pub new_email: Option<&'a str>,
    /// A counter of failures that this request has shown to be none.
    pub settled_counter: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// To the user of an address, whatever else is known.
    pub fn of(email: &'a str) -> Self {
        Self { email, user_id: None, if_unverified: false, new_email: None, settled_counter: None }
    }
}

/// What came of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requested {
    /// The user was found; a mail will go out unless the new address is somebody's.
    Found,
    /// That user has another address.
    OtherAddress,
    /// There is no such user.
    Nobody,
    /// A counter is full; for so many milliseconds.
    Limited(i64),
}

/// Puts a mail into the outbox. The same one statement for known and unknown addresses.
pub async fn request(
    db: impl PgExecutor<'_>,
    request: Request<'_>,
    mail: &NewMail,
    counters: &Counters,
    now: OffsetDateTime,
) -> sqlx::Result<Requested> {
    let row = in_time(
        sqlx::query!(
            r#"with counted as (
                   select case when cardinality($1::text[]) = 0 then 0
                          else latchkey_count($2, $1, $3, $4, $5) end as wait
               ), settled as (
                   delete from "rateLimit" where key = $15
               ), found as (
                   select u.id, u.email from "user" u, counted
                    where u.email = $6 and u.id = coalesce($7, u.id)
                      and not ($8 and u."emailVerified") and counted.wait = 0
               ), mail as (
                   insert into latchkey_outbox (
                       id, kind, user_id, address, new_email, callback_url, base_url, created_at, due_at
                   )
                   select $10, $11, id, email, $9, $12, $13, $14, $14
                     from found
                    where not exists (select from "user" where email = $9)
               )
               select wait, exists (select from found) as "is_found!",
                      exists (select from "user" where id = $7) as "has_user!"
                 from counted"#,
            &counters.keys(),
            unix_millis(now),
            &counters.windows_ms(),
            &counters.maxima(),
            &counters.fixed(),
            request.email,
            request.user_id,
            request.if_unverified,
            request.new_email,
            mail.id,
            mail.kind.as_str(),
            mail.callback_url,
            mail.base_url,
            now,
            request.settled_counter,
        )
        .fetch_one(db),
    )
    .await?;
    Ok(match row.wait {
        Some(wait) if wait > 0 => Requested::Limited(wait),
        _ if row.is_found => Requested::Found,
        _ if row.has_user => Requested::OtherAddress,
        _ => Requested::Nobody,
    })
}
