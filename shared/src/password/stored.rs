//! Stored hashes: who reads which.

use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::argon2::Argon2;
use super::bcrypt::Bcrypt;
use super::better_auth::BetterAuth;
use super::firebase::Firebase;
use super::format::Format;
use super::pbkdf2::Pbkdf2;
use super::scrypt::Scrypt;

/// How long a key may be that we compare with. A shorter one could be met by chance.
pub(super) const KEY_BYTES: RangeInclusive<usize> = 16..=128;

/// How long a stored hash may be: Firebase's have 300 characters.
const MAX_BYTES: usize = 1024;

/// A stored hash that can be verified.
pub(super) enum Stored {
    Argon2(Box<Argon2>),
    Bcrypt(Bcrypt),
    BetterAuth(BetterAuth),
    Firebase(Firebase),
    Pbkdf2(Pbkdf2),
    Scrypt(Scrypt),
}

impl Stored {
    /// `None`: it can't be read, or costs more than we are willing to spend on a sign-in.
    pub(super) fn read(text: &str) -> Option<Self> {
        // What is computed with a salt without end takes time without end.
        let text = (text.len() <= MAX_BYTES).then_some(text)?;
        Self::parse(text).filter(|stored| stored.format().is_bearable())
    }

    /// By how it begins. Django puts a name and a `$` before the strings of others.
    fn parse(text: &str) -> Option<Self> {
        let argon2 = |text| Some(Self::Argon2(Box::new(Argon2::read(text)?)));
        let bcrypt = |text, is_of_digest| Bcrypt::read(text, is_of_digest).map(Self::Bcrypt);
        let (name, rest) = text.split_once('$').unwrap_or(("", ""));
        match name {
            "argon2" => argon2(&text["argon2".len()..]),
            "bcrypt" => bcrypt(rest, false),
            "bcrypt_sha256" => bcrypt(rest, true),
            "scrypt" => Scrypt::read_django(text).map(Self::Scrypt),
            "pbkdf2_sha1" | "pbkdf2_sha256" => Pbkdf2::read_django(text).map(Self::Pbkdf2),
            _ if text.starts_with("$argon2") => argon2(text),
            _ if text.starts_with("$2") => bcrypt(text, false),
            _ if text.starts_with("$pbkdf2") => Pbkdf2::read(text).map(Self::Pbkdf2),
            _ if text.starts_with("$scrypt$") => Scrypt::read(text).map(Self::Scrypt),
            _ if text.starts_with("$fbscrypt$") => Firebase::read(text).map(Self::Firebase),
            _ => BetterAuth::read(text).map(Self::BetterAuth),
        }
    }

    pub(super) fn format(&self) -> Format {
        match self {
            Self::Argon2(hash) => hash.format(),
            Self::Bcrypt(hash) => hash.format(),
            Self::BetterAuth(_) => Format::BetterAuth,
            Self::Firebase(hash) => hash.format(),
            Self::Pbkdf2(hash) => hash.format(),
            Self::Scrypt(hash) => hash.format(),
        }
    }

    pub(super) fn verify(&self, password: &[u8]) -> bool {
        match self {
            Self::Argon2(hash) => hash.verify(password),
            Self::Bcrypt(hash) => hash.verify(password),
            Self::BetterAuth(hash) => hash.verify(password),
            Self::Firebase(hash) => hash.verify(password),
            Self::Pbkdf2(hash) => hash.verify(password),
            Self::Scrypt(hash) => hash.verify(password),
        }
    }
}

/// Base64, with padding or without, in the standard alphabet, the one for URLs, or passlib's, which has
/// a `.` for the `+`.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let standard = text.trim_end_matches('=').replace(['.', '-'], "+").replace('_', "/");
    STANDARD_NO_PAD.decode(standard).ok()
}
