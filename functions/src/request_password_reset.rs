//! Asking for a link that sets a new password.

use axum::response::Response;
use serde::Serialize;
use shared::body::{Body, Schema};
use shared::db::verification::{self, NewVerification, Owner};
use shared::fields::Fields;
use shared::mail::{Kind, NewMail};
use shared::rate_limit::Counters;
use shared::verification::Purpose;
use shared::{App, Error, even, token};

use crate::reply;

/// What is sent. `redirectTo` is checked with every URL field before.
pub struct RequestPasswordReset {
    email: String,
    redirect_to: Option<String>,
}

impl Schema for RequestPasswordReset {
    fn read(fields: &mut Fields<'_>) -> Self {
        let email = fields.email("email");
        let redirect_to = fields.optional_string("redirectTo");
        Self { email, redirect_to }
    }
}

/// The same for every address.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PasswordResetRequested {
    /// Always `true`.
    status: bool,
    /// For people.
    message: &'static str,
}

/// `POST /request-password-reset`: `{ email, redirectTo? }` → 200 `{ status: true, message }`, whether
/// or not the address is known: the same statement runs, in the same time, and the mailer is woken either
/// way.
///
/// Errors: 400 `VALIDATION_ERROR`, `RESET_PASSWORD_DISABLED`; 403 for a foreign origin or an untrusted
/// `redirectTo`; 429.
pub async fn handler(
    Body(body): Body<RequestPasswordReset>,
    counters: Counters,
    app: App,
) -> Result<Response, Error> {
    if !app.config.mail.can_send() {
        return Err(Error::ResetPasswordDisabled);
    }
    let (now, email) = (app.clock.now(), body.email.to_ascii_lowercase());
    let reset_token = token::reset_token();
    let verification = NewVerification {
        id: token::random(),
        identifier: Purpose::ResetPassword.stored(&reset_token, &app.config.verification),
        expires_at: now + app.config.passwords.reset_expires_in,
    };
    let page = body.redirect_to.filter(|url| !url.is_empty());
    let mail = NewMail {
        sealed_token: Some(app.keys.seal(&reset_token, now)),
        ..app.mail(Kind::ResetPassword, page.or_else(|| app.config.passwords.reset_page.clone()))
    };
    let counters = app.counting_mails(counters, &email);
    let owner = Owner::Address(&email);
    let create = verification::create(&app.db, owner, &verification, &mail, &counters, now);
    if let Some(wait_ms) = even::evenly(create).await? {
        return Err(Error::too_many_requests(wait_ms));
    }
    app.doorbell.ring().await;
    Ok(reply::json(&PasswordResetRequested {
        status: true,
        message: "If this email exists in our system, check your email for the reset link",
    }))
}
