//! The cookies: their names and attributes, reading and writing. core.md §13.

pub mod chunks;

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

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

/// One of the cookies that the service sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieKind {
    /// The signed session token.
    SessionToken,
    /// The cached session; never set yet, but cleared where a client still has one.
    SessionData,
    /// The signed text `true`: the session ends with the browser.
    DontRemember,
}

impl CookieKind {
    fn key(self) -> &'static str {
        match self {
            Self::SessionToken => "session_token",
            Self::SessionData => "session_data",
            Self::DontRemember => "dont_remember",
        }
    }
}

/// Names and attributes, which follow from the base URL: `__Secure-` and `Secure` over `https`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookieStyle {
    /// Whether the base URL is `https`.
    pub is_secure: bool,
}

impl CookieStyle {
    /// The cookie's full name: `__Secure-better-auth.session_token`.
    pub fn name(self, kind: CookieKind) -> String {
        format!("{}better-auth.{}", if self.is_secure { "__Secure-" } else { "" }, kind.key())
    }

    /// A `Set-Cookie` line. `max_age` is in seconds; without one the browser's session ends it.
    pub fn set(self, kind: CookieKind, value: &str, max_age: Option<u64>) -> String {
        let value = utf8_percent_encode(value, ENCODE_URI_COMPONENT).to_string();
        self.line(&self.name(kind), &value, max_age)
    }

    /// A `Set-Cookie` line that takes the cookie away.
    pub fn clear(self, kind: CookieKind) -> String {
        self.clear_name(&self.name(kind))
    }

    /// The same for a full name, as the chunks of the cached session have.
    pub fn clear_name(self, name: &str) -> String {
        self.line(name, "", Some(0))
    }

    fn line(self, name: &str, value: &str, max_age: Option<u64>) -> String {
        let max_age = max_age.map(|secs| format!("; Max-Age={secs}")).unwrap_or_default();
        let secure = if self.is_secure { "; Secure" } else { "" };
        format!("{name}={value}{max_age}; Path=/; HttpOnly{secure}; SameSite=Lax")
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
            .map(|(name, value)| (name.trim().to_owned(), unquoted(value.trim()).to_owned()))
            .collect();
        Self { pairs }
    }

    /// The decoded value of a cookie. Of several with one name the first wins; a value that is not
    /// percent-encoded, or wrongly, stands as it is.
    pub fn get(&self, name: &str) -> Option<String> {
        let (_, value) = self.pairs.iter().find(|(other, _)| other == name)?;
        Some(match percent_decode_str(value).decode_utf8() {
            Ok(decoded) if is_percent_encoded(value) => decoded.into_owned(),
            _ => value.clone(),
        })
    }

    /// The names under which a cached session was sent: the plain one, or its chunks `<name>.0`, …
    pub fn cached_session_names(&self, style: CookieStyle) -> Vec<&str> {
        let plain = style.name(CookieKind::SessionData);
        let is_chunk = |name: &str| {
            let index = name.strip_prefix(&plain).and_then(|rest| rest.strip_prefix('.'));
            index.is_some_and(|index| index.parse().is_ok_and(|n: u32| n.to_string() == index))
        };
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

    const PLAIN: CookieStyle = CookieStyle { is_secure: false };
    const SECURE: CookieStyle = CookieStyle { is_secure: true };

    fn cookies(line: &str) -> RequestCookies {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        RequestCookies::read(&headers)
    }

    #[test]
    fn lines_are_better_auths() {
        assert_eq!(
            PLAIN.set(CookieKind::SessionToken, "t.B+K/A=", Some(604_800)),
            "better-auth.session_token=t.B%2BK%2FA%3D; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            SECURE.set(CookieKind::DontRemember, "true", None),
            "__Secure-better-auth.dont_remember=true; Path=/; HttpOnly; Secure; SameSite=Lax"
        );
        assert_eq!(
            PLAIN.clear(CookieKind::SessionData),
            "better-auth.session_data=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"
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
            cookies.cached_session_names(PLAIN),
            ["better-auth.session_data.0", "better-auth.session_data.10"]
        );
    }
}
