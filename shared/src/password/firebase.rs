//! Firebase's scrypt, in the strings that Supabase Auth imports.

use aes::Aes256;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher};
use subtle::ConstantTimeEq;

use super::format::Format;
use super::scrypt::compute;
use super::stored::{KEY_BYTES, base64};

/// A stored hash.
///
/// scrypt of the password, with the row's salt and the project's separator after it, is the key with
/// which the project's signer key is encrypted: that is the hash.
/// <https://github.com/firebase/scrypt>
pub(super) struct Firebase {
    log_n: u32,
    r: u32,
    salt: Vec<u8>,
    signer_key: Vec<u8>,
    hash: Vec<u8>,
}

impl Firebase {
    /// `$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=…$salt$hash`: the project's memory cost, rounds, salt
    /// separator and signer key, then the row's own.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("$fbscrypt$")?.split('$');
        let mut costs = parts.next()?.split(',');
        let mut next = |name: &str| costs.next()?.strip_prefix(name)?.strip_prefix('=');
        let version = next("v")?;
        let (log_n, r) = (next("n")?.parse().ok()?, next("r")?.parse().ok()?);
        let p = next("p")?;
        let (separator, signer_key) = (base64(next("ss")?)?, base64(next("sk")?)?);
        let salt = [base64(parts.next()?)?, separator].concat();
        let hash = base64(parts.next()?)?;
        let is_whole = costs.next().is_none() && parts.next().is_none();
        let is_known = (version, p) == ("1", "1")
            && KEY_BYTES.contains(&hash.len())
            && hash.len() == signer_key.len();
        (is_whole && is_known).then_some(Self { log_n, r, salt, signer_key, hash })
    }

    pub(super) fn format(&self) -> Format {
        Format::Firebase { log_n: self.log_n, r: self.r }
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        let mut key = [0; 32];
        if !compute(password, &self.salt, (self.log_n, self.r, 1), &mut key) {
            return false;
        }
        let mut computed = self.signer_key.clone();
        Ctr128BE::<Aes256>::new(&key.into(), &[0; 16].into()).apply_keystream(&mut computed);
        computed.ct_eq(&self.hash).into()
    }
}
