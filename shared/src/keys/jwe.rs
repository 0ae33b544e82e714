//! Encrypted tokens: JWTs as JWE compact serialisations (RFC 7516), `dir` with `A256CBC-HS512` alone.
//! core.md §14.4; at Better Auth `symmetricEncodeJWT` of `crypto/jwt.ts`.
//!
//! Better Auth's decoder names `A256GCM` as well, but gives it the same 64-byte key, which that
//! algorithm does not take: such a token has never been readable, and is not here.

mod content_key;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};

use super::Keyring;
use super::jwt::{check_times, object};
use crate::token::random_bytes;
use content_key::ContentKey;

const ALGORITHM: &str = "dir";
const ENCRYPTION: &str = "A256CBC-HS512";
/// By how many seconds clocks may differ.
const CLOCK_TOLERANCE: i64 = 15;

impl Keyring {
    /// An encrypted token: the claims in their order, then `iat`, `exp` after `expires_in`, and `jti`.
    /// `salt` says what for, like `better-auth-session`: a token for one purpose can't be read for
    /// another.
    pub fn encrypt_jwt(
        &self,
        mut claims: Map<String, Value>,
        salt: &str,
        expires_in: Duration,
        now: OffsetDateTime,
    ) -> String {
        let issued_at = now.unix_timestamp();
        claims.insert("iat".to_owned(), issued_at.into());
        claims.insert("exp".to_owned(), (issued_at + expires_in.whole_seconds()).into());
        claims.insert("jti".to_owned(), random_uuid().into());
        let claims = serde_json::to_vec(&claims).expect("a JSON object serialises");
        let key = ContentKey::derive(self.signing_key(now), salt);
        key.encrypt(&key.header(), &claims, random_bytes())
    }

    /// The claims of an encrypted token, by the accepted key that its `kid` names, or by any of them
    /// where it names none. `None` for every other token, and outside `nbf` and `exp`; clocks may
    /// differ by 15 seconds.
    pub fn decrypt_jwt(
        &self,
        token: &str,
        salt: &str,
        now: OffsetDateTime,
    ) -> Option<Map<String, Value>> {
        let sealed = Sealed::parse(token)?;
        let claims = self.accepted_keys(now).find_map(|key| {
            let key = ContentKey::derive(key, salt);
            let is_meant = sealed.kid.as_ref().is_none_or(|kid| *kid == key.thumbprint());
            is_meant.then(|| key.decrypt(&sealed)).flatten()
        })?;
        let claims = object(&claims)?;
        check_times(&claims, now, CLOCK_TOLERANCE).ok()?;
        Some(claims)
    }
}

/// A token taken apart; nothing of it is authentic yet.
struct Sealed<'a> {
    /// The header as it was sent, which the tag covers.
    header: &'a str,
    kid: Option<Value>,
    iv: Vec<u8>,
    ciphertext: Vec<u8>,
    tag: Vec<u8>,
}

impl<'a> Sealed<'a> {
    fn parse(token: &'a str) -> Option<Self> {
        let mut parts = token.splitn(5, '.');
        let header = parts.next()?;
        // With `dir` the key is agreed upon and none travels (RFC 7518 §4.5).
        if !parts.next()?.is_empty() {
            return None;
        }
        let mut decoded = parts.map(|part| URL_SAFE_NO_PAD.decode(part).ok());
        let (iv, ciphertext, tag) = (decoded.next()??, decoded.next()??, decoded.next()??);
        let fields = object(&URL_SAFE_NO_PAD.decode(header).ok()?)?;
        if fields.get("alg")? != ALGORITHM
            || fields.get("enc")? != ENCRYPTION
            || fields.contains_key("crit")
            || fields.contains_key("zip")
        {
            return None;
        }
        let kid = fields.get("kid").cloned();
        Some(Self { header, kid, iv, ciphertext, tag })
    }
}

/// A UUID of version 4 (RFC 9562 §5.4).
fn random_uuid() -> String {
    let mut bits = u128::from_be_bytes(random_bytes());
    bits = bits & !(0xf << 76) | 4 << 76; // the version
    bits = bits & !(0b11 << 62) | 0b10 << 62; // the variant
    let hex = format!("{bits:032x}");
    [0..8, 8..12, 12..16, 16..20, 20..32].map(|digits| &hex[digits]).join("-")
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    // contract/transcripts/20-crypto-vectors.json: real outputs of better-auth 1.7.25.
    const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCD";
    const SALT: &str = "better-auth-session";
    const KID: &str = "t4PaiuawZ_Ra88DDDCSFz7ZnzU85VlTxO7lE3b8cJ3o";
    const TOKEN: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIiwia2lkIjoidDRQYWl1YXdaX1JhODhERERDU0Z6N1puelU4NVZsVHhPN2xFM2I4Y0ozbyJ9..Yk_KsdhrAVAQ0H0pxulReA.Fg--zphqA45nqno6uMolDh1PbmPC3tBTN_Afjxdo8gjlG9idnGswKBbPH0CwPjfuVA-jHwRPsH2OoecAirq3vcbY0J0T2gC0RUkrnPNkB8kkOuHzuIWu1zdLgrPrdE3JyjL6w49eviZfRSZw_R6zmuhlgvQW2coOPyQvAY1F5UpGP4fP9h9M3aPpo6-wt39W.Im-J_BMy3Fs66JrT8xPwWp4bF0EN5xJYm9a_fn2u7q4";
    const CLAIMS: &str = r#"{"session":{"a":1},"user":{"b":2},"updatedAt":1,"version":"1","iat":1795402029,"exp":1795402329,"jti":"8a9c0f4d-56c2-4fa9-856b-0c8486df3e49"}"#;
    const NOW: OffsetDateTime = datetime!(2026-11-23 02:48 UTC);

    fn keys() -> Keyring {
        Keyring::parse(SECRET).unwrap()
    }

    fn content_key() -> ContentKey {
        ContentKey::derive(&keys().keys[0], SALT)
    }

    fn opens(token: &str) -> bool {
        keys().decrypt_jwt(token, SALT, NOW).is_some()
    }

    /// Encrypted and authenticated with the right key under any header.
    fn sealed_under(header: &str, claims: &str) -> String {
        content_key().encrypt(header, claims.as_bytes(), [7; 16])
    }

    #[test]
    fn a_token_of_better_auth_is_read_and_written_byte_for_byte() {
        let claims = keys().decrypt_jwt(TOKEN, SALT, NOW).unwrap();
        let iv = URL_SAFE_NO_PAD.decode(TOKEN.split('.').nth(2).unwrap()).unwrap();

        assert_eq!(serde_json::to_string(&claims).unwrap(), CLAIMS);
        assert_eq!(content_key().thumbprint(), KID);
        let key = content_key();
        assert_eq!(key.encrypt(&key.header(), CLAIMS.as_bytes(), iv.try_into().unwrap()), TOKEN);
    }

    #[test]
    fn a_token_says_when_it_was_issued_and_ends_and_which_it_is() {
        let claims = json!({ "b": "é", "a": null }).as_object().unwrap().clone();
        let expires_in = Duration::seconds(300);

        let token = keys().encrypt_jwt(claims, SALT, expires_in, NOW);

        let claims = keys().decrypt_jwt(&token, SALT, NOW).unwrap();
        assert_eq!(claims.keys().collect::<Vec<_>>(), ["b", "a", "iat", "exp", "jti"]);
        assert_eq!(claims["iat"], NOW.unix_timestamp());
        assert_eq!(claims["exp"], NOW.unix_timestamp() + 300);
        let id = claims["jti"].as_str().unwrap();
        assert!(id.len() == 36 && &id[14..15] == "4" && "89ab".contains(&id[19..20]), "{id}");
    }

    #[test]
    fn clocks_may_differ_by_fifteen_seconds() {
        let at =
            |seconds: i64| OffsetDateTime::from_unix_timestamp(1_795_402_329 + seconds).unwrap();

        assert!(keys().decrypt_jwt(TOKEN, SALT, at(14)).is_some());
        assert!(keys().decrypt_jwt(TOKEN, SALT, at(15)).is_none());
    }

    #[test]
    fn another_purpose_or_secret_opens_nothing() {
        let other = Keyring::parse("another-secret-another-secret-00").unwrap();

        assert!(keys().decrypt_jwt(TOKEN, "better-auth-account", NOW).is_none());
        assert!(other.decrypt_jwt(TOKEN, SALT, NOW).is_none());
    }

    #[test]
    fn a_replaced_key_opens_until_it_is_no_longer_accepted() {
        let keys = Keyring::parse(
            r#"[{"version":1,"value":"0123456789abcdefghijklmnopqrstuvwxyzABCD","accepted_until":"2026-11-23T02:50:00Z"},
                {"version":2,"value":"another-secret-another-secret-00"}]"#,
        )
        .unwrap();
        let nameless = sealed_under(r#"{"alg":"dir","enc":"A256CBC-HS512"}"#, "{}");

        for token in [TOKEN, &nameless] {
            assert!(keys.decrypt_jwt(token, SALT, NOW).is_some());
            assert!(keys.decrypt_jwt(token, SALT, datetime!(2026-11-23 02:50 UTC)).is_none());
        }
        let new = keys.encrypt_jwt(Map::new(), SALT, Duration::MINUTE, NOW);
        assert!(!opens(&new) && keys.decrypt_jwt(&new, SALT, NOW).is_some());
    }

    #[test]
    fn only_one_algorithm_counts_even_under_the_right_key() {
        for (header, is_opened) in [
            (r#"{"alg":"dir","enc":"A256CBC-HS512"}"#.to_owned(), true),
            (format!(r#"{{"alg":"dir","enc":"A256CBC-HS512","kid":"{KID}","typ":"JWT"}}"#), true),
            (r#"{"alg":"dir","enc":"A256CBC-HS512","kid":"x"}"#.to_owned(), false),
            (r#"{"alg":"dir","enc":"A256CBC-HS512","kid":null}"#.to_owned(), false),
            (r#"{"alg":"dir","enc":"A256GCM"}"#.to_owned(), false),
            (r#"{"alg":"dir","enc":"A128CBC-HS256"}"#.to_owned(), false),
            (r#"{"alg":"A256KW","enc":"A256CBC-HS512"}"#.to_owned(), false),
            (r#"{"alg":"dir","enc":"A256CBC-HS512","zip":"DEF"}"#.to_owned(), false),
            (r#"{"alg":"dir","enc":"A256CBC-HS512","crit":["exp"],"exp":1}"#.to_owned(), false),
            ("{}".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(opens(&sealed_under(&header, "{}")), is_opened, "{header}");
        }
        for claims in ["", "[]", r#"{"exp":"soon"}"#, r#"{"nbf":9999999999}"#] {
            assert!(!opens(&sealed_under(r#"{"alg":"dir","enc":"A256CBC-HS512"}"#, claims)));
        }
    }

    #[test]
    fn a_shortened_or_respelled_token_is_refused() {
        let (untagged, tag) = TOKEN.rsplit_once('.').unwrap();
        let short = URL_SAFE_NO_PAD.encode(&URL_SAFE_NO_PAD.decode(tag).unwrap()[..1]);

        for token in [
            format!("{untagged}."),
            format!("{untagged}.{short}"),
            format!("{TOKEN}="),
            format!("{TOKEN}."),
            TOKEN.replace("..", ".AAAA."),
            TOKEN.replace("Yk_KsdhrAVAQ0H0pxulReA", ""),
            untagged.to_owned(),
            "....".to_owned(),
            String::new(),
        ] {
            assert!(!opens(&token), "{token}");
        }
        assert!(opens(TOKEN));
    }
}
