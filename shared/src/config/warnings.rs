//! Set-ups of cookies that can't work, each with its cure.
//!
//! Two origins are of one site if scheme and registrable domain agree (HTML standard, section 7.1.1), which
//! takes the public suffix list. It is a third of a megabyte in a Lambda's archive: only who calls
//! [`warnings`] carries it.

use std::net::IpAddr;

use super::{Config, SameSite};
use crate::base_url::BaseUrl;
use crate::cookies::{CookieKind, CookieStyle};

/// What browsers will not do, and what to change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// Pages that are of another site call with a cookie that browsers keep to one.
    #[error(
        "no session will be seen by pages of {pages}: they are of another site than {service}, and browsers \
         send no SameSite={same_site} cookie from one site to another. Serve the API under the pages' own \
         domain, as auth.example.com for app.example.com, and set PUBLIC_URL to it. Or set COOKIE_ATTRIBUTES to \
         {{\"sameSite\":\"none\"}}, which works where the browser allows third-party cookies, or use bearer \
         tokens"
    )]
    OtherSite {
        /// Their origins.
        pages: String,
        /// The origin of the service.
        service: String,
        /// What the cookie says.
        same_site: &'static str,
    },
    /// The same for pages of the same domain, over http where the service has https, or the reverse.
    #[error(
        "no session will be seen by pages of {pages}: to browsers http and https are two sites, and the service \
         is {service}. Serve both over https, and name the pages so in CORS_ORIGIN"
    )]
    OtherScheme {
        /// Their origins.
        pages: String,
        /// The origin of the service.
        service: String,
    },
    /// A cookie that browsers take over https alone.
    #[error(
        "browsers will drop the cookies: they are Secure, and {service} is not https. Set PUBLIC_URL to the https \
         URL that browsers use, or take away what makes them Secure: USE_SECURE_COOKIES, or secure, partitioned \
         or sameSite none in COOKIE_ATTRIBUTES and COOKIES"
    )]
    SecureOverHttp {
        /// The origin of the service.
        service: String,
    },
    /// `__Secure-` before the name of a cookie that is not.
    #[error(
        "browsers will drop the cookie {name}: a name that begins with __Secure- or __Host- is for Secure cookies. \
         Take secure false out of COOKIE_ATTRIBUTES and COOKIES, or set USE_SECURE_COOKIES to false as well"
    )]
    NotSecure {
        /// The cookie's name.
        name: String,
    },
    /// The domain of a cookie is not the service's.
    #[error(
        "browsers will drop the cookies: their domain {domain} does not cover {service}. Set COOKIE_DOMAIN (or \
         domain in COOKIE_ATTRIBUTES and COOKIES) to a domain that PUBLIC_URL is under, and PUBLIC_URL to where \
         browsers find the service"
    )]
    OtherDomain {
        /// What the cookie says.
        domain: String,
        /// The origin of the service.
        service: String,
    },
    /// Anybody can have a name under the domain of a cookie.
    #[error(
        "browsers will drop the cookies: strangers have names under their domain {domain}. Set COOKIE_DOMAIN (or \
         domain in COOKIE_ATTRIBUTES and COOKIES) to a domain of your own, or leave it out"
    )]
    PublicSuffix {
        /// What the cookie says.
        domain: String,
    },
}

/// Every set-up that can't work.
pub fn warnings(config: &Config) -> Vec<Warning> {
    let service = Service(config.base_url.as_ref());
    // On Lambda a base URL that is not set is the API's own, which has https.
    let unset = BaseUrl::parse("https://unset.invalid").expect("it is a URL");
    let style = CookieStyle {
        settings: &config.cookies,
        base_url: config.base_url.as_ref().unwrap_or(&unset),
    };
    let mut found = Vec::new();
    for kind in CookieKind::ALL {
        let cookie = Cookie::parse(style.name(kind), &style.set(kind, "", None));
        for warning in service.of_cookie(&cookie) {
            if !found.contains(&warning) {
                found.push(warning);
            }
        }
        if kind == CookieKind::SessionToken {
            let pages: Vec<_> = config.trusted_origins.iter().filter_map(BaseUrl::parse).collect();
            found.extend(service.of_pages(&cookie, &pages));
        }
    }
    found
}

/// Writes them into the log.
pub fn warn(config: &Config) {
    for warning in warnings(config) {
        tracing::warn!("{warning}");
    }
}

/// A cookie as a browser gets it.
struct Cookie {
    name: String,
    domain: Option<String>,
    is_secure: bool,
    same_site: SameSite,
}

impl Cookie {
    /// Reads a `Set-Cookie` line of ours.
    fn parse(name: String, line: &str) -> Self {
        let attributes: Vec<_> = line.split("; ").skip(1).collect();
        let value = |name: &str| {
            attributes.iter().find_map(|attribute| attribute.strip_prefix(name)?.strip_prefix('='))
        };
        let domain = |domain: &str| domain.trim_start_matches('.').to_ascii_lowercase();
        let same_site = [SameSite::None, SameSite::Strict]
            .into_iter()
            .find(|same_site| value("SameSite") == Some(same_site.as_str()));
        Self {
            name,
            domain: value("Domain").map(domain),
            is_secure: attributes.contains(&"Secure"),
            same_site: same_site.unwrap_or(SameSite::Lax),
        }
    }
}

/// Where the service is reached; `None`: at the API's own domain, or at one that only the gateway knows.
struct Service<'a>(Option<&'a BaseUrl>);

impl Service<'_> {
    fn name(&self) -> String {
        match self.0 {
            Some(base_url) => base_url.origin().to_owned(),
            None => "the API's own domain (PUBLIC_URL is not set)".to_owned(),
        }
    }

    fn of_cookie(&self, cookie: &Cookie) -> Vec<Warning> {
        let mut found = Vec::new();
        // Browsers trust their own machine as they trust https.
        let is_http = self.0.is_some_and(|base| !base.is_https() && !is_loopback(base.host()));
        if cookie.is_secure && is_http {
            found.push(Warning::SecureOverHttp { service: self.name() });
        }
        let name = cookie.name.to_ascii_lowercase();
        if !cookie.is_secure && (name.starts_with("__secure-") || name.starts_with("__host-")) {
            found.push(Warning::NotSecure { name: cookie.name.clone() });
        }
        if let Some(domain) = &cookie.domain
            && self.0.is_none_or(|base| base.host() != domain)
        {
            let domain = domain.clone();
            if !self.0.is_some_and(|base| is_under(base.host(), &domain)) {
                found.push(Warning::OtherDomain { domain, service: self.name() });
            } else if psl::suffix_str(&domain) == Some(&domain) {
                found.push(Warning::PublicSuffix { domain });
            }
        }
        found
    }

    fn of_pages(&self, cookie: &Cookie, pages: &[BaseUrl]) -> Vec<Warning> {
        if cookie.same_site == SameSite::None {
            return Vec::new();
        }
        let is_of_site = |page: &&BaseUrl| {
            self.0.is_some_and(|service| site(page.host()) == site(service.host()))
        };
        let is_of_scheme =
            |page: &&BaseUrl| self.0.is_some_and(|service| page.is_https() == service.is_https());
        let names = |pages: Vec<&BaseUrl>| {
            pages.iter().map(|page| page.origin()).collect::<Vec<_>>().join(", ")
        };
        let (same, other): (Vec<_>, Vec<_>) = pages.iter().partition(is_of_site);
        let other_scheme: Vec<_> = same.into_iter().filter(|page| !is_of_scheme(page)).collect();
        let mut found = Vec::new();
        if !other.is_empty() {
            let same_site = cookie.same_site.as_str();
            let pages = names(other);
            found.push(Warning::OtherSite { pages, service: self.name(), same_site });
        }
        if !other_scheme.is_empty() {
            found.push(Warning::OtherScheme { pages: names(other_scheme), service: self.name() });
        }
        found
    }
}

/// The registrable domain of a host; the host itself where it has none.
fn site(host: &str) -> &str {
    if is_address(host) { host } else { psl::domain_str(host).unwrap_or(host) }
}

/// Whether a cookie of `domain` may be set by `host` (RFC 6265, section 5.1.3).
fn is_under(host: &str, domain: &str) -> bool {
    !is_address(host) && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|ip| ip.is_loopback())
}

fn is_address(host: &str) -> bool {
    host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The variants' names, for settings.
    fn found(pairs: &[(&str, &str)]) -> Vec<&'static str> {
        all(pairs)
            .iter()
            .map(|warning| match warning {
                Warning::OtherSite { .. } => "other site",
                Warning::OtherScheme { .. } => "other scheme",
                Warning::SecureOverHttp { .. } => "secure over http",
                Warning::NotSecure { .. } => "not secure",
                Warning::OtherDomain { .. } => "other domain",
                Warning::PublicSuffix { .. } => "public suffix",
            })
            .collect()
    }

    fn all(pairs: &[(&str, &str)]) -> Vec<Warning> {
        let var = |name: &str| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        warnings(&Config::from_vars(var).unwrap())
    }

    /// The service at one origin, pages at others.
    fn between(service: &str, pages: &str) -> Vec<&'static str> {
        found(&[("PUBLIC_URL", service), ("CORS_ORIGIN", pages)])
    }

    #[test]
    fn what_works_is_passed_over() {
        for (service, pages) in [
            ("https://auth.example.com", "https://app.example.com,https://example.com"),
            ("https://example.com/identity", "https://example.com:8443"),
            ("https://auth.example.co.uk", "https://app.example.co.uk"),
            ("http://localhost:4000", "http://localhost:3000"),
            ("http://127.0.0.1:4000", "http://127.0.0.1:3000"),
            ("http://[::1]:4000", "http://[::1]:3000"),
            ("https://id.execute-api.eu-central-1.amazonaws.com", ""),
            ("", ""),
        ] {
            assert_eq!(between(service, pages), [""; 0], "{service} {pages}");
        }
    }

    #[test]
    fn pages_of_another_site_get_no_lax_cookie() {
        for (service, page) in [
            ("https://auth.example.com", "https://app.example.net"),
            ("https://auth.one.co.uk", "https://app.two.co.uk"),
            ("https://one.vercel.app", "https://two.vercel.app"),
            ("https://auth.example.com", "http://localhost:3000"),
            ("http://127.0.0.1:4000", "http://localhost:3000"),
            ("http://10.0.0.1", "http://10.1.0.1"),
            // AWS's own names: each is a site of its own.
            (
                "https://a.execute-api.eu-central-1.amazonaws.com",
                "https://b.execute-api.eu-central-1.amazonaws.com",
            ),
            ("https://a.execute-api.eu-central-1.amazonaws.com", "https://app.example.com"),
            (
                "https://a.lambda-url.eu-central-1.on.aws",
                "https://b.lambda-url.eu-central-1.on.aws",
            ),
            ("https://d1.cloudfront.net", "https://d2.cloudfront.net"),
            ("", "https://app.example.com"),
        ] {
            assert_eq!(between(service, page), ["other site"], "{service} {page}");
        }
    }

    #[test]
    fn pages_of_another_site_are_named_with_the_cure() {
        let pages = "https://app.example.com,https://app.example.net,https://www.example.org";
        let all = all(&[("PUBLIC_URL", "https://auth.example.com"), ("CORS_ORIGIN", pages)]);

        let text = all[0].to_string();
        assert_eq!(all.len(), 1);
        for part in [
            "https://app.example.net, https://www.example.org",
            "https://auth.example.com",
            "SameSite=Lax",
            "PUBLIC_URL",
            r#"COOKIE_ATTRIBUTES to {"sameSite":"none"}"#,
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("https://app.example.com,"), "{text}");
    }

    #[test]
    fn the_cookies_own_same_site_decides() {
        let with = |name, value| {
            found(&[
                ("PUBLIC_URL", "https://auth.example.com"),
                ("CORS_ORIGIN", "https://app.example.net"),
                (name, value),
            ])
        };

        for (name, value, expected) in [
            ("COOKIE_ATTRIBUTES", r#"{"sameSite":"none"}"#, None),
            ("COOKIE_ATTRIBUTES", r#"{"sameSite":"strict"}"#, Some("other site")),
            ("COOKIES", r#"{"session_token":{"attributes":{"sameSite":"none"}}}"#, None),
            (
                "COOKIES",
                r#"{"session_token":{"attributes":{"sameSite":"lax"}}}"#,
                Some("other site"),
            ),
            (
                "COOKIES",
                r#"{"session_data":{"attributes":{"sameSite":"none"}}}"#,
                Some("other site"),
            ),
        ] {
            assert_eq!(with(name, value), expected.into_iter().collect::<Vec<_>>(), "{value}");
        }
    }

    #[test]
    fn http_and_https_are_two_sites() {
        let https = "https://auth.example.com";

        assert_eq!(between(https, "http://app.example.com"), ["other scheme"]);
        assert_eq!(between("http://auth.example.com", "https://app.example.com"), ["other scheme"]);
        assert_eq!(
            between(https, "http://app.example.com,https://app.example.net"),
            ["other site", "other scheme"]
        );
        let none = [
            ("PUBLIC_URL", https),
            ("CORS_ORIGIN", "http://app.example.com"),
            ("COOKIE_ATTRIBUTES", r#"{"sameSite":"none"}"#),
        ];
        assert_eq!(found(&none), [""; 0]);
    }

    #[test]
    fn secure_cookies_need_https() {
        let at = |service, name, value| found(&[("PUBLIC_URL", service), (name, value)]);
        let (http, https) = ("http://auth.example.com", "https://auth.example.com");

        for (name, value) in [
            ("USE_SECURE_COOKIES", "true"),
            ("COOKIE_ATTRIBUTES", r#"{"sameSite":"none"}"#),
            ("COOKIE_ATTRIBUTES", r#"{"partitioned":true}"#),
            ("COOKIES", r#"{"dont_remember":{"attributes":{"secure":true}}}"#),
        ] {
            assert_eq!(at(http, name, value), ["secure over http"], "{name} {value}");
            assert_eq!(at(https, name, value), [""; 0], "{name} {value}");
            assert_eq!(at("http://localhost:4000", name, value), [""; 0], "{name} {value}");
            assert_eq!(at("http://[::1]:4000", name, value), [""; 0], "{name} {value}");
        }
        assert_eq!(at(http, "USE_SECURE_COOKIES", "false"), [""; 0]);
    }

    #[test]
    fn a_secure_name_needs_a_secure_cookie() {
        let not = ("COOKIE_ATTRIBUTES", r#"{"secure":false}"#);
        let https = ("PUBLIC_URL", "https://auth.example.com");

        assert_eq!(found(&[https, not]), ["not secure"; 3]);
        assert_eq!(found(&[https, not, ("USE_SECURE_COOKIES", "false")]), [""; 0]);
        assert_eq!(found(&[("PUBLIC_URL", "http://auth.example.com"), not]), [""; 0]);
    }

    #[test]
    fn a_cookies_domain_has_to_cover_the_service() {
        let at = |service, domain| {
            let crossing = ("CROSS_SUB_DOMAIN_COOKIES", "true");
            found(&[("PUBLIC_URL", service), crossing, ("COOKIE_DOMAIN", domain)])
        };

        for domain in ["example.com", ".example.com", "Example.com", "auth.example.com", ""] {
            assert_eq!(at("https://auth.example.com", domain), [""; 0], "{domain}");
        }
        for domain in ["example.net", "app.example.com", "ample.com", "x.auth.example.com"] {
            assert_eq!(at("https://auth.example.com", domain), ["other domain"], "{domain}");
        }
        assert_eq!(at("http://10.0.0.1", "0.0.1"), ["other domain"]);
        // Only the gateway knows where it is.
        assert_eq!(at("", "example.com"), ["other domain"]);
        let unused = [("PUBLIC_URL", "https://a.example"), ("COOKIE_DOMAIN", "example.com")];
        assert_eq!(found(&unused), [""; 0], "no cookie crosses");
    }

    #[test]
    fn a_cookies_domain_may_be_no_public_suffix() {
        for (service, domain) in [
            ("https://auth.example.co.uk", "co.uk"),
            ("https://auth.example.com", "com"),
            ("https://d1.cloudfront.net", "cloudfront.net"),
            (
                "https://a.execute-api.eu-central-1.amazonaws.com",
                "execute-api.eu-central-1.amazonaws.com",
            ),
        ] {
            let attributes = format!(r#"{{"domain":"{domain}"}}"#);
            let settings = [("PUBLIC_URL", service), ("COOKIE_ATTRIBUTES", &attributes)];
            assert_eq!(found(&settings), ["public suffix"], "{service} {domain}");
        }
    }
}
