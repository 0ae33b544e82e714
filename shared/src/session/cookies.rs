//! The cookies that hand a session out, keep a copy of it, and take it away. core.md §13.4–13.6.

use serde_json::{Value, json};

use super::{DONT_REMEMBER, is_unremembered};
use crate::app::App;
use crate::client::Client;
use crate::cookies::{CookieKind, chunks};
use crate::db::session::Session;
use crate::db::user::User;
use crate::session_cache::{self, Cached};

/// Hands out a session. A `dont_remember` cookie is set for one that is not remembered, and taken
/// away from a client that has one; a cached copy goes with it where the settings want one.
pub fn issue(app: &App, client: &Client, session: &Session, user: &User, is_remembered: bool) {
    app.audit.user(&user.id);
    app.audit.session(&session.id);
    let (style, now) = (app.cookie_style(), app.clock.now());
    let sessions = &app.config.sessions;
    let left = sessions.life(sessions.expires_in, session.created_at.0, now);
    let signed_token = app.keys.sign(&session.token, now);
    let max_age = is_remembered.then(|| left.whole_seconds().unsigned_abs());
    let mut lines = vec![style.set(CookieKind::SessionToken, &signed_token, max_age)];
    if !is_remembered {
        let signed = app.keys.sign(DONT_REMEMBER, now);
        lines.push(style.set(CookieKind::DontRemember, &signed, None));
    } else if is_unremembered(app, client) {
        lines.push(style.clear(CookieKind::DontRemember));
    }
    lines.extend(cache_lines(app, client, session, user, is_remembered));
    client.outgoing.put(lines);
    if !app.config.disables_bearer {
        client.outgoing.hand_out(signed_token);
    }
}

/// Renews the cached copy of a remembered session, where the settings want one.
pub fn renew_cache(app: &App, client: &Client, session: &Session, user: &User) {
    client.outgoing.put(cache_lines(app, client, session, user, true));
}

fn cache_lines(
    app: &App,
    client: &Client,
    session: &Session,
    user: &User,
    is_remembered: bool,
) -> Vec<String> {
    let Some(cache) = &app.config.cookie_cache else { return Vec::new() };
    let value = session_cache::encode(
        &app.keys,
        cache,
        &json(session),
        &json(user),
        is_remembered,
        app.clock.now(),
    );
    let max_age = is_remembered.then(|| cache.max_age.whole_seconds().unsigned_abs());
    let style = app.cookie_style();
    let name = style.name(CookieKind::SessionData);
    let longest_name = chunks::longest_name(&name);
    let empty_line = style.set_as(CookieKind::SessionData, &longest_name, "", max_age);
    let Some(parts) = chunks::split(&name, &value, empty_line.len()) else { return Vec::new() };

    let is_kept = |name: &str| parts.iter().any(|(kept, _)| kept == name);
    let sent = client.cookies.cached_session_names(style);
    let outdated = sent.into_iter().filter(|name| !is_kept(name));
    let mut lines: Vec<_> =
        outdated.map(|name| style.clear_as(CookieKind::SessionData, name)).collect();
    lines.extend(
        parts.iter().map(|(name, part)| style.set_as(CookieKind::SessionData, name, part, max_age)),
    );
    lines
}

fn json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_else(|_| json!({}))
}

/// The cached copy that a request carries, if the settings want one and it is of the session behind
/// `token`.
pub fn cached(app: &App, client: &Client, token: &str) -> Option<Cached> {
    let cache = app.config.cookie_cache.as_ref()?;
    let name = app.cookie_style().name(CookieKind::SessionData);
    let value = client.cookies.joined(&name)?;
    session_cache::decode(
        &app.keys,
        cache,
        &value,
        token,
        app.config.sessions.cutoff(app.clock.now()),
    )
}

/// Takes everything away that a session may have left with the client.
pub fn clear(app: &App, client: &Client) {
    let style = app.cookie_style();
    let mut lines =
        vec![style.clear(CookieKind::SessionToken), style.clear(CookieKind::SessionData)];
    lines.extend(stale_caches(app, client));
    lines.push(style.clear(CookieKind::DontRemember));
    client.outgoing.put(lines);
}

/// The same after something has ended the session: it is not handed out once more before.
pub fn end(app: &App, client: &Client) {
    client.outgoing.discard();
    clear(app, client);
}

/// Takes away a cached copy that is of no use: of an earlier set-up, or one that is not right.
pub fn clear_stale_cache(app: &App, client: &Client) {
    client.outgoing.put(stale_caches(app, client));
}

fn stale_caches(app: &App, client: &Client) -> Vec<String> {
    let style = app.cookie_style();
    let names = client.cookies.cached_session_names(style);
    names.into_iter().map(|name| style.clear_as(CookieKind::SessionData, name)).collect()
}
