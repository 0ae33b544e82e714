//! Which pages may call. core.md §17.1, §17.2, §17.5.
//!
//! Whom to trust is said by [`TrustedOrigins`], where a redirect may lead by [`UrlFields`].

mod absolute;
mod checks;
mod patterns;
mod url_field;

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, ORIGIN, REFERER};

use crate::base_url::BaseUrl;
use crate::error::Error;

pub use checks::{Checks, OriginChecks};
pub use patterns::TrustedOrigins;
pub use url_field::{RedirectTarget, UrlFields};

use absolute::Absolute;

/// The path of an endpoint as settings name it: behind the base path, like `/sign-in/email`. The
/// pipeline leaves it in a request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoutePath(pub &'static str);

/// The service's own origin and the trusted ones, and what is checked at all.
#[derive(Clone, Copy, Debug)]
pub struct Trust<'a> {
    /// Where the service is reached.
    pub base_url: &'a BaseUrl,
    /// The others.
    pub origins: &'a TrustedOrigins,
    /// What of it is checked at this endpoint.
    pub checks: Checks,
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
    /// Whether a URL is of this service or of a trusted origin.
    fn trusts(&self, url: &Absolute<'_>) -> bool {
        url.origin().is_some_and(|origin| origin == self.base_url.origin())
            || self.origins.trust(url)
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
        if self.checks.navigation
            && is("sec-fetch-site", "cross-site")
            && is("sec-fetch-mode", "navigate")
        {
            return Err(Error::CrossSiteNavigationLoginBlocked);
        }
        if is_from_browser(headers) { self.demand_origin(headers) } else { Ok(()) }
    }

    fn demand_origin(&self, headers: &HeaderMap) -> Result<(), Error> {
        if !self.checks.origin {
            return Ok(());
        }
        let origin = text(headers, ORIGIN.as_str());
        let stated = if origin.is_empty() { text(headers, REFERER.as_str()) } else { origin };
        match stated {
            // A sandboxed page of our own, in the browser's word: there is no header to forge it.
            "null" if origin == "null" && text(headers, "sec-fetch-site") == "same-origin" => {
                Ok(())
            }
            "" | "null" => Err(Error::MissingOrNullOrigin),
            stated if Absolute::of_page(stated).is_some_and(|url| self.trusts(&url)) => Ok(()),
            _ => Err(Error::InvalidOrigin),
        }
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

    use super::*;
    use crate::config::Vars;

    fn with_trust<T>(run: impl FnOnce(Trust<'_>) -> T) -> T {
        with_checks(Checks::ALL, run)
    }

    /// At `http://localhost:4000`, with an origin of each kind trusted beside it.
    pub(super) fn with_checks<T>(checks: Checks, run: impl FnOnce(Trust<'_>) -> T) -> T {
        let base_url = BaseUrl::parse("http://localhost:4000").unwrap();
        let lists = |name: &str| match name {
            "CORS_ORIGIN" => Some("https://app.example.com, http://localhost:3000".to_owned()),
            "BETTER_AUTH_TRUSTED_ORIGINS" => {
                Some("https://*.wild.example.com,*.bare.example.com,myapp://".to_owned())
            }
            _ => None,
        };
        let origins = TrustedOrigins::from_vars(&Vars(&lists)).unwrap();
        run(Trust { base_url: &base_url, origins: &origins, checks })
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
            (&[("cookie", "x=1"), ("origin", "https://app.example.com@evil.com")], "invalid"),
            (&[("cookie", "x=1"), ("origin", "https://a.wild.example.com")], "ok"),
            (&[("cookie", "x=1"), ("origin", "http://a.wild.example.com")], "invalid"),
            (&[("cookie", "x=1"), ("origin", "http://x.bare.example.com")], "ok"),
            (&[("cookie", "x=1"), ("origin", "http://user@localhost:4000")], "ok"),
            (&[("cookie", "x=1"), ("origin", "myapp://")], "ok"),
            (&[("cookie", "x=1"), ("origin", "myapp://anything/path")], "ok"),
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
    fn what_is_switched_off_is_not_checked() {
        let foreign = headers(&[("cookie", "x=1"), ("origin", "https://evil.com")]);
        let navigation = headers(&[
            ("origin", "https://evil.com"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
        ]);
        let checks = Checks { origin: false, ..Checks::ALL };

        with_checks(checks, |trust| {
            assert_eq!(code(trust.check_origin(&foreign, OriginPolicy::Required)), "ok");
            assert_eq!(code(trust.check_sign_in(&foreign)), "ok");
            assert_eq!(code(trust.check_sign_in(&navigation)), "navigation");
        });
        with_checks(Checks { navigation: false, ..checks }, |trust| {
            assert_eq!(code(trust.check_sign_in(&navigation)), "ok");
        });
    }
}
