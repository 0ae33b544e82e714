//! The cookies: their names and attributes, reading and writing. core.md §13.

pub mod chunks;

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::base_url::BaseUrl;
use crate::config::{CookieAttributes, CookieSettings, SameSite};

/// What JavaScript's `encodeURIComponent` escapes (ECMA-262, 19.2.6.4).
const ENCODE_URI_COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// A text as JavaScript's `encodeURIComponent` writes it: in cookies, and in the links of mails.
pub fn encode_uri_component(text: &str) -> String {
    utf8_percent_encode(text, ENCODE_URI_COMPONENT).to_string()
}

/// One of the cookies that the service sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieKind {
    /// The signed session token.
    SessionToken,
    /// The cached session, whole or in chunks.
    SessionData,
    /// The signed text `true`: the session ends with the browser.
    DontRemember,
}

impl CookieKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::SessionToken, Self::SessionData, Self::DontRemember];

    /// What stands after the dot of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::SessionToken => "session_token",
            Self::SessionData => "session_data",
            Self::DontRemember => "dont_remember",
        }
    }
}

/// Names and attributes, which follow from the settings and the base URL.
#[derive(Clone, Copy, Debug)]
pub struct CookieStyle<'a> {
    /// What the operator wants.
    pub settings: &'a CookieSettings,
    /// Where the service is reached: over `https` names begin with `__Secure-`.
    pub base_url: &'a BaseUrl,
}

impl CookieStyle<'_> {
    /// The cookie's full name: `__Secure-better-auth.session_token`, or with `__Host-` before it.
    pub fn name(self, kind: CookieKind) -> String {
        let own = self.settings.own.get(kind.key()).and_then(|own| own.name.clone());
        let prefix = match self.settings.prefix.as_str() {
            "" => "better-auth",
            prefix => prefix,
        };
        let name = own.unwrap_or_else(|| format!("{prefix}.{}", kind.key()));
        let guard = match (self.settings.is_host, self.is_secure()) {
            (true, _) => "__Host-",
            (false, true) => "__Secure-",
            (false, false) => "",
        };
        format!("{guard}{name}")
    }

    fn is_secure(self) -> bool {
        let is_secure = self.settings.is_secure.unwrap_or_else(|| self.base_url.is_https());
        is_secure || self.settings.is_host
    }

    /// A `Set-Cookie` line. `max_age` is in seconds; without one the browser's session ends it.
    pub fn set(self, kind: CookieKind, value: &str, max_age: Option<u64>) -> String {
        self.set_as(kind, &self.name(kind), value, max_age)
    }

    /// The same under a name of its own, as a chunk has.
    pub fn set_as(self, kind: CookieKind, name: &str, value: &str, max_age: Option<u64>) -> String {
        let value = encode_uri_component(value);
        self.line(kind, name, &value, max_age)
    }

    /// A `Set-Cookie` line that takes the cookie away.
    pub fn clear(self, kind: CookieKind) -> String {
        self.clear_as(kind, &self.name(kind))
    }

    /// The same for a name of its own, as a chunk has.
    pub fn clear_as(self, kind: CookieKind, name: &str) -> String {
        // The last word on its age, whatever the settings want for the cookie's life.
        let line = self.attributes(kind, name, Some(0));
        format!("{name}={line}")
    }

    fn line(self, kind: CookieKind, name: &str, value: &str, max_age: Option<u64>) -> String {
        let own = self.settings.own.get(kind.key());
        let max_age = own
            .and_then(|own| own.attributes.max_age)
            .or(max_age)
            .or(self.settings.attributes.max_age);
        format!("{name}={value}{}", self.attributes(kind, name, max_age))
    }

    /// In the order of the `cookie` serialiser that Better Auth uses. What belongs to the one
    /// cookie wins over what is for all.
    fn attributes(self, kind: CookieKind, name: &str, max_age: Option<u64>) -> String {
        let none = CookieAttributes::default();
        let own = self.settings.own.get(kind.key()).map_or(&none, |own| &own.attributes);
        let all = &self.settings.attributes;

        let crossing = self
            .settings
            .crosses_sub_domains
            .then(|| self.settings.domain.as_deref().unwrap_or_else(|| self.base_url.host()));
        let domain = own.domain.as_deref().or(all.domain.as_deref()).or(crossing);
        // A browser drops a `__Host-` cookie that has one (RFC 6265bis, section 4.1.3.2).
        let domain = domain.filter(|_| !name.starts_with("__Host-"));
        let path = own.path.as_deref().or(all.path.as_deref()).unwrap_or("/");
        let is_http_only = own.http_only.or(all.http_only).unwrap_or(true);
        let same_site = own.same_site.or(all.same_site).unwrap_or(SameSite::Lax);
        let is_partitioned = own.partitioned.or(all.partitioned).unwrap_or(false);
        let is_secure = own.secure.or(all.secure).unwrap_or_else(|| self.is_secure())
            || same_site == SameSite::None
            || is_partitioned;

        let mut line = String::new();
        let mut put = |attribute: &str| line.push_str(attribute);
        if let Some(secs) = max_age {
            put(&format!("; Max-Age={secs}"));
        }
        if let Some(domain) = domain {
            put(&format!("; Domain={domain}"));
        }
        put(&format!("; Path={path}"));
        if is_http_only {
            put("; HttpOnly");
        }
        if is_secure {
            put("; Secure");
        }
        put(&format!("; SameSite={}", same_site.as_str()));
        if is_partitioned {
            put("; Partitioned");
        }
        line
    }
}

/// The cookies of a request.
#[derive(Debug, Default)]
pub struct RequestCookies {
    /// In the order of the header, undecoded.
    pairs: Vec<(String, String)>,
}

impl RequestCookies {
    /// Reads the `Cookie` header; bytes that are no UTF-8 make a pair unreadable, not the header.
    pub fn read(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(COOKIE).iter();
        let pairs = lines
            .flat_map(|line| line.as_bytes().split(|&byte| byte == b';'))
            .filter_map(|pair| std::str::from_utf8(pair).ok()?.split_once('='))
            .map(|(name, value)| (trimmed(name).to_owned(), unquoted(trimmed(value)).to_owned()))
            .collect();
        Self { pairs }
    }

    /// The decoded value of a cookie. Of several with one name the first wins; a value that is not
    /// percent-encoded, or wrongly, stands as it is.
    pub fn get(&self, name: &str) -> Option<String> {
        let (_, value) = self.pairs.iter().find(|(other, _)| other == name)?;
        Some(decoded(value))
    }

    /// The decoded value of a cookie that may come in chunks.
    pub fn joined(&self, name: &str) -> Option<String> {
        let joined =
            chunks::join(self.pairs.iter().map(|(name, value)| (&**name, &**value)), name)?;
        Some(decoded(&joined))
    }

    /// The names under which a cached session was sent: the plain one, or its chunks `<name>.0`, …
    pub fn cached_session_names(&self, style: CookieStyle<'_>) -> Vec<&str> {
        let plain = style.name(CookieKind::SessionData);
        let is_chunk = |name: &str| chunks::index(name, &plain).is_some();
        let sent = |(name, value): &&(String, String)| {
            !value.is_empty() && (*name == plain || is_chunk(name))
        };
        let mut names = Vec::new();
        for (name, _) in self.pairs.iter().filter(sent) {
            if !names.contains(&name.as_str()) {
                names.push(name.as_str());
            }
        }
        names
    }
}

fn decoded(value: &str) -> String {
    match percent_decode_str(value).decode_utf8() {
        Ok(decoded) if is_percent_encoded(value) => decoded.into_owned(),
        _ => value.to_owned(),
    }
}

/// Without the blanks of RFC 6265, section 5.2, at either end, and no others: a browser lets any page set a
/// name that begins with another of Unicode's blanks and goes on like one with `__Secure-`.
fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// A value that begins with a quote loses its first and its last character, as at Better Auth.
fn unquoted(value: &str) -> &str {
    let Some(rest) = value.strip_prefix('"') else { return value };
    let mut characters = rest.chars();
    characters.next_back();
    characters.as_str()
}

/// Whether every `%` is followed by two hexadecimal digits, as `decodeURIComponent` demands.
pub(crate) fn is_percent_encoded(value: &str) -> bool {
    value
        .split('%')
        .skip(1)
        .all(|rest| rest.len() >= 2 && rest.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::config::OwnCookie;

    fn styled<T>(
        settings: &CookieSettings,
        base_url: &str,
        run: impl FnOnce(CookieStyle<'_>) -> T,
    ) -> T {
        run(CookieStyle { settings, base_url: &BaseUrl::parse(base_url).unwrap() })
    }

    fn plain<T>(run: impl FnOnce(CookieStyle<'_>) -> T) -> T {
        styled(&CookieSettings::default(), "http://localhost:4000", run)
    }

    fn cookies(line: &str) -> RequestCookies {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        RequestCookies::read(&headers)
    }

    #[test]
    fn lines_are_better_auths() {
        assert_eq!(
            plain(|style| style.set(CookieKind::SessionToken, "t.B+K/A=", Some(604_800))),
            "better-auth.session_token=t.B%2BK%2FA%3D; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            styled(&CookieSettings::default(), "https://auth.example.com", |style| style.set(
                CookieKind::DontRemember,
                "true",
                None
            )),
            "__Secure-better-auth.dont_remember=true; Path=/; HttpOnly; Secure; SameSite=Lax"
        );
        assert_eq!(
            plain(|style| style.clear(CookieKind::SessionData)),
            "better-auth.session_data=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn settings_change_names_and_attributes() {
        let settings = CookieSettings {
            prefix: "acme".into(),
            crosses_sub_domains: true,
            attributes: CookieAttributes {
                same_site: Some(SameSite::None),
                partitioned: Some(true),
                ..CookieAttributes::default()
            },
            ..CookieSettings::default()
        };

        assert_eq!(
            styled(&settings, "https://auth.example.com", |style| style.set(
                CookieKind::SessionToken,
                "t",
                None
            )),
            "__Secure-acme.session_token=t; Domain=auth.example.com; Path=/; HttpOnly; Secure; \
             SameSite=None; Partitioned"
        );
    }

    #[test]
    fn what_a_cookie_has_of_its_own_wins_but_for_its_end() {
        let attributes = |max_age, path: &str| CookieAttributes {
            max_age: Some(max_age),
            path: Some(path.into()),
            ..CookieAttributes::default()
        };
        let own = OwnCookie { name: Some("sid".into()), attributes: attributes(9, "/own") };
        let settings = CookieSettings {
            attributes: attributes(5, "/all"),
            own: [("session_token", own)].into(),
            ..CookieSettings::default()
        };
        let line = |kind, max_age| {
            styled(&settings, "http://a.example", |style| style.set(kind, "t", max_age))
        };

        assert_eq!(
            line(CookieKind::SessionToken, Some(7)),
            "sid=t; Max-Age=9; Path=/own; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            line(CookieKind::SessionData, Some(7)),
            "better-auth.session_data=t; Max-Age=7; Path=/all; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            styled(&settings, "http://a.example", |style| style.clear(CookieKind::SessionToken)),
            "sid=; Max-Age=0; Path=/own; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn the_first_of_a_name_wins_decoded_and_unquoted() {
        let cookies = cookies(r#"a=1; b="x%2By"; a=2; c=raw+/=; d=100%; e=%zz; lonely; f="#);

        assert_eq!(cookies.get("a").unwrap(), "1");
        assert_eq!(cookies.get("b").unwrap(), "x+y");
        assert_eq!(cookies.get("c").unwrap(), "raw+/=");
        assert_eq!(cookies.get("d").unwrap(), "100%");
        assert_eq!(cookies.get("e").unwrap(), "%zz");
        assert_eq!(cookies.get("f").unwrap(), "");
        assert_eq!(cookies.get("lonely"), None);
    }

    #[test]
    fn odd_headers_are_read_as_far_as_they_go() {
        assert_eq!(cookies("\u{e9}=1; a=2").get("a").unwrap(), "2");
        assert_eq!(cookies("a=%ff").get("a").unwrap(), "%ff");
        assert_eq!(cookies("a=\"").get("a").unwrap(), "");
        assert_eq!(cookies("a=%é").get("a").unwrap(), "%é");
    }

    #[test]
    fn chunks_of_a_cached_session_have_canonical_numbers() {
        let cookies = cookies(
            "better-auth.session_data.0=a; better-auth.session_data.01=b; \
             better-auth.session_data.x=c; better-auth.session_data.10=d; better-auth.session_data=",
        );

        assert_eq!(
            plain(|style| {
                let names = cookies.cached_session_names(style).into_iter();
                names.map(str::to_owned).collect::<Vec<_>>()
            }),
            ["better-auth.session_data.0", "better-auth.session_data.10"]
        );
    }
}
