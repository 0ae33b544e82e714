//! bcrypt: modular strings, and Django's two.

use base64::Engine as _;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

use super::better_auth::hex;
use super::format::Format;

/// What bcrypt reads of a password; the rest is nothing to it.
const MAX_BYTES: usize = 72;
/// bcrypt's alphabet. The last digit of a salt holds bits that are not the salt's; some write ones there.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::BCRYPT,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::RequireNone),
);

/// A stored hash.
pub(super) struct Bcrypt {
    cost: u32,
    salt: [u8; 16],
    key: [u8; 23],
    /// Whether it is SHA-256 of the password, in hexadecimal, that is hashed: Django's `bcrypt_sha256`.
    is_of_digest: bool,
}

impl Bcrypt {
    /// `$2b$12$`, 22 digits of salt and 31 of key; or with `2a`, `2x` or `2y`.
    ///
    /// All four are computed alike: the mistakes that the letters tell apart were of libraries long gone,
    /// and but for a `$2x$` of a password beyond ASCII their hashes are the same.
    pub(super) fn read(text: &str, is_of_digest: bool) -> Option<Self> {
        let (version, rest) = text.strip_prefix('$')?.split_once('$')?;
        let (cost, digits) = rest.split_once('$')?;
        let is_known = matches!(version, "2a" | "2b" | "2x" | "2y");
        let is_whole = cost.len() == 2 && digits.len() == 22 + 31 && digits.is_ascii();
        if !is_known || !is_whole {
            return None;
        }
        let (salt, key) = digits.split_at(22);
        Some(Self {
            cost: cost.parse().ok()?,
            salt: BASE64.decode(salt).ok()?.try_into().ok()?,
            key: BASE64.decode(key).ok()?.try_into().ok()?,
            is_of_digest,
        })
    }

    pub(super) fn format(&self) -> Format {
        Format::Bcrypt { cost: self.cost }
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let digest;
        let password = if self.is_of_digest {
            digest = hex(&Sha256::digest(password));
            digest.as_bytes()
        } else {
            password
        };
        let mut text = [password, &[0]].concat();
        text.truncate(MAX_BYTES);
        let computed = bcrypt::bcrypt(self.cost, self.salt, &text);
        let is_right: bool = computed[..self.key.len()].ct_eq(&self.key).into();
        // To bcrypt a NUL ends the password: what follows would be nothing to it.
        is_right && !password.contains(&0)
    }
}
