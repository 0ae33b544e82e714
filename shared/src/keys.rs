//! The signing keys: what makes a cookie or token ours.

mod jwe;
mod jwt;
mod seal;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::secret::Secret;

pub use jwt::JwtError;

/// The public default secret of Better Auth; whoever runs with it runs without one.
const WELL_KNOWN_DEFAULT: &str = "better-auth-secret-12345678901234567890";
/// A shorter secret warns, as at Better Auth.
const RECOMMENDED_CHARACTERS: usize = 32;
/// HMAC-SHA-256 is 32 bytes: 44 characters of padded base64.
const SIGNATURE_CHARACTERS: usize = 44;

/// The keys that sign and those that are still accepted, so that a rotation signs nobody out.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyring {
    /// The newest version first.
    keys: Vec<Key>,
}

#[derive(Clone, Debug, PartialEq)]
struct Key {
    version: u32,
    secret: Secret,
    /// Signs from this instant on; always, where absent.
    signs_from: Option<OffsetDateTime>,
    /// Accepted before this instant; for ever, where absent.
    accepted_until: Option<OffsetDateTime>,
}

/// Why a text is no signing secret. Never holds any of the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// Nothing there.
    #[error("it is empty")]
    Empty,
    /// `<generate-…>`, left over from a template.
    #[error("it is the placeholder of a template")]
    Placeholder,
    /// Better Auth's public default.
    #[error("it is Better Auth's well-known default, which everybody knows")]
    WellKnown,
    /// A list that is no list of keys.
    #[error(
        "it begins like a JSON list of keys but is none: \
         [{{\"version\": 1, \"value\": \"…\", \"signs_from\": \"2026-01-01T00:00:00Z\", \"accepted_until\": null}}]"
    )]
    Malformed,
    /// Two keys of one version.
    #[error("two of its keys have the same version")]
    DuplicateVersion,
}

/// One key as it lies in Secrets Manager. Instants are RFC 3339.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredKey {
    version: u32,
    value: String,
    signs_from: Option<String>,
    accepted_until: Option<String>,
}

impl Keyring {
    /// Reads a signing secret: a plain text (a Better Auth secret as it stands), or a JSON list of
    /// keys `{version, value, signs_from, accepted_until}`.
    pub fn parse(text: &str) -> Result<Self, KeyringError> {
        let is_list = text.trim_start().starts_with('[') && text.trim_end().ends_with(']');
        let mut keys = if is_list {
            let stored: Vec<StoredKey> =
                serde_json::from_str(text).map_err(|_| KeyringError::Malformed)?;
            stored.into_iter().map(Key::try_from).collect::<Result<Vec<_>, _>>()?
        } else {
            vec![Key { version: 1, secret: checked(text)?, signs_from: None, accepted_until: None }]
        };
        if keys.is_empty() {
            return Err(KeyringError::Empty);
        }
        keys.sort_by_key(|key| std::cmp::Reverse(key.version));
        if keys.windows(2).any(|pair| pair[0].version == pair[1].version) {
            return Err(KeyringError::DuplicateVersion);
        }
        Ok(Self { keys })
    }

    /// The versions whose secret is shorter than is wise.
    pub fn short_versions(&self) -> Vec<u32> {
        let is_short = |key: &&Key| key.secret.expose().chars().count() < RECOMMENDED_CHARACTERS;
        self.keys.iter().filter(is_short).map(|key| key.version).collect()
    }

    /// `<value>.<signature>`: the newest key whose `signs_from` has passed signs. Where none has,
    /// the oldest does: a service that can't sign helps nobody.
    pub fn sign(&self, value: &str, now: OffsetDateTime) -> String {
        format!("{value}.{}", STANDARD.encode(self.signature(value, now)))
    }

    /// The value of `<value>.<signature>`, if a key that is accepted at `now` has signed it.
    /// Compares in constant time.
    pub fn verify<'a>(&self, signed: &'a str, now: OffsetDateTime) -> Option<&'a str> {
        let (value, signature) = signed.rsplit_once('.')?;
        if value.is_empty() || signature.len() != SIGNATURE_CHARACTERS {
            return None;
        }
        let signature = STANDARD.decode(signature).ok()?;
        self.has_signed(value, &signature, now).then_some(value)
    }

    /// HMAC-SHA-256 of a text, by the key that signs at `now`.
    pub(crate) fn signature(&self, value: &str, now: OffsetDateTime) -> [u8; 32] {
        self.signing_key(now).mac(value).finalize().into_bytes().into()
    }

    /// Whether a key that is accepted at `now` made `signature`, in constant time.
    pub(crate) fn has_signed(&self, value: &str, signature: &[u8], now: OffsetDateTime) -> bool {
        self.accepted_keys(now).any(|key| key.mac(value).verify_slice(signature).is_ok())
    }

    fn signing_key(&self, now: OffsetDateTime) -> &Key {
        self.keys
            .iter()
            .find(|key| key.signs_from.is_none_or(|from| from <= now))
            .or(self.keys.last())
            .expect("a keyring has at least one key")
    }

    fn accepted_keys(&self, now: OffsetDateTime) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(move |key| key.accepted_until.is_none_or(|until| now < until))
    }
}

impl Key {
    fn mac(&self, value: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.expose().as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(value.as_bytes());
        mac
    }
}

impl TryFrom<StoredKey> for Key {
    type Error = KeyringError;

    fn try_from(stored: StoredKey) -> Result<Self, KeyringError> {
        let instant = |text: Option<String>| {
            text.map(|text| OffsetDateTime::parse(&text, &Rfc3339))
                .transpose()
                .map_err(|_| KeyringError::Malformed)
        };
        Ok(Self {
            version: stored.version,
            secret: checked(&stored.value)?,
            signs_from: instant(stored.signs_from)?,
            accepted_until: instant(stored.accepted_until)?,
        })
    }
}

fn checked(secret: &str) -> Result<Secret, KeyringError> {
    if secret.trim().is_empty() {
        Err(KeyringError::Empty)
    } else if secret.starts_with('<') && secret.ends_with('>') {
        Err(KeyringError::Placeholder)
    } else if secret == WELL_KNOWN_DEFAULT {
        Err(KeyringError::WellKnown)
    } else {
        Ok(Secret::new(secret))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-06-15 12:00 UTC);
    // contract/transcripts/20-crypto-vectors.json: real outputs of better-auth 1.7.25.
    const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCD";
    const SIGNED: &str =
        "QcOMdvt9ykJrMuw8E5gQWyc5PV7Mk1x5.QvFXQ46z8cpkr1ME+PUpXtkxsiDGMo+yCPN7A6y5Bpw=";

    fn list(json: &str) -> Keyring {
        Keyring::parse(json).unwrap()
    }

    #[test]
    fn signs_as_better_auth_does() {
        let keys = Keyring::parse(SECRET).unwrap();

        assert_eq!(keys.sign("QcOMdvt9ykJrMuw8E5gQWyc5PV7Mk1x5", NOW), SIGNED);
        assert_eq!(keys.sign("true", NOW), "true.xdxkjNl97vBndFOiUFffZWydDIg2D7RnS698vx0mQ5w=");
        assert_eq!(keys.verify(SIGNED, NOW), Some("QcOMdvt9ykJrMuw8E5gQWyc5PV7Mk1x5"));
    }

    #[test]
    fn refuses_what_it_did_not_sign() {
        let keys = Keyring::parse(SECRET).unwrap();
        let (value, signature) = SIGNED.rsplit_once('.').unwrap();

        for signed in [
            value.to_owned(),
            format!("{value}."),
            format!(".{signature}"),
            format!("x{SIGNED}"),
            format!("{SIGNED}="),
            SIGNED.trim_end_matches('=').to_owned(),
            format!("{value}.{}", signature.replace('Q', "R")),
            format!("{value}.{}", signature.replace('+', "-").replace('/', "_")),
            String::new(),
        ] {
            assert_eq!(keys.verify(&signed, NOW), None, "{signed}");
        }
    }

    #[test]
    fn the_newest_key_whose_time_has_come_signs_and_all_accepted_ones_verify() {
        let keys = list(
            r#"[{"version":1,"value":"one-one-one-one-one-one-one-one-1"},
                {"version":3,"value":"three-three-three-three-three-333","signs_from":"2026-06-16T00:00:00Z"},
                {"version":2,"value":"two-two-two-two-two-two-two-two-2","signs_from":"2026-06-01T00:00:00Z","accepted_until":"2026-06-17T00:00:00Z"}]"#,
        );
        let by = |secret: &str| Keyring::parse(secret).unwrap().sign("t", NOW);
        let (one, two, three) = (
            by("one-one-one-one-one-one-one-one-1"),
            by("two-two-two-two-two-two-two-two-2"),
            by("three-three-three-three-three-333"),
        );

        assert_eq!(keys.sign("t", datetime!(2026-05-01 0:00 UTC)), one);
        assert_eq!(keys.sign("t", NOW), two);
        assert_eq!(keys.sign("t", datetime!(2026-06-16 0:00 UTC)), three);
        for signed in [&one, &two, &three] {
            assert_eq!(keys.verify(signed, NOW), Some("t"));
        }
        assert_eq!(keys.verify(&two, datetime!(2026-06-17 0:00 UTC)), None);
    }

    #[test]
    fn a_keyring_whose_keys_all_sign_later_signs_with_its_oldest() {
        let keys = list(
            r#"[{"version":2,"value":"bbbb","signs_from":"2030-01-01T00:00:00Z"},
                {"version":1,"value":"aaaa","signs_from":"2029-01-01T00:00:00Z"}]"#,
        );

        assert_eq!(keys.sign("t", NOW), Keyring::parse("aaaa").unwrap().sign("t", NOW));
    }

    #[test]
    fn what_is_no_secret_is_refused_and_never_repeated() {
        use KeyringError::{DuplicateVersion, Empty, Malformed, Placeholder, WellKnown};

        for (text, error) in [
            ("", Empty),
            ("  \n", Empty),
            ("[]", Empty),
            ("<generate-with-openssl-rand-base64-32>", Placeholder),
            (WELL_KNOWN_DEFAULT, WellKnown),
            ("[{\"version\":1}]", Malformed),
            ("[{\"version\":1,\"value\":\"hunter2\",\"signs_from\":\"soon\"}]", Malformed),
            ("[{\"version\":1,\"value\":\"hunter2\",\"extra\":1}]", Malformed),
            ("[{\"version\":1,\"value\":\"<x>\"}]", Placeholder),
            ("[{\"version\":1,\"value\":\"a\"},{\"version\":1,\"value\":\"b\"}]", DuplicateVersion),
        ] {
            assert_eq!(Keyring::parse(text), Err(error.clone()), "{text}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }

    #[test]
    fn short_secrets_are_named_by_version() {
        assert_eq!(Keyring::parse("short").unwrap().short_versions(), [1]);
        assert!(Keyring::parse(SECRET).unwrap().short_versions().is_empty());
    }
}
