//! The link of a mail that proves an address, or changes one.

use axum::response::Response;
use serde::Serialize;
use serde_json::{Map, Value};
use shared::audit::Action;
use shared::client::Client;
use shared::db::outbox::{self, Request, Requested};
use shared::db::session::Live;
use shared::db::user::{self, Change, Changed, User, Verified};
use shared::fields::Fields;
use shared::keys::JwtError;
use shared::mail::Kind;
use shared::origin::{RedirectTarget, UrlFields};
use shared::query::{Query, QuerySchema};
use shared::rate_limit::Counters;
use shared::session::{self, Demand};
use shared::{App, Error, email};
use time::{Duration, OffsetDateTime};

use crate::reply;

/// What the query holds; where `callbackURL` leads is for [`UrlFields`] to say.
pub struct VerifyEmail {
    token: String,
}

impl QuerySchema for VerifyEmail {
    fn read(fields: &mut Fields<'_>) -> Self {
        let token = fields.string("token");
        fields.optional_string("callbackURL");
        Self { token }
    }
}

/// What the link has done.
#[derive(Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub enum Followed {
    /// The address is changed.
    Changed {
        /// Always `true`.
        status: bool,
        user: Box<User>,
    },
    /// The address is proven.
    Proven {
        /// Always `true`.
        status: bool,
        /// Always `null`.
        user: (),
    },
    /// The new address is asked.
    Asked {
        /// Always `true`.
        status: bool,
    },
}

/// `GET /verify-email?token=&callbackURL=` → 302 to the callback as it stands, or 200
/// `{ status: true, user }`: the user where an address has changed, else `null`. By what the token says,
/// the address is proven, or changes, or the new address is asked next.
///
/// Errors, as JSON or as `error` in the callback's query: 401 `INVALID_TOKEN`, `TOKEN_EXPIRED`,
/// `USER_NOT_FOUND`, `INVALID_USER`; 422 `USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL`. 400
/// `VALIDATION_ERROR` and 403 `INVALID_CALLBACK_URL` always as JSON.
pub async fn handler(
    client: Client,
    urls: UrlFields,
    counters: Counters,
    Query(query): Query<VerifyEmail>,
    app: App,
) -> Result<Response, Error> {
    let callback = urls.query_callback;
    let link = Link { callback_url: callback.as_ref().map(RedirectTarget::as_str), counters };
    match (followed(&app, &client, &link, &query.token).await, &callback) {
        (Ok(_), Some(target)) => Ok(reply::redirect(target.location())),
        (Ok(body), None) => Ok(reply::json(&body)),
        (Err(error), Some(target)) if error.is_of_the_link() => {
            let code = error.code().unwrap_or_default();
            let url = reply::with_parameter(target.as_str(), "error", code);
            Ok(reply::refusing(reply::redirect(reply::location(&url)?), &error))
        }
        (Err(error), _) => Err(error),
    }
}

/// What of a request the next mail takes over.
struct Link<'a> {
    callback_url: Option<&'a str>,
    counters: Counters,
}

/// What a verification token claims (core.md §9.1).
struct Claims {
    email: String,
    update_to: Option<String>,
    request_type: Option<String>,
    user_id: Option<String>,
    /// When it was asked for; older releases and Better Auth say when it was mailed.
    issued_at: Option<OffsetDateTime>,
}

impl Claims {
    /// Errors: 401 `INVALID_TOKEN`, `TOKEN_EXPIRED`.
    fn read(app: &App, token: &str) -> Result<Self, Error> {
        let claims = app.keys.verify_jwt(token, app.clock.now()).map_err(|error| match error {
            JwtError::Invalid => Error::InvalidVerificationToken,
            JwtError::Expired => Error::TokenExpired,
        })?;
        Self::of(&claims).ok_or(Error::InvalidVerificationToken)
    }

    /// `None` where one has another type than Better Auth's, or an address is none.
    fn of(claims: &Map<String, Value>) -> Option<Self> {
        let text = |name| match claims.get(name) {
            None => Some(None),
            Some(Value::String(text)) => Some(Some(text.clone())),
            Some(_) => None,
        };
        let address = |address: &String| email::is_valid(address);
        let update_to = text("updateTo")?.filter(|address| !address.is_empty());
        Some(Self {
            email: text("email")?.filter(address)?,
            update_to: match update_to {
                Some(to) => Some(Some(to).filter(address)?.to_ascii_lowercase()),
                None => None,
            },
            request_type: text("requestType")?,
            user_id: text("userId")?.filter(|id| !id.is_empty()),
            issued_at: claims
                .get("iat")
                .and_then(Value::as_i64)
                .and_then(|secs| OffsetDateTime::from_unix_timestamp(secs).ok()),
        })
    }
}

/// Does what the token says; the JSON answer.
async fn followed(
    app: &App,
    client: &Client,
    link: &Link<'_>,
    token: &str,
) -> Result<Followed, Error> {
    let claims = Claims::read(app, token)?;
    if let Some(user_id) = &claims.user_id {
        app.audit.user(user_id);
    }
    match &claims.update_to {
        None => {
            verify(app, client, &claims).await?;
            Ok(Followed::Proven { status: true, user: () })
        }
        Some(to) => change(app, client, link, &claims, to).await,
    }
}

/// Marks the address as proven; signs in, where the settings want that.
async fn verify(app: &App, client: &Client, claims: &Claims) -> Result<(), Error> {
    let (now, email) = (app.clock.now(), claims.email.to_ascii_lowercase());
    let signs_in = app.config.verification.signs_in;
    let live = if signs_in { session::find(app, client, Demand::default()).await? } else { None };
    let live = live.filter(|live| live.user.email == email);
    let session = (signs_in && live.is_none()).then(|| session::new(app, client, true, now));
    let verified = user::verify_email(
        &app.db,
        &email,
        claims.user_id.as_deref(),
        session.as_ref(),
        now,
        &app.config.fields,
    );
    let verified = verified.await?;
    if let Verified::Now(user) | Verified::Before(user) = &verified {
        app.audit.user(&user.id);
    }
    match (verified, live, session) {
        (Verified::Unknown, ..) => Err(Error::UserNotFound),
        (Verified::OtherUser, ..) => Err(Error::InvalidVerificationToken),
        (Verified::Now(user), Some(live), _) => {
            session::reissue(app, client, &live.session, &user);
            Ok(())
        }
        (Verified::Now(user), None, Some(session)) => {
            let made = session.made(&user.id, now, &app.config.fields);
            session::reissue(app, client, &made, &user);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Follows a link of a change of address. core.md §9.3.
async fn change(
    app: &App,
    client: &Client,
    link: &Link<'_>,
    claims: &Claims,
    to: &str,
) -> Result<Followed, Error> {
    app.audit.is(Action::ChangeEmail);
    let user_id = claims.user_id.as_deref().ok_or(Error::InvalidVerificationToken)?;
    let live = session::find(app, client, Demand::default()).await?;
    if live.as_ref().is_some_and(|live| live.user.id != user_id) {
        return Err(Error::InvalidUser);
    }
    let can_send = app.config.mail.can_send();
    // The claim has whole seconds: what was set in the same one may have been set before.
    let void_from = claims.issued_at.map(|at| at + Duration::SECOND);
    match claims.request_type.as_deref() {
        Some("change-email-confirmation") => {
            app.audit.is(Action::RequestEmailChange);
            ask_new_address(app, link, &claims.email, user_id, to).await?;
            Ok(Followed::Asked { status: true })
        }
        Some("change-email-verification") => {
            let change = Change { void_from, ..Change::of(user_id, &claims.email, to) };
            changed(app, client, live, change).await
        }
        // Links of older releases.
        _ => {
            let mail =
                can_send.then(|| app.mail(Kind::VerifyEmail, link.callback_url.map(str::to_owned)));
            let change = Change {
                is_verified: Some(false),
                void_from,
                mail: mail.as_ref(),
                counters: app.counting_mails(link.counters.later(), to),
                ..Change::of(user_id, &claims.email, to)
            };
            let answer = changed(app, client, live, change).await?;
            app.doorbell.ring().await;
            Ok(answer)
        }
    }
}

async fn ask_new_address(
    app: &App,
    link: &Link<'_>,
    email: &str,
    user_id: &str,
    to: &str,
) -> Result<(), Error> {
    let request = Request { user_id: Some(user_id), new_email: Some(to), ..Request::of(email) };
    let mail = app.mail(Kind::ChangeEmailVerification, link.callback_url.map(str::to_owned));
    let counters = app.counting_mails(link.counters.later(), to);
    let asked = outbox::request(&app.db, request, &mail, &counters, app.clock.now()).await?;
    match asked {
        Requested::Found => {
            app.doorbell.ring().await;
            Ok(())
        }
        Requested::OtherAddress => Err(Error::InvalidVerificationToken),
        Requested::Nobody => Err(Error::UserNotFound),
        Requested::Limited(wait_ms) => Err(Error::too_many_requests(wait_ms)),
    }
}

async fn changed(
    app: &App,
    client: &Client,
    live: Option<Live>,
    change: Change<'_>,
) -> Result<Followed, Error> {
    let notices = app.notices(Kind::EmailChanged);
    let change = Change { notices: notices.as_ref(), ..change };
    let changed = user::change_email(&app.db, change, app.clock.now(), &app.config.fields).await?;
    let user: Box<User> = match changed {
        Changed::User(user) => user,
        Changed::OtherAddress => return Err(Error::InvalidVerificationToken),
        Changed::Nobody => return Err(Error::UserNotFound),
        Changed::Taken => return Err(Error::UserAlreadyExists),
        Changed::Limited(wait_ms) => return Err(Error::too_many_requests(wait_ms)),
    };
    if notices.is_some() {
        app.doorbell.ring().await;
    }
    if let Some(live) = live {
        session::reissue(app, client, &live.session, &user);
    }
    Ok(Followed::Changed { status: true, user })
}
