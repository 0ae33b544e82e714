//! Random identifiers.

use rand::distr::{Alphanumeric, SampleString};
use rand::rngs::SysRng;
use rand::{RngExt as _, TryRng as _};

/// A fresh row id or session token: 32 characters of `A-Z a-z 0-9`, about 190 bits, straight from
/// the operating system (a copied process, as after a snapshot, never repeats one).
pub fn random() -> String {
    alphanumeric(32)
}

/// The token of a reset link: 24 characters of `A-Z a-z 0-9`, about 142 bits.
pub fn reset_token() -> String {
    alphanumeric(24)
}

/// The token of a link that deletes an account: 32 characters of `0-9 a-z`, about 165 bits.
pub fn delete_token() -> String {
    const ALPHABET: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut random = rand::rand_core::UnwrapErr(SysRng);
    (0..32).map(|_| char::from(ALPHABET[random.random_range(0..ALPHABET.len())])).collect()
}

fn alphanumeric(length: usize) -> String {
    Alphanumeric.sample_string(&mut rand::rand_core::UnwrapErr(SysRng), length)
}

/// `N` random bytes from the operating system, for salts and made-up secrets.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SysRng.try_fill_bytes(&mut bytes).expect("the operating system has randomness");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_two_alphanumeric_characters_never_the_same() {
        let (one, other) = (random(), random());

        assert!(one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(one, other);
    }
}
