//! `GET /verify-email`: proving an address. Changing one is in `change_email_links`.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::reply::Reply;
use time::Duration;

/// Follows a link, with a query behind its token.
async fn follow(app: &TestApp, token: &str, more: &str) -> Reply {
    app.get(&format!("/api/auth/verify-email?token={token}{more}")).send().await
}

async fn is_proven(app: &TestApp) -> bool {
    app.count(r#"select count(*) from "user" where "emailVerified""#).await == 1
}

#[tokio::test]
async fn a_mailed_link_proves_the_address_and_signs_nobody_in() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let body = json!({ "email": "ada@example.com" });
    app.post("/api/auth/send-verification-email").json(&body).send().await;
    let token = app.token_of(&app.mail().await).await;

    let reply = follow(&app, &token, "").await;
    let again = follow(&app, &token, "").await;

    for reply in [reply, again] {
        assert_eq!((reply.status, reply.text.as_str()), (200, r#"{"status":true,"user":null}"#));
        assert!(reply.set_cookies().is_empty());
    }
    assert!(is_proven(&app).await);
    assert_eq!(app.count("select count(*) from session").await, 1);
}

#[tokio::test]
async fn a_callback_is_followed_as_it_stands() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let token = app.link_token(&json!({ "email": "ADA@example.com" }));

    let reply = follow(&app, &token, "&callbackURL=%2Fwelcome%3Fa%3D1%23f").await;

    assert_eq!((reply.status, reply.text.as_str()), (302, ""));
    assert_eq!(reply.header("location"), "/welcome?a=1#f");
    assert_eq!(reply.header("content-type"), "application/json");
    assert!(is_proven(&app).await);
    let empty = follow(&app, &token, "&callbackURL=").await;
    assert_eq!((empty.status, empty.header("location")), (200, ""));
}

#[tokio::test]
async fn a_link_that_does_not_count_says_why_to_whom_it_leads() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let old = app.link_token(&json!({ "email": "ada@example.com" }));
    app.clock.advance(Duration::hours(1));
    let claims = |claims: Value| app.link_token(&claims);
    let forged = {
        let (signed, _) = old.rsplit_once('.').unwrap();
        format!("{signed}.{}", "A".repeat(43))
    };
    for (token, code) in [
        (old, "TOKEN_EXPIRED"),
        (forged, "INVALID_TOKEN"),
        ("nonsense".to_owned(), "INVALID_TOKEN"),
        (String::new(), "INVALID_TOKEN"),
        (claims(json!({ "email": "nobody@example.com" })), "USER_NOT_FOUND"),
        (claims(json!({ "email": "ada@example.com", "userId": "another" })), "INVALID_TOKEN"),
        (claims(json!({ "email": "no address" })), "INVALID_TOKEN"),
        (claims(json!({ "email": 1 })), "INVALID_TOKEN"),
        (claims(json!({})), "INVALID_TOKEN"),
        (claims(json!({ "email": "ada@example.com", "userId": null })), "INVALID_TOKEN"),
    ] {
        let plain = follow(&app, &token, "").await;
        let led = follow(&app, &token, "&callbackURL=/cb%3Fa%3D1").await;

        assert_eq!((plain.status, plain.code().as_str()), (401, code), "{token}");
        assert_eq!((led.status, led.text.as_str()), (302, ""), "{token}");
        assert_eq!(led.header("location"), format!("/cb?a=1&error={code}"));
    }
    assert!(!is_proven(&app).await);
}

#[tokio::test]
async fn a_signed_cookie_or_a_cached_session_is_no_link() {
    let app = TestApp::with(&[("COOKIE_CACHE", "jwt")]).await;
    let signed_up = app.sign_up("ada@example.com").await;
    let cached = signed_up.cookies();
    let cached = cached.split("session_data=").nth(1).unwrap();

    let reply = follow(&app, cached, "").await;

    assert_eq!((reply.status, reply.code().as_str()), (401, "INVALID_TOKEN"));
}

#[tokio::test]
async fn a_link_without_a_token_is_no_link() {
    let app = TestApp::new().await;
    for query in ["", "?callbackURL=/cb", "?token=a&token=b"] {
        let reply = app.get(&format!("/api/auth/verify-email{query}")).send().await;

        assert_eq!((reply.status, reply.code().as_str()), (400, "VALIDATION_ERROR"), "{query}");
        assert_eq!(reply.header("location"), "");
    }
}

#[tokio::test]
async fn it_signs_in_once_where_the_settings_want_that() {
    let app = TestApp::with(&[("AUTO_SIGN_IN_AFTER_VERIFICATION", "true")]).await;
    app.sign_up("ada@example.com").await;
    app.sql("delete from session").await;
    let token = app.link_token(&json!({ "email": "ada@example.com" }));

    let reply = follow(&app, &token, "&callbackURL=/welcome").await;
    let again = follow(&app, &token, "&callbackURL=/welcome").await;

    assert_eq!(reply.status, 302);
    let user = app.session(&reply.cookies()).await.json()["user"].clone();
    assert_eq!((&user["email"], &user["emailVerified"]), (&json!("ada@example.com"), &json!(true)));
    assert!(!reply.header("set-auth-token").is_empty());
    assert_eq!((again.status, again.set_cookies().len()), (302, 0));
    assert_eq!(app.count("select count(*) from session").await, 1);
}

#[tokio::test]
async fn who_is_signed_in_already_keeps_the_session() {
    let app = TestApp::with(&[("AUTO_SIGN_IN_AFTER_VERIFICATION", "true")]).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let token = app.link_token(&json!({ "email": "ada@example.com" }));

    let request = app.get(&format!("/api/auth/verify-email?token={token}")).cookie(&cookies);
    let reply = request.send().await;

    assert_eq!(reply.cookies(), cookies);
    assert_eq!(app.count("select count(*) from session").await, 1);
}

#[tokio::test]
async fn somebody_elses_session_does_not_stand_in_the_way() {
    let app = TestApp::with(&[("AUTO_SIGN_IN_AFTER_VERIFICATION", "true")]).await;
    app.sign_up("ada@example.com").await;
    let bobs = app.sign_up("bob@example.com").await.cookies();
    let token = app.link_token(&json!({ "email": "ada@example.com" }));

    let request = app.get(&format!("/api/auth/verify-email?token={token}")).cookie(&bobs);
    let reply = request.send().await;

    assert_eq!(app.session(&reply.cookies()).await.json()["user"]["email"], "ada@example.com");
}
