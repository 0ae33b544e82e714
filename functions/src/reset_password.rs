//! Setting a new password with a token that was mailed.

pub mod link;

use axum::response::Response;
use shared::body::{Body, Schema};
use shared::db::account::{self, Reset};
use shared::fields::Fields;
use shared::mail::Kind;
use shared::query::{Query, QuerySchema};
use shared::verification::Purpose;
use shared::{App, Error, db};

use crate::reply;

/// What is sent.
pub struct ResetPassword {
    new_password: String,
    token: Option<String>,
}

impl Schema for ResetPassword {
    fn read(fields: &mut Fields<'_>) -> Self {
        let new_password = fields.string("newPassword");
        let token = fields.optional_string("token");
        Self { new_password, token }
    }
}

/// What the query may hold.
pub struct TokenInQuery {
    token: Option<String>,
}

impl QuerySchema for TokenInQuery {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { token: fields.optional_string("token") }
    }
}

/// `POST /reset-password`: `{ newPassword, token? }`, the token in the query else → 200
/// `{ status: true }`. The token is used up.
///
/// Errors: 400 `VALIDATION_ERROR`, `INVALID_TOKEN`, `PASSWORD_TOO_SHORT`, `PASSWORD_TOO_LONG`,
/// `PASSWORD_TOO_COMMON`, `USER_NOT_FOUND`; 403 for a foreign origin.
pub async fn handler(
    Body(body): Body<ResetPassword>,
    Query(query): Query<TokenInQuery>,
    app: App,
) -> Result<Response, Error> {
    let token = body.token.filter(|token| !token.is_empty()).or(query.token);
    let token = token.filter(|token| !token.is_empty()).ok_or(Error::InvalidResetToken)?;
    app.config.passwords.check_new(&body.new_password)?;

    // A token that is none costs no hash.
    let identifiers = Purpose::ResetPassword.lookups(&token, &app.config.verification);
    let is_live = db::verification::find_live(&app.db, &identifiers, app.clock.now()).await?;
    app.audit.user(&is_live.ok_or(Error::InvalidResetToken)?);
    let hash = app.passwords.hash(&body.new_password).await?;

    let revokes = app.config.passwords.revokes_sessions_on_reset;
    let (notice, now) = (app.notice(Kind::PasswordChanged), app.clock.now());
    let reset =
        account::reset_password(&app.db, &identifiers, &hash, revokes, notice.as_ref(), now);
    match reset.await? {
        Reset::Done(sessions_ended) => {
            app.audit.sessions_ended(sessions_ended);
            if notice.is_some() {
                app.doorbell.ring().await;
            }
            Ok(reply::done())
        }
        Reset::InvalidToken => Err(Error::InvalidResetToken),
        Reset::UserGone => Err(Error::ResetUserNotFound),
    }
}
