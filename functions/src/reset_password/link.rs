//! The link of a mail that leads to the page for a new password.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::response::Response;
use shared::fields::Fields;
use shared::origin::UrlFields;
use shared::query::{Query, QuerySchema};
use shared::verification::Purpose;
use shared::{App, Error, db};
use url::Url;

use crate::reply;

/// What the query has to hold; where it leads is for [`UrlFields`] to say.
pub struct Callback;

impl QuerySchema for Callback {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.string("callbackURL");
        Self
    }
}

/// `GET /reset-password/:token?callbackURL=` → 302 to the callback with `token`, which stays good, or
/// with `error=INVALID_TOKEN`. A callback that is a path becomes a URL of this service.
///
/// Errors: 400 `VALIDATION_ERROR`; 403 `INVALID_CALLBACK_URL`.
pub async fn handler(
    urls: UrlFields,
    Query(Callback): Query<Callback>,
    token: Result<Path<String>, PathRejection>,
    app: App,
) -> Result<Response, Error> {
    let Some(callback) = urls.query_callback else {
        let page = format!("{}/api/auth/error?error=INVALID_TOKEN", app.base_url.url());
        let redirect = reply::redirect(reply::location(&page)?);
        return Ok(reply::refusing(redirect, &Error::InvalidResetToken));
    };
    // Bytes that are no text, or one that no row holds, are no token of ours.
    let token = token.map(|Path(token)| token).unwrap_or_default();
    let token = if token.contains('\0') { String::new() } else { token };
    let identifiers = Purpose::ResetPassword.lookups(&token, &app.config.verification);
    let found = db::verification::find_live(&app.db, &identifiers, app.clock.now()).await?;
    let redirect = |name, value| {
        let target = with_parameter(callback.url().clone(), name, value);
        reply::location(target.as_str()).map(reply::redirect)
    };
    let Some(user_id) = found else {
        let redirect = redirect("error", "INVALID_TOKEN")?;
        return Ok(reply::refusing(redirect, &Error::InvalidResetToken));
    };
    app.audit.user(&user_id);
    redirect("token", &token)
}

/// A URL whose query has the parameter, in place of others of its name.
fn with_parameter(mut url: Url, name: &str, value: &str) -> Url {
    let mut is_set = false;
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (other, old) in url.query_pairs() {
        match (other == name, is_set) {
            (false, _) => pairs.push((other.into_owned(), old.into_owned())),
            (true, false) => {
                pairs.push((name.to_owned(), value.to_owned()));
                is_set = true;
            }
            (true, true) => {}
        }
    }
    if !is_set {
        pairs.push((name.to_owned(), value.to_owned()));
    }
    url.query_pairs_mut().clear().extend_pairs(pairs);
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
            with("https://a.example/cb?token=x&a=1&token=y#f"),
            "https://a.example/cb?token=T&a=1#f"
        );
    }
}
