//! Signing up with an e-mail address and a password.

use axum::response::Response;
use serde::Serialize;
use shared::app::SignInGuard;
use shared::body::{Body, Schema};
use shared::client::Client;
use shared::db::user::{self, Availability, NewCredential, User};
use shared::fields::Fields;
use shared::rate_limit::Counters;
use shared::session::{self, SessionCookies};
use shared::{App, Error, password, token};

use crate::reply;

/// What is sent. `callbackURL` is checked with every URL field before.
pub struct SignUpEmail {
    name: String,
    email: String,
    password: String,
    image: Option<String>,
    is_remembered: bool,
}

impl Schema for SignUpEmail {
    const ROOT: &'static [&'static str] = &["object", "record"];

    fn read(fields: &mut Fields<'_>) -> Self {
        let name = fields.storable_string("name");
        let email = fields.email("email");
        let password = fields.nonempty_string("password");
        let image = fields.optional_storable_string("image");
        fields.optional_string("callbackURL");
        let is_remembered = fields.optional_bool("rememberMe").unwrap_or(true);
        Self { name, email, password, image, is_remembered }
    }
}

#[derive(Serialize)]
struct SignedUp<'a> {
    token: &'a str,
    user: &'a User,
}

/// `POST /sign-up/email`: `{ name, email, password, image?, callbackURL?, rememberMe? }` → 200
/// `{ token, user }` and the session's cookies.
///
/// Errors: 400 `VALIDATION_ERROR`, `PASSWORD_TOO_SHORT`, `PASSWORD_TOO_LONG`; 403 for a foreign
/// origin; 422 `USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL`, also for who loses a race for an address; 429.
pub async fn handler(
    client: Client,
    counters: Counters,
    Body(body): Body<SignUpEmail>,
    _: SignInGuard,
    app: App,
) -> Result<Response, Error> {
    let length = password::length(&body.password);
    if length < app.config.min_password_length {
        return Err(Error::PasswordTooShort);
    }
    if length > app.config.max_password_length {
        return Err(Error::PasswordTooLong);
    }
    let email = body.email.to_ascii_lowercase();
    // The answer says whether an address is taken, so the time need not hide it; and no hash is spent.
    match user::availability(&app.db, &email, &counters, app.clock.now()).await? {
        Availability::Free => {}
        Availability::Taken => return Err(Error::UserAlreadyExists),
        Availability::Limited(wait) => return Err(Error::too_many_requests(wait)),
    }
    let password_hash = app.passwords.hash(&body.password).await?;

    let now = app.clock.now();
    let user = User {
        name: body.name,
        email,
        email_verified: false,
        image: body.image,
        created_at: now.into(),
        updated_at: now.into(),
        id: token::random(),
    };
    let credential = NewCredential { id: token::random(), password_hash };
    let session = session::new(&app, &client, body.is_remembered, now);
    if !user::create_with_session(&app.db, &user, &credential, &session).await? {
        return Err(Error::UserAlreadyExists);
    }

    let cookies = SessionCookies::issue(&app, &client, &session.token, body.is_remembered);
    Ok(reply::with_cookies(cookies, &SignedUp { token: &session.token, user: &user }))
}
