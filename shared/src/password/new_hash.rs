//! How new hashes are made.

use ::argon2::{Algorithm, Version};

use super::argon2;
use super::better_auth::BetterAuth;
use super::format::Format;
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

    /// What such hashes are.
    pub fn format(self) -> Format {
        match self {
            Self::BetterAuth => Format::BetterAuth,
            Self::Argon2id { memory_kib, iterations } => Format::Argon2 {
                algorithm: Algorithm::Argon2id,
                version: Version::V0x13,
                memory_kib,
                iterations,
                parallelism: 1,
            },
        }
    }

    /// Whether a stored hash is as good as a new one, so that a sign-in leaves it as it is. Beside Better
    /// Auth none is that it can't read; else argon2id that costs as much, or more.
    pub fn keeps(self, stored: Format) -> bool {
        match (self, stored) {
            (Self::BetterAuth, Format::BetterAuth) => true,
            (
                Self::Argon2id { memory_kib, iterations },
                Format::Argon2 {
                    algorithm: Algorithm::Argon2id,
                    version: Version::V0x13,
                    memory_kib: stored_kib,
                    iterations: stored_iterations,
                    ..
                },
            ) => {
                let work = |kib: u32, iterations: u32| u64::from(kib) * u64::from(iterations);
                work(stored_kib, stored_iterations) >= work(memory_kib, iterations)
            }
            _ => false,
        }
    }

    /// Hashes a password with a salt of its own.
    pub(super) fn make(self, password: &[u8]) -> Result<String, Error> {
        let Self::Argon2id { memory_kib, iterations } = self else {
            return Ok(BetterAuth::make(password));
        };
        argon2::make(memory_kib, iterations, password, &token::random_bytes::<16>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_kept_that_is_as_good_as_a_new_one() {
        let kept = |new_hash: NewHash, name: &str| new_hash.keeps(name.parse().unwrap());

        for name in ["asvs", "argon2id:m=65536,t=3,p=4"] {
            assert!(kept(NewHash::ASVS, name), "{name}");
            assert!(!kept(NewHash::BetterAuth, name), "{name}");
        }
        for name in [
            "owasp",
            "argon2id:v=16,m=47104,t=1,p=1",
            "argon2i:m=47104,t=1,p=1",
            "argon2d:m=47104,t=1,p=1",
            "scrypt",
            "bcrypt:cost=12",
            "pbkdf2-sha256:i=600000",
            "scrypt:ln=15,r=8,p=1",
            "firebase-scrypt:n=14,r=8",
        ] {
            assert!(!kept(NewHash::ASVS, name), "{name}");
        }
        assert!(kept(NewHash::OWASP, "asvs"), "more memory for fewer passes");
        assert!(kept(NewHash::BetterAuth, "scrypt"));
        assert!(!kept(NewHash::BetterAuth, "scrypt:ln=14,r=16,p=1"));
    }
}
