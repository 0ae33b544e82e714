//! The link of a mail that leads to the page for a new password.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::response::Response;
use shared::fields::Fields;
use shared::query::{Query, QuerySchema};
use shared::verification::Purpose;
use shared::{App, Error, db};
use url::Url;

use crate::reply;

/// What the query holds; checked with every URL field before.
pub struct Callback {
    callback_url: String,
}

impl QuerySchema for Callback {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { callback_url: fields.string("callbackURL") }
    }
}

/// `GET /reset-password/:token?callbackURL=` → 302 to the callback with `token`, which stays good, or
/// with `error=INVALID_TOKEN`. A callback that is a path becomes a URL of this service.
///
/// Errors: 400 `VALIDATION_ERROR`; 403 `INVALID_CALLBACK_URL`.
pub async fn handler(
    Query(query): Query<Callback>,
    token: Result<Path<String>, PathRejection>,
    app: App,
) -> Result<Response, Error> {
    // Bytes that are no text are no token of ours.
    let token = token.map(|Path(token)| token).unwrap_or_default();
    let base = format!("{}/api/auth", app.base_url.origin());
    if query.callback_url.is_empty() {
        return reply::redirect(&format!("{base}/error?error=INVALID_TOKEN"));
    }
    let identifiers = Purpose::ResetPassword.lookups(&token, &app.config.verification);
    let found = db::verification::find_live(&app.db, &identifiers, app.clock.now()).await?;
    let (name, value) = match found {
        Some(_) => ("token", token.as_str()),
        None => ("error", "INVALID_TOKEN"),
    };
    let callback = Url::parse(&base)
        .and_then(|base| base.join(&query.callback_url))
        .map_err(|_| Error::UntrustedUrl(shared::error::UrlField::Callback))?;
    reply::redirect(with_parameter(callback, name, value).as_str())
}

/// A URL whose query has the parameter, in place of others of its name.
fn with_parameter(mut url: Url, name: &str, value: &str) -> Url {
    let others: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(other, _)| other != name)
        .map(|(other, value)| (other.into_owned(), value.into_owned()))
        .collect();
    url.query_pairs_mut().clear().extend_pairs(others).append_pair(name, value);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_takes_the_place_of_its_namesake() {
        let with = |url| with_parameter(Url::parse(url).unwrap(), "token", "T").to_string();

        assert_eq!(with("https://a.example/cb"), "https://a.example/cb?token=T");
        assert_eq!(
            with("https://a.example/cb?a=1&token=x#f"),
            "https://a.example/cb?a=1&token=T#f"
        );
    }
}
