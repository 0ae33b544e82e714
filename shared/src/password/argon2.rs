//! argon2d, argon2i and argon2id: PHC strings.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Params, Version};
use subtle::ConstantTimeEq;

use super::format::Format;
use super::memory;
use crate::error::Error;

/// A stored hash.
pub(super) struct Argon2 {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt,
    key: Output,
}

impl Argon2 {
    pub(super) fn read(text: &str) -> Option<Self> {
        let hash = PasswordHash::new(text).ok()?;
        Some(Self {
            algorithm: Algorithm::new(hash.algorithm.as_str()).ok()?,
            // Strings had no version before there were two: `decode_string` of the reference implementation.
            version: match hash.version {
                Some(version) => Version::try_from(version).ok()?,
                None => Version::V0x10,
            },
            params: Params::try_from(&hash).ok()?,
            salt: hash.salt?,
            key: hash.hash?,
        })
    }

    pub(super) fn format(&self) -> Format {
        Format::Argon2 {
            algorithm: self.algorithm,
            version: self.version,
            memory_kib: self.params.m_cost(),
            iterations: self.params.t_cost(),
            parallelism: self.params.p_cost(),
        }
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let argon2 = argon2::Argon2::new(self.algorithm, self.version, self.params.clone());
        let mut key = [0; Output::MAX_LENGTH];
        let key = &mut key[..self.key.len()];
        fill(&argon2, password, &self.salt, key).is_ok() && key.ct_eq(self.key.as_bytes()).into()
    }
}

/// Makes a PHC string of argon2id, on one lane.
///
/// Errors: there is no memory for it.
pub(super) fn make(
    memory_kib: u32,
    iterations: u32,
    password: &[u8],
    salt: &[u8],
) -> Result<String, Error> {
    let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
    let params =
        Params::new(memory_kib, iterations, 1, None).expect("presets are in argon2's range");
    let argon2 = argon2::Argon2::new(algorithm, version, params.clone());
    let mut key = [0; Params::DEFAULT_OUTPUT_LEN];
    fill(&argon2, password, salt, &mut key).map_err(|error| Error::internal(error.to_string()))?;
    let hash = PasswordHash {
        algorithm: algorithm.ident(),
        version: Some(version.into()),
        params: ParamsString::try_from(&params).expect("three numbers fit"),
        salt: Some(Salt::new(salt).expect("a salt of ours is of a length that PHC strings have")),
        hash: Some(Output::new(&key).expect("so is the key")),
    };
    Ok(hash.to_string())
}

fn fill(
    argon2: &argon2::Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    key: &mut [u8],
) -> Result<(), argon2::Error> {
    memory::with(argon2.params().block_count(), |memory| {
        argon2.hash_password_into_with_memory(password, salt, key, memory)
    })
}
