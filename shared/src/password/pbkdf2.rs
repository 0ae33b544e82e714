//! PBKDF2: PHC strings, passlib's modular ones, and Django's.

use std::fmt::{self, Display};
use std::num::NonZeroU32;

// Compiled once and for speed, with the processor's own SHA: RustCrypto's is generic, and would be compiled
// as this crate is.
use ring::pbkdf2::{self, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA512};

use super::format::Format;
use super::name::numbers;
use super::stored::{KEY_BYTES, base64};

/// What the HMAC is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Digest {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl Digest {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "sha1" => Some(Self::Sha1),
            "sha256" => Some(Self::Sha256),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

impl Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        })
    }
}

/// A stored hash.
pub(super) struct Pbkdf2 {
    digest: Digest,
    iterations: NonZeroU32,
    salt: Vec<u8>,
    key: Vec<u8>,
}

impl Pbkdf2 {
    /// PHC, `$pbkdf2-sha256$i=600000,l=32$salt$key`, or passlib's `$pbkdf2-sha256$29000$salt$key`; the
    /// name alone, `$pbkdf2$`, is SHA-1's.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("$pbkdf2")?.split('$');
        let digest = match parts.next()? {
            "" => Digest::Sha1,
            name => Digest::named(name.strip_prefix('-')?)?,
        };
        let costs = parts.next()?;
        let (iterations, length) = if let Some([iterations, length]) = numbers(costs, ["i", "l"]) {
            (iterations, Some(length))
        } else if let Some([iterations]) = numbers(costs, ["i"]) {
            (iterations, None)
        } else {
            (costs.parse().ok()?, None)
        };
        let (salt, key) = (base64(parts.next()?)?, base64(parts.next()?)?);
        let has_length = length.is_none_or(|length| usize::try_from(length) == Ok(key.len()));
        let iterations = NonZeroU32::new(iterations)?;
        (has_length && parts.next().is_none())
            .then_some(Self { digest, iterations, salt, key })
            .filter(Self::is_bearable)
    }

    /// Django's `pbkdf2_sha256$600000$salt$key`, whose salt is the text itself.
    pub(super) fn read_django(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("pbkdf2_")?.split('$');
        let digest = Digest::named(parts.next()?)?;
        let iterations = parts.next()?.parse().ok()?;
        let (salt, key) = (parts.next()?.as_bytes().to_vec(), base64(parts.next()?)?);
        parts
            .next()
            .is_none()
            .then_some(Self { digest, iterations, salt, key })
            .filter(Self::is_bearable)
    }

    /// A key that is longer than a digest is computed part by part, each of which costs all iterations.
    fn is_bearable(&self) -> bool {
        let parts = u32::try_from(self.key.len().div_ceil(self.digest.bytes())).unwrap_or(u32::MAX);
        let iterations = self.iterations.get().saturating_mul(parts);
        KEY_BYTES.contains(&self.key.len())
            && Format::Pbkdf2 { digest: self.digest, iterations }.is_bearable()
    }

    pub(super) fn format(&self) -> Format {
        Format::Pbkdf2 { digest: self.digest, iterations: self.iterations.get() }
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let algorithm = match self.digest {
            Digest::Sha1 => PBKDF2_HMAC_SHA1,
            Digest::Sha256 => PBKDF2_HMAC_SHA256,
            Digest::Sha512 => PBKDF2_HMAC_SHA512,
        };
        pbkdf2::verify(algorithm, self.iterations, &self.salt, password, &self.key).is_ok()
    }
}
