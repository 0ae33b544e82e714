//! Changing what a user is called and looks like.

use axum::response::Response;
use serde_json::{Map, Value};
use shared::body::{Body, Schema};
use shared::client::Client;
use shared::db::user::{self, Profile};
use shared::fields::Fields;
use shared::session::{self, Demand};
use shared::{App, Error};

use crate::reply;

/// What is sent: a record, of which any type of value is taken (core.md §10.2).
pub struct UpdateUser(Map<String, Value>);

impl Schema for UpdateUser {
    const ROOT: &'static [&'static str] = &["record"];

    fn read(fields: &mut Fields<'_>) -> Self {
        fields.storable_if_string("name");
        fields.refuse_null("name", "string");
        fields.storable_if_string("image");
        Self(fields.object().clone())
    }
}

/// `POST /update-user`: `{ name?, image? }` and additional fields; `image: null` takes it away → 200
/// `{ status: true }` and the session's cookies.
///
/// Errors: 400 `VALIDATION_ERROR`, `EMAIL_CAN_NOT_BE_UPDATED`, `FIELD_NOT_ALLOWED`, "No fields to
/// update"; 401 `UNAUTHORIZED`; 403 for a foreign origin.
pub async fn handler(
    client: Client,
    Body(UpdateUser(body)): Body<UpdateUser>,
    app: App,
) -> Result<Response, Error> {
    let live = session::require(&app, &client, Demand::default()).await?;
    if body.get("email").is_some_and(shared::additional::is_truthy) {
        return Err(Error::EmailNotUpdatable);
    }
    let profile = Profile {
        name: body.get("name").and_then(text),
        image: body.get("image").map(text),
        fields: app.config.fields.user.on_update(&body)?,
    };
    if profile.name.is_none() && profile.image.is_none() && profile.fields.is_empty() {
        return Err(Error::NoFieldsToUpdate);
    }

    let (now, declared) = (app.clock.now(), &app.config.fields);
    let updated = user::update_profile(&app.db, &live.user.id, &profile, now, declared).await?;
    let updated = updated.ok_or(Error::Unauthorized)?;

    session::reissue(&app, &client, &live.session, &updated);
    Ok(reply::done())
}

/// A value as a column of texts takes it: other types as their JSON.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
