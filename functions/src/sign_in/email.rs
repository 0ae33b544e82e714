//! Signing in with an e-mail address and a password.

use axum::http::HeaderValue;
use axum::http::header::LOCATION;
use axum::response::Response;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use shared::app::SignInGuard;
use shared::body::{Body, Schema};
use shared::client::Client;
use shared::db::user::User;
use shared::db::{self, user};
use shared::fields::Fields;
use shared::session::{self, SessionCookies};
use shared::{App, Error, email, password};

use crate::reply;

/// What a `Location` may not hold as it is (RFC 3986, section 2); what is encoded already stays.
const URI: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

/// What is sent. `callbackURL` is checked with every URL field before.
pub struct SignInEmail {
    email: String,
    password: String,
    callback_url: Option<String>,
    is_remembered: bool,
}

impl Schema for SignInEmail {
    fn read(fields: &mut Fields<'_>) -> Self {
        let email = fields.string("email");
        let password = fields.string("password");
        let callback_url = fields.optional_string("callbackURL");
        let is_remembered = fields.optional_bool("rememberMe").unwrap_or(true);
        Self { email, password, callback_url, is_remembered }
    }
}

#[derive(Serialize)]
struct SignedIn<'a> {
    redirect: bool,
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    user: &'a User,
}

/// `POST /sign-in/email`: `{ email, password, callbackURL?, rememberMe? }` → 200
/// `{ redirect, token, url?, user }`, the session's cookies, and `Location` for a `callbackURL`.
///
/// Errors: 400 `VALIDATION_ERROR`, `INVALID_EMAIL`, `PASSWORD_TOO_LONG`; 401
/// `INVALID_EMAIL_OR_PASSWORD`; 403 for a foreign origin.
pub async fn handler(
    client: Client,
    Body(body): Body<SignInEmail>,
    _: SignInGuard,
    app: App,
) -> Result<Response, Error> {
    if !email::is_valid(&body.email) {
        return Err(Error::InvalidEmail);
    }
    if password::length(&body.password) > app.config.max_password_length {
        return Err(Error::PasswordTooLong);
    }
    let found = user::find_with_password(&app.db, &body.email.to_ascii_lowercase()).await?;
    let (user, stored) = found.map_or((None, None), |(user, stored)| (Some(user), stored));
    // Verify even when nobody was found: both failures cost one hash.
    let is_right = app.passwords.verify(stored, &body.password).await?;
    let user = user.filter(|_| is_right).ok_or(Error::InvalidEmailOrPassword)?;

    let now = app.clock.now();
    let session = session::new(&app, &client, body.is_remembered, now);
    if !db::session::create(&app.db, &user.id, &session, now).await? {
        return Err(Error::FailedToCreateSession);
    }

    let cookies = SessionCookies::issue(&app, &client, &session.token, body.is_remembered);
    let url = body.callback_url.as_deref();
    let target = url.filter(|url| !url.is_empty());
    let signed_in =
        SignedIn { redirect: target.is_some(), token: &session.token, url, user: &user };
    let mut response = reply::with_cookies(cookies, &signed_in);
    if let Some(target) = target {
        let location = utf8_percent_encode(target, URI).to_string();
        response
            .headers_mut()
            .insert(LOCATION, HeaderValue::try_from(location).map_err(Error::internal)?);
    }
    Ok(response)
}
