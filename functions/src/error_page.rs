//! The page that a failed redirect ends on.

use axum::extract::RawQuery;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use shared::fields::Fields;
use shared::query::{self, QuerySchema};
use shared::{App, Error};

use crate::reply;

/// No script, no frame, nothing from anywhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What the query may hold; of a name that comes twice the first counts.
pub struct Shown {
    code: Option<String>,
    description: Option<String>,
}

impl QuerySchema for Shown {
    fn read(fields: &mut Fields<'_>) -> Self {
        let code = fields.first_string("error").map(str::to_owned);
        let description = fields.first_string("error_description").map(str::to_owned);
        Self { code, description }
    }
}

/// `GET /error?error=&error_description=` → 200, a page that shows the code; or 302 to `ERROR_URL`
/// with both in its query.
pub async fn handler(RawQuery(query): RawQuery, app: App) -> Result<Response, Error> {
    let shown: Shown = query::read(query.as_deref())?;
    let code = safe_code(shown.code.as_deref());
    let description = shown.description.as_deref().filter(|text| !text.is_empty());
    if let Some(url) = &app.config.error_url {
        let url = reply::with_parameter(url, "error", code);
        let url = match description {
            Some(text) => reply::with_parameter(&url, "error_description", text),
            None => url,
        };
        return Ok((StatusCode::FOUND, [(LOCATION, reply::location(&url)?)]).into_response());
    }
    let headers = [
        (CONTENT_TYPE, "text/html"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("x-content-type-options"), "nosniff"),
    ];
    Ok((StatusCode::OK, headers, page(code, description)).into_response())
}

/// A code that is one, else `UNKNOWN`: a page must not say what a link makes it say.
fn safe_code(code: Option<&str>) -> &str {
    let is_safe = |code: &&str| {
        let is_code = |byte: u8| byte.is_ascii_alphanumeric() || b"_-'".contains(&byte);
        !code.is_empty() && code.bytes().all(is_code)
    };
    code.filter(is_safe).unwrap_or("UNKNOWN")
}

fn page(code: &str, description: Option<&str>) -> String {
    let description =
        description.map(|text| format!("<p>{}</p>", escaped(text))).unwrap_or_default();
    format!(
        "<!doctype html>\n\
         <html lang=\"en\">\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Something went wrong</title>\n\
         <style>\n\
         body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 15vh auto; padding: 0 1rem }}\n\
         code {{ padding: .2em .4em; border: 1px solid; border-radius: .3em; opacity: .8 }}\n\
         </style>\n\
         <main>\n\
         <h1>Something went wrong</h1>\n\
         {description}\
         <p>Please go back to the app and try again. If it happens again, tell its makers this code:</p>\n\
         <p><code>{}</code></p>\n\
         </main>\n\
         </html>\n",
        escaped(code)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_code_is_unknown() {
        for code in ["", "a b", "<b>", "é", "a.b", "a\n"] {
            assert_eq!(safe_code(Some(code)), "UNKNOWN", "{code:?}");
        }
        assert_eq!(safe_code(Some("can't_DO-it9")), "can't_DO-it9");
        assert_eq!(safe_code(None), "UNKNOWN");
    }

    #[test]
    fn nothing_of_a_description_is_markup() {
        let page = page("X", Some("<script>alert('1')</script>&"));

        assert!(page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;"), "{page}");
    }
}
