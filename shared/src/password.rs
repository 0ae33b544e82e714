//! Passwords: hashing, verifying, and never more at once than the machine can bear.

mod better_auth;
mod new_hash;

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization;

use self::better_auth::BetterAuth;
pub use self::new_hash::NewHash;
use crate::error::Error;

/// How long a request waits for its turn to hash.
const MAX_WAIT: Duration = Duration::from_secs(2);
/// How many requests may wait per hash that runs; more than that could not be served in time.
const WAITERS_PER_HASH: usize = 64;
/// The most memory a stored argon2 hash may ask for, in KiB: a foreign row must not exhaust us.
const MAX_MEMORY_KIB: u32 = 256 * 1024;
/// The most work it may ask for, in KiB times passes: 8 GiB, seconds of a processor.
const MAX_WORK_KIB: u64 = 8 * 1024 * 1024;

/// Hashes and verifies, off the async threads, a limited number at once.
#[derive(Clone, Debug)]
pub struct Passwords {
    new_hash: NewHash,
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    max_waiting: usize,
    max_wait: Duration,
    times: HashTimes,
}

/// How long each hash of a request took, without the wait for its turn. Copies are of the same request.
#[derive(Clone, Debug, Default)]
pub struct HashTimes(Arc<Mutex<Vec<Duration>>>);

impl HashTimes {
    fn put(&self, time: Duration) {
        self.0.lock().expect("no holder of the lock panics").push(time);
    }

    /// All so far, which are gone from here then.
    pub fn take(&self) -> Vec<Duration> {
        std::mem::take(&mut self.0.lock().expect("no holder of the lock panics"))
    }
}

impl Passwords {
    /// `new_hash` is how new hashes are made; `at_once` of them run at a time.
    pub fn new(new_hash: NewHash, at_once: usize) -> Self {
        let at_once = at_once.max(1);
        Self {
            new_hash,
            turns: Arc::new(Semaphore::new(at_once)),
            waiting: Arc::default(),
            max_waiting: at_once * WAITERS_PER_HASH,
            max_wait: MAX_WAIT,
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
        let (new_hash, password) = (self.new_hash, normalized(password));
        self.in_turn(move || new_hash.make(password.as_bytes())).await?
    }

    /// Whether `password` is the one behind `stored`: argon2, or Better Auth's scrypt.
    ///
    /// One hash is computed whatever `stored` is: for an unknown user one as a new hash is,
    /// so that it takes as long as a wrong password. (A hash of another format takes its own time.) A
    /// hash that can't be read is logged and counts as wrong.
    ///
    /// Errors: 503 when too many hashes are under way.
    pub async fn verify(&self, stored: Option<String>, password: &str) -> Result<bool, Error> {
        let (new_hash, password) = (self.new_hash, normalized(password));
        self.in_turn(move || {
            let stored = stored.and_then(|stored| {
                let read = Stored::read(&stored);
                if read.is_none() {
                    tracing::error!("a stored password hash can't be read; its user can't sign in");
                }
                read
            });
            if let Some(stored) = stored {
                return stored.verify(password.as_bytes());
            }
            black_box(new_hash.make(password.as_bytes()).is_ok());
            false
        })
        .await
    }

    /// Runs `work` on a blocking thread when its turn comes. The turn ends with the work, not with
    /// the request: a client that hangs up frees nothing.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let turn = self.turn().await.ok_or(Error::Busy)?;
        let span = tracing::Span::current();
        let times = self.times.clone();
        let work = move || {
            let _turn = turn;
            let started = Instant::now();
            let done = span.in_scope(work);
            times.put(started.elapsed());
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)
    }

    async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(turn) = Arc::clone(&self.turns).try_acquire_owned() {
            return Some(turn);
        }
        let _waiting = Waiting::enter(&self.waiting, self.max_waiting)?;
        let turn = Arc::clone(&self.turns).acquire_owned();
        tokio::time::timeout(self.max_wait, turn).await.ok()?.ok()
    }
}

/// One place in the queue, given back when dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn enter(waiting: &'a AtomicUsize, max: usize) -> Option<Self> {
        let place = Self(waiting);
        (waiting.fetch_add(1, Ordering::Relaxed) < max).then_some(place)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What counts as one password: NFKC, as Better Auth has it.
fn normalized(password: &str) -> String {
    password.nfkc().collect()
}

/// How long a password is: in UTF-16 code units, before it is normalised (core.md §6.1).
pub fn length(password: &str) -> usize {
    password.encode_utf16().count()
}

/// A stored hash that can be verified.
enum Stored {
    Argon2(PasswordHash),
    BetterAuth(BetterAuth),
}

impl Stored {
    fn read(text: &str) -> Option<Self> {
        if text.starts_with("$argon2") {
            let hash = PasswordHash::new(text).ok()?;
            let params = Params::try_from(&hash).ok()?;
            let is_known = Algorithm::new(hash.algorithm.as_str()).is_ok() && hash.hash.is_some();
            let work = u64::from(params.m_cost()) * u64::from(params.t_cost());
            let is_bearable = params.m_cost() <= MAX_MEMORY_KIB && work <= MAX_WORK_KIB;
            (is_known && is_bearable).then_some(Self::Argon2(hash))
        } else {
            BetterAuth::read(text).map(Self::BetterAuth)
        }
    }

    fn verify(&self, password: &[u8]) -> bool {
        match self {
            Self::Argon2(hash) => Argon2::default().verify_password(password, hash).is_ok(),
            Self::BetterAuth(hash) => hash.verify(password),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords(at_once: usize) -> Passwords {
        Passwords::new(NewHash::LEAST, at_once)
    }

    async fn verifies(stored: &str, password: &str) -> bool {
        passwords(1).verify(Some(stored.to_owned()), password).await.unwrap()
    }

    // contract/transcripts/20-crypto-vectors.json: real outputs of better-auth 1.7.25.
    const SCRYPT_VECTORS: [(&str, &str); 4] = [
        (
            "password1234",
            "99f6f090a2cdf314730daa40d7202fac:7866c6369790cdeb314a85ef8d78b3746981b7195c38f512b120edb978962a0f27a78d19b78b472909a1e936d12069806410a473bec8903de0844d6b33d3a7f9",
        ),
        (
            "Pässwörd ﬁ½",
            "d30a1d6a5827bd4c4b0e0f335cc22e2e:09167310c2b912eaef33d31c62b26aec8fe5178eeb48292f931473d28ea21d1881c284b19187c42260c3f48b7235576b8856881a82c7d085a7b148bee7dff62b",
        ),
        (
            "Ångström",
            "93f8c81980df64bd990524e97cc0c081:2c67170bf2d4a4372d8030f3033e8e1684fba60a6ff4d8168b81bf90a3cdc4cbabc11f8113199a6102a44e89bf58666748f2ac3987d1a486a235d052f649565b",
        ),
        (
            "😀😀😀😀",
            "c2aefa405be2cb7d4afab3f6f75f3dff:afae690121fa641c167878b9d7e0763d3780787aba78b9fabfda2e8a9a851a3cbbe576066b9c4e4fe28cbe989f45dfb060ec0eeb384150977136bfa25a705fb8",
        ),
    ];

    #[tokio::test]
    async fn better_auths_hashes_verify() {
        for (password, stored) in SCRYPT_VECTORS {
            assert!(verifies(stored, password).await, "{password}");
            assert!(!verifies(stored, "password1235").await);
        }
    }

    #[tokio::test]
    async fn a_new_hash_is_argon2id_with_the_cost_asked_for() {
        for (new_hash, prefix) in [
            (NewHash::OWASP, "$argon2id$v=19$m=19456,t=2,p=1$"),
            (NewHash::ASVS, "$argon2id$v=19$m=47104,t=1,p=1$"),
        ] {
            let stored = Passwords::new(new_hash, 1).hash("correct horse").await.unwrap();

            assert!(stored.starts_with(prefix), "{stored}");
            assert!(verifies(&stored, "correct horse").await);
            assert!(!verifies(&stored, "battery staple").await);
        }
    }

    #[tokio::test]
    async fn a_new_hash_of_better_auths_format_has_its_shape_and_verifies() {
        let stored = Passwords::new(NewHash::BetterAuth, 1).hash("ﬁancé 1").await.unwrap();

        let (salt, key) = stored.split_once(':').unwrap();
        assert_eq!((salt.len(), key.len()), (32, 128), "{stored}");
        let is_hex = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        assert!(salt.bytes().chain(key.bytes()).all(is_hex), "{stored}");
        assert!(verifies(&stored, "fiance\u{301} 1").await);
        assert!(!verifies(&stored, "fiance 1").await);
    }

    #[tokio::test]
    async fn spellings_of_one_text_are_one_password() {
        let stored = passwords(1).hash("ﬁancé").await.unwrap();

        assert!(verifies(&stored, "fiance\u{301}").await);
    }

    #[tokio::test]
    async fn a_malformed_stored_hash_is_a_wrong_password() {
        for stored in [
            "",
            "$2b$10$abcdefghijklmnopqrstuv",
            "salt:",
            "salt:xyz",
            "$argon2id$v=19$m=8,t=1,p=1$",
            "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ",
            "$argon2id$v=19$m=8,t=4000000000,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert!(!verifies(stored, "password").await, "{stored}");
        }
    }

    #[tokio::test]
    async fn nobodys_password_is_wrong() {
        assert!(!passwords(1).verify(None, "password").await.unwrap());
    }

    #[test]
    fn length_counts_utf16_code_units() {
        assert_eq!(length("😀😀😀😀"), 8);
        assert_eq!(length("naïve"), 5);
    }

    #[tokio::test]
    async fn each_hash_of_a_request_is_timed_and_no_wait_is() {
        let (all, times) = (passwords(1), HashTimes::default());
        let held = all.turn().await.unwrap();
        let wait = Duration::from_millis(50);
        let of_request = all.timed(times.clone());

        let ((), stored) = tokio::join!(
            async {
                tokio::time::sleep(wait).await;
                drop(held);
            },
            of_request.hash("x")
        );
        of_request.verify(Some(stored.unwrap()), "x").await.unwrap();

        let taken = times.take();
        assert!(taken.len() == 2 && taken.iter().all(|time| *time < wait), "{taken:?}");
        assert!(times.take().is_empty());
        all.hash("x").await.unwrap();
        assert!(times.take().is_empty(), "another request's");
    }

    #[tokio::test]
    async fn who_waits_too_long_is_turned_away() {
        let mut passwords = passwords(1);
        passwords.max_wait = Duration::from_millis(20);
        let held = passwords.turn().await.unwrap();

        let refused = passwords.hash("x").await;
        drop(held);

        assert!(matches!(refused, Err(Error::Busy)));
        assert!(passwords.hash("x").await.is_ok());
    }

    #[tokio::test]
    async fn a_full_queue_turns_away_at_once() {
        let mut passwords = passwords(1);
        passwords.max_waiting = 0;
        let _held = passwords.turn().await.unwrap();

        let refused = passwords.hash("x").await;

        assert!(matches!(refused, Err(Error::Busy)));
        assert_eq!(passwords.waiting.load(Ordering::Relaxed), 0);
    }
}
