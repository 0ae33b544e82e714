//! Better Auth's scrypt: `salt:key` (core.md §14.6).

use subtle::ConstantTimeEq;

use crate::token;

/// N = 2^14, r = 16, p = 1: takes 32 MiB.
const LOG_N: u8 = 14;
const R: u32 = 16;
const BYTES: usize = 64;

/// A stored hash.
pub(super) struct BetterAuth {
    /// The hexadecimal text itself, not the bytes it spells.
    salt: String,
    key: [u8; BYTES],
}

impl BetterAuth {
    /// Hashes a password, with a salt that is hexadecimal text.
    pub(super) fn make(password: &[u8]) -> String {
        let salt = hex(&token::random_bytes::<16>());
        let key = key(password, &salt);
        format!("{salt}:{}", hex(&key))
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        // What follows a second colon is nothing to Better Auth either.
        let mut parts = text.split(':');
        let (salt, key) = (parts.next()?, parts.next()?);
        Some(Self { salt: salt.to_owned(), key: unhex(key)? })
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        key(password, &self.salt).ct_eq(&self.key).into()
    }
}

fn key(password: &[u8], salt: &str) -> [u8; BYTES] {
    let params = scrypt::Params::new(LOG_N, R, 1).expect("the parameters are in scrypt's range");
    let mut key = [0; BYTES];
    scrypt::scrypt(password, salt.as_bytes(), &params, &mut key)
        .expect("64 bytes are a length that scrypt gives");
    key
}

/// Lower-case.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes what is written");
        text
    })
}

/// Two hexadecimal digits a byte.
fn unhex(text: &str) -> Option<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    if text.len() != 2 * BYTES || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(bytes)
}
