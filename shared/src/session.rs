//! The session behind a request, and the cookies that carry one. core.md §13, §15, §20.

mod cookies;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};

use crate::app::App;
use crate::client::Client;
use crate::config::Refresh;
use crate::cookies::{CookieKind, is_percent_encoded};
use crate::db::session::{self as rows, Found, Live, Lookup, NewSession};
use crate::db::user::User;
use crate::error::Error;
use crate::rate_limit::Counters;
use crate::token;

pub use cookies::{cached, clear, clear_stale_cache, end, issue, renew_cache};

/// The life of a session that is not to be remembered, whatever the setting for the others.
const UNREMEMBERED: Duration = Duration::days(1);
/// The value under the signature of the `dont_remember` cookie.
const DONT_REMEMBER: &str = "true";

/// The session token that a request proves to hold: the bearer token, unless the settings take none, else
/// the cookie.
///
/// A bearer token is signed, as it stands in `set-auth-token` or percent-encoded as in the cookie,
/// or, unless the settings refuse it, bare as in a JSON body. One that proves nothing is ignored.
pub fn token(app: &App, client: &Client) -> Option<String> {
    let bearer = client.bearer.as_deref().filter(|_| !app.config.disables_bearer);
    let bearer = bearer.and_then(|bearer| bearer_token(app, bearer));
    bearer.or_else(|| signed_cookie(app, client, CookieKind::SessionToken))
}

fn bearer_token(app: &App, bearer: &str) -> Option<String> {
    if bearer.contains('.') {
        let decoded = is_percent_encoded(bearer)
            .then(|| percent_decode_str(bearer).decode_utf8().ok())
            .flatten()
            .unwrap_or_else(|| bearer.into());
        app.keys.verify(&decoded, app.clock.now()).map(str::to_owned)
    } else {
        (!app.config.bearer_requires_signature).then(|| bearer.to_owned())
    }
}

fn signed_cookie(app: &App, client: &Client, kind: CookieKind) -> Option<String> {
    let signed = client.cookies.get(&app.cookie_style().name(kind))?;
    app.keys.verify(&signed, app.clock.now()).map(str::to_owned)
}

/// Whether the browser's session is to end this one: it is never extended then.
pub fn is_unremembered(app: &App, client: &Client) -> bool {
    signed_cookie(app, client, CookieKind::DontRemember).as_deref() == Some(DONT_REMEMBER)
}

/// Whether a request leaves its session and the cached copy as they are.
pub fn is_kept(app: &App, client: &Client) -> bool {
    client.disables_refresh || is_unremembered(app, client)
}

/// A fresh session, not yet in the database.
pub fn new(app: &App, client: &Client, is_remembered: bool, now: OffsetDateTime) -> NewSession {
    let sessions = &app.config.sessions;
    let life = if is_remembered { sessions.expires_in } else { UNREMEMBERED };
    NewSession {
        id: token::random(),
        token: token::random(),
        expires_at: now + sessions.life(life, now, now),
        ip_address: client.ip_address.clone(),
        user_agent: client.user_agent.clone(),
        fields: app.config.fields.session.defaults(),
    }
}

/// What an endpoint asks of the session behind its request.
#[derive(Clone, Debug, Default)]
pub struct Demand {
    /// That it was begun no longer ago than the setting says.
    pub is_fresh: bool,
    /// The hash of the user's password with it.
    pub with_password: bool,
    /// What is counted in the same statement.
    pub counters: Counters,
}

/// What a request counts that shows a password for the session which it has already: a session that
/// was taken must not become the password by guessing. Gives what is counted, and the counter that a
/// right password settles.
pub fn counting_guesses(
    app: &App,
    client: &Client,
    counters: Counters,
) -> (Counters, Option<String>) {
    let Some(token) = token(app, client) else { return (counters, None) };
    let key = app.keys.account_key(&token);
    let settled = counters.settled_by_success(&key);
    (counters.with_failures(&key), settled)
}

/// What a body says for the token of a session: its id, where the settings keep tokens out of bodies.
pub fn shown_token<'a>(app: &App, token: &'a str, id: &'a str) -> &'a str {
    if app.config.sessions.hides_token { id } else { token }
}

/// A session as a body shows it.
pub fn shown(app: &App, session: rows::Session) -> rows::Session {
    let token = shown_token(app, &session.token, &session.id).to_owned();
    rows::Session { token, ..session }
}

/// A cached session as a body shows it.
pub fn shown_cached(app: &App, mut session: Map<String, Value>) -> Map<String, Value> {
    if app.config.sessions.hides_token {
        let id = session.get("id").cloned().unwrap_or_default();
        session.insert("token".to_owned(), id);
    }
    session
}

/// How a session is looked up: extended if it is due, unless request or settings forbid it.
pub fn lookup(app: &App, may_refresh: bool, now: OffsetDateTime) -> Lookup {
    let sessions = &app.config.sessions;
    Lookup {
        cutoff: sessions.cutoff(now),
        extended_to: now + sessions.expires_in,
        // Due when at least the update age has passed since the last extension.
        due_until: may_refresh.then(|| now + sessions.expires_in - sessions.update_age),
        deletes_expired: sessions.refresh != Refresh::Deferred,
        with_password: false,
        counters: Counters::default(),
    }
}

/// Whether at least the update age has passed since a session was last extended, and it may be once more.
pub fn is_due(app: &App, session: &rows::Session, now: OffsetDateTime) -> bool {
    let (sessions, ends_at) = (&app.config.sessions, session.expires_at.0);
    let is_at_its_end =
        sessions.max_age.is_some_and(|max_age| session.created_at.0 + max_age <= ends_at);
    lookup(app, true, now).due_until.is_some_and(|due| ends_at <= due) && !is_at_its_end
}

/// The look-up of an endpoint that is for people who are signed in.
pub fn guarded_lookup(app: &App, client: &Client, now: OffsetDateTime) -> Lookup {
    let may_refresh = app.config.sessions.refresh == Refresh::Always && !is_kept(app, client);
    lookup(app, may_refresh, now)
}

/// The live session behind a request, as the database has it: a cached one proves nothing here.
///
/// Leaves the cookies of an extended session, or of one that ended, for the answer.
///
/// Errors: 401 `UNAUTHORIZED`, 403 `SESSION_NOT_FRESH`, 429 where a counter is full.
pub async fn require(app: &App, client: &Client, demand: Demand) -> Result<Live, Error> {
    let live = find(app, client, demand.clone()).await?.ok_or(Error::Unauthorized)?;
    if demand.is_fresh {
        require_fresh(app, &live)?;
    }
    Ok(live)
}

/// The same where nobody need be signed in.
pub async fn find(app: &App, client: &Client, demand: Demand) -> Result<Option<Live>, Error> {
    let Some(token) = token(app, client) else { return Ok(None) };
    let lookup = Lookup {
        with_password: demand.with_password,
        counters: demand.counters,
        ..guarded_lookup(app, client, app.clock.now())
    };
    match rows::find_live(&app.db, &token, &lookup, &app.config.fields).await? {
        Found::Live(live) => {
            app.audit.user(&live.user.id);
            app.audit.session(&live.session.id);
            renew(app, client, &live);
            Ok(Some(*live))
        }
        Found::Nothing => {
            clear(app, client);
            Ok(None)
        }
        Found::Limited(wait_ms) => Err(Error::too_many_requests(wait_ms)),
    }
}

/// Errors: 403 `SESSION_NOT_FRESH`.
pub fn require_fresh(app: &App, live: &Live) -> Result<(), Error> {
    let is_fresh = app.config.sessions.is_fresh(live.session.created_at.0, app.clock.now());
    if is_fresh { Ok(()) } else { Err(Error::SessionNotFresh) }
}

/// Hands out a session that the client has already, as it is now, in place of what looking it up has
/// left for the answer: each cookie goes out once.
pub fn reissue(app: &App, client: &Client, session: &rows::Session, user: &User) {
    client.outgoing.discard();
    if app.config.cookie_cache.is_none() {
        clear_stale_cache(app, client);
    }
    issue(app, client, session, user, !is_unremembered(app, client));
}

/// Leaves the cookies of a live session for the answer: all where it was extended, else the cached
/// copy, where the client has none that is right.
pub fn renew(app: &App, client: &Client, live: &Live) {
    if app.config.cookie_cache.is_none() {
        clear_stale_cache(app, client);
    }
    if live.is_refreshed {
        issue(app, client, &live.session, &live.user, true);
    } else if !is_kept(app, client) && cached(app, client, &live.session.token).is_none() {
        renew_cache(app, client, &live.session, &live.user);
    }
}
