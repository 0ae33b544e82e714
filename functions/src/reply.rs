//! Answers that several endpoints give.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use shared::session::SessionCookies;

/// 200 with a JSON body and the session's cookies.
pub fn with_cookies(cookies: SessionCookies, body: &impl Serialize) -> Response {
    (cookies, shared::error::json(StatusCode::OK, body)).into_response()
}
