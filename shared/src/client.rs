//! Who calls: what a request says of its sender.

mod address;

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, USER_AGENT};
use axum::http::request::Parts;

use crate::cookies::RequestCookies;
use crate::fields::Fields;
use crate::outgoing::Outgoing;
use crate::query::{self, QuerySchema};

pub use address::{AddressRules, ClientIp};

/// What a request says of its sender; nothing of it is proven yet.
#[derive(Debug)]
pub struct Client {
    /// The cookies it sent.
    pub cookies: RequestCookies,
    /// The token of `Authorization: Bearer …` (RFC 6750, section 2.1).
    pub bearer: Option<String>,
    /// Its address, for the session's row; empty when unknown.
    pub ip_address: String,
    /// Its `User-Agent`, for the session's row; empty when absent.
    pub user_agent: String,
    /// `?disableRefresh`: whether it asks that its session is not extended.
    pub disables_refresh: bool,
    /// The cookies that its answer will carry.
    pub outgoing: Outgoing,
}

/// What the query may hold wherever a session is extended.
#[derive(Clone, Copy, Debug)]
pub struct RefreshSwitch {
    disables_refresh: bool,
}

impl QuerySchema for RefreshSwitch {
    fn read(fields: &mut Fields<'_>) -> Self {
        Self { disables_refresh: fields.switch("disableRefresh") }
    }
}

impl RefreshSwitch {
    fn of(query: Option<&str>) -> Self {
        Self::read(&mut Fields::of_query(&query::parse(query)))
    }
}

impl Client {
    /// Reads the headers, and the address that the transport left in the extensions.
    pub fn read(parts: &Parts, rules: &AddressRules) -> Self {
        let peer = parts.extensions.get::<ClientIp>().copied();
        Self {
            cookies: RequestCookies::read(&parts.headers),
            bearer: bearer(&parts.headers),
            ip_address: rules.of_request(peer, &parts.headers),
            user_agent: user_agent(&parts.headers),
            disables_refresh: RefreshSwitch::of(parts.uri.query()).disables_refresh,
            outgoing: parts.extensions.get().cloned().unwrap_or_default(),
        }
    }
}

/// The scheme is case-insensitive, blanks around the token don't count.
fn bearer(headers: &HeaderMap) -> Option<String> {
    let header = latin1(headers.get(AUTHORIZATION)?.as_bytes());
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned())
}

/// The `User-Agent` header; empty when absent. Bytes that are no UTF-8 are read as Latin-1.
pub(crate) fn user_agent(headers: &HeaderMap) -> String {
    let bytes = headers.get(USER_AGENT).map_or(&[][..], |value| value.as_bytes());
    String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| latin1(bytes))
}

/// Bytes of a header as characters, one each (RFC 9110, section 5.5: the historical reading).
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn any_bytes_make_a_user_agent() {
        let agent = |bytes: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(USER_AGENT, HeaderValue::from_bytes(bytes).unwrap());
            user_agent(&headers)
        };

        assert_eq!(agent("Über/1 ✓".as_bytes()), "Über/1 ✓");
        assert_eq!(agent(b"\xe9t\xe9"), "été");
        assert_eq!(user_agent(&HeaderMap::new()), "");
    }
}
