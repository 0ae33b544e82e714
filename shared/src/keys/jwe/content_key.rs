//! `A256CBC-HS512` (RFC 7518 §5.2): AES-256-CBC, and over it an HMAC-SHA-512 cut to half its length.

use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::{Digest, Sha256, Sha512};

use super::{ALGORITHM, ENCRYPTION, Sealed};
use crate::keys::Key;

/// Better Auth's, for every purpose.
const INFO: &[u8] = b"BetterAuth.js Generated Encryption Key";
const IV_BYTES: usize = 16;
const TAG_BYTES: usize = 32;

/// 32 bytes for the tag and 32 for the cipher (RFC 7518 §5.2.2.1).
pub(super) struct ContentKey([u8; 64]);

impl ContentKey {
    /// The key of one secret and one purpose, which `salt` names.
    pub(super) fn derive(key: &Key, salt: &str) -> Self {
        let mut bytes = [0; 64];
        Hkdf::<Sha256>::new(Some(salt.as_bytes()), key.secret.expose().as_bytes())
            .expand(INFO, &mut bytes)
            .expect("HKDF-SHA-256 gives up to 8160 bytes");
        Self(bytes)
    }

    /// The thumbprint of the key as a JWK (RFC 7638): says which key it is, and nothing of it.
    pub(super) fn thumbprint(&self) -> String {
        let jwk = format!(r#"{{"k":"{}","kty":"oct"}}"#, URL_SAFE_NO_PAD.encode(self.0));
        URL_SAFE_NO_PAD.encode(Sha256::digest(jwk))
    }

    /// The header of a token under this key.
    pub(super) fn header(&self) -> String {
        json!({ "alg": ALGORITHM, "enc": ENCRYPTION, "kid": self.thumbprint() }).to_string()
    }

    /// A whole token. `iv` is random and never used twice.
    pub(super) fn encrypt(&self, header: &str, plaintext: &[u8], iv: [u8; IV_BYTES]) -> String {
        let header = URL_SAFE_NO_PAD.encode(header);
        let ciphertext = cbc::Encryptor::<Aes256>::new_from_slices(&self.0[32..], &iv)
            .expect("the lengths are AES-256's")
            .encrypt_padded_vec::<Pkcs7>(plaintext);
        let tag = self.mac(&header, &iv, &ciphertext).finalize().into_bytes();
        let [iv, ciphertext, tag] =
            [&iv[..], &ciphertext, &tag[..TAG_BYTES]].map(|part| URL_SAFE_NO_PAD.encode(part));
        format!("{header}..{iv}.{ciphertext}.{tag}")
    }

    /// The tag is compared first, in constant time: what comes after it sees our own bytes alone,
    /// so that padding tells nobody anything.
    pub(super) fn decrypt(&self, sealed: &Sealed<'_>) -> Option<Vec<u8>> {
        if sealed.iv.len() != IV_BYTES || sealed.tag.len() != TAG_BYTES {
            return None;
        }
        self.mac(sealed.header, &sealed.iv, &sealed.ciphertext)
            .verify_truncated_left(&sealed.tag)
            .ok()?;
        cbc::Decryptor::<Aes256>::new_from_slices(&self.0[32..], &sealed.iv)
            .ok()?
            .decrypt_padded_vec::<Pkcs7>(&sealed.ciphertext)
            .ok()
    }

    /// Over header, IV, ciphertext and the header's length in bits (RFC 7518 §5.2.2.1).
    fn mac(&self, header: &str, iv: &[u8], ciphertext: &[u8]) -> Hmac<Sha512> {
        let mut mac =
            Hmac::<Sha512>::new_from_slice(&self.0[..32]).expect("HMAC takes keys of any length");
        mac.update(header.as_bytes());
        mac.update(iv);
        mac.update(ciphertext);
        mac.update(&(header.len() as u64 * 8).to_be_bytes());
        mac
    }
}
