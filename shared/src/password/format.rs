//! Formats of password hashes, with what they cost.

use std::fmt::{self, Display, Formatter};
use std::hint::black_box;
use std::str::FromStr;

use argon2::{Algorithm, Argon2, Params, Version};

use super::stored::{Stored, bcrypt_raw, better_auths_key, firebase_key, pbkdf2_key, scrypt_key};

/// The most memory a stored hash may ask for, in KiB: a foreign row must not exhaust us.
const MAX_MEMORY_KIB: u32 = 256 * 1024;
/// The most work argon2 and scrypt may be asked for, in KiB times passes: 8 GiB, seconds of a processor.
const MAX_WORK_KIB: u64 = 8 * 1024 * 1024;
/// The most rounds of bcrypt, as their logarithm: five seconds.
const MAX_BCRYPT_COST: u32 = 16;
/// The most iterations of PBKDF2: seconds.
const MAX_ITERATIONS: u32 = 10_000_000;

/// The algorithm of a hash, with its parameters. `Display` is the name that `DUMMY_HASH` takes and `inspect`
/// counts by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 9106, as a PHC string: `argon2id:m=47104,t=1,p=1`.
    Argon2 {
        /// Of its three kinds.
        algorithm: Algorithm,
        /// In KiB.
        memory_kib: u32,
        /// Passes over the memory.
        iterations: u32,
        /// How many parts of the memory are computed apart.
        lanes: u32,
    },
    /// Better Auth's own: `salt:key` by scrypt with N = 2^14, r = 16, p = 1: `scrypt`.
    BetterAuth,
    /// `$2b$…`: `bcrypt:cost=10`.
    Bcrypt {
        /// The logarithm of its rounds.
        cost: u32,
    },
    /// RFC 8018: `pbkdf2-sha256:i=600000`.
    Pbkdf2 {
        /// What it iterates.
        digest: Digest,
        /// So often.
        iterations: u32,
    },
    /// RFC 7914, as a PHC string: `scrypt:ln=15,r=8,p=1`.
    Scrypt {
        /// The logarithm of N.
        log_n: u8,
        /// The size of a block, in 128 bytes.
        r: u32,
        /// How often it is computed.
        p: u32,
    },
    /// Firebase's scrypt: `firebase-scrypt:n=14,r=8`.
    Firebase {
        /// The project's memory cost: the logarithm of N.
        log_n: u8,
        /// The project's rounds: the size of a block.
        r: u32,
    },
}

/// What PBKDF2 iterates, as HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl Digest {
    const ALL: [(&str, Self); 3] =
        [("sha1", Self::Sha1), ("sha256", Self::Sha256), ("sha512", Self::Sha512)];

    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(other, _)| *other == name).map(|(_, digest)| *digest)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }
}

impl Format {
    /// That of a stored hash; `None` if it can't be read, or asks for more than is spent on one. Computes
    /// nothing.
    pub fn of(stored: &str) -> Option<Self> {
        Stored::read(stored).map(|stored| stored.format())
    }

    /// Whether one hash takes no more memory and time than is spent on a foreign row.
    pub(super) fn is_bearable(self) -> bool {
        let fits = |memory_kib: u64, passes: u64| {
            memory_kib <= MAX_MEMORY_KIB.into() && memory_kib * passes <= MAX_WORK_KIB
        };
        // 128 bytes times N times r.
        let scrypt_kib = |log_n: u8, r: u32| (u64::from(r) << log_n.min(40)) / 8;
        match self {
            Self::Argon2 { memory_kib, iterations, .. } => fits(memory_kib.into(), iterations.into()),
            Self::BetterAuth => true,
            Self::Bcrypt { cost } => (4..=MAX_BCRYPT_COST).contains(&cost),
            Self::Pbkdf2 { iterations, .. } => (1..=MAX_ITERATIONS).contains(&iterations),
            Self::Scrypt { log_n, r, p } => r > 0 && p > 0 && log_n > 0 && fits(scrypt_kib(log_n, r), p.into()),
            Self::Firebase { log_n, r } => r > 0 && log_n > 0 && fits(scrypt_kib(log_n, r), 1),
        }
    }

    /// Argon2 with these parameters.
    pub(super) fn argon2(algorithm: Algorithm, memory_kib: u32, iterations: u32, lanes: u32) -> Option<Argon2<'static>> {
        let params = Params::new(memory_kib, iterations, lanes, None).ok()?;
        Some(Argon2::new(algorithm, Version::V0x13, params))
    }

    /// Computes a hash that nobody wants.
    pub(super) fn spend(self, password: &[u8]) {
        let (salt, mut key) = ([0; 16], [0; 32]);
        match self {
            Self::Argon2 { algorithm, memory_kib, iterations, lanes } => {
                let argon2 = Self::argon2(algorithm, memory_kib, iterations, lanes)
                    .expect("what has been read is in argon2's range");
                black_box(argon2.hash_password_into(password, &salt, &mut key).is_ok());
            }
            Self::BetterAuth => drop(black_box(better_auths_key(password, "nobody"))),
            Self::Bcrypt { cost } => drop(black_box(bcrypt_raw(cost, &salt, password))),
            Self::Pbkdf2 { digest, iterations } => {
                pbkdf2_key(digest, iterations, password, &salt, &mut key);
                black_box(key);
            }
            Self::Scrypt { log_n, r, p } => {
                black_box(scrypt_key((log_n, r, p), password, &salt, &mut key).is_some());
            }
            Self::Firebase { log_n, r } => {
                drop(black_box(firebase_key((log_n, r), password, &salt, &salt, &key)));
            }
        }
    }
}

impl Display for Format {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argon2 { algorithm, memory_kib, iterations, lanes } => {
                write!(f, "{algorithm}:m={memory_kib},t={iterations},p={lanes}")
            }
            Self::BetterAuth => f.write_str("scrypt"),
            Self::Bcrypt { cost } => write!(f, "bcrypt:cost={cost}"),
            Self::Pbkdf2 { digest, iterations } => write!(f, "pbkdf2-{}:i={iterations}", digest.name()),
            Self::Scrypt { log_n, r, p } => write!(f, "scrypt:ln={log_n},r={r},p={p}"),
            Self::Firebase { log_n, r } => write!(f, "firebase-scrypt:n={log_n},r={r}"),
        }
    }
}

/// What was read is none of the names of `Display`, or asks for too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no format of password hashes")]
pub struct NoFormat;

impl FromStr for Format {
    type Err = NoFormat;

    fn from_str(text: &str) -> Result<Self, NoFormat> {
        let (name, parameters) = text.split_once(':').unwrap_or((text, ""));
        let mut numbers = Vec::new();
        for parameter in parameters.split(',').filter(|parameter| !parameter.is_empty()) {
            let (key, number) = parameter.split_once('=').ok_or(NoFormat)?;
            numbers.push((key, number.parse::<u32>().map_err(|_| NoFormat)?));
        }
        let format = match (name, numbers.as_slice()) {
            ("scrypt", []) => Self::BetterAuth,
            ("bcrypt", &[("cost", cost)]) => Self::Bcrypt { cost },
            ("scrypt", &[("ln", log_n), ("r", r), ("p", p)]) => {
                Self::Scrypt { log_n: log_n.try_into().map_err(|_| NoFormat)?, r, p }
            }
            ("firebase-scrypt", &[("n", log_n), ("r", r)]) => {
                Self::Firebase { log_n: log_n.try_into().map_err(|_| NoFormat)?, r }
            }
            (name, &[("i", iterations)]) => {
                let digest = name.strip_prefix("pbkdf2-").and_then(Digest::of).ok_or(NoFormat)?;
                Self::Pbkdf2 { digest, iterations }
            }
            (name, &[("m", memory_kib), ("t", iterations), ("p", lanes)]) => {
                let algorithm = Algorithm::new(name).map_err(|_| NoFormat)?;
                Self::argon2(algorithm, memory_kib, iterations, lanes).ok_or(NoFormat)?;
                Self::Argon2 { algorithm, memory_kib, iterations, lanes }
            }
            _ => return Err(NoFormat),
        };
        format.is_bearable().then_some(format).ok_or(NoFormat)
    }
}
