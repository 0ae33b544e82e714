//! Changing a password that is known.

use axum::response::Response;
use serde::Serialize;
use shared::body::{Body, Schema};
use shared::client::Client;
use shared::db::account::{self, Change};
use shared::db::user::User;
use shared::fields::Fields;
use shared::mail::Kind;
use shared::rate_limit::Counters;
use shared::session::{self, Demand};
use shared::{App, Error};
use time::OffsetDateTime;

use crate::reply;

/// How often the change is tried when the hash has changed under it each time.
const MAX_TRIES: usize = 4;

/// What is sent.
pub struct ChangePassword {
    new_password: String,
    current_password: String,
    revoke_other_sessions: bool,
}

impl Schema for ChangePassword {
    fn read(fields: &mut Fields<'_>) -> Self {
        let new_password = fields.string("newPassword");
        let current_password = fields.string("currentPassword");
        let revoke_other_sessions = fields.optional_bool("revokeOtherSessions").unwrap_or(false);
        Self { new_password, current_password, revoke_other_sessions }
    }
}

/// The password is changed.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PasswordChanged<'a> {
    /// Of the new session, where the others were ended; its id with `HIDE_SESSION_TOKEN`.
    token: Option<&'a str>,
    user: &'a User,
}

/// `POST /change-password`: `{ newPassword, currentPassword, revokeOtherSessions? }` → 200
/// `{ token, user }`. With `revokeOtherSessions` all sessions end and a new one is handed out, whose
/// token it is; else `token` is `null`.
///
/// Errors: 400 `VALIDATION_ERROR`, `PASSWORD_TOO_SHORT`, `PASSWORD_TOO_LONG`, `PASSWORD_TOO_COMMON`,
/// `CREDENTIAL_ACCOUNT_NOT_FOUND`, `INVALID_PASSWORD`; 401 `UNAUTHORIZED`; 403 for a foreign origin;
/// 429.
pub async fn handler(
    client: Client,
    Body(body): Body<ChangePassword>,
    counters: Counters,
    app: App,
) -> Result<Response, Error> {
    let (counters, settled) = session::counting_guesses(&app, &client, counters);
    let demand = Demand { with_password: true, counters, ..Demand::default() };
    let live = session::require(&app, &client, demand).await?;
    app.config.passwords.check_new(&body.new_password)?;
    app.config.passwords.check_length(&body.current_password)?;
    let old_hash = live.password.ok_or(Error::CredentialNotFound)?;
    if !app.passwords.verify(Some(old_hash.clone()), &body.current_password).await? {
        return Err(Error::InvalidPassword);
    }
    let new_hash = app.passwords.hash(&body.new_password).await?;

    let (now, user) = (app.clock.now(), live.user);
    let session = body.revoke_other_sessions.then(|| session::new(&app, &client, true, now));
    let notice = app.notice(Kind::PasswordChanged);
    let change = Change {
        user_id: &user.id,
        hashes: (&old_hash, &new_hash),
        session: session.as_ref(),
        settled: settled.as_deref(),
        notice: notice.as_ref(),
    };
    let ended = settle(&app, change, &body.current_password, now).await?;
    app.audit.sessions_ended(ended);
    if notice.is_some() {
        app.doorbell.ring().await;
    }
    if let Some(session) = &session {
        let made = session.made(&user.id, now, &app.config.fields);
        session::reissue(&app, &client, &made, &user);
    }
    let token = session.as_ref().map(|made| session::shown_token(&app, &made.token, &made.id));
    Ok(reply::json(&PasswordChanged { token, user: &user }))
}

/// Changes it; says how many sessions ended. A sign-in may have made the old hash anew meanwhile, which
/// makes the password that was sent no wrong one: then it is verified once more. One that somebody changed
/// is right no longer.
///
/// Errors: 400 `INVALID_PASSWORD`.
async fn settle(
    app: &App,
    change: Change<'_>,
    current_password: &str,
    now: OffsetDateTime,
) -> Result<i64, Error> {
    let (old_hash, new_hash) = change.hashes;
    let mut old_hash = old_hash.to_owned();
    for _ in 0..MAX_TRIES {
        let (change, declared) =
            (Change { hashes: (&old_hash, new_hash), ..change }, &app.config.fields);
        if let Some(ended) = account::change_password(&app.db, change, now, declared).await? {
            return Ok(ended);
        }
        let stored = account::find_password(&app.db, change.user_id).await?;
        let Some(hash) = stored.filter(|hash| *hash != old_hash) else { break };
        if !app.passwords.verify(Some(hash.clone()), current_password).await? {
            break;
        }
        old_hash = hash;
    }
    Err(Error::InvalidPassword)
}
