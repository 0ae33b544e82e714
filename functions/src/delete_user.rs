//! Deleting one's own account.

pub mod callback;

use axum::response::Response;
use serde::Serialize;
use shared::audit::Action;
use shared::body::{Body, Schema};
use shared::client::Client;
use shared::config::DeleteUser as Ways;
use shared::db::user::{self, User};
use shared::db::verification::{self, NewVerification, Owner};
use shared::fields::Fields;
use shared::mail::{Kind, NewMail};
use shared::rate_limit::Counters;
use shared::session::{self, Demand};
use shared::verification::Purpose;
use shared::{App, Error, token};

use crate::reply;

/// What is sent. `callbackURL` is checked with every URL field before.
pub struct DeleteUser {
    callback_url: Option<String>,
    password: Option<String>,
    token: Option<String>,
}

impl Schema for DeleteUser {
    fn read(fields: &mut Fields<'_>) -> Self {
        let callback_url = fields.optional_string("callbackURL");
        let password = fields.optional_string("password").filter(|text| !text.is_empty());
        let token = fields.optional_string("token").filter(|text| !text.is_empty());
        Self { callback_url, password, token }
    }
}

/// The user is gone, or a mail is on its way.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct UserDeleted {
    /// Always `true`.
    success: bool,
    /// `User deleted`, or `Verification email sent`.
    message: &'static str,
}

/// `POST /delete-user`: `{ callbackURL?, password?, token? }` → 200 `{ success: true, message }`: the
/// user is gone, with a password, a mailed token or a fresh session; or, where the settings want a
/// mail followed, it was sent.
///
/// Errors: 400 `VALIDATION_ERROR`, `CREDENTIAL_ACCOUNT_NOT_FOUND`, `INVALID_PASSWORD`,
/// `PASSWORD_TOO_LONG`, `SESSION_EXPIRED`; 401 `UNAUTHORIZED`; 403 for a foreign origin; 404
/// `INVALID_TOKEN`, and without a body where deleting is switched off; 429.
pub async fn handler(
    client: Client,
    Body(body): Body<DeleteUser>,
    counters: Counters,
    app: App,
) -> Result<Response, Error> {
    let later = counters.later();
    let counters = match body.password {
        Some(_) => session::counting_guesses(&app, &client, counters).0,
        None => counters,
    };
    let demand = Demand { with_password: body.password.is_some(), counters, ..Demand::default() };
    let live = session::require(&app, &client, demand).await?;
    let ways = app.config.users.delete.ok_or(Error::DeleteUserDisabled)?;
    let has_password = body.password.is_some();
    if let Some(password) = body.password {
        app.config.passwords.check_length(&password)?;
        let hash = live.password.ok_or(Error::CredentialNotFound)?;
        if !app.passwords.verify(Some(hash), &password).await? {
            return Err(Error::InvalidPassword);
        }
    }
    if let Some(token) = body.token {
        with_token(&app, &client, &live.user, &token).await?;
    } else if ways.by_mail {
        ask(&app, ways, &live.user, later, body.callback_url).await?;
        return Ok(reply::json(&UserDeleted { success: true, message: "Verification email sent" }));
    } else {
        let is_fresh = app.config.sessions.is_fresh(live.session.created_at.0, app.clock.now());
        if !has_password && !is_fresh {
            return Err(Error::SessionTooOld);
        }
        user::delete(&app.db, &live.user.id).await?;
        session::end(&app, &client);
    }
    Ok(deleted())
}

fn deleted() -> Response {
    reply::json(&UserDeleted { success: true, message: "User deleted" })
}

/// Deletes with a token that was mailed, and clears the cookies.
async fn with_token(app: &App, client: &Client, user: &User, token: &str) -> Result<(), Error> {
    let identifiers = Purpose::DeleteAccount.lookups(token, &app.config.verification);
    let now = app.clock.now();
    if !user::delete_with_token(&app.db, &user.id, &identifiers, now).await? {
        return Err(Error::InvalidDeleteToken);
    }
    session::end(app, client);
    Ok(())
}

/// Asks for the mail.
async fn ask(
    app: &App,
    ways: Ways,
    user: &User,
    counters: Counters,
    callback_url: Option<String>,
) -> Result<(), Error> {
    app.audit.is(Action::RequestUserDeletion);
    let (now, delete_token) = (app.clock.now(), token::delete_token());
    let verification = NewVerification {
        id: token::random(),
        identifier: Purpose::DeleteAccount.stored(&delete_token, &app.config.verification),
        expires_at: now + ways.expires_in,
    };
    let mail = NewMail {
        sealed_token: Some(app.keys.seal(&delete_token, now)),
        ..app.mail(Kind::DeleteAccount, callback_url)
    };
    let counters = app.counting_mails(counters, &user.email);
    let owner = Owner::Id(&user.id);
    let wait = verification::create(&app.db, owner, &verification, &mail, &counters, now).await?;
    if let Some(wait_ms) = wait {
        return Err(Error::too_many_requests(wait_ms));
    }
    app.doorbell.ring().await;
    Ok(())
}
