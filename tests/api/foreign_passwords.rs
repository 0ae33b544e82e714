//! Users whose passwords other software hashed sign in, and their hashes are made anew then.

use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::{ConnectOptions, Connection};
use tests::app::{BASE, SECRET, TestApp};

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "correct horse";

/// better-auth 1.7.25, of `password1234`: contract/transcripts/20-crypto-vectors.json.
const BETTER_AUTH: &str = "99f6f090a2cdf314730daa40d7202fac:7866c6369790cdeb314a85ef8d78b3746981b7195c38f512b120edb978962a0f27a78d19b78b472909a1e936d12069806410a473bec8903de0844d6b33d3a7f9";
/// bcrypt 4.0.1 for Python, of `correct horse`.
const BCRYPT: &str = "$2b$04$am6/odaZUhPu.XhNK4KSBunIbBQT5GlGljFrc/cxOO2Y9iQwLHwc.";
/// argon2-cffi 25.1.0, of `correct horse`.
const ARGON2ID: &str = "$argon2id$v=19$m=64,t=2,p=1$ZUz/KROSkrMRCVdlUOOt/g$6wGGlnD95wAZzHGog9UFyrirwdm9cQQ/BAx58R0QPkE";

/// Passwords and hashes of Better Auth, bcrypt, passlib, argon2-cffi, hashlib, Django, and Firebase.
const FOREIGN: [(&str, &str); 14] = [
    ("password1234", BETTER_AUTH),
    (PASSWORD, BCRYPT),
    (PASSWORD, "$2y$04$urKY481HaOxmMpprQG2z4u6yH8wozA2W0Xhf80DiOGblUB5F3eH0i"),
    (
        PASSWORD,
        "$argon2i$v=19$m=64,t=3,p=2$1lZg4K+CEkEUaC25Er6gLw$W/zdJvyAV9Mex3aS+nEyoCYUQwHB2WwFoDdw1HN+RZU",
    ),
    (
        PASSWORD,
        "$pbkdf2-sha256$i=1000,l=32$Af8B/wH/Af8B/wH/Af8B/w$ZkY80jDPUYExel+aIE1TOgVlAnhBJjVFtnH57Nu7zkY",
    ),
    (
        "Pässwörd ﬁ½",
        "$pbkdf2-sha256$1000$zrmXco6x1hojBEAohdBayw$WYCZFRhJC/F77qpJCZC4U7Iz3OnyCM8CrN6lVH6yJlA",
    ),
    (
        PASSWORD,
        "$pbkdf2-sha512$1000$MaZUCoHwPidkrHUOofS.Nw$wyQDpiFTv6mxTINr9jiNRnvTyGV1Q2p7FyOJX2P3IWgMyD6h7GIgp8aO4hCw4hanhR2snLQc3XbZreZUstE8/Q",
    ),
    (PASSWORD, "$pbkdf2$1000$WAsh5DzHmDPmvPeekzKGEA$ASmE1EzLQ2KgEzfDD4nWlHv.x4g"),
    (
        PASSWORD,
        "$scrypt$ln=10,r=8,p=1$5vwfw7gXghBCqPV+710LIQ$5fTwfAh46G+88hv3hQ52TJEVKZjwGDT7wVWze/BishA",
    ),
    (PASSWORD, "pbkdf2_sha256$1000$saltsaltsaltsalt$BBs+1+PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzM="),
    (PASSWORD, "bcrypt$$2b$04$iFdksfTf5FyRrpirCZmBm.kpL3oL84NMuWy3AwcJ3/6PHMIWCzjqe"),
    (
        PASSWORD,
        "scrypt$1024$saltsaltsalt$8$2$TeMDDwfxkx3jvETxzGN5IdCCG06h/emi3eSf1zTy9xoOPyOiqdrSv+/8g9u0e9PHbzTjiwQcn87dJ9XBmVfZYA==",
    ),
    (
        PASSWORD,
        "argon2$argon2i$v=16$m=64,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$UDI33u2myiVk4zS2wTy76UwJhZVbTZRa2UaGLTBxkA8",
    ),
    (
        "user1password",
        "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
    ),
];

/// Stores a hash for the only user.
async fn store(app: &TestApp, hash: &str) {
    let write = sqlx::query("update account set password = $1").bind(hash);
    assert_eq!(write.execute(&app.db).await.unwrap().rows_affected(), 1);
}

async fn stored(app: &TestApp) -> String {
    app.text("select password from account").await
}

#[tokio::test]
async fn a_foreign_hash_signs_in_once_and_is_argon2id_then() {
    let app = TestApp::new().await;
    app.sign_up(EMAIL).await;
    for (password, hash) in FOREIGN {
        store(&app, hash).await;
        app.clock.advance(time::Duration::seconds(1));

        let wrong = app.sign_in(EMAIL, "battery staple").await;
        assert_eq!(
            (wrong.status, wrong.code().as_str()),
            (401, "INVALID_EMAIL_OR_PASSWORD"),
            "{hash}"
        );
        assert_eq!(stored(&app).await, hash, "a wrong password renews nothing");

        assert_eq!(app.sign_in(EMAIL, password).await.status, 200, "{hash}");
        let renewed = stored(&app).await;
        assert!(renewed.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash} became {renewed}");
        let is_dated = r#"select count(*) from account where "updatedAt" > "createdAt""#;
        assert_eq!(app.count(is_dated).await, 1);

        assert_eq!(app.sign_in(EMAIL, password).await.status, 200, "{hash} became {renewed}");
        assert_eq!(app.sign_in(EMAIL, "battery staple").await.status, 401, "{hash}");
        assert_eq!(stored(&app).await, renewed, "what is as it should be is left alone");
    }
}

#[tokio::test]
async fn beside_better_auth_its_hashes_stay_and_others_become_its() {
    let app = TestApp::with(&[("PASSWORD_HASH", "scrypt")]).await;
    let is_better_auths = async || {
        let stored = stored(&app).await;
        let (salt, key) = stored.split_once(':').unwrap_or_default();
        (salt.len(), key.len()) == (32, 128)
    };
    app.sign_up(EMAIL).await;
    assert!(is_better_auths().await, "a new one");
    app.clock.advance(time::Duration::seconds(1));

    store(&app, BETTER_AUTH).await;
    assert_eq!(app.sign_in(EMAIL, "password1234").await.status, 200);
    assert_eq!(stored(&app).await, BETTER_AUTH);
    let is_dated = r#"select count(*) from account where "updatedAt" > "createdAt""#;
    assert_eq!(app.count(is_dated).await, 0, "nothing of the row is touched");

    for hash in [BCRYPT, ARGON2ID] {
        store(&app, hash).await;
        assert_eq!(app.sign_in(EMAIL, PASSWORD).await.status, 200, "{hash}");
        assert!(is_better_auths().await, "{hash}");
        assert_eq!(app.sign_in(EMAIL, PASSWORD).await.status, 200, "{hash}");
    }
}

#[tokio::test]
async fn of_two_passwords_the_oldest_is_made_anew() {
    let app = TestApp::new().await;
    app.sign_up(EMAIL).await;
    store(&app, BCRYPT).await;
    app.sql(
        r#"insert into account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
           select 'second', "accountId", "providerId", "userId", password, "createdAt" + interval '1 day', "updatedAt"
             from account"#,
    )
    .await;

    assert_eq!(app.sign_in(EMAIL, PASSWORD).await.status, 200);

    let kept =
        app.text("select string_agg(left(password, 4), ' ' order by id = 'second') from account");
    assert_eq!(kept.await, "$arg $2b$");
}

#[tokio::test]
async fn who_gets_no_session_keeps_the_hash() {
    let settings = [("REQUIRE_EMAIL_VERIFICATION", "true")];
    let app = TestApp::with(&settings).await;
    app.sign_up(EMAIL).await;
    store(&app, BCRYPT).await;

    let refused = app.sign_in(EMAIL, PASSWORD).await;

    assert_eq!((refused.status, refused.code().as_str()), (403, "EMAIL_NOT_VERIFIED"));
    assert_eq!(stored(&app).await, BCRYPT);
}

#[tokio::test]
async fn all_endpoints_know_a_foreign_hash_and_leave_it_as_it_is() {
    let app = TestApp::with(&[("DELETE_USER_ENABLED", "true")]).await;
    let cookies = app.sign_up(EMAIL).await.cookies();
    store(&app, BCRYPT).await;

    let verify = async |password: &str| {
        let body = json!({ "password": password });
        app.act("/api/auth/verify-password", &cookies, &body).send().await.status
    };
    assert_eq!((verify(PASSWORD).await, verify("battery staple").await), (200, 400));
    assert_eq!(stored(&app).await, BCRYPT);

    let change = async |current: &str| {
        let body = json!({ "currentPassword": current, "newPassword": "battery staple" });
        app.act("/api/auth/change-password", &cookies, &body).send().await.status
    };
    assert_eq!((change("wrong horse").await, stored(&app).await.as_str()), (400, BCRYPT));
    assert_eq!(change(PASSWORD).await, 200);
    assert!(stored(&app).await.starts_with("$argon2id$"));

    store(&app, BCRYPT).await;
    let delete = async |password: &str| {
        let body = json!({ "password": password });
        app.act("/api/auth/delete-user", &cookies, &body).send().await.status
    };
    assert_eq!((delete("battery staple").await, stored(&app).await.as_str()), (400, BCRYPT));
    assert_eq!(delete(PASSWORD).await, 200);
    assert_eq!(app.count(r#"select count(*) from "user""#).await, 0);
}

/// Signs in while another transaction, which holds the password's row, writes `hash` there.
async fn overtaken(app: &TestApp, hash: &str) -> u16 {
    let mut connection = app.database().options().connect().await.unwrap();
    let mut other = connection.begin().await.unwrap();
    let write = sqlx::query("update account set password = $1").bind(hash);
    write.execute(&mut *other).await.unwrap();

    let body = json!({ "email": EMAIL, "password": PASSWORD });
    let request = app.post("/api/auth/sign-in/email").json(&body).origin(BASE);
    let signing_in = tokio::spawn(request.send());
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!signing_in.is_finished(), "it waits for the row");
    other.commit().await.unwrap();

    signing_in.await.unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_goes_on_when_the_hash_was_made_anew_beside_it() {
    // With the second there is nothing to be made anew.
    for mine in [BCRYPT, ARGON2ID] {
        let app = TestApp::new().await;
        app.sign_up(EMAIL).await;
        store(&app, mine).await;
        let theirs = FOREIGN[4].1;

        assert_eq!(overtaken(&app, theirs).await, 200, "{mine}");
        assert_eq!(stored(&app).await, theirs, "who was first decides");
        assert_eq!(app.count("select count(*) from session").await, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_refused_when_the_password_was_changed_beside_it() {
    let app = TestApp::new().await;
    app.sign_up(EMAIL).await;
    store(&app, BCRYPT).await;

    assert_eq!(overtaken(&app, BETTER_AUTH).await, 401);
    assert_eq!(stored(&app).await, BETTER_AUTH);
    assert_eq!(app.count("select count(*) from session").await, 1);
}

#[tokio::test]
async fn for_nobody_the_hash_is_computed_that_is_asked_for() {
    let least = TestApp::new().await;
    let costly = least.beside(SECRET, &[("DUMMY_HASH", "bcrypt:cost=13")]);
    let time = async |app: &TestApp| {
        let started = Instant::now();
        assert_eq!(app.sign_in("nobody@example.com", PASSWORD).await.status, 401);
        started.elapsed()
    };

    let (least, costly) = (time(&least).await, time(&costly).await);

    // A millisecond of argon2 beside half a second of bcrypt.
    assert!(costly > 3 * least, "{costly:?}, and the least {least:?}");
}
