//! Signing in with an e-mail address and a password.

use axum::http::header::LOCATION;
use axum::response::Response;
use serde::Serialize;
use shared::app::SignInGuard;
use shared::body::{Body, Schema};
use shared::client::Client;
use shared::db::user::{self, Candidate, User};
use shared::fields::Fields;
use shared::origin::UrlFields;
use shared::rate_limit::Counters;
use shared::session::{self, SessionCookies};
use shared::{App, Error, db, email, password};

use crate::reply;

/// What is sent. `callbackURL` is repeated in the answer; where it leads is for [`UrlFields`] to say.
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
/// Each attempt counts as a failure of the account beforehand, whether or not there is one, and a
/// success takes them away: of many at once no more than the limit learn whether they guessed right.
///
/// Errors: 400 `VALIDATION_ERROR`, `INVALID_EMAIL`, `PASSWORD_TOO_LONG`; 401
/// `INVALID_EMAIL_OR_PASSWORD`; 403 for a foreign origin; 429.
pub async fn handler(
    client: Client,
    counters: Counters,
    urls: UrlFields,
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
    let address = body.email.to_ascii_lowercase();
    let account_key = app.keys.account_key(&address);
    let counters = counters.with_failures(&account_key);
    let candidate = user::find_with_password(&app.db, &address, &counters, app.clock.now()).await?;
    let (user, stored) = match candidate {
        Candidate::Known(user, stored) => (Some(user), stored),
        Candidate::Unknown => (None, None),
        Candidate::Limited(wait) => return Err(Error::too_many_requests(wait)),
    };
    // Verify even when nobody was found: both failures cost one hash.
    let is_right = app.passwords.verify(stored, &body.password).await?;
    let user = user.filter(|_| is_right).ok_or(Error::InvalidEmailOrPassword)?;

    let now = app.clock.now();
    let session = session::new(&app, &client, body.is_remembered, now);
    let settled = counters.settled_by_success(&account_key);
    if !db::session::create(&app.db, &user.id, &session, settled.as_deref(), now).await? {
        return Err(Error::FailedToCreateSession);
    }

    let cookies = SessionCookies::issue(&app, &client, &session.token, body.is_remembered);
    let signed_in = SignedIn {
        redirect: urls.callback.is_some(),
        token: &session.token,
        url: body.callback_url.as_deref(),
        user: &user,
    };
    let mut response = reply::with_cookies(cookies, &signed_in);
    if let Some(target) = urls.callback {
        response.headers_mut().insert(LOCATION, target.location());
    }
    Ok(response)
}
