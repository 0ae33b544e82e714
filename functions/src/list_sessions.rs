//! Where a user is signed in.

use axum::response::Response;
use shared::client::Client;
use shared::{App, Error, db, session};

use crate::reply;

/// `GET /list-sessions` → 200, the user's live sessions, all of them, the oldest first.
///
/// Errors: 401 `UNAUTHORIZED`, 403 `SESSION_NOT_FRESH`.
pub async fn handler(client: Client, app: App) -> Result<Response, Error> {
    let token = session::token(&app, &client).ok_or(Error::Unauthorized)?;
    let lookup = session::guarded_lookup(&app, &client, app.clock.now());
    let sessions = db::session::list_live(&app.db, &token, &lookup, &app.config.fields).await?;
    let Some(current) = sessions.iter().find(|live| live.session.token == token) else {
        session::clear(&app, &client);
        return Err(Error::Unauthorized);
    };
    session::renew(&app, &client, current);
    session::require_fresh(&app, current)?;
    let shown = sessions.into_iter().map(|live| session::shown(&app, live.session));
    Ok(reply::json(&shown.collect::<Vec<_>>()))
}
