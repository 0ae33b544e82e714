//! What stored hashes are made with: how much each costs.

use argon2::{Algorithm, Version};

use super::pbkdf2::Digest;
use super::stored::Stored;

/// The most memory a stored hash may ask for, in bytes: a foreign row must not exhaust us.
const MAX_MEMORY: u64 = 256 << 20;
/// The most work argon2 and scrypt may be asked for, in bytes times passes: seconds of a processor.
const MAX_WORK: u64 = 8 << 30;
/// The same for bcrypt, which doubles with each.
const MAX_BCRYPT_COST: u32 = 16;
/// The same for PBKDF2.
const MAX_ITERATIONS: u32 = 10_000_000;

/// What a stored hash is made with, and how much it costs to compute.
///
/// Its name says both: `scrypt` (Better Auth's), `argon2id:m=47104,t=1,p=1`, `bcrypt:cost=12`,
/// `pbkdf2-sha256:i=600000`, `scrypt:ln=15,r=8,p=1`, `firebase-scrypt:n=14,r=8`. `asvs` and `owasp`
/// are read as well, and are names of the argon2id that `PASSWORD_HASH` means by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Better Auth's `salt:key`.
    BetterAuth,
    /// A PHC string of argon2d, argon2i or argon2id.
    Argon2 {
        /// Which of the three.
        algorithm: Algorithm,
        /// Named where it is not the present one, 19: `argon2i:v=16,m=4096,t=3,p=1`.
        version: Version,
        /// In KiB.
        memory_kib: u32,
        /// Passes over the memory.
        iterations: u32,
        /// Lanes, which are computed one after the other here.
        parallelism: u32,
    },
    /// bcrypt.
    Bcrypt {
        /// Binary logarithm of the rounds.
        cost: u32,
    },
    /// PBKDF2 with HMAC.
    Pbkdf2 {
        /// Of the HMAC.
        digest: Digest,
        /// Of the HMAC, for each part of the key.
        iterations: u32,
    },
    /// scrypt in any form but Better Auth's and Firebase's.
    Scrypt {
        /// Binary logarithm of N.
        log_n: u32,
        /// Block size.
        r: u32,
        /// Parallelism, computed one after the other here.
        p: u32,
    },
    /// Firebase's scrypt.
    Firebase {
        /// The memory cost: binary logarithm of N.
        log_n: u32,
        /// The rounds: block size.
        r: u32,
    },
}

impl Format {
    /// What a stored hash is made with. `None`: it can't be read, so its user can't sign in. Costs no
    /// hash.
    pub fn of(stored: &str) -> Option<Self> {
        Stored::read(stored).map(|stored| stored.format())
    }

    /// Whether it can be computed, and costs no more than we are willing to spend on a sign-in.
    pub(super) fn is_bearable(self) -> bool {
        let fits = |memory: u64, passes: u64| {
            memory <= MAX_MEMORY && memory.saturating_mul(passes) <= MAX_WORK
        };
        match self {
            Self::BetterAuth => true,
            Self::Argon2 { memory_kib, iterations, parallelism, .. } => {
                argon2::Params::new(memory_kib, iterations, parallelism, None).is_ok()
                    && fits(u64::from(memory_kib) << 10, iterations.into())
            }
            Self::Bcrypt { cost } => (4..=MAX_BCRYPT_COST).contains(&cost),
            Self::Pbkdf2 { iterations, .. } => (1..=MAX_ITERATIONS).contains(&iterations),
            Self::Scrypt { log_n, r, p } => {
                let block = 128 * u64::from(r);
                // N of the large blocks, and p that are mixed one after the other with those.
                let memory = |n: u64| block.saturating_mul(n.saturating_add(p.into()));
                (1..32).contains(&log_n)
                    && r > 0
                    && p > 0
                    && fits(memory(1 << log_n), 1)
                    && fits(block << log_n, p.into())
            }
            Self::Firebase { log_n, r } => Self::Scrypt { log_n, r, p: 1 }.is_bearable(),
        }
    }

    /// A hash of this format and cost that is nobody's: its salt and its key are zeros.
    pub(super) fn nobodys(self) -> String {
        let (salt, zeros) = ("A".repeat(22), |bytes: usize| "A".repeat((bytes * 4).div_ceil(3)));
        let key = zeros(32);
        match self {
            Self::BetterAuth => format!("{}:{}", "0".repeat(32), "0".repeat(128)),
            Self::Argon2 { algorithm, version, memory_kib, iterations, parallelism } => format!(
                "${algorithm}$v={}$m={memory_kib},t={iterations},p={parallelism}${salt}${key}",
                u32::from(version)
            ),
            Self::Bcrypt { cost } => format!("$2b${cost:02}${}", ".".repeat(22 + 31)),
            Self::Pbkdf2 { digest, iterations } => {
                format!("$pbkdf2-{digest}$i={iterations}${salt}${}", zeros(digest.bytes()))
            }
            Self::Scrypt { log_n, r, p } => format!("$scrypt$ln={log_n},r={r},p={p}${salt}${key}"),
            Self::Firebase { log_n, r } => {
                let key = zeros(64);
                format!("$fbscrypt$v=1,n={log_n},r={r},p=1,ss=AA,sk={key}${salt}${key}")
            }
        }
    }
}
