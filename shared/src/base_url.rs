//! Where the service is reached: decides the cookies' names, which origin is its own, and where links lead.

use url::{Position, Url};

/// The paths of the endpoints begin with it, so that a base URL does not end with it.
const BASE_PATH: &str = "/api/auth";

/// The origin of the service and what stands before `/api/auth`, from a setting or from API Gateway,
/// never from a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    origin: String,
    /// Empty, or like `/identity`.
    path: String,
}

impl BaseUrl {
    /// Reads an `http(s)` URL without user, query and fragment; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let path = url.path().strip_suffix('/').unwrap_or(url.path());
        let plain = matches!(url.scheme(), "http" | "https")
            && !path.split('/').skip(1).any(str::is_empty)
            && !path.ends_with(BASE_PATH)
            && url[Position::BeforeUsername..Position::BeforeHost].is_empty()
            && url.query().is_none()
            && url.fragment().is_none();
        let path = path.to_owned();
        plain.then(|| Self { origin: url.origin().ascii_serialization(), path })
    }

    /// The base URL of an API's domain, as the gateway states it: always `https`. The API's own domain
    /// has a named stage in every path; what a custom one has there, only `PUBLIC_URL` can say.
    pub fn of_domain(domain: &str, stage: Option<&str>) -> Option<Self> {
        let is_own = domain.split('.').nth(1) == Some("execute-api");
        let stage = stage.filter(|stage| is_own && *stage != "$default").unwrap_or_default();
        let base = Self::parse(&format!("https://{domain}"))?;
        if !base.is_origin() {
            return None;
        }
        if stage.is_empty() { Some(base) } else { Self::parse(&format!("{}/{stage}", base.origin)) }
    }

    /// What the path of an endpoint is appended to: `https://example.com/identity`.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// Whether nothing stands before the paths of the endpoints.
    pub fn is_origin(&self) -> bool {
        self.path.is_empty()
    }

    /// Scheme, host and non-default port: `https://auth.example.com`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host, without scheme and port: `auth.example.com`.
    pub fn host(&self) -> &str {
        let authority = self.origin.split_once("://").map_or("", |(_, authority)| authority);
        match authority.rsplit_once(':') {
            // A bracket after the colon: inside an IPv6 address.
            Some((host, port)) if !port.contains(']') => host,
            _ => authority,
        }
    }

    /// Whether cookies are `Secure` and carry the `__Secure-` prefix.
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https://")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_is_normal() {
        let origin = |text| BaseUrl::parse(text).map(|base| base.origin);

        assert_eq!(
            origin("HTTPS://Auth.Example.com:443/"),
            Some("https://auth.example.com".into())
        );
        assert_eq!(origin("http://localhost:4000"), Some("http://localhost:4000".into()));
    }

    #[test]
    fn a_path_stands_before_those_of_the_endpoints() {
        let url = |text| BaseUrl::parse(text).map(|base| (base.origin().to_owned(), base.url()));
        let is = |url: &str| Some(("https://a.example".to_owned(), url.to_owned()));

        assert_eq!(url("https://a.example/"), is("https://a.example"));
        assert_eq!(url("https://a.example/identity"), is("https://a.example/identity"));
        assert_eq!(url("https://a.example/identity/v1/"), is("https://a.example/identity/v1"));
    }

    #[test]
    fn anything_but_a_plain_http_url_is_refused() {
        for text in [
            "localhost:4000",
            "ftp://a.example",
            "http://a.example/api/auth",
            "http://a.example/identity/api/auth/",
            "http://a.example//",
            "http://a.example/a//b",
            "http://a.example?x",
            "http://a.example#x",
            "http://user@a.example",
            "",
        ] {
            assert_eq!(BaseUrl::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_host_has_no_port() {
        for (url, host) in [
            ("https://auth.example.com", "auth.example.com"),
            ("http://localhost:4000", "localhost"),
            ("http://[::1]:4000", "[::1]"),
            ("http://[::1]", "[::1]"),
        ] {
            assert_eq!(BaseUrl::parse(url).unwrap().host(), host);
        }
    }

    #[test]
    fn a_gateway_domain_is_https() {
        let own = "id.execute-api.eu-central-1.amazonaws.com";

        assert!(BaseUrl::of_domain(own, None).unwrap().is_https());
        assert_eq!(BaseUrl::of_domain("evil.example/path", None), None);
        assert_eq!(BaseUrl::of_domain("evil.example/path", Some("prod")), None);
    }

    #[test]
    fn a_named_stage_is_in_the_paths_of_the_apis_own_domain_alone() {
        let own = "id.execute-api.eu-central-1.amazonaws.com";
        let url = |domain, stage| BaseUrl::of_domain(domain, Some(stage)).map(|base| base.url());

        assert_eq!(url(own, "prod"), Some(format!("https://{own}/prod")));
        assert_eq!(url(own, "$default"), Some(format!("https://{own}")));
        assert_eq!(url("auth.example.com", "prod"), Some("https://auth.example.com".into()));
        assert_eq!(url(own, "a?b"), None);
    }
}
