//! Whether the endpoints can be reached.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

/// The answer.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Reached {
    /// Always `true`.
    ok: bool,
}

/// `GET /ok` → 200 `{ ok: true }`. Asks no database and reads no secret.
pub async fn handler() -> Response {
    shared::error::json(StatusCode::OK, &Reached { ok: true })
}
