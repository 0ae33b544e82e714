//! Writing a session's additional fields.

use axum::response::Response;
use serde::Serialize;
use serde_json::{Map, Value};
use shared::body::{Body, Schema};
use shared::client::Client;
use shared::db::session::Session;
use shared::fields::Fields;
use shared::session::{self, Demand};
use shared::{App, Error, db};

use crate::reply;

/// What is sent: a record whose names only the settings know.
pub struct UpdateSession(Map<String, Value>);

impl Schema for UpdateSession {
    const ROOT: &'static [&'static str] = &["record"];

    fn read(fields: &mut Fields<'_>) -> Self {
        Self(fields.object().clone())
    }
}

/// The session as it is now.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SessionUpdated {
    session: Session,
}

/// `POST /update-session`: additional session fields → 200 `{ session }` and the session's cookies.
/// Other names are ignored.
///
/// Errors: 400 `VALIDATION_ERROR`, `FIELD_NOT_ALLOWED`, "No fields to update"; 401 `UNAUTHORIZED`,
/// `FAILED_TO_GET_SESSION` where it ends meanwhile; 403 for a foreign origin.
pub async fn handler(
    client: Client,
    Body(UpdateSession(body)): Body<UpdateSession>,
    app: App,
) -> Result<Response, Error> {
    let mut live = session::require(&app, &client, Demand::default()).await?;
    let fields = app.config.fields.session.on_update(&body)?;
    if fields.is_empty() {
        return Err(Error::NoFieldsToUpdate);
    }

    let now = app.clock.now();
    let (token, cutoff) = (&live.session.token, app.config.sessions.cutoff(now));
    let updated =
        db::session::update_fields(&app.db, token, &fields, cutoff, &app.config.fields).await?;
    live.session.fields = updated.ok_or(Error::SessionGone)?;
    live.session.updated_at = now.into();

    session::reissue(&app, &client, &live.session, &live.user);
    Ok(reply::json(&SessionUpdated { session: session::shown(&app, live.session) }))
}
