//! Passwords: hashing, verifying, and never more at once than the machine can bear.

mod argon2;
mod bcrypt;
mod better_auth;
pub mod common;
mod firebase;
mod format;
mod memory;
mod name;
mod new_hash;
mod pbkdf2;
mod scrypt;
mod stored;
#[cfg(test)]
mod tests;
mod times;
mod turns;

use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

pub use self::format::Format;
pub use self::name::UnknownFormat;
pub use self::new_hash::NewHash;
pub use self::pbkdf2::Digest;
use self::stored::Stored;
pub use self::times::HashTimes;
use self::turns::Turns;
use crate::error::Error;

/// Hashes and verifies, off the async threads, a limited number at once.
#[derive(Clone, Debug)]
pub struct Passwords {
    new_hash: NewHash,
    dummy: Arc<str>,
    turns: Turns,
    times: HashTimes,
}

/// Somebody has shown the password behind a stored hash.
#[derive(Clone, Debug)]
pub struct Proven {
    /// The hash that is stored.
    pub hash: String,
    /// The one to store in its place, where that is to be made anew.
    pub renewed: Option<String>,
}

impl Passwords {
    /// `new_hash` is how new hashes are made, `dummy` the format of the hash that is computed for who has
    /// none; `at_once` of them run at a time.
    pub fn new(new_hash: NewHash, dummy: Format, at_once: usize) -> Self {
        Self {
            new_hash,
            dummy: dummy.nobodys().into(),
            turns: Turns::new(at_once),
            times: HashTimes::default(),
        }
    }

    /// The same for one request, which wants to know how long its hashes take.
    #[must_use]
    pub fn timed(&self, times: HashTimes) -> Self {
        Self { times, ..self.clone() }
    }

    /// A hash for `account.password`, of the format that is set.
    ///
    /// Errors: 503 when too many hashes are under way.
    pub async fn hash(&self, password: &str) -> Result<String, Error> {
        let (new_hash, times, password) = (self.new_hash, self.times.clone(), normalized(password));
        self.turns.run(move || times.of(|| new_hash.make(password.as_bytes()))).await?
    }

    /// Whether `password` is the one behind `stored`, of whatever [`Format`].
    ///
    /// A hash is computed whatever `stored` is: for an unknown user one of the dummy's format, so that it
    /// takes as long as a wrong password. (A stored hash of another format takes its own time.) A hash
    /// that can't be read is logged and counts as wrong.
    ///
    /// Errors: 503 when too many hashes are under way.
    pub async fn verify(&self, stored: Option<String>, password: &str) -> Result<bool, Error> {
        Ok(self.prove(stored, password, false).await?.is_some())
    }

    /// The same; and with `renews` the hash is made anew in the same turn, where it is not of the format
    /// that is set, or weaker. `None` for a wrong password.
    ///
    /// Errors: 503 when too many hashes are under way.
    pub async fn prove(
        &self,
        stored: Option<String>,
        password: &str,
        renews: bool,
    ) -> Result<Option<Proven>, Error> {
        let Self { new_hash, dummy, times, .. } = self.clone();
        let spellings = Spellings::of(password);
        let work = move || {
            let known = stored.and_then(|text| {
                let stored = Stored::read(&text);
                if stored.is_none() {
                    tracing::error!("a stored password hash can't be read; its user can't sign in");
                }
                stored.map(|stored| (stored, text))
            });
            let Some((stored, hash)) = known else {
                let dummy = Stored::read(&dummy).expect("a format reads what it writes");
                spellings.verify(&dummy, &times);
                return Ok(None);
            };
            if !spellings.verify(&stored, &times) {
                return Ok(None);
            }
            let is_renewed = renews && !new_hash.keeps(stored.format());
            let renewed =
                is_renewed.then(|| times.of(|| new_hash.make(spellings.normalized.as_bytes())));
            Ok(Some(Proven { hash, renewed: renewed.transpose()? }))
        };
        self.turns.run(work).await?
    }
}

/// What counts as one password: NFKC, as Better Auth has it.
fn normalized(password: &str) -> String {
    password.nfkc().collect()
}

/// The texts that a password may have been hashed as.
struct Spellings {
    normalized: String,
    /// As it was sent, if that is another. Who hashed it elsewhere may have taken it as it was typed.
    typed: Option<String>,
}

impl Spellings {
    fn of(password: &str) -> Self {
        let normalized = normalized(password);
        let typed = (normalized != password).then(|| password.to_owned());
        Self { normalized, typed }
    }

    fn verify(&self, stored: &Stored, times: &HashTimes) -> bool {
        let is = |text: &str| times.of(|| stored.verify(text.as_bytes()));
        // Better Auth normalises, always: a second hash would be for nothing.
        let typed = self.typed.as_ref().filter(|_| stored.format() != Format::BetterAuth);
        is(&self.normalized) || typed.is_some_and(|typed| is(typed))
    }
}

/// How long a password is: in UTF-16 code units, before it is normalised (core.md §6.1).
pub fn length(password: &str) -> usize {
    password.encode_utf16().count()
}
