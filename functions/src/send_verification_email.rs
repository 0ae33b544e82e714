//! Asking for a link that proves an address.

use axum::response::Response;
use shared::body::{Body, Schema};
use shared::client::Client;
use shared::db::outbox::{self, Request, Requested};
use shared::fields::Fields;
use shared::mail::Kind;
use shared::rate_limit::Counters;
use shared::session::{self, Demand};
use shared::{App, Error, even};

use crate::reply;

/// What is sent. `callbackURL` is checked with every URL field before.
pub struct SendVerificationEmail {
    email: String,
    callback_url: Option<String>,
}

impl Schema for SendVerificationEmail {
    fn read(fields: &mut Fields<'_>) -> Self {
        let email = fields.email("email");
        let callback_url = fields.optional_string("callbackURL");
        Self { email, callback_url }
    }
}

/// `POST /send-verification-email`: `{ email, callbackURL? }` → 200 `{ status: true }`. Who is not
/// signed in hears the same of every address: one statement runs, in one time, and the mailer is woken either way.
///
/// Errors: 400 `VALIDATION_ERROR`, `VERIFICATION_EMAIL_NOT_ENABLED`; of somebody who is signed in
/// also `EMAIL_MISMATCH` and `EMAIL_ALREADY_VERIFIED`; 403 for a foreign origin or an untrusted
/// `callbackURL`; 429.
pub async fn handler(
    client: Client,
    Body(body): Body<SendVerificationEmail>,
    counters: Counters,
    app: App,
) -> Result<Response, Error> {
    if !app.config.mail.can_send() {
        return Err(Error::VerificationDisabled);
    }
    let email = body.email.to_ascii_lowercase();
    // Whichever statement comes first counts what the address of the client may do.
    let (counters, live) = if session::token(&app, &client).is_some() {
        let later = counters.later();
        let demand = Demand { counters, ..Demand::default() };
        (later, session::find(&app, &client, demand).await?)
    } else {
        (counters, None)
    };
    if let Some(live) = &live {
        if live.user.email != email {
            return Err(Error::EmailMismatch);
        }
        if live.user.email_verified {
            return Err(Error::EmailAlreadyVerified);
        }
    }
    let counters = app.counting_mails(counters, &email);
    let request = Request { if_unverified: true, ..Request::of(&email) };
    let mail = app.mail(Kind::VerifyEmail, body.callback_url);
    let requested = outbox::request(&app.db, request, &mail, &counters, app.clock.now());
    if let Requested::Limited(wait_ms) = even::evenly(requested).await? {
        return Err(Error::too_many_requests(wait_ms));
    }
    app.doorbell.ring().await;
    Ok(reply::done())
}
