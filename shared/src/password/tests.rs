//! Hashing, verifying, and making hashes anew.

mod foreign;
mod vectors;

use std::time::Duration;

use self::vectors::{ARGON2, BCRYPT, BETTER_AUTH, PASSLIB};
use super::*;

fn passwords(at_once: usize) -> Passwords {
    with(NewHash::LEAST, at_once)
}

fn with(new_hash: NewHash, at_once: usize) -> Passwords {
    Passwords::new(new_hash, new_hash.format(), at_once)
}

async fn verifies(stored: &str, password: &str) -> bool {
    passwords(1).verify(Some(stored.to_owned()), password).await.unwrap()
}

#[tokio::test]
async fn a_new_hash_is_argon2id_with_the_cost_asked_for() {
    for (new_hash, prefix) in [
        (NewHash::OWASP, "$argon2id$v=19$m=19456,t=2,p=1$"),
        (NewHash::ASVS, "$argon2id$v=19$m=47104,t=1,p=1$"),
    ] {
        let stored = with(new_hash, 1).hash("correct horse").await.unwrap();

        assert!(stored.starts_with(prefix), "{stored}");
        assert!(verifies(&stored, "correct horse").await);
        assert!(!verifies(&stored, "battery staple").await);
    }
}

#[tokio::test]
async fn a_new_hash_of_better_auths_format_has_its_shape_and_verifies() {
    let stored = with(NewHash::BetterAuth, 1).hash("ﬁancé 1").await.unwrap();

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
    let held = all.turns.next().await.unwrap();
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
async fn a_foreign_hash_is_made_anew_and_only_when_that_is_asked_for() {
    for (new_hash, prefix) in
        [(NewHash::LEAST, "$argon2id$v=19$m=8,t=1,p=1$"), (NewHash::BetterAuth, "")]
    {
        for (password, stored) in [BCRYPT[4], PASSLIB[0], ARGON2[1]] {
            let (passwords, times) = (with(new_hash, 1), HashTimes::default());
            let of_request = passwords.timed(times.clone());
            let proven = of_request.prove(Some(stored.to_owned()), password, true).await;

            let proven = proven.unwrap().unwrap();
            let renewed = proven.renewed.unwrap();
            assert_eq!(proven.hash, stored);
            assert_eq!(Format::of(&renewed), Some(new_hash.format()));
            assert!(renewed.starts_with(prefix) && verifies(&renewed, password).await, "{renewed}");
            let hashes = if normalized(password) == password { 2 } else { 3 };
            assert_eq!(times.take().len(), hashes, "each is timed");
            let wrong = of_request.prove(Some(stored.to_owned()), "wrong", true).await;
            assert!(wrong.unwrap().is_none());
            assert_eq!(times.take().len(), 1, "a wrong password renews nothing");
            of_request.verify(Some(stored.to_owned()), "correct horse").await.unwrap();
            assert_eq!(times.take().len(), 1, "verifying renews nothing");
        }
    }
}

#[tokio::test]
async fn a_hash_of_the_format_that_is_set_is_kept() {
    for (new_hash, (password, stored)) in
        [(NewHash::LEAST, ARGON2[0]), (NewHash::BetterAuth, BETTER_AUTH[0])]
    {
        let proven = with(new_hash, 1).prove(Some(stored.to_owned()), password, true).await;

        assert!(proven.unwrap().unwrap().renewed.is_none(), "{stored}");
    }
}

#[tokio::test]
async fn making_anew_takes_no_second_turn() {
    let passwords = passwords(1);
    let (password, stored) = BCRYPT[0];
    let held = passwords.turns.next().await.unwrap();
    let signing_in = tokio::spawn({
        let passwords = passwords.clone();
        async move { passwords.prove(Some(stored.to_owned()), password, true).await }
    });
    tokio::task::yield_now().await;
    let behind = tokio::spawn({
        let passwords = passwords.clone();
        async move { passwords.turns.next().await }
    });
    tokio::task::yield_now().await;
    drop(held);

    // Turns are given in the order in which they were asked for: a second one would be the third.
    let _turn = behind.await.unwrap();

    assert!(signing_in.await.unwrap().unwrap().unwrap().renewed.is_some());
}

#[tokio::test]
async fn nobodys_hash_is_of_the_format_that_is_asked_for() {
    let dummy = |name: &str| Passwords::new(NewHash::LEAST, name.parse().unwrap(), 1);
    let times = HashTimes::default();

    for (name, password, hashes) in [
        ("scrypt", "ﬁancé", 1),
        ("scrypt", "fiance", 1),
        ("bcrypt:cost=4", "fiance", 1),
        ("bcrypt:cost=4", "ﬁancé", 2),
        ("pbkdf2-sha256:i=1000", "ﬁancé", 2),
        ("scrypt:ln=4,r=8,p=1", "ﬁancé", 2),
        ("firebase-scrypt:n=4,r=8", "ﬁancé", 2),
        ("argon2id:m=8,t=1,p=1", "ﬁancé", 2),
    ] {
        assert!(!dummy(name).timed(times.clone()).verify(None, password).await.unwrap());
        assert_eq!(
            times.take().len(),
            hashes,
            "{name} {password}: as a known user's of this format"
        );
    }

    let time = async |name: &str| {
        dummy(name).timed(times.clone()).verify(None, "fiance").await.unwrap();
        times.take()[0]
    };
    let least = time("argon2id:m=8,t=1,p=1").await;
    for name in
        ["scrypt", "bcrypt:cost=10", "pbkdf2-sha256:i=100000", "owasp", "firebase-scrypt:n=14,r=8"]
    {
        let taken = time(name).await;
        assert!(taken > 5 * least, "{name} took {taken:?}, the least {least:?}");
    }
}

#[test]
fn a_salt_without_end_is_not_read() {
    let key = "A".repeat(43);
    let stored = |salt: usize| format!("$scrypt$ln=1,r=1,p=1${}${key}", "A".repeat(salt));

    assert!(Format::of(&stored(22)).is_some());
    assert!(Format::of(&stored(40_000)).is_none());
}
