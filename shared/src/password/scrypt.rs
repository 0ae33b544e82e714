//! scrypt: PHC strings, which passlib writes as well, and Django's.

use subtle::ConstantTimeEq;

use super::format::Format;
use super::name::numbers;
use super::stored::{KEY_BYTES, base64};

/// A stored hash.
pub(super) struct Scrypt {
    log_n: u32,
    r: u32,
    p: u32,
    salt: Vec<u8>,
    key: Vec<u8>,
}

impl Scrypt {
    /// `$scrypt$ln=16,r=8,p=1$salt$key`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("$scrypt$")?.split('$');
        let [log_n, r, p] = numbers(parts.next()?, ["ln", "r", "p"])?;
        let (salt, key) = (base64(parts.next()?)?, base64(parts.next()?)?);
        let is_whole = parts.next().is_none() && KEY_BYTES.contains(&key.len());
        is_whole.then_some(Self { log_n, r, p, salt, key })
    }

    /// Django's `scrypt$16384$salt$8$1$key`: N, salt, r, p. The salt is the text itself.
    pub(super) fn read_django(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("scrypt$")?.split('$');
        let n: u32 = parts.next()?.parse().ok()?;
        let salt = parts.next()?.as_bytes().to_vec();
        let (r, p) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let key = base64(parts.next()?)?;
        let is_whole = parts.next().is_none() && KEY_BYTES.contains(&key.len());
        let log_n = n.checked_ilog2().filter(|log_n| n == 1 << log_n)?;
        is_whole.then_some(Self { log_n, r, p, salt, key })
    }

    pub(super) fn format(&self) -> Format {
        Format::Scrypt { log_n: self.log_n, r: self.r, p: self.p }
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let mut computed = vec![0; self.key.len()];
        compute(password, &self.salt, (self.log_n, self.r, self.p), &mut computed)
            && computed.ct_eq(&self.key).into()
    }
}

/// Whether `key` could be computed, from (log₂ N, r, p).
pub(super) fn compute(
    password: &[u8],
    salt: &[u8],
    (log_n, r, p): (u32, u32, u32),
    key: &mut [u8],
) -> bool {
    let params = u8::try_from(log_n).ok().and_then(|log_n| scrypt::Params::new(log_n, r, p).ok());
    params.is_some_and(|params| scrypt::scrypt(password, salt, &params, key).is_ok())
}
