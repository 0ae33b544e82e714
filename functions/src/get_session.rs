//! Who is signed in.

use axum::extract::RawQuery;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, PRAGMA};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use shared::client::Client;
use shared::db::session::{self as rows, Session};
use shared::db::user::User;
use shared::session::{self, SessionCookies};
use shared::{App, Error};

use crate::reply;

#[derive(Serialize)]
struct Current {
    session: Session,
    user: User,
}

/// `GET /get-session`, `GET /session` → 200 `{ session, user }`, or `null` where nobody is signed
/// in. Extends the session when it is due, and takes away the cookies of a dead one.
///
/// `?disableRefresh` with any value but the empty one leaves the session as it is.
pub async fn handler(client: Client, query: RawQuery, app: Result<App, Error>) -> Response {
    let mut response = match app {
        Ok(app) => current(&app, &client, &query).await.unwrap_or_else(Error::into_response),
        Err(error) => error.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

async fn current(
    app: &App,
    client: &Client,
    RawQuery(query): &RawQuery,
) -> Result<Response, Error> {
    let Some(token) = session::token(app, client) else {
        let cookies = SessionCookies::none().without_stale_caches(app, client);
        return Ok(reply::with_cookies(cookies, &None::<Current>));
    };
    let may_refresh =
        !session::is_unremembered(app, client) && !is_set(query.as_deref(), "disableRefresh");
    let lookup = session::lookup(app, may_refresh, app.clock.now());
    let found = rows::find_live(&app.db, &token, lookup).await?;

    let cookies = match &found {
        None => SessionCookies::clear(app, client),
        Some(live) if live.is_refreshed => {
            SessionCookies::issue(app, client, &token, true).without_stale_caches(app, client)
        }
        Some(_) => SessionCookies::none().without_stale_caches(app, client),
    };
    let body = found.map(|live| Current { session: live.session, user: live.user });
    Ok(reply::with_cookies(cookies, &body))
}

/// Whether a query has a name with any value but the empty one, or more than once (core.md §7.1).
fn is_set(query: Option<&str>, name: &str) -> bool {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let values: Vec<_> = pairs.filter(|(key, _)| key == name).map(|(_, value)| value).collect();
    values.len() > 1 || values.iter().any(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_value_but_the_empty_one_sets_a_flag() {
        for (query, expected) in [
            ("disableRefresh=true", true),
            ("disableRefresh=false", true),
            ("disableRefresh=0", true),
            ("disableRefresh=&disableRefresh=", true),
            ("a=1&disable%52efresh=1", true),
            ("disableRefresh=", false),
            ("disableRefresh", false),
            ("disablerefresh=1", false),
            ("", false),
        ] {
            assert_eq!(is_set(Some(query), "disableRefresh"), expected, "{query}");
        }
        assert!(!is_set(None, "disableRefresh"));
    }
}
