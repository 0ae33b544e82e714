//! Whom the operator trusts beside the service itself. core.md §17.3.

use std::net::Ipv4Addr;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::absolute::{Absolute, is_harmful_scheme, is_scheme};
use crate::base_url::BaseUrl;
use crate::config::{ConfigError, Vars};
use crate::glob::{self, is_pattern};

/// Second labels under which countries sell names, as in `co.uk`: no owner is behind `*.co.uk`.
const SOLD_BY_COUNTRIES: [&str; 8] = ["ac", "co", "com", "edu", "gov", "net", "ne", "org"];

/// The origins beside the service's own whose pages may call with cookies, and where redirects may
/// lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedOrigins {
    /// `CORS_ORIGIN`.
    exact: Vec<String>,
    /// `BETTER_AUTH_TRUSTED_ORIGINS`.
    patterns: Vec<Pattern>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    /// `https://app.example.com`.
    Exact(String),
    /// `*.example.com`: on host and port, `http` and `https` alike.
    Host { glob: String, is_ipv4: bool },
    /// `https://*.example.com`: on the whole origin.
    Origin { glob: String, is_ipv4: bool },
    /// `myapp://`, `exp://192.168.*.*:*/**`: any authority and any path where the pattern has none.
    Scheme { scheme: String, authority: Option<String>, path: Option<String> },
}

/// Why an entry of a list is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error("`{0}` would let strangers act for your users: {1}")]
    TrustsStrangers(String, &'static str),
    #[error("`{0}` would never match: {1}")]
    NeverMatches(String, String),
}

impl TrustedOrigins {
    pub(crate) fn from_vars(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        fn list<T>(
            vars: &Vars<'_>,
            name: &'static str,
            read: fn(&str) -> Result<T, Refusal>,
        ) -> Result<Vec<T>, ConfigError> {
            let list = vars.get(name).unwrap_or_default();
            let entries = list.split(',').map(str::trim).filter(|entry| !entry.is_empty());
            entries
                .map(read)
                .collect::<Result<_, _>>()
                .map_err(|why| ConfigError::malformed(name, why))
        }
        Ok(Self {
            exact: list(vars, "CORS_ORIGIN", exact)?,
            patterns: list(vars, "BETTER_AUTH_TRUSTED_ORIGINS", Pattern::parse)?,
        })
    }

    /// The origins that CORS is answered for, normalised: `https://app.example.com`.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.exact.iter().map(String::as_str)
    }

    pub(super) fn trust(&self, url: &Absolute<'_>) -> bool {
        self.exact.iter().any(|exact| url.origin() == Some(exact))
            || self.patterns.iter().any(|pattern| pattern.matches(url))
    }
}

/// An entry of `CORS_ORIGIN`.
fn exact(entry: &str) -> Result<String, Refusal> {
    if is_pattern(entry) {
        let cure = "list each origin, like https://app.example.com";
        return Err(Refusal::TrustsStrangers(entry.to_owned(), cure));
    }
    let origin = BaseUrl::parse(entry).filter(BaseUrl::is_origin);
    origin.map(|base| base.origin().to_owned()).ok_or_else(|| {
        let cure = "write scheme, host and port, like https://app.example.com";
        Refusal::NeverMatches(entry.to_owned(), cure.to_owned())
    })
}

impl Pattern {
    fn parse(entry: &str) -> Result<Self, Refusal> {
        let strangers = |cure| Refusal::TrustsStrangers(entry.to_owned(), cure);
        let never = |cure: &str| Refusal::NeverMatches(entry.to_owned(), cure.to_owned());
        let Some((scheme, rest)) = entry.split_once("://") else {
            if !is_pattern(entry) {
                return Err(never("write its scheme as well, like https://app.example.com"));
            }
            return Ok(Self::Host {
                glob: entry.to_ascii_lowercase(),
                is_ipv4: checked_host(entry, entry)?,
            });
        };
        if is_pattern(scheme) {
            return Err(strangers("name the scheme, like https://*.example.com"));
        }
        let scheme = scheme.to_ascii_lowercase();
        if !is_scheme(&scheme) {
            return Err(never("its scheme is none"));
        }
        if is_harmful_scheme(&scheme) {
            return Err(strangers("a browser may run such a URL as a script"));
        }
        if scheme == "http" || scheme == "https" {
            return Self::web(entry, rest);
        }
        let end = rest.find('/').unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let path = path.trim_end_matches('/');
        let given = |part: &str| (!part.is_empty()).then(|| part.to_owned());
        Ok(Self::Scheme { scheme, authority: given(authority), path: given(path) })
    }

    /// An entry with `http://` or `https://`.
    fn web(entry: &str, host: &str) -> Result<Self, Refusal> {
        let never = |cure: String| Refusal::NeverMatches(entry.to_owned(), cure);
        if is_pattern(entry) {
            let is_ipv4 = checked_host(entry, host)?;
            return Ok(Self::Origin { glob: entry.to_ascii_lowercase(), is_ipv4 });
        }
        let normal = Url::parse(entry).ok().map(|url| url.origin().ascii_serialization());
        match normal {
            Some(normal) if normal == entry => Ok(Self::Exact(normal)),
            Some(normal) => Err(never(format!("write it as {normal}"))),
            None => Err(never("write scheme, host and port, like https://app.example.com".into())),
        }
    }

    fn matches(&self, url: &Absolute<'_>) -> bool {
        match (self, url) {
            (Self::Exact(exact), Absolute::Web { origin, .. }) => origin == exact,
            (Self::Host { glob, is_ipv4 }, Absolute::Web { url, .. }) => {
                let host = url.host_str().unwrap_or_default();
                let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
                (!is_ipv4 || matches!(url.host(), Some(Host::Ipv4(_))))
                    && glob::matches(glob, &format!("{host}{port}"))
            }
            (Self::Origin { glob, is_ipv4 }, Absolute::Web { origin, url }) => {
                (!is_ipv4 || matches!(url.host(), Some(Host::Ipv4(_))))
                    && glob::matches(glob, origin)
            }
            (
                Self::Scheme { scheme, authority, path },
                Absolute::App { scheme: theirs, authority: stated, path: stated_path, .. },
            ) => {
                scheme == theirs
                    && authority.as_deref().is_none_or(|ours| is_authority(ours, stated))
                    && path.as_deref().is_none_or(|ours| is_below(ours, stated_path))
            }
            _ => false,
        }
    }
}

/// Whether the authority of an app's URL fits.
fn is_authority(ours: &str, stated: &str) -> bool {
    if !is_pattern(ours) {
        return ours == stated;
    }
    // `exp://192.168.*@evil.com`: what stands before the `@` is no host.
    let host = split_port(stated).0;
    !stated.contains('@')
        && (!is_of_digits(split_port(ours).0) || host.parse::<Ipv4Addr>().is_ok())
        && glob::matches(ours, stated)
}

/// Whether a path is the given one, or below it; or fits it, where it is a pattern.
fn is_below(ours: &str, stated: &str) -> bool {
    let Some(stated) = resolved(stated) else { return false };
    if is_pattern(ours) {
        return glob::matches(ours, &stated);
    }
    stated.strip_prefix(ours).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A path as an app may read it: decoded, and without `.` and `..`. `None` for one that is no text.
fn resolved(path: &str) -> Option<String> {
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    let mut segments = Vec::new();
    for segment in decoded.split(['/', '\\']).skip(1) {
        match segment {
            "." => {}
            ".." => drop(segments.pop()),
            other => segments.push(other),
        }
    }
    Some(format!("/{}", segments.join("/")))
}

/// Whether a wildcard host is of addresses; refused is one that strangers have names under.
fn checked_host(entry: &str, host_and_port: &str) -> Result<bool, Refusal> {
    let strangers = |cure| Refusal::TrustsStrangers(entry.to_owned(), cure);
    if !entry.is_ascii() || host_and_port.contains(['/', '@', '#', '\\', ' ']) {
        let cure = "write host and port alone, in ASCII, like https://*.example.com";
        return Err(Refusal::NeverMatches(entry.to_owned(), cure.to_owned()));
    }
    let (host, _) = split_port(host_and_port);
    let is_ipv4 = is_of_digits(host);
    if !is_pattern(host) && !host.is_empty() {
        return Ok(is_ipv4);
    }
    if is_ipv4 {
        let first = host.split('.').next().unwrap_or_default();
        let is_named = !first.is_empty() && !is_pattern(first);
        return if is_named {
            Ok(true)
        } else {
            Err(strangers("name the network, like 192.168.*.*"))
        };
    }
    let labels: Vec<_> = host.rsplit('.').take_while(|label| !is_pattern(label)).collect();
    let is_sold = |labels: &[&str]| {
        labels.len() < 2
            || (labels.len() == 2 && labels[0].len() == 2 && SOLD_BY_COUNTRIES.contains(&labels[1]))
    };
    if labels.iter().any(|label| label.is_empty()) || is_sold(&labels) {
        return Err(strangers("name the domain that is yours, like *.example.com"));
    }
    Ok(false)
}

/// Host and port. An IPv6 address stays whole.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn is_of_digits(host: &str) -> bool {
    host.contains(|c: char| c.is_ascii_digit())
        && host.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '*' | '?'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted(cors: &str, patterns: &str) -> Result<TrustedOrigins, ConfigError> {
        let value = |name: &str| match name {
            "CORS_ORIGIN" => Some(cors.to_owned()),
            "BETTER_AUTH_TRUSTED_ORIGINS" => Some(patterns.to_owned()),
            _ => None,
        };
        TrustedOrigins::from_vars(&Vars(&value))
    }

    fn matches(pattern: &str, url: &str) -> bool {
        let origins = trusted("", pattern).unwrap();
        Absolute::parse(url).is_some_and(|url| origins.trust(&url))
    }

    #[test]
    fn patterns_match_as_at_better_auth() {
        for (pattern, url, expected) in [
            // Without a wildcard the origin is exact.
            ("https://app.example.com", "https://app.example.com/x?y#z", true),
            ("https://app.example.com", "https://APP.example.com:443", true),
            ("https://app.example.com", "https://app.example.com:8443", false),
            ("https://app.example.com", "http://app.example.com", false),
            ("https://app.example.com", "https://app.example.com.evil.com", false),
            ("https://app.example.com", "https://app.example.com@evil.com", false),
            // A wildcard without a scheme is for host and port.
            ("*.bare.example.com", "http://x.bare.example.com", true),
            ("*.bare.example.com", "https://a.b.bare.example.com/p", true),
            ("*.bare.example.com", "https://x.bare.example.com:99", false),
            ("*.bare.example.com", "https://bare.example.com", false),
            ("*.bare.example.com", "https://evil.com/.bare.example.com", false),
            ("*.bare.example.com", "https://evil.com?.bare.example.com", false),
            ("*.bare.example.com", "https://evil.com#.bare.example.com", false),
            ("*.bare.example.com", "https://evil.com@x.bare.example.com", false),
            ("*.bare.example.com", "javascript://x.bare.example.com/%0aalert(1)", false),
            ("*.bare.example.com", "evilapp://x.bare.example.com", false),
            ("*.bare.example.com:*", "https://x.bare.example.com:99", true),
            ("localhost:*", "http://localhost:3000/cb", true),
            ("localhost:*", "http://localhost.evil.com:3000", false),
            ("app-?.example.com", "https://app-1.example.com", true),
            ("app-?.example.com", "https://app-12.example.com", false),
            // With a scheme it is for the whole origin.
            ("https://*.wild.example.com", "https://a.wild.example.com", true),
            ("https://*.wild.example.com", "https://a.b.wild.example.com/z", true),
            ("https://*.wild.example.com", "https://wild.example.com", false),
            ("https://*.wild.example.com", "http://a.wild.example.com", false),
            ("https://*.wild.example.com", "https://a.wild.example.com:8443", false),
            ("https://*.wild.example.com", "https://a.wild.example.com.", false),
            ("https://*.wild.example.com", "https://evil.com/https://a.wild.example.com", false),
            ("HTTPS://*.Wild.example.com", "https://a.wild.example.com", true),
            ("https://*-team.example.app", "https://x-team.example.app", true),
            // A wildcard among digits is for addresses.
            ("http://192.168.*.*:*", "http://192.168.1.2:3000", true),
            ("http://192.168.*", "http://192.168.1.2", true),
            ("http://192.168.*", "http://192.168.evil.com", false),
            ("192.168.*.*", "http://192.168.1.2", true),
            ("192.168.*.*", "http://192.168.a.evil.com", false),
            // Schemes of apps.
            ("myapp://", "myapp://", true),
            ("myapp://", "myapp://anything/path?x#y", true),
            ("myapp://", "MYAPP://cb", true),
            ("myapp://", "myapp:cb", false),
            ("myapp://", "myapp2://cb", false),
            ("myapp://", "https://myapp", false),
            ("myapp://auth", "myapp://auth/cb", true),
            ("myapp://auth", "myapp://auth.evil", false),
            ("myapp://auth", "myapp://x@auth", false),
            ("myapp://auth/cb", "myapp://auth/cb", true),
            ("myapp://auth/cb", "myapp://auth/cb/x?y", true),
            ("myapp://auth/cb", "myapp://auth/cbx", false),
            ("myapp://auth/cb", "myapp://auth/cb/../x", false),
            ("myapp://auth/cb", "myapp://auth/cb/%2e%2e/x", false),
            ("myapp://auth/cb", "myapp://auth/cb%2f%2e%2e%2fx", false),
            ("myapp://auth/cb", "myapp://auth/x/%2e./cb", true),
            ("myapp://auth/c*", "myapp://auth/cb/%2e%2e/x", false),
            ("exp://192.168.*.*:*/**", "exp://192.168.1.2:8081/--/x", true),
            ("exp://192.168.*.*:*/**", "exp://192.168.1.2:8081", true),
            ("exp://192.168.*.*:*/**", "exp://10.0.0.1:8081", false),
            ("exp://192.168.*.*:*/**", "exp://192.168.evil.com:8081/x", false),
            ("exp://192.168.*.*:*/**", "exp://192.168.1.2@evil.com:8081/x", false),
            ("exp://192.168.*.*:*/**", "exp://192.168.1.2:8081@evil.com/x", false),
            // Dangerous schemes never match.
            ("myapp://", "javascript://cb", false),
        ] {
            assert_eq!(matches(pattern, url), expected, "{pattern} {url}");
        }
    }

    #[test]
    fn what_would_trust_strangers_is_refused_with_a_cure() {
        for (pattern, cure) in [
            ("*", "*.example.com"),
            ("**", "*.example.com"),
            ("*:*", "*.example.com"),
            ("?*", "*.example.com"),
            ("*.*", "*.example.com"),
            ("*.com", "*.example.com"),
            ("*.com:*", "*.example.com"),
            ("*.co.uk", "*.example.com"),
            ("*example.com", "*.example.com"),
            ("example.*", "*.example.com"),
            ("app.example.com*", "*.example.com"),
            ("*.example.com.", "*.example.com"),
            ("https://*", "*.example.com"),
            ("https://*:443", "*.example.com"),
            ("https://*.dev", "*.example.com"),
            ("https://app.*.com", "*.example.com"),
            ("http://*", "*.example.com"),
            ("*://*", "name the scheme"),
            ("*://app.example.com", "name the scheme"),
            ("http?://app.example.com", "name the scheme"),
            ("*.*.*.1", "name the network"),
            ("http://1*", "name the network"),
            ("javascript://", "script"),
            ("data://x", "script"),
        ] {
            let message = trusted("", pattern).unwrap_err().to_string();
            assert!(message.contains("BETTER_AUTH_TRUSTED_ORIGINS"), "{message}");
            assert!(
                message.contains("strangers") && message.contains(cure),
                "{pattern}: {message}"
            );
        }
    }

    #[test]
    fn what_would_never_match_is_refused_with_a_cure() {
        for (pattern, cure) in [
            ("https://app.example.com/", "write it as https://app.example.com"),
            ("https://app.example.com/path", "write it as https://app.example.com"),
            ("https://App.example.com", "write it as https://app.example.com"),
            ("https://app.example.com:443", "write it as https://app.example.com"),
            ("https://bücher.example", "write it as https://xn--bcher-kva.example"),
            ("https://", "like https://app.example.com"),
            ("app.example.com", "scheme"),
            ("localhost", "scheme"),
            ("https://*.example.com/*", "host and port alone"),
            ("https://*.bücher.example", "host and port alone"),
            ("my app://", "scheme"),
            ("://x", "scheme"),
        ] {
            let message = trusted("", pattern).unwrap_err().to_string();
            assert!(message.contains("never match") && message.contains(cure), "{message}");
        }
    }

    #[test]
    fn the_list_of_cors_takes_exact_origins_only() {
        let origins = trusted(" https://A.example/ ,,http://b.example:80", "").unwrap();
        assert_eq!(origins.iter().collect::<Vec<_>>(), ["https://a.example", "http://b.example"]);

        for (list, cure) in [
            ("*", "list each origin"),
            ("https://*.example.com", "list each origin"),
            ("https://a.example/app", "write scheme, host and port"),
            ("myapp://", "write scheme, host and port"),
        ] {
            let message = trusted(list, "").unwrap_err().to_string();
            assert!(message.contains("CORS_ORIGIN") && message.contains(cure), "{message}");
        }
    }

    #[test]
    fn both_lists_are_trusted_and_cors_is_answered_for_one() {
        let origins = trusted("https://a.example", "https://b.example,*.c.example").unwrap();

        for url in ["https://a.example", "https://b.example", "https://x.c.example"] {
            assert!(origins.trust(&Absolute::parse(url).unwrap()), "{url}");
        }
        assert_eq!(origins.iter().collect::<Vec<_>>(), ["https://a.example"]);
    }
}
