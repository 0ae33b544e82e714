//! The session behind a request, and the cookies that carry one. core.md §13, §15, §20.

use std::convert::Infallible;

use axum::http::header::{ACCESS_CONTROL_EXPOSE_HEADERS, SET_COOKIE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponseParts, ResponseParts};
use percent_encoding::percent_decode_str;
use time::{Duration, OffsetDateTime};

use crate::app::App;
use crate::client::Client;
use crate::cookies::{CookieKind, is_percent_encoded};
use crate::db;
use crate::db::session::NewSession;
use crate::token;

/// The life of a session that is not to be remembered, whatever the setting for the others.
const UNREMEMBERED: Duration = Duration::days(1);
/// The value under the signature of the `dont_remember` cookie.
const DONT_REMEMBER: &str = "true";

/// Carries a signed session token to clients that keep no cookies.
static SET_AUTH_TOKEN: HeaderName = HeaderName::from_static("set-auth-token");

/// The session token that a request proves to hold: the bearer token, else the cookie.
///
/// A bearer token is signed, as it stands in `set-auth-token` or percent-encoded as in the cookie,
/// or, unless the settings refuse it, bare as in a JSON body. One that proves nothing is ignored.
pub fn token(app: &App, client: &Client) -> Option<String> {
    let bearer = client.bearer.as_deref().and_then(|bearer| bearer_token(app, bearer));
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
    signed_cookie(app, client, CookieKind::DontRemember).is_some()
}

/// A fresh session, not yet in the database.
pub fn new(app: &App, client: &Client, is_remembered: bool, now: OffsetDateTime) -> NewSession {
    let life = if is_remembered { app.config.session_expires_in } else { UNREMEMBERED };
    NewSession {
        id: token::random(),
        token: token::random(),
        expires_at: now + life,
        ip_address: client.ip_address.clone(),
        user_agent: client.user_agent.clone(),
    }
}

/// How a session is looked up: extended if it is due, unless the request forbids it.
pub fn lookup(app: &App, may_refresh: bool, now: OffsetDateTime) -> db::session::Lookup {
    let expires_in = app.config.session_expires_in;
    db::session::Lookup {
        now,
        extended_to: now + expires_in,
        // Due when at least the update age has passed since the last extension.
        due_until: may_refresh.then(|| now + expires_in - app.config.session_update_age),
    }
}

/// The `Set-Cookie` lines of an answer, and `set-auth-token` where a session is handed out.
#[derive(Debug, Default)]
pub struct SessionCookies {
    lines: Vec<String>,
    signed_token: Option<String>,
}

impl SessionCookies {
    /// None at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// Hands out a session. A `dont_remember` cookie is set for one that is not remembered, and
    /// taken away from a client that has one.
    pub fn issue(app: &App, client: &Client, token: &str, is_remembered: bool) -> Self {
        let (style, now) = (app.cookie_style(), app.clock.now());
        let max_age =
            is_remembered.then(|| app.config.session_expires_in.whole_seconds().unsigned_abs());
        let signed_token = app.keys.sign(token, now);
        let mut lines = vec![style.set(CookieKind::SessionToken, &signed_token, max_age)];
        if !is_remembered {
            let signed = app.keys.sign(DONT_REMEMBER, now);
            lines.push(style.set(CookieKind::DontRemember, &signed, None));
        } else if is_unremembered(app, client) {
            lines.push(style.clear(CookieKind::DontRemember));
        }
        Self { lines, signed_token: Some(signed_token) }
    }

    /// Takes everything away that a session may have left with the client.
    pub fn clear(app: &App, client: &Client) -> Self {
        let style = app.cookie_style();
        let mut lines =
            vec![style.clear(CookieKind::SessionToken), style.clear(CookieKind::SessionData)];
        lines.extend(Self::stale_caches(app, client));
        lines.push(style.clear(CookieKind::DontRemember));
        Self { lines, signed_token: None }
    }

    /// Takes away a cached session that an earlier set-up left: nothing reads it here.
    #[must_use]
    pub fn without_stale_caches(mut self, app: &App, client: &Client) -> Self {
        self.lines.splice(0..0, Self::stale_caches(app, client));
        self
    }

    fn stale_caches(app: &App, client: &Client) -> Vec<String> {
        let style = app.cookie_style();
        let names = client.cookies.cached_session_names(style);
        names.into_iter().map(|name| style.clear_name(name)).collect()
    }
}

impl IntoResponseParts for SessionCookies {
    type Error = Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Infallible> {
        let headers = response.headers_mut();
        for line in self.lines {
            let line = HeaderValue::try_from(line).expect("values of cookies are percent-encoded");
            headers.append(SET_COOKIE, line);
        }
        // A token that another program wrote may not fit into a header; its cookie still does.
        if let Some(Ok(signed_token)) = self.signed_token.map(HeaderValue::try_from) {
            headers.insert(SET_AUTH_TOKEN.clone(), signed_token);
            headers
                .append(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("set-auth-token"));
        }
        Ok(response)
    }
}
