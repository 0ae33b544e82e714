//! argon2d, argon2i and argon2id: PHC strings.

use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Params, Version};

use super::format::Format;

/// A stored hash.
pub(super) struct Argon2 {
    hash: PasswordHash,
    format: Format,
}

impl Argon2 {
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut hash = PasswordHash::new(text).ok().filter(|hash| hash.hash.is_some())?;
        // Strings had no version before there were two: `decode_string` of the reference implementation.
        let version = *hash.version.get_or_insert(Version::V0x10.into());
        let params = Params::try_from(&hash).ok()?;
        let format = Format::Argon2 {
            algorithm: Algorithm::new(hash.algorithm.as_str()).ok()?,
            version: Version::try_from(version).ok()?,
            memory_kib: params.m_cost(),
            iterations: params.t_cost(),
            parallelism: params.p_cost(),
        };
        Some(Self { hash, format })
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        argon2::Argon2::default().verify_password(password, &self.hash).is_ok()
    }
}
