//! Asking for another address.

use axum::response::Response;
use shared::audit::Action;
use shared::body::{Body, Schema};
use shared::client::Client;
use shared::config::ChangeEmail as Ways;
use shared::db::outbox::{self, Request, Requested};
use shared::db::user::{self, Change, Changed, User};
use shared::fields::Fields;
use shared::mail::Kind;
use shared::rate_limit::Counters;
use shared::session::{self, Demand};
use shared::{App, Error, even};

use crate::reply;

/// What is sent. `callbackURL` is checked with every URL field before.
pub struct ChangeEmail {
    new_email: String,
    callback_url: Option<String>,
}

impl Schema for ChangeEmail {
    fn read(fields: &mut Fields<'_>) -> Self {
        let new_email = fields.email("newEmail");
        let callback_url = fields.optional_string("callbackURL");
        Self { new_email, callback_url }
    }
}

/// Which way a change takes.
enum Way {
    /// At once, since the old address is not proven either.
    AtOnce,
    /// A mail to the old address, then one to the new.
    AskOldAddress,
    /// A mail to the new address.
    ProveNewAddress,
}

impl Way {
    fn of(user: &User, ways: Ways, can_send: bool) -> Option<Self> {
        if !user.email_verified && ways.without_verification {
            Some(Self::AtOnce)
        } else if !can_send {
            None
        } else if user.email_verified && ways.asks_old_address {
            Some(Self::AskOldAddress)
        } else {
            Some(Self::ProveNewAddress)
        }
    }
}

/// `POST /change-email`: `{ newEmail, callbackURL? }` → 200 `{ status: true }`, also where the address
/// is somebody's: then nothing happens. A mail is followed, or an unproven address changes at once.
///
/// Errors: 400 `VALIDATION_ERROR`, `CHANGE_EMAIL_DISABLED`, "Email is the same", "Verification email
/// isn't enabled"; 401 `UNAUTHORIZED`; 403 for a foreign origin or an untrusted `callbackURL`; 429.
pub async fn handler(
    client: Client,
    Body(body): Body<ChangeEmail>,
    counters: Counters,
    app: App,
) -> Result<Response, Error> {
    let demand = Demand { counters: counters.clone(), ..Demand::default() };
    let live = session::require(&app, &client, demand).await?;
    let ways = app.config.users.change_email.ok_or(Error::ChangeEmailDisabled)?;
    let (user, new_email) = (live.user, body.new_email.to_ascii_lowercase());
    if new_email == user.email {
        return Err(Error::EmailIsTheSame);
    }
    let can_send = app.config.mail.can_send();
    let way = Way::of(&user, ways, can_send).ok_or(Error::ChangeEmailImpossible)?;

    let (now, callback_url) = (app.clock.now(), body.callback_url);
    let (kind, to) = match way {
        Way::AtOnce => {
            let mail = can_send.then(|| app.mail(Kind::VerifyEmail, callback_url));
            let notices = app.notices(Kind::EmailChanged);
            let change = Change {
                user_id: &user.id,
                from: &user.email,
                to: &new_email,
                is_verified: Some(false),
                // The link that proves the old address may be followed at this moment.
                if_unverified: true,
                void_from: None,
                counters: app.counting_mails(counters.later(), &new_email),
                mail: mail.as_ref(),
                notices: notices.as_ref(),
            };
            match user::change_email(&app.db, change, now, &app.config.fields).await? {
                Changed::User(user) => session::reissue(&app, &client, &live.session, &user),
                Changed::Limited(wait_ms) => return Err(Error::too_many_requests(wait_ms)),
                Changed::Taken => app.audit.refused(&Error::UserAlreadyExists),
                Changed::Nobody | Changed::OtherAddress => app.audit.refused(&Error::UserNotFound),
            }
            app.doorbell.ring().await;
            return Ok(reply::done());
        }
        Way::AskOldAddress => (Kind::ChangeEmailConfirmation, user.email.as_str()),
        Way::ProveNewAddress => (Kind::ChangeEmailVerification, new_email.as_str()),
    };
    app.audit.is(Action::RequestEmailChange);
    let request = Request {
        user_id: Some(&user.id),
        new_email: Some(&new_email),
        ..Request::of(&user.email)
    };
    let counters = app.counting_mails(counters.later(), to);
    let mail = app.mail(kind, callback_url);
    // Whether the new address is somebody's is not for the asker to know.
    let requested = outbox::request(&app.db, request, &mail, &counters, now);
    if let Requested::Limited(wait_ms) = even::evenly(requested).await? {
        return Err(Error::too_many_requests(wait_ms));
    }
    app.doorbell.ring().await;
    Ok(reply::done())
}
