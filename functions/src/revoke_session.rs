//! Ending one session of a user.

use axum::response::Response;
use shared::body::{Body, Schema};
use shared::client::Client;
use shared::db::session::{Revoked, Target};
use shared::fields::Fields;
use shared::{App, Error, db, session};

use crate::reply;

/// What is sent.
pub struct RevokeSession {
    token: String,
}

impl Schema for RevokeSession {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { token: fields.string("token") }
    }
}

/// `POST /revoke-session`: `{ token }` → 200 `{ status: true }`, also for a token that is unknown or
/// a stranger's: then nothing happens. Where tokens are hidden, the session's id is what `token` says here
/// as well.
///
/// Errors: 400 `VALIDATION_ERROR`; 401 `UNAUTHORIZED`; 403 for a foreign origin.
pub async fn handler(
    client: Client,
    Body(body): Body<RevokeSession>,
    app: App,
) -> Result<Response, Error> {
    let token = session::token(&app, &client).ok_or(Error::Unauthorized)?;
    let cutoff = app.config.sessions.cutoff(app.clock.now());
    let is_id = app.config.sessions.hides_token;
    let target = if is_id { Target::Id(&body.token) } else { Target::Token(&body.token) };
    let revoked = db::session::revoke(&app.db, &token, target, cutoff).await?;
    let is_own = |revoked: &Revoked| {
        body.token == session::shown_token(&app, &token, &revoked.by.session_id)
    };
    if revoked.as_ref().is_none_or(is_own) {
        session::clear(&app, &client);
    }
    app.audit.revoked(&revoked.ok_or(Error::Unauthorized)?);
    Ok(reply::done())
}
