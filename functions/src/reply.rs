//! Answers that several endpoints give.

use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use shared::Error;
use url::Url;

/// What a `Location` may not hold as it is (RFC 3986, section 2); what is encoded already stays.
const URI: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

/// It is done.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Done {
    /// Always `true`.
    status: bool,
}

/// 200 `{ status: true }`.
pub fn done() -> Response {
    json(&Done { status: true })
}

/// 200 with a JSON body.
pub fn json(body: &impl Serialize) -> Response {
    shared::error::json(StatusCode::OK, body)
}

/// A URL of our own making as `Location` has it.
pub fn location(url: &str) -> Result<HeaderValue, Error> {
    HeaderValue::try_from(utf8_percent_encode(url, URI).to_string()).map_err(Error::internal)
}

/// 302; no body, and JSON's content type all the same (core.md §1).
pub fn redirect(location: HeaderValue) -> Response {
    let json = HeaderValue::from_static("application/json");
    (StatusCode::FOUND, [(CONTENT_TYPE, json), (LOCATION, location)]).into_response()
}

/// A redirect that says that a link was refused: log and metrics hear why.
pub fn refusing(mut redirect: Response, error: &Error) -> Response {
    redirect.extensions_mut().insert(error.logged_code());
    redirect
}

/// A URL with one more parameter in its query, before its fragment.
pub fn with_parameter(url: &str, name: &str, value: &str) -> String {
    if let Ok(mut url) = Url::parse(url)
        && matches!(url.scheme(), "http" | "https")
    {
        url.query_pairs_mut().append_pair(name, value);
        return url.into();
    }
    let (url, fragment) = match url.split_once('#') {
        Some((url, fragment)) => (url, Some(fragment)),
        None => (url, None),
    };
    let pair = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    let joint = match url.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    format!("{url}{joint}{pair}{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_goes_into_the_query() {
        for (url, expected) in [
            ("/cb", "/cb?error=X"),
            ("/cb?a=1", "/cb?a=1&error=X"),
            ("/cb?", "/cb?error=X"),
            ("/cb#f", "/cb?error=X#f"),
            ("https://a.example", "https://a.example/?error=X"),
            ("myapp://cb", "myapp://cb?error=X"),
            ("https://a.example/cb?a=1#f?b", "https://a.example/cb?a=1&error=X#f?b"),
        ] {
            assert_eq!(with_parameter(url, "error", "X"), expected);
        }
    }
}
