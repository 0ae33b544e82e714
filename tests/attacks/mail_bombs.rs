//! Mail bombs: no address is sent more mails by strangers than the limit allows, whichever ways they take.

use serde_json::{Value, json};
use tests::app::{BASE, TestApp};
use tests::reply::Reply;
use time::Duration;

const VICTIM: &str = "victim@example.com";
const SETTINGS: [(&str, &str); 4] = [
    ("RATE_LIMIT_ENABLED", "true"),
    ("CHANGE_EMAIL_ENABLED", "true"),
    ("REQUIRE_EMAIL_VERIFICATION", "true"),
    ("SEND_VERIFICATION_ON_SIGN_UP", "true"),
];
/// What strangers may have sent to one address in an hour, by default.
const LIMIT: usize = 5;

/// A service that knows the victim, whose address is proven or not.
async fn app(is_proven: bool) -> TestApp {
    let app = TestApp::with(&SETTINGS).await;
    app.sign_up(VICTIM).await;
    if is_proven {
        app.sql(r#"update "user" set "emailVerified" = true"#).await;
    }
    app.sql(r#"delete from latchkey_outbox; delete from "rateLimit""#).await;
    app
}

/// Each from an address of its own, so that nothing but the victim's limit holds.
async fn ask(app: &TestApp, path: &str, n: usize, body: &Value) -> Reply {
    app.post(path).json(body).from(&format!("198.51.{}.{}", n / 250, n % 250)).send().await
}

/// How many mails wait for an address.
async fn mails_to(app: &TestApp, email: &str) -> usize {
    let goes_to = |mail: &tests::mail::Mail| mail.new_email.clone().unwrap_or(mail.address.clone());
    app.mails().await.iter().filter(|mail| goes_to(mail) == email).count()
}

/// Somebody with a proven address, signed in.
async fn somebody(app: &TestApp, email: &str) -> String {
    app.sign_up(email).await;
    app.sql(r#"update "user" set "emailVerified" = true where email <> 'victim@example.com'"#)
        .await;
    let reply = app.sign_in(email, "correct horse").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.cookies()
}

/// Source: CWE-799, RFC 6585 section 4.
#[tokio::test]
async fn an_address_gets_five_mails_an_hour_however_it_is_spelled_and_wherever_the_asking_comes_from()
 {
    for (path, is_proven) in
        [("/api/auth/request-password-reset", true), ("/api/auth/send-verification-email", false)]
    {
        let app = app(is_proven).await;
        let spellings = [VICTIM.to_owned(), VICTIM.to_uppercase(), "Victim@Example.com".to_owned()];
        for n in 0..12 {
            let reply = ask(&app, path, n, &json!({ "email": spellings[n % 3] })).await;
            let expected = if n < LIMIT { 200 } else { 429 };
            assert_eq!(reply.status, expected, "{path} {n} {reply:?}");
        }
        assert_eq!(mails_to(&app, VICTIM).await, LIMIT, "{path}");

        app.clock.advance(Duration::minutes(60));
        assert_eq!(ask(&app, path, 20, &json!({ "email": VICTIM })).await.status, 200, "{path}");
    }
}

/// Source: CWE-204.
#[tokio::test]
async fn an_unknown_address_is_refused_when_a_known_one_is_so_that_the_limit_tells_nobody_apart() {
    for path in ["/api/auth/request-password-reset", "/api/auth/send-verification-email"] {
        let app = app(false).await;
        for n in 0..8 {
            let known = ask(&app, path, n, &json!({ "email": VICTIM })).await;
            let unknown = ask(&app, path, n + 100, &json!({ "email": "nobody@example.com" })).await;
            assert_eq!((known.status, known.text), (unknown.status, unknown.text), "{path} {n}");
            assert_eq!(known.headers.get("retry-after"), unknown.headers.get("retry-after"));
        }
        assert_eq!(mails_to(&app, "nobody@example.com").await, 0);
    }
}

/// Source: CWE-799.
#[tokio::test]
async fn all_ways_to_have_a_mail_sent_share_one_limit() {
    let app = app(false).await;
    let mut sent = 0;
    for n in 0..9 {
        let path = ["/api/auth/request-password-reset", "/api/auth/send-verification-email"][n % 2];
        sent += usize::from(ask(&app, path, n, &json!({ "email": VICTIM })).await.status == 200);
    }
    for n in 0..3 {
        let body = json!({ "name": "V", "email": VICTIM, "password": "correct horse" });
        assert_eq!(ask(&app, "/api/auth/sign-up/email", 50 + n, &body).await.status, 200);
    }

    assert_eq!((sent, mails_to(&app, VICTIM).await), (LIMIT, LIMIT));
}

/// Source: CWE-799.
#[tokio::test]
async fn signing_up_with_somebodys_address_again_and_again_mails_nobody() {
    let app = app(false).await;
    for n in 0..8 {
        let body = json!({ "name": "V", "email": VICTIM, "password": "correct horse" });
        let reply = ask(&app, "/api/auth/sign-up/email", n, &body).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }

    assert_eq!(app.mails().await, []);
}

/// Source: CWE-799.
#[tokio::test]
async fn a_sign_up_whose_address_was_mailed_enough_stands_and_mails_nobody() {
    let app = app(false).await;
    let email = "new@example.com";
    for n in 0..LIMIT {
        let path = "/api/auth/request-password-reset";
        assert_eq!(ask(&app, path, n, &json!({ "email": email })).await.status, 200);
    }
    let body = json!({ "name": "N", "email": email, "password": "correct horse" });
    let reply = ask(&app, "/api/auth/sign-up/email", 50, &body).await;

    assert_eq!((reply.status, mails_to(&app, email).await), (200, 0), "{reply:?}");
    assert_eq!(app.count(r#"select count(*) from "user""#).await, 2);
}

/// Source: CWE-799.
#[tokio::test]
async fn many_who_change_to_one_address_have_it_mailed_five_times() {
    let app = app(true).await;
    let target = "target@example.com";
    let mut statuses = Vec::new();
    for n in 0..8 {
        let cookies = somebody(&app, &format!("m{n}@example.com")).await;
        let request = app.post("/api/auth/change-email").json(&json!({ "newEmail": target }));
        let request = request.cookie(&cookies).origin(BASE).from(&format!("203.0.113.{n}"));
        statuses.push(request.send().await.status);
    }

    assert_eq!(statuses, [200, 200, 200, 200, 200, 429, 429, 429]);
    assert_eq!(mails_to(&app, target).await, LIMIT);
}

/// Source: CWE-362.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_no_more_than_five_have_a_mail_sent() {
    let app = app(true).await;
    let body = json!({ "email": VICTIM });
    let asking: Vec<_> = (0..30)
        .map(|n| {
            let request = app.post("/api/auth/request-password-reset").json(&body);
            tokio::spawn(request.from(&format!("203.0.113.{n}")).send())
        })
        .collect();
    let mut statuses = Vec::new();
    for one in asking {
        statuses.push(one.await.unwrap().status);
    }

    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), LIMIT, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 30 - LIMIT);
    assert_eq!(mails_to(&app, VICTIM).await, LIMIT);
}
