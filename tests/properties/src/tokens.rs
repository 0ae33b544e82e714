//! What is signed or sealed. Nothing that this service did not make is taken for its own, and all that it made is.

use serde_json::{Map, Value, json};
use shared::config::{CacheStrategy, Config};
use shared::db::session::Cutoff;
use shared::keys::{JwtError, Keyring};
use shared::session_cache::{decode, encode};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const NOW: OffsetDateTime = datetime!(2026-11-23 12:00 UTC);
const SALT: &str = "better-auth-session";

pub const TOKEN_WORDS: &[&str] = &[
    ".",
    "..",
    "=",
    "-",
    "_",
    "+",
    "/",
    "%2E",
    "eyJhbGciOiJIUzI1NiJ9",
    "eyJhbGciOiJub25lIn0",
    "e30",
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIn0",
    "AAAAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "{\"exp\":1e999}",
    "{}",
    "{\"a\":",
    "\"",
    "}",
    "é",
];
pub const KEYRING_WORDS: &[&str] = &[
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"version\":",
    "1",
    "\"value\":\"",
    "\"",
    "\"signs_from\":\"",
    "2026-01-01T00:00:00Z",
    "<",
    ">",
    " ",
    "null",
    "[{\"version\":1,\"value\":\"a long enough secret of thirty-two\"}]",
];

fn keys() -> Keyring {
    Keyring::parse("a secret that nothing in the corpus is signed with").unwrap()
}

/// A value with its signature is that value; with a character changed, or by another key, it is none.
pub fn signed(data: &[u8]) {
    let value = String::from_utf8_lossy(data);
    assert_eq!(keys().verify(&value, NOW), None, "nobody signed it");

    let signed = keys().sign(&value, NOW);

    assert_eq!(keys().verify(&signed, NOW), (!value.is_empty()).then_some(&*value));
    each_forgery(&signed, data, |forged| assert_eq!(keys().verify(forged, NOW), None, "{forged}"));
    let others = Keyring::parse("another secret of another service").unwrap();
    assert_eq!(others.verify(&signed, NOW), None);
}

/// The token with one character changed, which the data chooses, cut, and with more behind it.
fn each_forgery(token: &str, data: &[u8], check: impl Fn(&str)) {
    let characters: Vec<char> = token.chars().collect();
    let at = data.iter().fold(0, |at, byte| (at * 31 + usize::from(*byte)) % characters.len());
    let put = |new: char| {
        let mut forged = characters.clone();
        forged[at] = new;
        String::from_iter(forged)
    };
    let new = ['A', 'B', '.', '='].into_iter().filter(|new| *new != characters[at]);
    new.map(put).for_each(|forged| check(&forged));
    check(&String::from_iter(&characters[..characters.len() - 1]));
    check(&format!("{token}A"));
    check(&format!("{token}="));
}

/// Data as claims: JSON that is an object, or one that holds it as a text.
fn claims(data: &[u8]) -> Map<String, Value> {
    let or_text = |_| Map::from_iter([("text".to_owned(), json!(String::from_utf8_lossy(data)))]);
    serde_json::from_slice(data).unwrap_or_else(or_text)
}

/// Claims that are signed are read as they were; nothing else is.
pub fn jwt(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    assert_eq!(keys().verify_jwt(&text, NOW), Err(JwtError::Invalid), "nobody signed it");

    let mut claims = claims(data);
    let token = keys().sign_jwt(&claims, NOW);
    match keys().verify_jwt(&token, NOW) {
        Ok(read) => assert_eq!(read, claims),
        Err(_) => assert!(["exp", "nbf", "iat"].iter().any(|name| claims.contains_key(*name))),
    }
    claims.retain(|name, _| !["nbf", "iat"].contains(&name.as_str()));
    claims.insert("exp".into(), json!(NOW.unix_timestamp() + 1));
    let token = keys().sign_jwt(&claims, NOW);
    assert_eq!(keys().verify_jwt(&token, NOW), Ok(claims));
    assert_eq!(keys().verify_jwt(&token, NOW + Duration::SECOND), Err(JwtError::Expired));
    each_forgery(&token, data, |forged| {
        assert_eq!(keys().verify_jwt(forged, NOW), Err(JwtError::Invalid), "{forged}");
    });
}

/// Claims that are sealed are read as they were, for the purpose that they were sealed for; nothing else is.
pub fn jwe(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    assert_eq!(keys().decrypt_jwt(&text, SALT, NOW), None, "nobody sealed it");

    let mut claims = claims(data);
    claims.retain(|name, _| !["nbf", "iat", "exp", "jti"].contains(&name.as_str()));
    let token = keys().encrypt_jwt(claims.clone(), SALT, Duration::MINUTE, NOW);
    let mut read = keys().decrypt_jwt(&token, SALT, NOW).unwrap();
    read.retain(|name, _| !["iat", "exp", "jti"].contains(&name.as_str()));
    assert_eq!(read, claims);
    assert!(!token.contains("text") && keys().decrypt_jwt(&token, "another", NOW).is_none());
    each_forgery(&token, data, |forged| {
        assert_eq!(keys().decrypt_jwt(forged, SALT, NOW), None, "{forged}");
    });
}

/// A cached session is one of this token and this service's, whatever it holds; no text passes for one.
pub fn cached_session(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let at = "2026-11-23T12:00:00.000Z";
    let session = json!({ "id": "s", "createdAt": at, "updatedAt": at, "userId": "u",
        "expiresAt": "2026-11-30T12:00:00.000Z", "token": text, "ipAddress": null, "userAgent": text });
    let user = json!({ "id": "u", "createdAt": at, "updatedAt": at, "email": text,
        "emailVerified": true, "name": text, "image": null, "more": claims(data) });
    for strategy in [CacheStrategy::Compact, CacheStrategy::Jwt, CacheStrategy::Jwe] {
        let config =
            Config::from_vars(|name| (name == "COOKIE_CACHE").then(|| "compact".into())).unwrap();
        let mut cache = config.cookie_cache.unwrap();
        cache.strategy = strategy;
        let read =
            |cookie: &str, token: &str| decode(&keys(), &cache, cookie, token, Cutoff::at(NOW));
        assert_eq!(read(&text, ""), None, "nobody made it");

        let cookie = encode(&keys(), &cache, &session, &user, true, NOW);
        let found = read(&cookie, &text).unwrap();
        assert_eq!(found.session["userAgent"], json!(text));
        assert_eq!(found.user["name"], json!(text));
        assert_eq!(read(&cookie, &format!("{text}x")), None, "it is another session's");
        assert!(cookie.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)));
        each_forgery(&cookie, data, |forged| assert_eq!(read(forged, &text), None, "{forged}"));
    }
}

/// What is no signing secret is refused without a word of it; what is one signs.
pub fn keyring(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match Keyring::parse(&text) {
        Ok(keys) => {
            assert_eq!(
                keys.verify(&keys.sign("value", NOW), NOW),
                Some("value").filter(|_| !text.contains("accepted_until"))
            );
            assert!(text.len() < 8 || !format!("{keys:?}").contains(&*text), "it is printed");
        }
        Err(error) => {
            let (said, words) = (error.to_string(), text.split(['"', '<', '>']));
            let secrets = words.filter(|word| word.len() > 20);
            secrets.for_each(|word| assert!(!said.contains(word), "{said}"));
        }
    }
}
