//! The link of a mail that deletes an account.

use axum::response::Response;
use shared::client::Client;
use shared::fields::Fields;
use shared::origin::UrlFields;
use shared::query::{Query, QuerySchema};
use shared::session::{self, Demand};
use shared::{App, Error};

use crate::reply;

/// What the query holds beside `callbackURL`, which is for [`UrlFields`].
pub struct Callback {
    token: String,
}

impl QuerySchema for Callback {
    fn read(fields: &mut Fields<'_>) -> Self {
        let token = fields.string("token");
        fields.optional_string("callbackURL");
        Self { token }
    }
}

/// `GET /delete-user/callback?token=&callbackURL=` → 302 to the callback, or 200
/// `{ success: true, message }`; the user is gone and the cookies are cleared.
///
/// Errors: 400 `VALIDATION_ERROR`; 403 `INVALID_CALLBACK_URL`; 404 `NOT_FOUND` where deleting is
/// switched off, `FAILED_TO_GET_USER_INFO` where nobody is signed in, `INVALID_TOKEN`.
pub async fn handler(
    client: Client,
    urls: UrlFields,
    Query(query): Query<Callback>,
    app: App,
) -> Result<Response, Error> {
    app.config.users.delete.ok_or(Error::DeleteCallbackDisabled)?;
    let live = session::find(&app, &client, Demand::default()).await?;
    let live = live.ok_or(Error::UserInfoNotFound)?;
    super::with_token(&app, &client, &live.user, &query.token).await?;
    Ok(match urls.query_callback {
        Some(target) => reply::redirect(target.location()),
        None => super::deleted(),
    })
}
