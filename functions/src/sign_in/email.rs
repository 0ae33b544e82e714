//! Signing in with an e-mail address and a password.

use axum::http::header::LOCATION;
use axum::response::Response;
use serde::Serialize;
use shared::app::SignInGuard;
use shared::body::{Body, Schema};
use shared::client::Client;
use shared::db::account;
use shared::db::outbox::{self, Request};
use shared::db::session::NewSession;
use shared::db::user::{self, Candidate, User};
use shared::fields::Fields;
use shared::mail::Kind;
use shared::origin::UrlFields;
use shared::password::Proven;
use shared::rate_limit::Counters;
use shared::{App, Error, db, email, even, session};
use time::OffsetDateTime;

use crate::reply;

/// How often a session is tried to be made when the hash has changed under it each time.
const MAX_TRIES: usize = 4;

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

/// A session is made.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SignedIn<'a> {
    /// Whether the client is to go to `url`.
    redirect: bool,
    /// Of the session; its id with `HIDE_SESSION_TOKEN`.
    token: &'a str,
    /// The `callbackURL` as it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "String"))]
    url: Option<&'a str>,
    user: &'a User,
}

/// `POST /sign-in/email`: `{ email, password, callbackURL?, rememberMe? }` → 200
/// `{ redirect, token, url?, user }`, the session's cookies, and `Location` for a `callbackURL`.
///
/// Each attempt counts as a failure of the account beforehand, whether or not there is one, and a
/// success takes them away: of many at once no more than the limit learn whether they guessed right.
///
/// Errors: 400 `VALIDATION_ERROR`, `EMAIL_PASSWORD_DISABLED`, `INVALID_EMAIL`, `PASSWORD_TOO_LONG`;
/// 401 `INVALID_EMAIL_OR_PASSWORD`; 403 for a
/// foreign origin, `CROSS_SITE_NAVIGATION_LOGIN_BLOCKED`, `EMAIL_NOT_VERIFIED` (a mail that proves the
/// address may be on its way then); 429.
pub async fn handler(
    client: Client,
    counters: Counters,
    urls: UrlFields,
    Body(body): Body<SignInEmail>,
    _: SignInGuard,
    app: App,
) -> Result<Response, Error> {
    if !app.config.passwords.is_enabled {
        return Err(Error::EmailPasswordDisabled);
    }
    if !email::is_valid(&body.email) {
        return Err(Error::InvalidEmail);
    }
    app.config.passwords.check_length(&body.password)?;
    let (address, declared) = (body.email.to_ascii_lowercase(), &app.config.fields);
    let account_key = app.keys.account_key(&address);
    app.audit.account_key(&account_key);
    let counters = counters.with_failures(&account_key);
    let now = app.clock.now();
    let find = user::find_with_password(&app.db, &address, &counters, now, declared);
    let (candidate, rest) = even::timed(find).await;
    let (user, stored) = match candidate? {
        Candidate::Known(user, stored) => (Some(user), stored),
        Candidate::Unknown => (None, None),
        Candidate::Limited(wait_ms) => return Err(Error::too_many_requests(wait_ms)),
    };
    if let Some(user) = &user {
        app.audit.user(&user.id);
    }
    let is_unproven = user.as_ref().is_some_and(|user| !user.email_verified);
    let is_turned_away = app.config.passwords.requires_verification && is_unproven;
    // Even when nobody was found: both failures cost a hash. Who gets no session keeps the hash as it is.
    let proven = app.passwords.prove(stored, &body.password, !is_turned_away).await?;
    let Some((user, proven)) = user.zip(proven) else {
        // Nobody is found sooner than somebody. Who is signed in knows the address, and does not wait.
        rest.wait().await;
        return Err(Error::InvalidEmailOrPassword);
    };
    if is_turned_away {
        return Err(unverified(&app, &user, &counters, body.callback_url).await?);
    }

    let session = session::new(&app, &client, body.is_remembered, now);
    let settled = counters.settled_by_success(&account_key);
    create(&app, &user, proven, &body.password, &session, settled.as_deref(), now).await?;

    let made = session.made(&user.id, now, declared);
    session::issue(&app, &client, &made, &user, body.is_remembered);
    let mut response = reply::json(&SignedIn {
        redirect: urls.callback.is_some(),
        token: session::shown_token(&app, &session.token, &session.id),
        url: body.callback_url.as_deref(),
        user: &user,
    });
    if let Some(target) = urls.callback {
        response.headers_mut().insert(LOCATION, target.location());
    }
    Ok(response)
}

/// Makes the session. The hash may have been made anew meanwhile, by another sign-in or by a Better Auth
/// beside us, which makes no password wrong: then it is read and verified once more. A password that was
/// changed is refused.
///
/// Errors: 401 `INVALID_EMAIL_OR_PASSWORD`.
async fn create(
    app: &App,
    user: &User,
    mut proven: Proven,
    password: &str,
    session: &NewSession,
    settled: Option<&str>,
    now: OffsetDateTime,
) -> Result<(), Error> {
    for _ in 0..MAX_TRIES {
        let declared = &app.config.fields;
        if db::session::create(&app.db, &user.id, &proven, session, settled, now, declared).await? {
            return Ok(());
        }
        let stored = account::find_password(&app.db, &user.id).await?;
        let Some(hash) = stored.filter(|hash| *hash != proven.hash) else { break };
        // Not made anew a second time: who did that first has decided what it is.
        if !app.passwords.verify(Some(hash.clone()), password).await? {
            break;
        }
        proven = Proven { hash, renewed: None };
    }
    Err(Error::InvalidEmailOrPassword)
}

/// Takes away the failure that was counted, since the password was right, and asks for a mail that
/// proves the address, where the settings want that. Never more of them than an account may get: who
/// is turned away hears the same then.
async fn unverified(
    app: &App,
    user: &User,
    counters: &Counters,
    callback_url: Option<String>,
) -> Result<Error, Error> {
    let settled = counters.settled_by_success(&app.keys.account_key(&user.email));
    if app.config.verification.sends_on_sign_in && app.config.mail.can_send() {
        let counters = app.counting_mails(counters.later(), &user.email);
        let request = Request {
            if_unverified: true,
            settled_counter: settled.as_deref(),
            ..Request::of(&user.email)
        };
        let mail = app.mail(Kind::VerifyEmail, callback_url);
        outbox::request(&app.db, request, &mail, &counters, app.clock.now()).await?;
        app.doorbell.ring().await;
    } else if let Some(key) = settled {
        db::rate_limit::settle(&app.db, &key).await?;
    }
    Ok(Error::EmailNotVerified)
}
