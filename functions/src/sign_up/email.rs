//! Signing up with an e-mail address and a password.

use axum::response::Response;
use serde::Serialize;
use shared::app::SignInGuard;
use shared::body::{Body, Schema};
use shared::client::Client;
use shared::db::user::{self, NewCredential, User};
use shared::fields::Fields;
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
/// origin; 422 `USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL`, also for who loses a race for an address.
pub async fn handler(
    client: Client,
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
    // Hash first: whether the address is taken shows in the answer, never in the time it takes.
    let password_hash = app.passwords.hash(&body.password).await?;

    let now = app.clock.now();
    let user = User {
        name: body.name,
        email: body.email.to_ascii_lowercase(),
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
