//! What a request says of its sender: cookies, a bearer token, its address, its `User-Agent`.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::header::{AUTHORIZATION, COOKIE, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request};
use shared::audit::{Action, Answer, Audit};
use shared::base_url::BaseUrl;
use shared::client::{Client, ClientIp};
use shared::config::{Config, CookieSettings};
use shared::cookies::{CookieKind, CookieStyle, RequestCookies, encode_uri_component};

pub const COOKIE_WORDS: &[&str] = &[
    "better-auth.session_token",
    "better-auth.session_data",
    ".0",
    ".01",
    ".99",
    ".100",
    "=",
    ";",
    "; ",
    "\"",
    "%2B",
    "%",
    "é",
];
pub const BEARER_WORDS: &[&str] =
    &["Bearer", "bEaReR", "Basic", " ", "\t", "abc.def", "%2E", "\u{a0}", "\u{85}"];
pub const SENDER_WORDS: &[&str] = &[
    "203.0.113.9",
    "10.1.2.3",
    "2001:db8::7",
    "::ffff:10.1.2.3",
    "::ffff:203.0.113.9",
    ",",
    ", ",
    ":80",
    "[",
    "]",
    "unknown",
    "fe80::1%eth0",
];

fn headers(name: HeaderName, data: &[u8]) -> Option<HeaderMap> {
    Some(HeaderMap::from_iter([(name, HeaderValue::from_bytes(data).ok()?)]))
}

fn client(headers: HeaderMap, peer: Option<IpAddr>, config: &Config) -> Client {
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.headers = headers;
    if let Some(peer) = peer {
        parts.extensions.insert(ClientIp(peer));
    }
    Client::read(&parts, &config.client_address)
}

fn trusting() -> Config {
    Config::from_vars(|name| {
        (name == "TRUSTED_PROXIES").then(|| "10.0.0.0/8, 2001:db8::/32".into())
    })
    .unwrap()
}

/// No header is misread as more than it holds, and a value that was set comes back.
pub fn cookies(data: &[u8]) {
    let settings = CookieSettings::default();
    let base_url = BaseUrl::parse("http://localhost:4000").unwrap();
    let style = CookieStyle { settings: &settings, base_url: &base_url };

    if let Some(headers) = headers(COOKIE, data) {
        let cookies = RequestCookies::read(&headers);
        let sent = cookies.cached_session_names(style);
        let plain = style.name(CookieKind::SessionData);
        for (at, name) in sent.iter().enumerate() {
            assert!(!sent[..at].contains(name), "{name} comes twice");
            let number = name.strip_prefix(&plain).unwrap();
            let number = number.strip_prefix('.').map(|digits| digits.parse::<u8>().unwrap());
            assert!(number.is_none_or(|number| number < 100), "{name} is no piece of ours");
            assert!(cookies.get(name).is_some());
        }
        assert!(
            cookies.joined(&plain).is_none() || !sent.is_empty(),
            "what is read can be cleared"
        );
        // It is nowhere in the header.
        assert_eq!(cookies.get("\0"), None);
    }

    let value = String::from_utf8_lossy(data);
    let line = style.set(CookieKind::SessionToken, &value, Some(60));
    HeaderValue::from_str(&line).unwrap();
    let (pair, attributes) = line.split_once("; ").unwrap();
    assert_eq!(attributes, "Max-Age=60; Path=/; HttpOnly; SameSite=Lax");
    let sent = headers(COOKIE, format!("a=b; {pair}; c=d").as_bytes()).unwrap();
    let read = RequestCookies::read(&sent).get(&style.name(CookieKind::SessionToken));
    assert_eq!(read.as_deref(), Some(&*value));
    let encoded = encode_uri_component(&value);
    assert_eq!(percent_encoding::percent_decode_str(&encoded).decode_utf8().unwrap(), value);
}

/// A bearer token is what stands behind the scheme, without blanks around it, and is read as itself again.
pub fn bearer(data: &[u8]) {
    let config = Config::from_vars(|_| None).unwrap();
    let Some(sent) = headers(AUTHORIZATION, data) else { return };
    let is_bearer = data.len() > 6 && data[..7].eq_ignore_ascii_case(b"bearer ");

    let token = client(sent, None, &config).bearer;

    let Some(token) = token else {
        let rest = data.iter().skip(7).map(|byte| char::from(*byte));
        assert!(!is_bearer || rest.collect::<String>().trim().is_empty());
        return;
    };
    assert!(is_bearer && !token.is_empty() && token.trim() == token, "{token:?}");
    let bytes: Vec<u8> = token.chars().map(|c| u8::try_from(c).unwrap()).collect();
    assert!(data.windows(bytes.len()).any(|window| window == bytes));
    let again = headers(AUTHORIZATION, &[b"bEARER ".as_slice(), &bytes].concat()).unwrap();
    assert_eq!(client(again, None, &config).bearer, Some(token));
}

/// No header makes anybody but a trusted proxy somebody else; what is kept of an address is one, in one spelling.
pub fn sender(data: &[u8]) {
    let config = trusting();
    let stranger = IpAddr::from([198, 51, 100, 1]);
    let proxy = IpAddr::from([10, 1, 2, 3]);
    let Some(sent) = headers(HeaderName::from_static("x-forwarded-for"), data) else { return };
    let kept = |headers: &HeaderMap, peer| client(headers.clone(), peer, &config).ip_address;

    assert_eq!(kept(&sent, Some(stranger)), "198.51.100.1");
    assert_eq!(kept(&sent, None), "");
    let named = kept(&sent, Some(proxy));
    if !named.is_empty() {
        let address: IpAddr = named.parse().unwrap();
        assert_ne!(address.to_canonical(), proxy, "a proxy stands for nobody");
        assert!(!matches!(address, IpAddr::V4(v4) if v4.octets()[0] == 10), "{named}");
        // The last one of the list, but for proxies.
        let list = std::str::from_utf8(data).unwrap();
        assert!(list.rsplit(',').any(|entry| entry.trim().parse::<IpAddr>().is_ok()));
        assert_eq!(kept(&HeaderMap::new(), Some(address)), named, "one spelling");
        let appended = [data, b", 203.0.113.7"].concat();
        let appended = headers(HeaderName::from_static("x-forwarded-for"), &appended).unwrap();
        assert_eq!(kept(&appended, Some(proxy)), Ipv4Addr::new(203, 0, 113, 7).to_string());
    }

    let agent = headers(USER_AGENT, data).unwrap();
    let read = client(agent.clone(), None, &config).user_agent;
    match std::str::from_utf8(data) {
        Ok(text) => assert_eq!(read, text),
        Err(_) => assert!(read.chars().eq(data.iter().map(|byte| char::from(*byte)))),
    }
    // It is cut between two characters.
    let audit = Audit::default();
    audit.came_from(named, &agent);
    audit.write(Action::SignIn, None::<Answer>);
}
