//! Stored hashes, each verified as it stands: what Better Auth and we write, and what other systems wrote.

use aes::Aes256;
use aes::cipher::{KeyIvInit, StreamCipher};
use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::format::{Digest, Format};

/// Better Auth's scrypt: N = 2^14, r = 16, p = 1, 64 bytes (core.md §14.6). Takes 32 MiB.
const SCRYPT_LOG_N: u8 = 14;
const SCRYPT_R: u32 = 16;
const SCRYPT_BYTES: usize = 64;

/// Base64 of any of them: with padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A stored hash that can be verified.
pub(super) enum Stored {
    Argon2(Box<PasswordHash>),
    BetterAuth { salt: String, key: [u8; SCRYPT_BYTES] },
    Bcrypt { cost: u32, salt: [u8; 16], hash: [u8; 23], of_sha256: bool },
    Pbkdf2 { digest: Digest, iterations: u32, salt: Vec<u8>, key: Vec<u8> },
    Scrypt { params: (u8, u32, u32), salt: Vec<u8>, key: Vec<u8> },
    Firebase { params: (u8, u32), salt: Vec<u8>, separator: Vec<u8>, signer_key: Vec<u8>, key: Vec<u8> },
}

impl Stored {
    /// `None` for what is no hash, or asks for more than is spent on one.
    pub(super) fn read(text: &str) -> Option<Self> {
        let read = match text.strip_prefix('$') {
            Some(rest) => modular(text, rest),
            // Django's, as `pbkdf2_sha256$600000$salt$hash`.
            None if text.contains('$') => django(text),
            None => better_auths(text),
        };
        read.filter(|stored| stored.format().is_bearable())
    }

    pub(super) fn format(&self) -> Format {
        match self {
            Self::Argon2(hash) => {
                let params = Params::try_from(&**hash).unwrap_or_default();
                Format::Argon2 {
                    algorithm: Algorithm::new(hash.algorithm.as_str()).unwrap_or_default(),
                    memory_kib: params.m_cost(),
                    iterations: params.t_cost(),
                    lanes: params.p_cost(),
                }
            }
            Self::BetterAuth { .. } => Format::BetterAuth,
            Self::Bcrypt { cost, .. } => Format::Bcrypt { cost: *cost },
            Self::Pbkdf2 { digest, iterations, .. } => {
                Format::Pbkdf2 { digest: *digest, iterations: *iterations }
            }
            Self::Scrypt { params: (log_n, r, p), .. } => {
                Format::Scrypt { log_n: *log_n, r: *r, p: *p }
            }
            Self::Firebase { params: (log_n, r), .. } => Format::Firebase { log_n: *log_n, r: *r },
        }
    }

    /// Computes one hash, whatever it is.
    pub(super) fn verify(&self, password: &[u8]) -> bool {
        match self {
            Self::Argon2(hash) => Argon2::default().verify_password(password, &**hash).is_ok(),
            Self::BetterAuth { salt, key } => better_auths_key(password, salt).ct_eq(key).into(),
            Self::Bcrypt { cost, salt, hash, of_sha256 } => {
                let hex = of_sha256.then(|| hex(&<Sha256 as sha2::Digest>::digest(password)));
                let password = hex.as_ref().map_or(password, String::as_bytes);
                bcrypt_raw(*cost, salt, password).ct_eq(hash).into()
            }
            Self::Pbkdf2 { digest, iterations, salt, key } => {
                let mut computed = vec![0; key.len()];
                pbkdf2_key(*digest, *iterations, password, salt, &mut computed);
                computed.ct_eq(key).into()
            }
            Self::Scrypt { params, salt, key } => {
                let mut computed = vec![0; key.len()];
                scrypt_key(*params, password, salt, &mut computed).is_some()
                    && computed.ct_eq(key).into()
            }
            Self::Firebase { params, salt, separator, signer_key, key } => {
                firebase_key(*params, password, salt, separator, signer_key).ct_eq(key).into()
            }
        }
    }

    /// Whether it is of the NFKC form of a password and of no other.
    pub(super) fn is_of_nfkc(&self) -> bool {
        matches!(self, Self::BetterAuth { .. })
    }
}

/// `$name$…`: the modular crypt format, and PHC strings, which are such.
fn modular(text: &str, rest: &str) -> Option<Stored> {
    let (name, fields) = rest.split_once('$')?;
    match name {
        "argon2d" | "argon2i" | "argon2id" => {
            let hash = PasswordHash::new(text).ok()?;
            Params::try_from(&hash).ok()?;
            hash.hash.is_some().then(|| Stored::Argon2(Box::new(hash)))
        }
        "2a" | "2b" | "2y" => bcrypt(fields, false),
        "scrypt" => {
            let (params, salt, key) = three(fields)?;
            let [log_n, r, p] = numbers(params, ["ln", "r", "p"])?;
            let params = (u8::try_from(log_n).ok()?, r, p);
            Some(Stored::Scrypt { params, salt: base64(salt)?, key: key_of(key)? })
        }
        "fbscrypt" => firebase(fields),
        // passlib's `$pbkdf2$` is of SHA-1.
        "pbkdf2" => pbkdf2(Digest::Sha1, fields),
        name => pbkdf2(Digest::of(name.strip_prefix("pbkdf2-")?)?, fields),
    }
}

/// `<iterations>$…` as passlib has it, `i=<iterations>,l=<bytes>$…` as PHC strings do.
fn pbkdf2(digest: Digest, fields: &str) -> Option<Stored> {
    let (params, salt, key) = three(fields)?;
    let key = key_of(key)?;
    let iterations = match params.parse() {
        Ok(iterations) => iterations,
        Err(_) if params.contains(",l=") => {
            let [iterations, length] = numbers(params, ["i", "l"])?;
            (usize::try_from(length).ok()? == key.len()).then_some(iterations)?
        }
        Err(_) => numbers(params, ["i"])?[0],
    };
    Some(Stored::Pbkdf2 { digest, iterations, salt: base64(salt)?, key })
}

/// `<cost>$<salt and hash>`, 22 and 31 characters of bcrypt's own base64.
fn bcrypt(fields: &str, of_sha256: bool) -> Option<Stored> {
    let (cost, rest) = fields.split_once('$')?;
    let (salt, hash) = rest.split_at_checked(22)?;
    let decoded = |text| ::bcrypt::BASE_64.decode(text).ok();
    Some(Stored::Bcrypt {
        cost: cost.parse().ok()?,
        salt: decoded(salt)?.try_into().ok()?,
        hash: decoded(hash)?.try_into().ok()?,
        of_sha256,
    })
}

/// `v=1,n=<memory cost>,r=<rounds>,p=1,ss=<salt separator>,sk=<signer key>$<salt>$<hash>`: how Supabase Auth
/// writes what Firebase exports.
fn firebase(fields: &str) -> Option<Stored> {
    let (params, salt, key) = three(fields)?;
    let (numbered, keys) = params.split_once(",ss=")?;
    let (separator, signer_key) = keys.split_once(",sk=")?;
    let [version, log_n, r, p] = numbers(numbered, ["v", "n", "r", "p"])?;
    let key = key_of(key)?;
    let signer_key = base64(signer_key)?;
    (version == 1 && p == 1 && key.len() == signer_key.len()).then_some(())?;
    Some(Stored::Firebase {
        params: (u8::try_from(log_n).ok()?, r),
        salt: base64(salt)?,
        separator: base64(separator)?,
        signer_key,
        key,
    })
}

/// Django's encoded passwords (its docs, "How Django stores passwords").
fn django(text: &str) -> Option<Stored> {
    let (name, rest) = text.split_once('$')?;
    match name {
        "argon2" => modular(&format!("${rest}"), rest),
        "bcrypt" | "bcrypt_sha256" => {
            let (version, fields) = rest.strip_prefix('$')?.split_once('$')?;
            ["2a", "2b", "2y"].contains(&version).then_some(())?;
            bcrypt(fields, name == "bcrypt_sha256")
        }
        name => {
            let digest = Digest::of(name.strip_prefix("pbkdf2_")?)?;
            let (iterations, salt, key) = three(rest)?;
            // The salt is the text itself.
            let (iterations, salt) = (iterations.parse().ok()?, salt.as_bytes().to_vec());
            Some(Stored::Pbkdf2 { digest, iterations, salt, key: key_of(key)? })
        }
    }
}

/// `salt:key`; what follows a second colon is nothing to Better Auth either.
fn better_auths(text: &str) -> Option<Stored> {
    let mut parts = text.split(':');
    let (salt, key) = (parts.next()?, parts.next()?);
    Some(Stored::BetterAuth { salt: salt.to_owned(), key: unhex(key)? })
}

/// Three fields with `$` between.
fn three(fields: &str) -> Option<(&str, &str, &str)> {
    let mut parts = fields.split('$');
    let three = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then_some(three)
}

/// `a=1,b=2`, by these names in this order.
fn numbers<const N: usize>(text: &str, names: [&str; N]) -> Option<[u32; N]> {
    let mut parts = text.split(',');
    let mut numbers = [0; N];
    for (number, name) in numbers.iter_mut().zip(names) {
        *number = parts.next()?.strip_prefix(name)?.strip_prefix('=')?.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

/// passlib writes `.` where others write `+`.
fn base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.replace('.', "+")).ok()
}

/// A key: an empty one, or half of one, would be anybody's.
fn key_of(text: &str) -> Option<Vec<u8>> {
    base64(text).filter(|key| (16..=128).contains(&key.len()))
}

/// As Better Auth computes it: the salt is the hexadecimal text itself, not the bytes it spells.
pub(super) fn better_auths_key(password: &[u8], salt: &str) -> [u8; SCRYPT_BYTES] {
    let mut key = [0; SCRYPT_BYTES];
    scrypt_key((SCRYPT_LOG_N, SCRYPT_R, 1), password, salt.as_bytes(), &mut key)
        .expect("Better Auth's parameters are in scrypt's range");
    key
}

/// As Better Auth stores it.
pub(super) fn better_auths_text(password: &[u8], salt: [u8; 16]) -> String {
    let salt = hex(&salt);
    let key = hex(&better_auths_key(password, &salt));
    format!("{salt}:{key}")
}

pub(super) fn scrypt_key(
    (log_n, r, p): (u8, u32, u32),
    password: &[u8],
    salt: &[u8],
    key: &mut [u8],
) -> Option<()> {
    let params = scrypt::Params::new(log_n, r, p).ok()?;
    scrypt::scrypt(password, salt, &params, key).ok()
}

pub(super) fn pbkdf2_key(
    digest: Digest,
    iterations: u32,
    password: &[u8],
    salt: &[u8],
    key: &mut [u8],
) {
    match digest {
        Digest::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, iterations, key),
        Digest::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, iterations, key),
        Digest::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, iterations, key),
    }
}

/// The 23 bytes that bcrypt stores. It reads 72 bytes of a password, and a zero after the last.
pub(super) fn bcrypt_raw(cost: u32, salt: &[u8; 16], password: &[u8]) -> [u8; 23] {
    let mut read: Vec<_> = password.iter().copied().take(72).collect();
    if read.len() < 72 {
        read.push(0);
    }
    let raw = ::bcrypt::bcrypt(cost, *salt, &read);
    let mut hash = [0; 23];
    hash.copy_from_slice(&raw[..23]);
    hash
}

/// Firebase's scrypt: the signer key, encrypted with a key that scrypt makes of the password
/// (github.com/firebase/scrypt).
pub(super) fn firebase_key(
    (log_n, r): (u8, u32),
    password: &[u8],
    salt: &[u8],
    separator: &[u8],
    signer_key: &[u8],
) -> Vec<u8> {
    let mut key = [0; 32];
    let salt = [salt, separator].concat();
    if scrypt_key((log_n, r, 1), password, &salt, &mut key).is_none() {
        return Vec::new();
    }
    let mut sealed = signer_key.to_vec();
    ctr::Ctr128BE::<Aes256>::new(&key.into(), &[0; 16].into()).apply_keystream(&mut sealed);
    sealed
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Two hexadecimal digits a byte.
fn unhex(text: &str) -> Option<[u8; SCRYPT_BYTES]> {
    let mut bytes = [0; SCRYPT_BYTES];
    if text.len() != 2 * SCRYPT_BYTES || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(bytes)
}
