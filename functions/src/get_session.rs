//! Who is signed in.

use axum::extract::RawQuery;
use axum::http::header::{CACHE_CONTROL, PRAGMA};
use axum::http::{HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use shared::client::Client;
use shared::config::Refresh;
use shared::db::session::{self as rows, Found, Lookup, Session};
use shared::db::user::User;
use shared::fields::Fields;
use shared::query::{self, QuerySchema};
use shared::session;
use shared::{App, Error};

use crate::reply;

/// What the query may hold beside what any query of a session may.
pub struct CacheSwitch {
    skips_cache: bool,
}

impl QuerySchema for CacheSwitch {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { skips_cache: fields.switch("disableCookieCache") }
    }
}

/// `GET /get-session`, `GET /session` → 200 `{ session, user }`, or `null` where nobody is signed
/// in. Extends the session when it is due, and takes away the cookies of a dead one. A cached copy
/// in the cookie answers without the database.
///
/// `?disableRefresh` with any value but the empty one leaves the session as it is, and
/// `?disableCookieCache` asks the database. With deferred refresh nothing is written: the answer has
/// `needsRefresh`, and `POST /get-session` does it.
///
/// Errors: 405 `METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED` for a POST without deferred refresh.
pub async fn handler(
    method: Method,
    client: Client,
    query: RawQuery,
    app: Result<App, Error>,
) -> Response {
    let answer = async { current(&app?, &client, &method, query.0.as_deref()).await };
    let mut response = answer.await.unwrap_or_else(Error::into_response);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// Who is signed in: the cached copy as it was written, or what the database says.
#[derive(Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub enum CurrentSession {
    /// Described as the other: it has the same members.
    #[cfg_attr(feature = "openapi", schemars(skip))]
    Cached { session: Map<String, Value>, user: Map<String, Value> },
    #[serde(rename_all = "camelCase")]
    Live {
        session: Box<Session>,
        user: Box<User>,
        /// With deferred refresh: whether `POST /get-session` is due.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schemars(with = "bool"))]
        needs_refresh: Option<bool>,
    },
}

async fn current(
    app: &App,
    client: &Client,
    method: &Method,
    query: Option<&str>,
) -> Result<Response, Error> {
    let is_deferred = app.config.sessions.refresh == Refresh::Deferred;
    if method == Method::POST && !is_deferred {
        return Err(Error::DeferredRefreshDisabled);
    }
    let query: CacheSwitch = query::read(query)?;
    let has_cache = app.config.cookie_cache.is_some();
    let Some(token) = session::token(app, client) else {
        if !has_cache {
            session::clear_stale_cache(app, client);
        }
        return Ok(reply::json(&None::<CurrentSession>));
    };
    if has_cache && !query.skips_cache {
        if let Some(cached) = session::cached(app, client, &token) {
            let (session, user) = (session::shown_cached(app, cached.session), cached.user);
            return Ok(reply::json(&CurrentSession::Cached { session, user }));
        }
        // One that is refused goes, whatever the database says.
        session::clear_stale_cache(app, client);
    }

    let may_write = !is_deferred || method == Method::POST;
    let is_kept = session::is_kept(app, client);
    let may_refresh = app.config.sessions.refresh != Refresh::Never && !is_kept && may_write;
    let now = app.clock.now();
    let lookup = Lookup { deletes_expired: may_write, ..session::lookup(app, may_refresh, now) };
    let Found::Live(live) = rows::find_live(&app.db, &token, &lookup, &app.config.fields).await?
    else {
        session::clear(app, client);
        return Ok(reply::json(&None::<CurrentSession>));
    };

    if !has_cache {
        session::clear_stale_cache(app, client);
    }
    if live.is_refreshed {
        session::issue(app, client, &live.session, &live.user, true);
    } else if !is_kept {
        session::renew_cache(app, client, &live.session, &live.user);
    }
    let is_due = session::is_due(app, &live.session, now);
    Ok(reply::json(&CurrentSession::Live {
        needs_refresh: (!may_write && !is_kept).then_some(is_due),
        session: Box::new(session::shown(app, live.session)),
        user: Box::new(live.user),
    }))
}
