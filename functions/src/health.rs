//! Whether the process answers.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

/// The answer.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Health {
    /// Always `ok`.
    status: &'static str,
}

/// `GET /health` → 200 `{ status: "ok" }`. Asks no database and reads no secret: a probe that did
/// would have every instance restarted while Postgres is away.
pub async fn handler() -> Response {
    shared::error::json(StatusCode::OK, &Health { status: "ok" })
}
