//! Cookies that an answer carries whatever else it says.

use std::sync::{Arc, Mutex};

use axum::http::header::{ACCESS_CONTROL_EXPOSE_HEADERS, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Carries a signed session token to clients that keep no cookies.
static SET_AUTH_TOKEN: HeaderName = HeaderName::from_static("set-auth-token");

/// The `Set-Cookie` lines of one answer, and `set-auth-token` where a session is handed out.
///
/// Who looks a session up may have extended it: its new cookie has to reach the client also when the
/// request then fails. So lines are put here, and the pipeline writes them onto whatever answer comes.
#[derive(Clone, Debug, Default)]
pub struct Outgoing(Arc<Mutex<Lines>>);

#[derive(Debug, Default)]
struct Lines {
    cookies: Vec<String>,
    signed_token: Option<String>,
}

impl Outgoing {
    /// Adds lines, behind those that are there.
    pub fn put(&self, cookies: impl IntoIterator<Item = String>) {
        self.0.lock().expect("no holder of the lock panics").cookies.extend(cookies);
    }

    /// Hands out a session beside its cookie.
    pub fn hand_out(&self, signed_token: String) {
        self.0.lock().expect("no holder of the lock panics").signed_token = Some(signed_token);
    }

    /// Takes back everything that was put here.
    pub fn discard(&self) {
        *self.0.lock().expect("no holder of the lock panics") = Lines::default();
    }

    /// Writes everything onto an answer.
    pub fn write(&self, headers: &mut HeaderMap) {
        let lines = std::mem::take(&mut *self.0.lock().expect("no holder of the lock panics"));
        for line in lines.cookies {
            let line = HeaderValue::try_from(line).expect("values of cookies are percent-encoded");
            headers.append(SET_COOKIE, line);
        }
        // A token that another program wrote may not fit into a header; its cookie still does.
        if let Some(Ok(signed_token)) = lines.signed_token.map(HeaderValue::try_from) {
            headers.insert(SET_AUTH_TOKEN.clone(), signed_token);
            headers
                .append(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("set-auth-token"));
        }
    }
}
