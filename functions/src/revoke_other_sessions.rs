//! Ending all sessions of a user but this one.

use axum::response::Response;
use shared::client::Client;
use shared::db::session::{Scope, revoke_all};
use shared::{App, Error, session};

use crate::reply;

/// `POST /revoke-other-sessions` → 200 `{ status: true }`.
///
/// Errors: 401 `UNAUTHORIZED`; 403 for a foreign origin.
pub async fn handler(client: Client, app: App) -> Result<Response, Error> {
    let token = session::token(&app, &client).ok_or(Error::Unauthorized)?;
    let cutoff = app.config.sessions.cutoff(app.clock.now());
    let revoked = revoke_all(&app.db, &token, Scope::Others, cutoff).await?;
    if revoked.is_none() {
        session::clear(&app, &client);
    }
    app.audit.revoked(&revoked.ok_or(Error::Unauthorized)?);
    Ok(reply::done())
}
