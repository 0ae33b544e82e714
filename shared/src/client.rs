//! Who calls: what a request says of its sender.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, USER_AGENT};
use axum::http::request::Parts;

use crate::cookies::RequestCookies;
use crate::outgoing::Outgoing;
use crate::query;

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

impl Client {
    /// Reads the headers, and the address that the transport left in the extensions.
    pub fn read(parts: &Parts) -> Self {
        let ip = parts.extensions.get::<ClientIp>();
        Self {
            cookies: RequestCookies::read(&parts.headers),
            bearer: bearer(&parts.headers),
            ip_address: ip.map(|ip| ip.stored()).unwrap_or_default(),
            user_agent: user_agent(&parts.headers),
            disables_refresh: query::is_set(&query::parse(parts.uri.query()), "disableRefresh"),
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

/// The client's address as the transport knows it: API Gateway's `sourceIp` or the socket's peer.
/// Never a header: anyone can write those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

impl ClientIp {
    /// As `session."ipAddress"` has it: IPv4 plain, also when mapped into IPv6; IPv6 as eight
    /// groups of four digits, cut to its /64, which is one customer's.
    pub fn stored(self) -> String {
        match self.0.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                let network = Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0);
                network.segments().map(|group| format!("{group:04x}")).join(":")
            }
        }
    }
}

/// The `User-Agent` header; empty when absent. Bytes that are no UTF-8 are read as Latin-1.
fn user_agent(headers: &HeaderMap) -> String {
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
    fn addresses_are_stored_as_better_auth_stores_them() {
        let stored = |text: &str| ClientIp(text.parse().unwrap()).stored();

        assert_eq!(stored("203.0.113.5"), "203.0.113.5");
        assert_eq!(stored("::ffff:203.0.113.5"), "203.0.113.5");
        assert_eq!(stored("2001:db8::1"), "2001:0db8:0000:0000:0000:0000:0000:0000");
    }

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
