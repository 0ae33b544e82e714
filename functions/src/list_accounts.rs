//! In which ways a user signs in.

use axum::response::Response;
use shared::client::Client;
use shared::session::{self, Demand};
use shared::{App, Error, db};

use crate::reply;

/// `GET /list-accounts` → 200, the user's accounts, the oldest first; never a token or a hash.
///
/// Errors: 401 `UNAUTHORIZED`.
pub async fn handler(client: Client, app: App) -> Result<Response, Error> {
    let live = session::require(&app, &client, Demand::default()).await?;
    Ok(reply::json(&db::account::list(&app.db, &live.user.id).await?))
}
