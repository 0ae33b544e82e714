//! URLs, origins, and the patterns that trust them.

use axum::http::header::{COOKIE, ORIGIN};
use axum::http::{HeaderMap, HeaderValue};
use percent_encoding::percent_decode_str;
use serde_json::json;
use shared::base_url::BaseUrl;
use shared::config::Config;
use shared::glob;
use shared::origin::{Checks, OriginPolicy, Trust};
use url::Url;

const OWN: &str = "http://localhost:4000";

pub const URL_WORDS: &[&str] = &[
    "/",
    "//",
    "\\",
    "%2f",
    "%5c",
    "%09",
    "%0a",
    "%00",
    "\t",
    "\n",
    "?",
    "#",
    "@",
    ":",
    "..",
    ".",
    "http:",
    "https:",
    "https://",
    "javascript:",
    "myapp://",
    "data:",
    "blob:",
    "localhost:4000",
    "http://localhost:4000",
    "app.example.com",
    "https://app.example.com",
    ":443",
    ":",
    "evil.com",
    "x.wild.example.com",
    "[::1]",
    "127.0.0.1",
    "0x7f.1",
    "xn--",
    "é",
    "。",
    "null",
    "/api/auth",
];
pub const GLOB_WORDS: &[&str] =
    &["*", "**", "?", "/", "a", "b", "ab", "*b", "\n", "\naab", "\n/a/b"];

fn trusting<T>(run: impl FnOnce(Trust<'_>) -> T) -> T {
    let config = Config::from_vars(|name| match name {
        "PUBLIC_URL" => Some(OWN.into()),
        "CORS_ORIGIN" => Some("https://app.example.com".into()),
        "BETTER_AUTH_TRUSTED_ORIGINS" => Some("https://*.wild.example.com,myapp://".into()),
        _ => None,
    })
    .unwrap();
    let base_url = config.base_url.as_ref().unwrap();
    run(Trust { base_url, origins: &config.trusted_origins, checks: Checks::ALL })
}

/// By the settings above, as the URL standard reads it.
fn is_trusted(url: &Url) -> bool {
    match url.scheme() {
        "myapp" => true,
        "http" | "https" => {
            let origin = url.origin().ascii_serialization();
            let host = url.host_str().unwrap_or_default();
            let is_wild = host.ends_with(".wild.example.com") && url.port().is_none();
            origin == OWN
                || origin == "https://app.example.com"
                || (url.scheme() == "https" && is_wild)
        }
        _ => false,
    }
}

/// Where a browser goes that is on a page of the service, or of any other site, and reads this `Location`.
fn followed(location: &str) -> Url {
    Url::parse(OWN).unwrap().join(location).unwrap()
}

/// A redirect leads to trusted ground, also where something on the way has decoded its path or taken its control
/// characters out; and it leads there again when it is asked for again.
pub fn redirect(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let target = |text: &str| {
        let fields =
            trusting(|trust| trust.url_fields(Some(&json!({ "callbackURL": text })), None));
        fields.map(|fields| fields.callback)
    };

    let Ok(found) = target(&text) else { return };

    let Some(found) = found else { return assert!(text.is_empty()) };
    assert_eq!(found.as_str(), text);
    let location = found.location();
    let location = location.to_str().unwrap();
    assert!(location.bytes().all(|byte| byte.is_ascii_graphic()), "{location}");
    assert!(is_trusted(found.url()), "{text}");
    assert_eq!(followed(location), *found.url());
    assert!(found.url().username().is_empty() || found.url().scheme() == "myapp", "{text}");
    if text.starts_with('/') {
        let path = location.split(['?', '#']).next().unwrap();
        let decoded = percent_decode_str(path).decode_utf8_lossy();
        assert!(is_trusted(&followed(&decoded)), "{text} once decoded");
    }
    let again = target(location).unwrap().unwrap();
    assert_eq!(again.url(), found.url());
}

/// A cookie counts where the page that sent it is trusted, and nowhere else.
pub fn origin(data: &[u8]) {
    let Ok(stated) = HeaderValue::from_bytes(data) else { return };
    let pair = [(COOKIE, HeaderValue::from_static("a=b")), (ORIGIN, stated)];
    let headers = HeaderMap::from_iter(pair);

    for policy in [OriginPolicy::Required, OriginPolicy::RequiredFromBrowsers] {
        let verdict = trusting(|trust| trust.check_origin(&headers, policy));
        if verdict.is_ok() {
            let text = std::str::from_utf8(data).unwrap();
            assert!(is_trusted(&Url::parse(text).unwrap()), "{text}");
        }
        assert_eq!(trusting(|trust| trust.check_sign_in(&headers)).is_ok(), verdict.is_ok());
    }
}

/// A base URL is read again as what it was written as, is an `http` or `https` one, and nothing of it was left aside.
pub fn base_url(data: &[u8]) {
    let text = String::from_utf8_lossy(data);

    let Some(base) = BaseUrl::parse(&text) else { return };

    let sent = Url::parse(&text).unwrap();
    assert!(sent.username().is_empty() && sent.password().is_none(), "{text}");
    assert!(sent.query().is_none() && sent.fragment().is_none(), "{text}");
    assert!(!sent.path().trim_end_matches('/').ends_with("/api/auth"), "{text}");
    let url = base.url();
    assert_eq!(BaseUrl::parse(&url).as_ref(), Some(&base), "{text}");
    let parsed = Url::parse(&format!("{url}/api/auth/ok")).unwrap();
    assert_eq!(parsed.origin().ascii_serialization(), base.origin());
    assert_eq!(parsed.host_str(), Some(base.host()));
    assert_eq!(base.is_https(), parsed.scheme() == "https");
    assert!(parsed.username().is_empty() && parsed.query().is_none(), "{text}");
    assert!(!url.ends_with('/') && url.starts_with(base.origin()));
}

/// A pattern, a line end, a text: they fit where a plain reading of the rule says so.
pub fn glob(data: &[u8]) {
    let data = String::from_utf8_lossy(data);
    let (pattern, text) = data.split_once('\n').unwrap_or((&data, ""));
    if pattern.len() > 24 || text.len() > 24 {
        return;
    }

    let characters = |text: &str| text.chars().collect::<Vec<_>>();
    assert_eq!(
        glob::matches(pattern, text),
        fits(&characters(pattern), &characters(text)),
        "{data}"
    );
    let (patterns, parts): (Vec<_>, Vec<_>) =
        (pattern.split('/').collect(), text.split('/').collect());
    let expected =
        if pattern.contains('*') { path_fits(&patterns, &parts) } else { pattern == text };
    assert_eq!(glob::matches_path(pattern, text), expected, "{data}");
}

fn fits(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', rest @ ..] => (0..=text.len()).any(|taken| fits(rest, &text[taken..])),
        [first, rest @ ..] => {
            text.first().is_some_and(|c| *first == '?' || first == c) && fits(rest, &text[1..])
        }
    }
}

fn path_fits(patterns: &[&str], parts: &[&str]) -> bool {
    match patterns {
        [] => parts.is_empty(),
        ["**", rest @ ..] => (0..=parts.len()).any(|taken| path_fits(rest, &parts[taken..])),
        [first, rest @ ..] => parts
            .split_first()
            .is_some_and(|(part, parts)| glob::matches(first, part) && path_fits(rest, parts)),
    }
}
