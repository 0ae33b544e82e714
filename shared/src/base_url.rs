//! Where the service is reached: decides the cookies' names and which origin is its own.

use url::{Position, Url};

/// The origin of the service, from a setting or from API Gateway, never from a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    origin: String,
}

impl BaseUrl {
    /// Reads an `http(s)` URL without user, query and fragment; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url[Position::BeforeUsername..Position::BeforeHost].is_empty()
            && url.query().is_none()
            && url.fragment().is_none();
        plain.then(|| Self { origin: url.origin().ascii_serialization() })
    }

    /// The base URL of an API's own domain, as the gateway states it: always `https`.
    pub fn of_domain(domain: &str) -> Option<Self> {
        Self::parse(&format!("https://{domain}"))
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
    fn anything_but_a_plain_http_url_is_refused() {
        for text in [
            "localhost:4000",
            "ftp://a.example",
            "http://a.example/auth",
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
        assert!(
            BaseUrl::of_domain("id.execute-api.eu-central-1.amazonaws.com").unwrap().is_https()
        );
        assert_eq!(BaseUrl::of_domain("evil.example/path"), None);
    }
}
