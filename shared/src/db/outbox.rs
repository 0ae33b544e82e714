//! Table `latchkey_outbox`: what is to be mailed.

mod request;

use serde_json::{Map, Value};
use sqlx::PgExecutor;
use time::OffsetDateTime;

use super::in_time;
use super::user::User;

pub use request::{Request, Requested, request};

/// The columns of `"user"` that every user has; what is beyond them is the service's own.
const CORE_COLUMNS: [&str; 7] =
    ["id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt"];

/// A mail that is being sent: nobody else has it until the lease ends.
#[derive(Clone, Debug)]
pub struct Leased {
    /// The row's id.
    pub id: String,
    /// What it is for, as [`crate::mail::Kind::as_str`] writes it.
    pub kind: String,
    /// To whom it goes.
    pub address: String,
    /// When an address is to change: to what.
    pub new_email: Option<String>,
    /// Where the link leads in the end, as the request said it.
    pub callback_url: Option<String>,
    /// The origin where the service was reached.
    pub base_url: String,
    /// The link's single-use token, sealed.
    pub sealed_token: Option<String>,
    /// When it was asked for.
    pub created_at: OffsetDateTime,
    /// How often it was tried, this time included. Tells one lease from the next.
    pub attempts: i32,
    /// Whom it concerns; `None` if the user is gone.
    pub user: Option<Addressee>,
}

/// A user with every column of the row.
#[derive(Clone, Debug)]
pub struct Addressee {
    /// As the API shows one.
    pub user: User,
    /// The columns that not every user has, by name.
    pub extras: Map<String, Value>,
}

/// Takes up to `limit` mails that are due at `now`, for nobody else to send before `until`. One
/// statement: of two mailers at once each gets mails of its own.
///
/// A mailer that dies keeps its mails only until the lease ends.
pub async fn lease(
    db: impl PgExecutor<'_>,
    now: OffsetDateTime,
    until: OffsetDateTime,
    limit: i64,
) -> sqlx::Result<Vec<Leased>> {
    let rows = in_time(
        sqlx::query!(
            r#"with due as (
               select id from latchkey_outbox
                where due_at <= $1 and (locked_until is null or locked_until <= $1)
                  and sent_at is null and dead_at is null
                order by due_at limit $3 for update skip locked
           ), leased as (
               update latchkey_outbox o set locked_until = $2, attempts = attempts + 1
                 from due where o.id = due.id
            returning o.id, o.kind, o.user_id, o.address, o.new_email, o.callback_url, o.base_url,
                      o.sealed_token, o.created_at, o.due_at, o.attempts
           )
           select l.id as "id!", l.kind as "kind!", l.address as "address!", l.new_email,
                  l.callback_url, l.base_url as "base_url!", l.sealed_token,
                  l.created_at as "created_at!", l.attempts as "attempts!",
                  u.id as "user_id?", u.name as "name?", u.email as "email?",
                  u."emailVerified" as "email_verified?", u.image as "image?",
                  u."createdAt"::timestamptz as "user_created_at?: OffsetDateTime",
                  u."updatedAt"::timestamptz as "user_updated_at?: OffsetDateTime",
                  to_jsonb(u) as "columns?"
             from leased l left join "user" u on u.id = l.user_id
            order by l.due_at"#,
            now,
            until,
            limit,
        )
        .fetch_all(db),
    )
    .await?;
    let leased = rows.into_iter().map(|row| {
        let user = match (row.user_id, row.name, row.email, row.email_verified) {
            (Some(id), Some(name), Some(email), Some(email_verified)) => Some(User {
                name,
                email,
                email_verified,
                image: row.image,
                created_at: row.user_created_at.unwrap_or(OffsetDateTime::UNIX_EPOCH).into(),
                updated_at: row.user_updated_at.unwrap_or(OffsetDateTime::UNIX_EPOCH).into(),
                fields: crate::additional::Additional::default(),
                id,
            }),
            _ => None,
        };
        Leased {
            id: row.id,
            kind: row.kind,
            address: row.address,
            new_email: row.new_email,
            callback_url: row.callback_url,
            base_url: row.base_url,
            sealed_token: row.sealed_token,
            created_at: row.created_at,
            attempts: row.attempts,
            user: user.map(|user| Addressee { user, extras: extras(row.columns) }),
        }
    });
    Ok(leased.collect())
}

fn extras(columns: Option<Value>) -> Map<String, Value> {
    let Some(Value::Object(columns)) = columns else { return Map::new() };
    columns.into_iter().filter(|(name, _)| !CORE_COLUMNS.contains(&name.as_str())).collect()
}

/// Notes that a mail has left, and drops its token.
pub async fn mark_sent(db: impl PgExecutor<'_>, id: &str, now: OffsetDateTime) -> sqlx::Result<()> {
    // Whoever holds the lease by now: it has left, and must not leave again.
    let update = sqlx::query!(
        "update latchkey_outbox
            set sent_at = $2, locked_until = null, sealed_token = null, dead_at = null, error = null
          where id = $1",
        id,
        now,
    );
    in_time(update.execute(db)).await.map(drop)
}

/// Gives a mail back, to be tried again at `due_at`. Does nothing if the lease has passed to another.
///
/// `error` must hold no token, URL or password: it is kept.
pub async fn retry_later(
    db: impl PgExecutor<'_>,
    leased: &Leased,
    due_at: OffsetDateTime,
    error: &str,
) -> sqlx::Result<()> {
    let update = sqlx::query!(
        "update latchkey_outbox set due_at = $3, locked_until = null, error = $4
          where id = $1 and attempts = $2 and sent_at is null and dead_at is null",
        leased.id,
        leased.attempts,
        due_at,
        error,
    );
    in_time(update.execute(db)).await.map(drop)
}

/// Gives a mail up and drops its token. Does nothing if the lease has passed to another.
///
/// `error` must hold no token, URL or password: it is kept.
pub async fn mark_dead(
    db: impl PgExecutor<'_>,
    leased: &Leased,
    now: OffsetDateTime,
    error: &str,
) -> sqlx::Result<()> {
    let update = sqlx::query!(
        "update latchkey_outbox
            set dead_at = $3, locked_until = null, sealed_token = null, error = $4
          where id = $1 and attempts = $2 and sent_at is null",
        leased.id,
        leased.attempts,
        now,
        error,
    );
    in_time(update.execute(db)).await.map(drop)
}

/// When the next mail is due, or a lease ends; `None` if none is left to send.
pub async fn next_due_at(db: impl PgExecutor<'_>) -> sqlx::Result<Option<OffsetDateTime>> {
    let next = sqlx::query_scalar!(
        "select min(greatest(due_at, locked_until)) from latchkey_outbox
          where sent_at is null and dead_at is null"
    );
    in_time(next.fetch_one(db)).await
}

/// When the oldest mail was asked for that has not left and was not given up; `None` if there is none.
pub async fn oldest_waiting(db: impl PgExecutor<'_>) -> sqlx::Result<Option<OffsetDateTime>> {
    let oldest = sqlx::query_scalar!(
        "select min(created_at) from latchkey_outbox where sent_at is null and dead_at is null"
    );
    in_time(oldest.fetch_one(db)).await
}

/// Deletes up to `limit` mails that left before `sent_before` or were given up before `dead_before`;
/// says how many. Rows that somebody else is at are left to them, so nobody waits.
pub async fn delete_done(
    db: impl PgExecutor<'_>,
    sent_before: OffsetDateTime,
    dead_before: OffsetDateTime,
    limit: i64,
) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "delete from latchkey_outbox where id in (
             select id from latchkey_outbox where sent_at < $1 or dead_at < $2
              limit $3 for update skip locked
         )",
        sent_before,
        dead_before,
        limit,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}
