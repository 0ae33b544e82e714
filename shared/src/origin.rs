//! Which pages may call, and where a redirect may lead. core.md §17.

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, ORIGIN, REFERER};
use serde_json::Value;
use url::Url;

use crate::base_url::BaseUrl;
use crate::error::{Error, UrlField};

/// The origins beside the service's own whose pages may call with cookies: exact ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedOrigins(Vec<String>);

/// Why an entry of the list is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// `*`, or a pattern.
    #[error(
        "`{0}` would let pages of strangers act for your users: list each origin, like https://app.example.com"
    )]
    Wildcard(String),
    /// No `http(s)` origin.
    #[error("`{0}` is no origin: write scheme, host and port, like https://app.example.com")]
    NotAnOrigin(String),
}

impl TrustedOrigins {
    /// Reads a comma-separated list; blanks and empty entries are skipped.
    pub fn parse(list: &str) -> Result<Self, OriginError> {
        let entries = list.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let origin = |entry: &str| {
            if entry.contains(['*', '?']) {
                return Err(OriginError::Wildcard(entry.to_owned()));
            }
            BaseUrl::parse(entry)
                .map(|base| base.origin().to_owned())
                .ok_or_else(|| OriginError::NotAnOrigin(entry.to_owned()))
        };
        entries.map(origin).collect::<Result<_, _>>().map(Self)
    }

    /// The origins, normalised: `https://app.example.com`.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// The service's own origin and the trusted ones.
#[derive(Clone, Copy, Debug)]
pub struct Trust<'a> {
    /// Where the service is reached.
    pub base_url: &'a BaseUrl,
    /// The others.
    pub origins: &'a TrustedOrigins,
}

/// How strict the origin check of an endpoint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginPolicy {
    /// A cookie demands a trusted `Origin` or `Referer`.
    Required,
    /// The same, but a request that no browser can have sent (no `Origin`, `Referer`, `Sec-Fetch-*`)
    /// passes with its cookie: a browser always states the origin of a POST (Fetch standard, §3.2).
    RequiredFromBrowsers,
}

impl Trust<'_> {
    /// Whether the origin of an absolute URL is trusted.
    fn trusts(&self, url: &str) -> bool {
        let Ok(url) = Url::parse(url) else { return false };
        let origin = url.origin().ascii_serialization();
        matches!(url.scheme(), "http" | "https")
            && (origin == self.base_url.origin()
                || self.origins.iter().any(|other| other == origin))
    }

    /// The global check of everything but GET: bites when there is a `Cookie` header. A request
    /// that only carries a bearer token is no browser's doing.
    pub fn check_origin(&self, headers: &HeaderMap, policy: OriginPolicy) -> Result<(), Error> {
        let is_stated = BROWSERS_HEADERS.iter().any(|name| headers.contains_key(*name));
        let excused = policy == OriginPolicy::RequiredFromBrowsers && !is_stated;
        if headers.contains_key(COOKIE) && !excused { self.demand_origin(headers) } else { Ok(()) }
    }

    /// The guard of sign-in and sign-up: a foreign page must not sign its visitor in as somebody
    /// else, which needs no cookie. Requests without any header of a browser pass.
    pub fn check_sign_in(&self, headers: &HeaderMap) -> Result<(), Error> {
        if headers.contains_key(COOKIE) {
            return self.demand_origin(headers);
        }
        let is = |name: &str, value: &str| text(headers, name) == value;
        if is("sec-fetch-site", "cross-site") && is("sec-fetch-mode", "navigate") {
            return Err(Error::CrossSiteNavigationLoginBlocked);
        }
        if is_from_browser(headers) { self.demand_origin(headers) } else { Ok(()) }
    }

    fn demand_origin(&self, headers: &HeaderMap) -> Result<(), Error> {
        let origin = text(headers, ORIGIN.as_str());
        let stated = if origin.is_empty() { text(headers, REFERER.as_str()) } else { origin };
        match stated {
            // A sandboxed page of our own, in the browser's word: there is no header to forge it.
            "null" if origin == "null" && text(headers, "sec-fetch-site") == "same-origin" => {
                Ok(())
            }
            "" | "null" => Err(Error::MissingOrNullOrigin),
            stated if self.trusts(stated) => Ok(()),
            _ => Err(Error::InvalidOrigin),
        }
    }

    /// The URL fields of a body, and `callbackURL` of the query: trusted, or relative and safe.
    pub fn check_url_fields(&self, body: Option<&Value>, query: Option<&str>) -> Result<(), Error> {
        let field = |name| body.and_then(|body| body.get(name)).filter(|value| is_truthy(value));
        match field("callbackURL") {
            Some(value) => self.check_url(value, UrlField::Callback)?,
            None => self.check_query(query)?,
        }
        for (name, kind) in [
            ("redirectTo", UrlField::Redirect),
            ("errorCallbackURL", UrlField::ErrorCallback),
            ("newUserCallbackURL", UrlField::NewUserCallback),
        ] {
            if let Some(value) = field(name) {
                self.check_url(value, kind)?;
            }
        }
        Ok(())
    }

    fn check_query(&self, query: Option<&str>) -> Result<(), Error> {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let values: Vec<_> =
            pairs.filter(|(name, _)| name == "callbackURL").map(|(_, value)| value).collect();
        match values.as_slice() {
            [] => Ok(()),
            [value] if value.is_empty() => Ok(()),
            [value] => self.check_url_text(value, UrlField::Callback),
            _ => Err(Error::UrlNotString(UrlField::Callback)),
        }
    }

    fn check_url(&self, value: &Value, field: UrlField) -> Result<(), Error> {
        match value {
            Value::String(url) => self.check_url_text(url, field),
            _ => Err(Error::UrlNotString(field)),
        }
    }

    fn check_url_text(&self, url: &str, field: UrlField) -> Result<(), Error> {
        let is_safe = if url.starts_with('/') { is_safe_path(url) } else { self.is_safe_url(url) };
        if is_safe { Ok(()) } else { Err(Error::UntrustedUrl(field)) }
    }

    /// Blanks, backslashes and control characters make parsers disagree, so no URL may hold them.
    fn is_safe_url(&self, url: &str) -> bool {
        !url.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\')
            && self.trusts(url)
    }
}

/// A path of this site which every parser reads alike: one leading `/`, no backslash, no control
/// character, no encoded slash or backslash before the query.
fn is_safe_path(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    !url.starts_with("//")
        && !url.contains(|c: char| c.is_control() || c == '\\')
        && !path.contains("%2f")
        && !path.contains("%5c")
}

/// JavaScript's truth: absent, `null`, `false`, `0` and `""` count as not given.
fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// What a browser states of where a request comes from.
const BROWSERS_HEADERS: [&str; 5] =
    ["origin", "referer", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"];

fn is_from_browser(headers: &HeaderMap) -> bool {
    BROWSERS_HEADERS.iter().any(|name| !text(headers, name).trim().is_empty())
}

/// A header's text; empty when absent. Unreadable bytes, and several headers of one name, are a
/// text that nothing trusts.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => "",
        (Some(value), None) => value.to_str().unwrap_or("?"),
        (Some(_), Some(_)) => "?",
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};
    use serde_json::json;

    use super::*;

    fn with_trust<T>(run: impl FnOnce(Trust<'_>) -> T) -> T {
        let base_url = BaseUrl::parse("http://localhost:4000").unwrap();
        let origins =
            TrustedOrigins::parse("https://app.example.com, http://localhost:3000").unwrap();
        run(Trust { base_url: &base_url, origins: &origins })
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap())
        };
        let mut headers = HeaderMap::new();
        for (name, value) in pairs.iter().map(pair) {
            headers.append(name, value);
        }
        headers
    }

    const OWN: (&str, &str) = ("origin", "http://localhost:4000");

    fn code(result: Result<(), Error>) -> &'static str {
        match result {
            Ok(()) => "ok",
            Err(Error::MissingOrNullOrigin) => "missing",
            Err(Error::InvalidOrigin) => "invalid",
            Err(Error::CrossSiteNavigationLoginBlocked) => "navigation",
            Err(Error::UntrustedUrl(_)) => "untrusted",
            Err(Error::UrlNotString(_)) => "not a string",
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_cookie_demands_a_trusted_origin() {
        for (pairs, expected) in [
            (&[][..], "ok"),
            (&[("origin", "https://evil.com")], "ok"),
            (&[("cookie", "x=1")], "missing"),
            (&[("cookie", "x=1"), ("origin", "null")], "missing"),
            (&[("cookie", "x=1"), ("origin", "")], "missing"),
            (&[("cookie", "x=1"), ("origin", "https://evil.com")], "invalid"),
            (&[("cookie", "x=1"), ("origin", "http://localhost:4000.evil.com")], "invalid"),
            (&[("cookie", "x=1"), ("origin", "https://app.example.com:8443")], "invalid"),
            (&[("cookie", "x=1"), ("origin", "garbage")], "invalid"),
            (&[("cookie", "x=1"), ("origin", "/relative")], "invalid"),
            (&[("cookie", "x=1"), ("origin", "ü")], "invalid"),
            (&[("cookie", "x=1"), OWN, OWN], "invalid"),
            (&[("cookie", "x=1"), OWN, ("origin", "https://evil.com")], "invalid"),
            (&[("cookie", "x=1"), ("origin", "http://LOCALHOST:4000")], "ok"),
            (&[("cookie", "x=1"), ("origin", "https://app.example.com:443")], "ok"),
            (&[("cookie", "x=1"), ("referer", "http://localhost:4000/page?x=1")], "ok"),
            (&[("cookie", "x=1"), ("referer", "https://evil.com/x")], "invalid"),
            (&[("cookie", "x=1"), ("origin", "null"), ("sec-fetch-site", "same-origin")], "ok"),
            (&[("cookie", "x=1"), ("origin", "null"), ("sec-fetch-site", "same-site")], "missing"),
            (
                &[("cookie", "x=1"), ("referer", "null"), ("sec-fetch-site", "same-origin")],
                "missing",
            ),
        ] {
            let check =
                |trust: Trust<'_>| trust.check_origin(&headers(pairs), OriginPolicy::Required);
            assert_eq!(code(with_trust(check)), expected, "{pairs:?}");
        }
    }

    #[test]
    fn what_no_browser_sent_may_be_excused() {
        for (pairs, expected) in [
            (&[("cookie", "x=1")][..], "ok"),
            (&[("cookie", "x=1"), ("origin", "null")], "missing"),
            (&[("cookie", "x=1"), ("origin", "")], "missing"),
            (&[("cookie", "x=1"), ("origin", "https://evil.com")], "invalid"),
            (&[("cookie", "x=1"), ("referer", "https://evil.com")], "invalid"),
            (&[("cookie", "x=1"), ("sec-fetch-site", "cross-site")], "missing"),
            (&[("cookie", "x=1"), ("sec-fetch-mode", "navigate")], "missing"),
            (&[("cookie", "x=1"), ("sec-fetch-dest", "empty")], "missing"),
        ] {
            let policy = OriginPolicy::RequiredFromBrowsers;
            let check = |trust: Trust<'_>| trust.check_origin(&headers(pairs), policy);
            assert_eq!(code(with_trust(check)), expected, "{pairs:?}");
        }
    }

    #[test]
    fn sign_in_is_guarded_without_cookies_too() {
        let navigation = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        for (pairs, expected) in [
            (&[][..], "ok"),
            (&[("origin", "https://evil.com")], "invalid"),
            (&[("origin", "null")], "missing"),
            (&[("referer", "https://evil.com/")], "invalid"),
            (&[("sec-fetch-site", "same-origin")], "missing"),
            (&[("sec-fetch-site", " ")], "ok"),
            (&[navigation[0], navigation[1], ("origin", "http://localhost:4000")], "navigation"),
            (&[navigation[0], navigation[1], ("cookie", "x=1")], "missing"),
            (&[navigation[0], ("origin", "https://app.example.com")], "ok"),
        ] {
            let check = |trust: Trust<'_>| trust.check_sign_in(&headers(pairs));
            assert_eq!(code(with_trust(check)), expected, "{pairs:?}");
        }
    }

    #[test]
    fn a_redirect_stays_on_trusted_ground() {
        for (url, expected) in [
            ("/a", "ok"),
            ("/a?b=c#d", "ok"),
            ("/a?x=%2F", "ok"),
            ("", "ok"),
            ("https://app.example.com/x?y", "ok"),
            ("http://localhost:4000/x", "ok"),
            ("//evil.com", "untrusted"),
            ("/\\evil.com", "untrusted"),
            ("/%2fevil.com", "untrusted"),
            ("/%2Fevil.com", "untrusted"),
            ("/a%5cb", "untrusted"),
            ("/a\tb", "untrusted"),
            ("/a\r\nset-cookie: x", "untrusted"),
            ("a/b", "untrusted"),
            ("https://evil.com", "untrusted"),
            ("https://app.example.com@evil.com", "untrusted"),
            ("https://app.example.com\\@evil.com", "untrusted"),
            ("https://app.example.com.evil.com", "untrusted"),
            ("https://app.example.com./", "untrusted"),
            (" https://app.example.com", "untrusted"),
            ("https://app.example.com/\n", "untrusted"),
            ("javascript:alert(1)", "untrusted"),
            ("myapp://cb", "untrusted"),
        ] {
            for name in ["callbackURL", "redirectTo", "errorCallbackURL", "newUserCallbackURL"] {
                let body = json!({ name: url });
                let check = |trust: Trust<'_>| trust.check_url_fields(Some(&body), None);
                assert_eq!(code(with_trust(check)), expected, "{name} {url:?}");
            }
        }
    }

    #[test]
    fn a_url_field_is_a_text_and_the_query_counts_where_the_body_has_none() {
        for (body, query, expected) in [
            (json!({ "callbackURL": 5 }), None, "not a string"),
            (json!({ "callbackURL": ["/a"] }), None, "not a string"),
            (json!({ "callbackURL": null }), None, "ok"),
            (json!({ "callbackURL": 0 }), None, "ok"),
            (json!({}), Some("callbackURL=https://evil.com"), "untrusted"),
            (json!({ "callbackURL": "/a" }), Some("callbackURL=https://evil.com"), "ok"),
            (json!({}), Some("callbackURL=/a&callbackURL=/b"), "not a string"),
            (json!([]), Some("callbackURL="), "ok"),
        ] {
            let check = |trust: Trust<'_>| trust.check_url_fields(Some(&body), query);
            assert_eq!(code(with_trust(check)), expected, "{body} {query:?}");
        }
    }

    #[test]
    fn the_list_takes_exact_origins_only() {
        let list = |text| TrustedOrigins::parse(text).map(|list| list.0);

        assert_eq!(
            list(" https://A.example/ ,,http://b.example:80").unwrap(),
            ["https://a.example", "http://b.example"]
        );
        assert_eq!(list("*"), Err(OriginError::Wildcard("*".into())));
        assert_eq!(
            list("https://a.example/app"),
            Err(OriginError::NotAnOrigin("https://a.example/app".into()))
        );
    }
}
