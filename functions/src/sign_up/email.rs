//! Signing up with an e-mail address and a password.

use axum::response::Response;
use serde::Serialize;
use serde_json::{Map, Value};
use shared::app::SignInGuard;
use shared::body::{Body, Schema};
use shared::client::Client;
use shared::db::user::{self, Availability, Created, NewCredential, NewUser, User};
use shared::fields::Fields;
use shared::mail::Kind;
use shared::rate_limit::Counters;
use shared::{App, Error, even, session, token};

use crate::reply;

/// What is sent. `callbackURL` is checked with every URL field before.
pub struct SignUpEmail {
    name: String,
    email: String,
    password: String,
    image: Option<String>,
    callback_url: Option<String>,
    is_remembered: bool,
    /// Everything that was sent, for the fields that only the settings name.
    additional: Map<String, Value>,
}

impl Schema for SignUpEmail {
    const ROOT: &'static [&'static str] = &["object", "record"];

    fn read(fields: &mut Fields<'_>) -> Self {
        let name = fields.storable_string("name");
        let email = fields.email("email");
        let password = fields.nonempty_string("password");
        let image = fields.optional_storable_string("image");
        let callback_url = fields.optional_string("callbackURL");
        let is_remembered = fields.optional_bool("rememberMe").unwrap_or(true);
        let additional = fields.object().clone();
        Self { name, email, password, image, callback_url, is_remembered, additional }
    }
}

/// The user is there.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SignedUp<'a> {
    /// Of the session, its id with `HIDE_SESSION_TOKEN`; `null` where signing up does not sign in.
    token: Option<&'a str>,
    user: &'a User,
}

/// `POST /sign-up/email`: `{ name, email, password, image?, callbackURL?, rememberMe? }` and additional
/// fields → 200 `{ token, user }` and the session's cookies. Where signing up does not sign in, `token`
/// is `null`, and an address that is taken is answered as if it were not.
///
/// Errors: 400 `VALIDATION_ERROR`, `EMAIL_PASSWORD_SIGN_UP_DISABLED`, `PASSWORD_TOO_SHORT`,
/// `PASSWORD_TOO_LONG`, `PASSWORD_TOO_COMMON`, `MISSING_FIELD`, `FIELD_NOT_ALLOWED`; 403 for a foreign origin,
/// `CROSS_SITE_NAVIGATION_LOGIN_BLOCKED`; 422 `USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL`, also for who
/// loses a race for an address, `FAILED_TO_CREATE_USER` for an additional field that its column does
/// not take; 429.
pub async fn handler(
    client: Client,
    counters: Counters,
    Body(body): Body<SignUpEmail>,
    _: SignInGuard,
    app: App,
) -> Result<Response, Error> {
    let passwords = &app.config.passwords;
    if !passwords.is_enabled || !passwords.allows_sign_up {
        return Err(Error::SignUpDisabled);
    }
    passwords.check_new(&body.password)?;
    let (now, declared) = (app.clock.now(), &app.config.fields);
    let user = NewUser {
        id: token::random(),
        name: body.name,
        email: body.email.to_ascii_lowercase(),
        image: body.image,
        fields: declared.user.on_create(&body.additional)?,
    };
    app.audit.account_key(&app.keys.account_key(&user.email));
    match user::availability(&app.db, &user.email, &counters, now).await? {
        Availability::Limited(wait_ms) => return Err(Error::too_many_requests(wait_ms)),
        // The answer says it, so the time need not hide it; and no hash is spent.
        Availability::Taken if passwords.signs_in_at_sign_up() => {
            return Err(Error::UserAlreadyExists);
        }
        Availability::Taken | Availability::Free => {}
    }
    let password_hash = app.passwords.hash(&body.password).await?;

    let credential = NewCredential { id: token::random(), password_hash };
    let session = passwords
        .signs_in_at_sign_up()
        .then(|| session::new(&app, &client, body.is_remembered, now));
    let sends = app.config.verification.sends_on_sign_up && app.config.mail.can_send();
    let mail = sends.then(|| app.mail(Kind::VerifyEmail, body.callback_url));
    let mails = app.counting_mails(counters.later(), &user.email);
    let mail = mail.as_ref().map(|mail| (mail, &mails));
    let created = user::create(&app.db, &user, &credential, session.as_ref(), mail, now, declared);
    // Where the answer does not say that an address is taken, the time must not either.
    let created = match &session {
        Some(_) => created.await,
        None => even::evenly(created).await,
    };
    let created = created.map_err(|error| match Error::from(error) {
        Error::UnstorableText => Error::FailedToCreateUser,
        other => other,
    })?;
    let user = match (created, &session) {
        (Created::Taken(_), Some(_)) => return Err(Error::UserAlreadyExists),
        // Who may not know that an address is taken is told of a user whom nobody will find.
        (Created::Taken(user), None) => {
            app.audit.refused(&Error::UserAlreadyExists);
            user
        }
        (Created::User(user), _) => {
            app.audit.user(&user.id);
            user
        }
    };
    if sends {
        app.doorbell.ring().await;
    }
    if let Some(session) = &session {
        let made = session.made(&user.id, now, declared);
        session::issue(&app, &client, &made, &user, body.is_remembered);
    }
    let token = session.as_ref().map(|made| session::shown_token(&app, &made.token, &made.id));
    Ok(reply::json(&SignedUp { token, user: &user }))
}
