//! Whether a password is that of who is signed in.

use axum::response::Response;
use shared::body::{Body, Schema};
use shared::client::Client;
use shared::fields::Fields;
use shared::rate_limit::Counters;
use shared::session::{self, Demand};
use shared::{App, Error, db};

use crate::reply;

/// What is sent.
pub struct VerifyPassword {
    password: String,
}

impl Schema for VerifyPassword {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { password: fields.string("password") }
    }
}

/// `POST /verify-password`: `{ password }` → 200 `{ status: true }`.
///
/// Errors: 400 `VALIDATION_ERROR`, `PASSWORD_TOO_LONG`, `INVALID_PASSWORD`; 401 `UNAUTHORIZED`; 403
/// for a foreign origin; 429.
pub async fn handler(
    client: Client,
    Body(body): Body<VerifyPassword>,
    counters: Counters,
    app: App,
) -> Result<Response, Error> {
    let (counters, settled) = session::counting_guesses(&app, &client, counters);
    let demand = Demand { with_password: true, counters, ..Demand::default() };
    let live = session::require(&app, &client, demand).await?;
    app.config.passwords.check_length(&body.password)?;
    if !app.passwords.verify(live.password, &body.password).await? {
        return Err(Error::InvalidPassword);
    }
    if let Some(key) = settled {
        db::rate_limit::settle(&app.db, &key).await?;
    }
    Ok(reply::done())
}
