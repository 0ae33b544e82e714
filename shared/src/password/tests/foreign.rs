//! Hashes of other software verify as they stand.

use super::vectors::{ARGON2, BCRYPT, BETTER_AUTH, DJANGO, FIREBASE, PASSLIB, PHC};
use super::{passwords, verifies};
use crate::password::{Format, HashTimes, normalized};

#[tokio::test]
async fn hashes_of_others_verify_as_they_stand() {
    let all: [&[(&str, &str)]; 7] =
        [&BETTER_AUTH, &ARGON2, &BCRYPT, &PASSLIB, &DJANGO, &PHC, &FIREBASE];
    for (password, stored) in all.concat() {
        assert!(verifies(stored, password).await, "{stored}");
        for wrong in ["correct horsf", "\0", &format!("x{password}")] {
            assert!(!verifies(stored, wrong).await, "{stored} {wrong:?}");
        }
    }
}

#[tokio::test]
async fn to_bcrypt_a_nul_is_wrong_wherever_it_stands() {
    let (password, stored) = BCRYPT[0];
    for wrong in [format!("{password}\0"), format!("{password}\0x"), format!("\0{password}")] {
        assert!(!verifies(stored, &wrong).await, "{wrong:?}");
    }
    let (password, stored) = BCRYPT[3];
    assert!(!verifies(stored, &format!("{password}\0")).await, "beyond what bcrypt reads");
}

#[tokio::test]
async fn bcrypt_reads_72_bytes_and_no_more() {
    let (password, stored) = BCRYPT[3];

    assert!(verifies(stored, &format!("{password} and more")).await);
    assert!(verifies(stored, &password[..72]).await);
    assert!(!verifies(stored, &password[..71]).await);
    assert!(!verifies(DJANGO[4].1, &password[..72]).await, "Django's digest is of all of it");
}

#[tokio::test]
async fn a_password_of_a_dollar_2y_is_read_as_all_versions_write_it() {
    let (password, stored) = BCRYPT[2];
    for version in ["$2a$", "$2b$", "$2x$", "$2y$"] {
        assert!(verifies(&stored.replace("$2y$", version), password).await, "{version}");
    }
}

#[tokio::test]
async fn others_hash_a_password_as_it_was_typed_and_better_auth_does_not() {
    let typed = "Pässwörd ﬁ½";
    for stored in [BCRYPT[4].1, PASSLIB[3].1, BETTER_AUTH[1].1] {
        let times = HashTimes::default();
        let is_right =
            passwords(1).timed(times.clone()).verify(Some(stored.to_owned()), typed).await.unwrap();

        let hashes = if stored == BETTER_AUTH[1].1 { 1 } else { 2 };
        assert!(is_right && times.take().len() == hashes, "{stored}");
    }
    assert!(verifies(BETTER_AUTH[1].1, &normalized(typed)).await);
    assert!(!verifies(BCRYPT[4].1, &normalized(typed)).await);
}

#[test]
fn formats_are_told_without_a_hash() {
    for ((_, stored), name) in [
        (BETTER_AUTH[0], "scrypt"),
        (ARGON2[0], "argon2id:m=64,t=2,p=1"),
        (ARGON2[1], "argon2i:m=64,t=3,p=2"),
        (ARGON2[2], "argon2d:m=64,t=3,p=1"),
        (ARGON2[3], "argon2i:v=16,m=64,t=3,p=1"),
        (ARGON2[4], "argon2i:v=16,m=64,t=3,p=1"),
        (BCRYPT[2], "bcrypt:cost=4"),
        (PASSLIB[0], "pbkdf2-sha256:i=1000"),
        (PASSLIB[1], "pbkdf2-sha512:i=1000"),
        (PASSLIB[2], "pbkdf2-sha1:i=1000"),
        (PASSLIB[5], "scrypt:ln=8,r=4,p=2"),
        (DJANGO[0], "pbkdf2-sha256:i=1000"),
        (DJANGO[1], "pbkdf2-sha1:i=1000"),
        (DJANGO[2], "argon2id:m=64,t=2,p=1"),
        (DJANGO[3], "bcrypt:cost=4"),
        (DJANGO[4], "bcrypt:cost=4"),
        (DJANGO[5], "scrypt:ln=10,r=8,p=2"),
        (PHC[1], "pbkdf2-sha512:i=1000"),
        (FIREBASE[0], "firebase-scrypt:n=14,r=8"),
    ] {
        assert_eq!(Format::of(stored).unwrap().to_string(), name, "{stored}");
    }
}

#[tokio::test]
async fn what_is_malformed_or_asks_too_much_is_a_wrong_password() {
    let key = "A".repeat(43);
    let (django, firebase) = (DJANGO[0].1, FIREBASE[0].1);
    let long = format!("$pbkdf2-sha1$i=10000000,l=32$AAAA${key}");
    let mut malformed: Vec<String> = [
        "$2b$17$".to_owned() + &".".repeat(53),
        "$2b$03$".to_owned() + &".".repeat(53),
        "$2b$4$".to_owned() + &".".repeat(53),
        "$2$04$".to_owned() + &".".repeat(53),
        "$2b$04$".to_owned() + &".".repeat(52),
        "$2b$04$".to_owned() + &"é".repeat(26) + ".",
        "$2b$+4$".to_owned() + &".".repeat(54),
        "bcrypt$".to_owned(),
        format!("$pbkdf2-sha256$i=10000001$AAAA${key}"),
        format!("$pbkdf2-sha256$i=0$AAAA${key}"),
        format!("$pbkdf2-sha256$i=1000,l=31$AAAA${key}"),
        format!("$pbkdf2-sha256$i=1000$AAAA${key}$"),
        format!("$pbkdf2-md5$i=1000$AAAA${key}"),
        "$pbkdf2-sha256$i=1000$AAAA$AAAA".to_owned(),
        "$pbkdf2-sha256$1000$AAAA$".to_owned() + &"A".repeat(200),
        "$pbkdf2".to_owned(),
        long,
        format!("$scrypt$ln=18,r=8,p=1$AAAA${key}"),
        format!("$scrypt$ln=99,r=8,p=1$AAAA${key}"),
        format!("$scrypt$ln=10,r=4294967295,p=4294967295$AAAA${key}"),
        format!("$scrypt$ln=10,r=8$AAAA${key}"),
        "$scrypt$ln=10,r=8,p=1$AAAA$AAAA".to_owned(),
        DJANGO[5].1.replace("1024", "1000"),
        DJANGO[5].1.replace("1024", "0"),
        django.replace("$1000$", "$$"),
        django.replace("sha256", "md5"),
        firebase.replace("n=14", "n=18"),
        firebase.replace("p=1", "p=2"),
        firebase.replace("v=1", "v=2"),
        firebase.replace(",sk=jx", ",sk="),
        firebase.replace("lSrf", "").replace("V15c", ""),
    ]
    .into();
    malformed.push(ARGON2[0].1.replace("v=19", "v=20"));
    for stored in malformed {
        assert!(Format::of(&stored).is_none(), "{stored}");
        assert!(!verifies(&stored, "correct horse").await, "{stored}");
    }
}
