//! Signing out.

use axum::response::Response;
use serde::Serialize;
use shared::body::{Body, Schema};
use shared::client::Client;
use shared::fields::Fields;
use shared::{App, Error, db, session};

use crate::reply;

/// What may be sent. The fields are for signing out at a provider as well; none offers that yet.
pub struct SignOut;

impl Schema for SignOut {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.optional_string("callbackURL");
        fields.optional_bool("disableRedirect");
        fields.optional_string("state");
        Self
    }

    fn absent() -> Option<Self> {
        Some(Self)
    }
}

/// The cookies are cleared.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SignedOut {
    /// Always `true`.
    success: bool,
}

/// `POST /sign-out`: an optional `{ callbackURL?, disableRedirect?, state? }` → 200
/// `{ success: true }` and cleared cookies, with or without a session.
///
/// Errors: 400 `VALIDATION_ERROR`; 403 for a foreign origin.
pub async fn handler(
    client: Client,
    Body(SignOut): Body<SignOut>,
    app: App,
) -> Result<Response, Error> {
    if let Some(token) = session::token(&app, &client)
        && let Some(holder) = db::session::delete(&app.db, &token).await?
    {
        app.audit.holder(&holder);
    }
    session::clear(&app, &client);
    Ok(reply::json(&SignedOut { success: true }))
}
