//! Whether the endpoints can be reached.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

/// `GET /ok` → 200 `{ ok: true }`. Asks no database and reads no secret.
pub async fn handler() -> Response {
    shared::error::json(StatusCode::OK, &json!({ "ok": true }))
}
