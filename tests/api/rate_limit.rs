//! Limits of addresses and of accounts. core.md §18

use std::collections::BTreeMap;

use serde_json::json;
use shared::clock::unix_millis;
use shared::db::Pool;
use tests::app::{BASE, START, TestApp};
use tests::reply::Reply;
use time::Duration;

const ON: (&str, &str) = ("RATE_LIMIT_ENABLED", "true");
const SIGN_IN: &str = "/api/auth/sign-in/email";
const ADA: &str = "ada@example.com";

async fn limited() -> TestApp {
    TestApp::with(&[ON]).await
}

/// The counters: key, count, last request.
async fn counters(app: &TestApp) -> Vec<(String, i32, i64)> {
    sqlx::query_as(r#"select key, count, "lastRequest" from "rateLimit" order by key"#)
        .fetch_all(&app.db)
        .await
        .unwrap()
}

fn assert_limited(reply: &Reply, secs: &str) {
    assert_eq!(reply.status, 429, "{reply:?}");
    assert_eq!(reply.text, r#"{"message":"Too many requests. Please try again later."}"#);
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!((reply.header("x-retry-after"), reply.header("retry-after")), (secs, secs));
}

/// How often each status came.
fn tally(replies: impl IntoIterator<Item = Reply>) -> BTreeMap<u16, usize> {
    let mut tally = BTreeMap::new();
    for reply in replies {
        *tally.entry(reply.status).or_default() += 1;
    }
    tally
}

#[tokio::test]
async fn on_a_laptop_nothing_is_limited() {
    let app = TestApp::new().await;
    app.sign_up(ADA).await;

    for _ in 0..15 {
        assert_eq!(app.sign_in_from("203.0.113.5", ADA, "wrong password").await.status, 401);
    }

    assert_eq!(counters(&app).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_at_once_from_one_address_three_get_through() {
    let app = limited().await;
    app.sign_up(ADA).await;
    let attempt = |n: usize| {
        let body = json!({ "email": ADA, "password": "wrong password" });
        // A header of the client's own makes nobody else of it.
        app.post(SIGN_IN)
            .json(&body)
            .from("203.0.113.5")
            .header("x-forwarded-for", &format!("198.51.100.{n}"))
            .header("x-real-ip", &format!("198.51.100.{n}"))
            .header("forwarded", &format!("for=198.51.100.{n}"))
            .send()
    };

    let attempts: Vec<_> = (0..100).map(|n| tokio::spawn(attempt(n))).collect();
    let mut replies = Vec::new();
    for attempt in attempts {
        replies.push(attempt.await.unwrap());
    }

    replies
        .iter()
        .filter(|reply| reply.status == 429)
        .for_each(|reply| assert_limited(reply, "10"));
    assert_eq!(tally(replies), BTreeMap::from([(401, 3), (429, 97)]));
    let found = counters(&app).await;
    assert_eq!(found[0], ("203.0.113.5|/sign-in/email".into(), 3, unix_millis(START)));
}

#[tokio::test]
async fn the_window_starts_anew_with_every_allowed_request() {
    let app = limited().await;
    let attempt = async |after_ms: i64| {
        app.clock.advance(Duration::milliseconds(after_ms));
        app.sign_in_from("203.0.113.5", "bob@example.com", "x").await
    };

    for after_ms in [0, 9_999, 9_999] {
        assert_eq!(attempt(after_ms).await.status, 401);
    }
    assert_limited(&attempt(1).await, "10");
    assert_limited(&attempt(8_998).await, "2");
    assert_limited(&attempt(1_000).await, "1");
    assert_eq!(attempt(1).await.status, 401, "a whole window after the last allowed one");
    for _ in 0..2 {
        assert_eq!(attempt(0).await.status, 401, "and the count began anew");
    }
    assert_limited(&attempt(0).await, "10");
}

#[tokio::test]
async fn addresses_and_paths_have_counters_of_their_own() {
    let app = limited().await;
    for _ in 0..3 {
        app.sign_in_from("203.0.113.5", "bob@example.com", "x").await;
    }

    assert_eq!(app.sign_in_from("203.0.113.6", "bob@example.com", "x").await.status, 401);
    let sign_up = app.post("/api/auth/sign-up/email").json(&json!({})).from("203.0.113.5");
    assert_eq!(sign_up.send().await.status, 400);
    for address in ["2001:db8::1", "2001:db8::2", "2001:db8::3"] {
        assert_eq!(app.sign_in_from(address, "eve@example.com", "x").await.status, 401);
    }
    assert_limited(&app.sign_in_from("2001:db8::4", "eve@example.com", "x").await, "10");
    assert_eq!(app.sign_in_from("2001:db8:0:1::", "eve@example.com", "x").await.status, 401);
}

#[tokio::test]
async fn who_has_no_address_shares_no_counter() {
    let app = limited().await;

    for _ in 0..5 {
        assert_eq!(app.sign_in("bob@example.com", "x").await.status, 401);
    }
}

#[tokio::test]
async fn what_fails_is_counted_wherever_it_fails() {
    for (title, refused) in [
        ("415", 415),
        ("malformed", 400),
        ("invalid", 400),
        ("origin", 403),
        ("callback", 403),
        ("guard", 403),
        ("email", 400),
        ("password", 400),
    ] {
        let app = limited().await;
        let attempt = || {
            let request = app.post(SIGN_IN).from("203.0.113.5");
            let body = json!({ "email": ADA, "password": "x" });
            match title {
                "415" => request.body("text/plain", "{}"),
                "malformed" => request.body("application/json", "{"),
                "invalid" => request.json(&json!({})),
                "origin" => request.json(&body).cookie("x=1").origin("https://evil.com"),
                "callback" => request.json(&json!({ "callbackURL": "https://evil.com" })),
                "guard" => request.json(&body).origin("https://evil.com"),
                "email" => request.json(&json!({ "email": "ada", "password": "x" })),
                _ => request.json(&json!({ "email": ADA, "password": "x".repeat(129) })),
            }
        };

        for _ in 0..3 {
            assert_eq!(attempt().send().await.status, refused, "{title}");
        }

        assert_limited(&attempt().send().await, "10");
        assert_limited(&app.sign_in_from("203.0.113.5", ADA, "x").await, "10");
    }
}

#[tokio::test]
async fn sign_up_is_limited_whether_or_not_the_address_is_taken() {
    let app = limited().await;
    let attempt = async |email: &str| {
        let body = json!({ "name": "Ada", "email": email, "password": "correct horse" });
        app.post("/api/auth/sign-up/email").json(&body).from("203.0.113.5").send().await
    };

    assert_eq!(attempt(ADA).await.status, 200);
    assert_eq!(attempt(ADA).await.status, 422);
    assert_eq!(attempt("bob@example.com").await.status, 200);

    assert_limited(&attempt("eve@example.com").await, "10");
    assert_eq!(app.count(r#"select count(*) from "user""#).await, 2);
}

#[tokio::test]
async fn ten_failures_from_anywhere_lock_an_account_known_or_not() {
    for email in [ADA, "nobody@example.com"] {
        let app = limited().await;
        app.sign_up(ADA).await;
        let spelled = email.to_uppercase();
        for n in 0..10 {
            let email = if n % 2 == 0 { email } else { &spelled };
            let reply = app.sign_in_from(&format!("203.0.113.{n}"), email, "wrong password").await;
            assert_eq!(reply.code(), "INVALID_EMAIL_OR_PASSWORD", "{n}");
        }

        assert_limited(&app.sign_in_from("203.0.113.10", email, "wrong password").await, "900");
        app.clock.advance(Duration::seconds(100));
        assert_limited(&app.sign_in_from("203.0.113.11", email, "correct horse").await, "800");
        app.clock.advance(Duration::milliseconds(799_999));
        assert_limited(&app.sign_in_from("203.0.113.11", email, "correct horse").await, "1");
        app.clock.advance(Duration::milliseconds(1));
        let status = app.sign_in_from("203.0.113.11", email, "correct horse").await.status;
        assert_eq!(status, if email == ADA { 200 } else { 401 });
    }
}

#[tokio::test]
async fn no_name_of_an_account_is_in_the_table() {
    let app = limited().await;

    app.sign_in_from("203.0.113.5", ADA, "x").await;

    let found = counters(&app).await;
    let (key, count, until) = &found[1];
    assert_eq!((*count, *until), (1, unix_millis(START + Duration::minutes(15))));
    assert!(key.starts_with("failures|") && !key.contains("ada"), "{key}");
}

#[tokio::test]
async fn a_success_takes_the_failures_away() {
    let app = limited().await;
    app.sign_up(ADA).await;
    for round in 0..3 {
        for n in 0..9 {
            let reply =
                app.sign_in_from(&format!("203.0.{round}.{n}"), ADA, "wrong password").await;
            assert_eq!(reply.status, 401);
        }
        let reply = app.sign_in_from(&format!("203.0.{round}.9"), ADA, "correct horse").await;
        assert_eq!(reply.status, 200);
    }

    let left = counters(&app).await;
    assert!(left.iter().all(|(key, ..)| !key.starts_with("failures|")), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_guesses_at_once_no_more_than_ten_are_answered() {
    let app = limited().await;
    app.sign_up(ADA).await;

    let guesses: Vec<_> = (0..40)
        .map(|n| {
            let body = json!({ "email": ADA, "password": format!("guess number {n}") });
            let request = app.post(SIGN_IN).json(&body).from(&format!("203.0.113.{n}"));
            tokio::spawn(request.send())
        })
        .collect();
    let mut replies = Vec::new();
    for guess in guesses {
        replies.push(guess.await.unwrap());
    }

    assert_eq!(tally(replies), BTreeMap::from([(401, 10), (429, 30)]));
}

#[tokio::test]
async fn limits_of_accounts_can_be_switched_off() {
    let app = TestApp::with(&[ON, ("ACCOUNT_MAX_FAILURES", "0")]).await;
    app.sign_up(ADA).await;

    for n in 0..15 {
        let reply = app.sign_in_from(&format!("203.0.113.{n}"), ADA, "wrong password").await;
        assert_eq!(reply.status, 401);
    }
}

#[tokio::test]
async fn the_general_rule_limits_every_path_before_the_handler_and_no_probe() {
    let app = TestApp::with(&[
        ON,
        ("RATE_LIMIT_GENERAL", "true"),
        ("RATE_LIMIT_MAX", "2"),
        ("RATE_LIMIT_WINDOW", "5"),
    ])
    .await;
    let cookies = app.sign_up(ADA).await.cookies();
    let get = |path: &str| app.get(path).cookie(&cookies).from("203.0.113.5").send();

    assert_eq!(get("/api/auth/get-session").await.status, 200);
    assert_eq!(get("/api/auth/session").await.status, 200);
    assert_limited(&get("/api/auth/session").await, "5");
    assert_limited(&get("/api/auth/get-session").await, "5");
    for _ in 0..5 {
        assert_eq!(get("/health").await.status, 200);
        assert_eq!(get("/api/auth/nope").await.status, 404);
    }

    let sign_out = || app.post("/api/auth/sign-out").from("203.0.113.5");
    let foreign = || sign_out().cookie(&cookies).origin("https://evil.com");
    assert_eq!(foreign().send().await.status, 403);
    assert_eq!(sign_out().body("text/plain", "x").send().await.status, 415);
    assert_limited(&sign_out().cookie(&cookies).origin(BASE).send().await, "5");
    assert_ne!(app.session(&cookies).await.text, "null", "nothing was done");
}

#[tokio::test]
async fn rules_of_the_operator_replace_the_others() {
    let rules = r#"{"/sign-in/*":{"window":60,"max":1},"/sign-up/email":false,"/get-session":{"window":3,"max":1}}"#;
    let app = TestApp::with(&[ON, ("RATE_LIMIT_RULES", rules)]).await;

    assert_eq!(app.sign_in_from("203.0.113.5", ADA, "x").await.status, 401);
    assert_limited(&app.sign_in_from("203.0.113.5", ADA, "x").await, "60");
    for n in 0..5 {
        let body =
            json!({ "name": "A", "email": format!("a{n}@b.co"), "password": "correct horse" });
        let request = app.post("/api/auth/sign-up/email").json(&body).from("203.0.113.5");
        assert_eq!(request.send().await.status, 200);
    }
    let session = || app.get("/api/auth/session").from("203.0.113.5").send();
    assert_eq!(session().await.status, 200);
    assert_limited(&session().await, "3");
}

#[tokio::test]
async fn a_counter_of_better_auths_is_continued() {
    let app = limited().await;
    app.sql(
        r#"insert into "rateLimit" (id, key, count, "lastRequest")
           values ('toXecH6xeyNWRppiAnPO7Ur3EzGhMiKd', '203.0.113.5|/sign-in/email', 2, 1795435200000)"#,
    )
    .await;
    app.clock.advance(Duration::milliseconds(9_000));

    assert_eq!(app.sign_in_from("203.0.113.5", ADA, "x").await.status, 401);
    assert_limited(&app.sign_in_from("203.0.113.5", ADA, "x").await, "10");

    let key = "203.0.113.5|/sign-in/email".to_owned();
    assert_eq!(counters(&app).await[0], (key, 3, unix_millis(START) + 9_000));
    let same = r#"select count(*) from "rateLimit" where id = 'toXecH6xeyNWRppiAnPO7Ur3EzGhMiKd'"#;
    assert_eq!(app.count(same).await, 1);
}

/// One call of `latchkey_count` with one key.
async fn count(db: &Pool, at: i64, key: &str, max: i32, is_fixed: bool) -> i64 {
    count_all(db, at, &[(key, 1000, max, is_fixed)]).await
}

async fn count_all(db: &Pool, at: i64, keys: &[(&str, i64, i32, bool)]) -> i64 {
    sqlx::query_scalar("select latchkey_count($1, $2, $3, $4, $5)")
        .bind(at)
        .bind(keys.iter().map(|key| key.0.to_owned()).collect::<Vec<_>>())
        .bind(keys.iter().map(|key| key.1).collect::<Vec<_>>())
        .bind(keys.iter().map(|key| key.2).collect::<Vec<_>>())
        .bind(keys.iter().map(|key| key.3).collect::<Vec<_>>())
        .fetch_one(db)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_uses_of_one_key_never_exceed_its_maximum() {
    let app = TestApp::new().await;
    for is_fixed in [false, true] {
        let key = format!("fixed: {is_fixed}");
        let uses: Vec<_> = (0..50)
            .map(|n| {
                let (db, key) = (app.db.clone(), key.clone());
                // Clocks differ: some are a little ahead.
                tokio::spawn(async move { count(&db, 5_000 + n % 7, &key, 7, is_fixed).await })
            })
            .collect();
        let mut allowed = 0;
        for one in uses {
            allowed += usize::from(one.await.unwrap() == 0);
        }

        assert_eq!(allowed, 7, "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_uses_after_a_pause_begin_one_count_together() {
    let app = TestApp::new().await;
    for is_fixed in [false, true] {
        let key = format!("fixed: {is_fixed}");
        for _ in 0..5 {
            count(&app.db, 0, &key, 3, is_fixed).await;
        }
        let uses: Vec<_> = (0..50)
            .map(|_| {
                let (db, key) = (app.db.clone(), key.clone());
                tokio::spawn(async move { count(&db, 1_000, &key, 3, is_fixed).await })
            })
            .collect();
        let mut allowed = 0;
        for one in uses {
            allowed += usize::from(one.await.unwrap() == 0);
        }

        assert_eq!(allowed, 3, "{key}");
    }
}

#[tokio::test]
async fn a_fixed_window_ends_with_its_time_and_a_sliding_one_with_a_pause() {
    let app = TestApp::new().await;
    for (at, sliding, fixed) in [
        (0, 0, 0),
        (900, 0, 0),
        (999, 901, 1),
        (1_000, 900, 0),
        (1_899, 1, 0),
        (1_900, 0, 100),
        (2_000, 0, 0),
        (2_001, 999, 0),
        (2_999, 1, 1),
        (3_000, 0, 0),
    ] {
        assert_eq!(count(&app.db, at, "sliding", 2, false).await, sliding, "sliding at {at}");
        assert_eq!(count(&app.db, at, "fixed", 2, true).await, fixed, "fixed at {at}");
    }
}

#[tokio::test]
async fn the_first_full_counter_decides_and_those_after_it_are_not_touched() {
    let app = TestApp::new().await;
    let keys = [("a", 1000, 2, false), ("b", 60_000, 1, true), ("c", 500, 9, false)];

    assert_eq!(count_all(&app.db, 0, &keys).await, 0);
    assert_eq!(count_all(&app.db, 100, &keys).await, 59_900);
    assert_eq!(count_all(&app.db, 200, &keys).await, 900);
    assert_eq!(count_all(&app.db, 200, &[]).await, 0);

    let found = counters(&app).await;
    let expected = [("a", 2, 100), ("b", 1, 60_000), ("c", 1, 0)];
    assert_eq!(found, expected.map(|(key, count, last)| (key.to_owned(), count, last)));
}

#[tokio::test]
async fn a_clock_that_is_behind_moves_nothing_back_and_waits_no_longer_than_a_window() {
    let app = TestApp::new().await;

    assert_eq!(count(&app.db, 5_000, "a", 2, false).await, 0);
    assert_eq!(count(&app.db, 4_000, "a", 2, false).await, 0);
    assert_eq!(counters(&app).await, [("a".to_owned(), 2, 5_000)]);
    assert_eq!(count(&app.db, 3_000, "a", 2, false).await, 1_000);
    assert_eq!(count(&app.db, 5_999, "a", 2, false).await, 1);
    assert_eq!(count(&app.db, 6_000, "a", 2, false).await, 0);
}
