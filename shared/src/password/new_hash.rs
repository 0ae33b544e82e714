//! How new hashes are made.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};

use super::better_auth::BetterAuth;
use crate::error::Error;
use crate::token;

/// How a new hash is made: `PASSWORD_HASH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewHash {
    /// A PHC string of argon2id.
    Argon2id {
        /// In KiB.
        memory_kib: u32,
        /// Passes over the memory.
        iterations: u32,
    },
    /// Better Auth's scrypt, which Better Auth beside us verifies as well.
    BetterAuth,
}

impl NewHash {
    /// OWASP's Password Storage Cheat Sheet: 19 MiB, two iterations.
    pub const OWASP: Self = Self::Argon2id { memory_kib: 19 * 1024, iterations: 2 };
    /// OWASP's ASVS 5.0, 11.4.2: 46 MiB, one iteration.
    pub const ASVS: Self = Self::Argon2id { memory_kib: 46 * 1024, iterations: 1 };
    /// The least that argon2 computes. For tests: it protects nothing.
    pub const LEAST: Self = Self::Argon2id { memory_kib: 8, iterations: 1 };

    /// Hashes a password with a salt of its own.
    pub(super) fn make(self, password: &[u8]) -> Result<String, Error> {
        let Self::Argon2id { memory_kib, iterations } = self else {
            return Ok(BetterAuth::make(password));
        };
        let params = Params::new(memory_kib, iterations, 1, None)
            .expect("the costs above are in argon2's range");
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(password, &token::random_bytes::<16>())
            .map(|hash| hash.to_string())
            .map_err(|error| Error::internal(error.to_string()))
    }
}
