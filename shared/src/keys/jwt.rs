//! Signed tokens: JWTs (RFC 7519) as JWS compact serialisations (RFC 7515), HS256 alone. core.md §9.1.
//!
//! A JWT library is not used: there is one algorithm, an HMAC that the keyring computes anyway. What
//! libraries are good at, choosing by the token's header, is what must not happen here: the header
//! is never trusted to choose anything, it is compared with what was going to be done in any case.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::Keyring;

/// `{"alg":"HS256"}`: the whole header, as Better Auth writes it.
const HEADER: &str = "eyJhbGciOiJIUzI1NiJ9";

/// Why a token does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// Malformed, not signed by a key that is accepted, or not valid yet.
    #[error("the token is invalid")]
    Invalid,
    /// Rightly signed, but its `exp` has come.
    #[error("the token has expired")]
    Expired,
}

impl Keyring {
    /// A signed token: the claims as they are, in their order. `exp` and `iat` are the caller's to
    /// state, in seconds since 1970.
    pub fn sign_jwt(&self, claims: &Map<String, Value>, now: OffsetDateTime) -> String {
        let claims = serde_json::to_vec(claims).expect("a JSON object serialises");
        let signed = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(claims));
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(self.signature(&signed, now)))
    }

    /// The claims of a token that a key accepted at `now` has signed. The signature is compared in
    /// constant time and before anything else is looked at. `exp` may be absent; there is no
    /// tolerance for clocks that differ.
    pub fn verify_jwt(
        &self,
        token: &str,
        now: OffsetDateTime,
    ) -> Result<Map<String, Value>, JwtError> {
        let claims = self.signed_claims(token, now).ok_or(JwtError::Invalid)?;
        check_times(&claims, now, 0)?;
        Ok(claims)
    }

    fn signed_claims(&self, token: &str, now: OffsetDateTime) -> Option<Map<String, Value>> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        if !self.has_signed(signed, &signature, now) {
            return None;
        }
        let header = object(&URL_SAFE_NO_PAD.decode(header).ok()?)?;
        // Extensions that the signer calls critical have to be understood (RFC 7515 §4.1.11): none is.
        if header.get("alg")? != "HS256" || header.contains_key("crit") {
            return None;
        }
        object(&URL_SAFE_NO_PAD.decode(claims).ok()?)
    }
}

/// JSON that is an object.
pub(super) fn object(json: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(json).ok()
}

/// Holds `iat`, `nbf` and `exp` against `now` as `jose` does: a claim that is there has to be a
/// number, and it is compared with whole seconds. `tolerance` is in seconds.
pub(super) fn check_times(
    claims: &Map<String, Value>,
    now: OffsetDateTime,
    tolerance: i64,
) -> Result<(), JwtError> {
    let seconds = |name| match claims.get(name) {
        None => Ok(None),
        Some(claim) => claim.as_f64().map(Some).ok_or(JwtError::Invalid),
    };
    let (_, not_before, expires) = (seconds("iat")?, seconds("nbf")?, seconds("exp")?);
    #[expect(clippy::cast_precision_loss, reason = "exact for 285 million years")]
    let (earliest, latest) =
        ((now.unix_timestamp() - tolerance) as f64, (now.unix_timestamp() + tolerance) as f64);
    if not_before.is_some_and(|at| at > latest) {
        Err(JwtError::Invalid)
    } else if expires.is_some_and(|at| at <= earliest) {
        Err(JwtError::Expired)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;

    // contract/transcripts/20-crypto-vectors.json: a real output of better-auth 1.7.25.
    const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCD";
    const VERIFICATION: &str = "eyJhbGciOiJIUzI1NiJ9.eyJlbWFpbCI6ImFubkBleGFtcGxlLmNvbSIsInVzZXJJZCI6InUxIiwiaWF0IjoxNzk1NDAyMDI5LCJleHAiOjE3OTU0MDU2Mjl9.XCL0zP73gVUfpI_MWs9WBaITjhYGojViXN_rVB-diZY";
    const EXPIRES: i64 = 1_795_405_629;
    const NOW: OffsetDateTime = datetime!(2026-11-23 03:00 UTC);

    fn keys() -> Keyring {
        Keyring::parse(SECRET).unwrap()
    }

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(seconds).unwrap()
    }

    fn map(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    /// Signed with the right key, whatever header and claims say.
    fn signed(header: &str, claims: &str) -> String {
        let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
        let signed = format!("{header}.{claims}");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(keys().signature(&signed, NOW)))
    }

    #[test]
    fn signs_and_verifies_as_better_auth_does() {
        let claims = map(&json!({
            "email": "ann@example.com", "userId": "u1", "iat": 1_795_402_029, "exp": EXPIRES,
        }));

        assert_eq!(keys().sign_jwt(&claims, NOW), VERIFICATION);
        assert_eq!(keys().verify_jwt(VERIFICATION, NOW), Ok(claims));
    }

    #[test]
    fn a_token_ends_with_the_second_that_it_names() {
        let verify = |now| keys().verify_jwt(VERIFICATION, now).map(|_| ());

        assert_eq!(verify(at(EXPIRES) - time::Duration::MILLISECOND), Ok(()));
        assert_eq!(verify(at(EXPIRES)), Err(JwtError::Expired));
    }

    #[test]
    fn a_forged_token_is_invalid_however_old_it_is() {
        let (signed, signature) = VERIFICATION.rsplit_once('.').unwrap();
        let later = at(EXPIRES + 1);

        assert_eq!(keys().verify_jwt(VERIFICATION, later), Err(JwtError::Expired));
        let forged = format!("{signed}.{}", signature.replace('X', "Y"));
        assert_eq!(keys().verify_jwt(&forged, later), Err(JwtError::Invalid));
    }

    #[test]
    fn only_hs256_counts_even_rightly_signed() {
        for (header, expected) in [
            (r#"{"alg":"HS256"}"#, Ok(())),
            (r#"{"typ":"JWT","alg":"HS256"}"#, Ok(())),
            (r#"{"alg":"none"}"#, Err(JwtError::Invalid)),
            (r#"{"alg":"hs256"}"#, Err(JwtError::Invalid)),
            (r#"{"alg":"HS512"}"#, Err(JwtError::Invalid)),
            (r#"{"alg":"RS256"}"#, Err(JwtError::Invalid)),
            (r#"{"alg":["HS256"]}"#, Err(JwtError::Invalid)),
            (r#"{"alg":"HS256","crit":["b64"],"b64":true}"#, Err(JwtError::Invalid)),
            (r#"{"alg":"HS256","crit":null}"#, Err(JwtError::Invalid)),
            ("{}", Err(JwtError::Invalid)),
            ("[]", Err(JwtError::Invalid)),
            ("", Err(JwtError::Invalid)),
        ] {
            let token = signed(header, "{}");
            assert_eq!(keys().verify_jwt(&token, NOW).map(|_| ()), expected, "{header}");
        }
        let unsigned = signed(r#"{"alg":"none"}"#, "{}");
        let unsigned = format!("{}.", unsigned.rsplit_once('.').unwrap().0);
        assert_eq!(keys().verify_jwt(&unsigned, NOW), Err(JwtError::Invalid));
    }

    #[test]
    fn times_are_numbers_and_nothing_else() {
        let now = NOW.unix_timestamp();
        for (claims, expected) in [
            (json!({}), Ok(())),
            (json!({ "exp": now + 1, "nbf": now, "iat": now + 999 }), Ok(())),
            (json!({ "exp": now.to_string() }), Err(JwtError::Invalid)),
            (json!({ "exp": null }), Err(JwtError::Invalid)),
            (json!({ "iat": "now" }), Err(JwtError::Invalid)),
            (json!({ "nbf": now + 1 }), Err(JwtError::Invalid)),
            (json!({ "nbf": now + 1, "exp": 0 }), Err(JwtError::Invalid)),
            (json!({ "exp": -1 }), Err(JwtError::Expired)),
        ] {
            let token = keys().sign_jwt(&map(&claims), NOW);
            assert_eq!(keys().verify_jwt(&token, NOW).map(|_| ()), expected, "{claims}");
        }
        for claims in ["", "null", "[1]", "\"x\"", "{", "\u{feff}{}"] {
            let token = signed(r#"{"alg":"HS256"}"#, claims);
            assert_eq!(keys().verify_jwt(&token, NOW), Err(JwtError::Invalid), "{claims}");
        }
    }

    #[test]
    fn one_token_has_one_spelling() {
        let (signed, _) = VERIFICATION.rsplit_once('.').unwrap();
        for token in [
            format!("{VERIFICATION}="),
            format!("{VERIFICATION}."),
            format!(".{VERIFICATION}"),
            // The last character holds two bits that are no part of the signature.
            VERIFICATION.replace("diZY", "diZZ"),
            VERIFICATION.replace("fpI_", "fpI/"),
            signed.to_owned(),
            format!("{signed}."),
            String::new(),
            "..".to_owned(),
        ] {
            assert_eq!(keys().verify_jwt(&token, NOW), Err(JwtError::Invalid), "{token}");
        }
    }

    #[test]
    fn a_replaced_key_verifies_until_it_is_no_longer_accepted() {
        let keys = Keyring::parse(
            r#"[{"version":1,"value":"0123456789abcdefghijklmnopqrstuvwxyzABCD","accepted_until":"2026-11-23T03:30:00Z"},
                {"version":2,"value":"another-secret-another-secret-00","signs_from":"2026-11-23T03:00:00Z"}]"#,
        )
        .unwrap();
        let new = Keyring::parse("another-secret-another-secret-00").unwrap();
        let claims = map(&json!({ "b": 1, "a": 2 }));

        assert_eq!(keys.sign_jwt(&claims, NOW), new.sign_jwt(&claims, NOW));
        assert!(keys.verify_jwt(VERIFICATION, NOW).is_ok());
        let late = datetime!(2026-11-23 03:30 UTC);
        assert_eq!(keys.verify_jwt(VERIFICATION, late), Err(JwtError::Invalid));
    }
}
