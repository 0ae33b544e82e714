//! What is kept sealed under the keys, and names that only they give.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit as _};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use time::OffsetDateTime;

use super::{Key, Keyring};
use crate::token;

const OUTBOX: &[u8] = b"latchkey outbox v1";
const ACCOUNT_LIMIT: &[u8] = b"latchkey account limit v1";
const NONCE_BYTES: usize = 24;

impl Keyring {
    /// Seals a text under the key that signs at `now`: `<version>.<base64url of nonce ‖ ciphertext ‖
    /// tag>`, by XChaCha20-Poly1305.
    pub fn seal(&self, plaintext: &str, now: OffsetDateTime) -> String {
        let key = self.signing_key(now);
        let nonce: [u8; NONCE_BYTES] = token::random_bytes();
        let ciphertext = key
            .cipher()
            .encrypt(&XNonce::from(nonce), plaintext.as_bytes())
            .expect("the text is far shorter than 256 GiB, the cipher's only limit");
        format!(
            "{}.{}",
            key.version,
            URL_SAFE_NO_PAD.encode([nonce.as_slice(), &ciphertext].concat())
        )
    }

    /// Opens what [`Keyring::seal`] made, for as long as its key is in the ring: `accepted_until` is
    /// for what comes from outside.
    ///
    /// `None` if the key is gone, or if it is not what was sealed.
    pub fn unseal(&self, sealed: &str) -> Option<String> {
        let (version, text) = sealed.split_once('.')?;
        let version: u32 = version.parse().ok()?;
        let key = self.keys.iter().find(|key| key.version == version)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE_BYTES>()?;
        let plaintext = key.cipher().decrypt(&XNonce::from(*nonce), ciphertext).ok()?;
        String::from_utf8(plaintext).ok()
    }

    /// The name under which uses of an account are counted: tells nothing of the address to who reads
    /// the table, and stays the same while keys come and go, since it is the oldest one's.
    pub fn account_key(&self, email: &str) -> String {
        let oldest = self.keys.last().expect("a keyring has at least one key");
        let mut mac = Hmac::<Sha256>::new_from_slice(&oldest.derived(ACCOUNT_LIMIT))
            .expect("HMAC takes keys of any length");
        mac.update(email.to_lowercase().as_bytes());
        mac.finalize().into_bytes().iter().fold(String::new(), |mut name, byte| {
            let _ = write!(name, "{byte:02x}");
            name
        })
    }
}

impl Key {
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.derived(OUTBOX).into())
    }

    /// A key for one purpose: HKDF-SHA-256 (RFC 5869) of the secret, without salt.
    fn derived(&self, info: &[u8]) -> [u8; 32] {
        let mut key = [0; 32];
        Hkdf::<Sha256>::new(None, self.secret.expose().as_bytes())
            .expand(info, &mut key)
            .expect("32 bytes are within HKDF's limit");
        key
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-06-15 12:00 UTC);

    fn two_keys() -> Keyring {
        Keyring::parse(
            r#"[{"version":1,"value":"one-one-one-one-one-one-one-one-1","accepted_until":"2026-06-02T00:00:00Z"},
                {"version":2,"value":"two-two-two-two-two-two-two-two-2","signs_from":"2026-06-01T00:00:00Z"}]"#,
        )
        .unwrap()
    }

    #[test]
    fn what_is_sealed_opens_and_tells_nothing() {
        let keys = two_keys();

        let sealed = keys.seal("GF2kUUMJsoM9KPH83IWGfG2h", NOW);

        assert_eq!(keys.unseal(&sealed).as_deref(), Some("GF2kUUMJsoM9KPH83IWGfG2h"));
        assert!(sealed.starts_with("2.") && !sealed.contains("GF2k"), "{sealed}");
        assert_ne!(keys.seal("GF2kUUMJsoM9KPH83IWGfG2h", NOW), sealed);
    }

    #[test]
    fn an_old_key_opens_what_it_sealed_after_it_is_no_longer_accepted() {
        let keys = two_keys();

        let sealed = keys.seal("t", datetime!(2026-05-01 0:00 UTC));

        assert!(sealed.starts_with("1."));
        assert_eq!(keys.unseal(&sealed).as_deref(), Some("t"));
    }

    #[test]
    fn what_was_not_sealed_by_a_key_of_the_ring_does_not_open() {
        let keys = two_keys();
        let sealed = keys.seal("token", NOW);
        let (_, text) = sealed.split_once('.').unwrap();
        let mut bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
        bytes[30] ^= 1;

        for text in [
            format!("1.{text}"),
            format!("3.{text}"),
            format!("2.{}", URL_SAFE_NO_PAD.encode(&bytes)),
            format!("2.{}", &text[..20]),
            text.to_owned(),
            String::new(),
            "2.".to_owned(),
            "2.ü".to_owned(),
        ] {
            assert_eq!(keys.unseal(&text), None, "{text}");
        }
        assert_eq!(Keyring::parse("another").unwrap().unseal(&sealed), None);
    }

    #[test]
    fn an_account_keeps_its_name_when_a_key_is_added() {
        let one = Keyring::parse("one-one-one-one-one-one-one-one-1").unwrap();

        let name = one.account_key("Ada@Example.com");

        assert_eq!(name, two_keys().account_key("ada@example.com"));
        assert_ne!(name, one.account_key("bob@example.com"));
        assert!(name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
    }
}
