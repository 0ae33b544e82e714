//! `GET /get-session` and `GET /session`

use tests::app::TestApp;
use time::Duration;

const WEEK: &str = "2026-11-30T12:00:00.000Z";

#[tokio::test]
async fn nobody_is_null() {
    let app = TestApp::new().await;
    for cookies in ["", "x=1", "better-auth.session_token=", "better-auth.session_token=unsigned"] {
        let reply = app.session(cookies).await;

        assert_eq!((reply.status, reply.text.as_str()), (200, "null"));
        assert_eq!(
            (reply.header("cache-control"), reply.header("pragma")),
            ("no-store", "no-cache")
        );
        assert!(reply.set_cookies().is_empty());
    }
}

#[tokio::test]
async fn the_seeds_path_says_the_same() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();

    let (one, other) =
        (app.session(&cookies).await, app.get("/api/auth/session").cookie(&cookies).send().await);

    assert_eq!((one.status, &one.text), (other.status, &other.text));
    assert!(
        one.text.starts_with(&format!("{{\"session\":{{\"expiresAt\":\"{WEEK}\",\"token\":\""))
    );
    assert_eq!(app.get("/api/auth/session").send().await.text, "null");
}

#[tokio::test]
async fn a_session_is_extended_once_a_day() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let expires_at = async || app.session(&cookies).await.json()["session"]["expiresAt"].clone();

    app.clock.advance(Duration::days(1) - Duration::MILLISECOND);
    assert_eq!(expires_at().await, WEEK);
    app.clock.advance(Duration::MILLISECOND);
    let refreshed = app.session(&cookies).await;

    assert_eq!(refreshed.json()["session"]["expiresAt"], "2026-12-01T12:00:00.000Z");
    assert_eq!(refreshed.json()["session"]["updatedAt"], "2026-11-24T12:00:00.000Z");
    assert_eq!(refreshed.json()["session"]["createdAt"], "2026-11-23T12:00:00.000Z");
    assert_eq!(refreshed.cookies(), cookies, "the token stays");
    assert!(refreshed.set_cookies()[0].contains("; Max-Age=604800;"));
    assert!(!refreshed.header("set-auth-token").is_empty());
    assert!(app.session(&cookies).await.set_cookies().is_empty(), "not due again");
}

#[tokio::test]
async fn a_request_may_ask_not_to_extend() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.clock.advance(Duration::days(2));

    let path = "/api/auth/get-session?disableRefresh=true&disableCookieCache=true";
    let reply = app.get(path).cookie(&cookies).send().await;

    assert_eq!(reply.json()["session"]["expiresAt"], WEEK);
    assert!(reply.set_cookies().is_empty());
}

#[tokio::test]
async fn what_is_not_remembered_is_not_extended() {
    let app = TestApp::new().await;
    let body = serde_json::json!({ "name": "A", "email": "a@b.co", "password": "correct horse", "rememberMe": false });
    let signed_up = app.post("/api/auth/sign-up/email").json(&body).send().await;
    app.clock.advance(Duration::hours(1));

    let with_both = app.session(&signed_up.cookies()).await;
    let session_alone = signed_up.cookies().split("; ").next().unwrap().to_owned();
    let forged = app.session(&format!("{session_alone}; better-auth.dont_remember=true")).await;

    assert_eq!(with_both.json()["session"]["expiresAt"], "2026-11-24T12:00:00.000Z");
    assert_eq!(forged.json()["session"]["expiresAt"], "2026-11-30T13:00:00.000Z");
}

#[tokio::test]
async fn a_dead_session_is_deleted_and_its_cookies_taken_away() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.clock.advance(Duration::days(7));
    assert_ne!(
        app.get("/api/auth/get-session?disableRefresh=1").cookie(&cookies).send().await.text,
        "null",
        "at its last instant it lives"
    );
    app.clock.advance(Duration::MILLISECOND);

    let expired = app.session(&cookies).await;
    let unknown = app.session(&cookies).await;

    for reply in [expired, unknown] {
        assert_eq!((reply.status, reply.text.as_str()), (200, "null"));
        assert_eq!(reply.cleared(), ["session_token", "session_data", "dont_remember"]);
    }
    assert_eq!(app.count("select count(*) from session").await, 0);
}

#[tokio::test]
async fn a_cached_session_of_an_earlier_set_up_is_taken_away() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let stale = "better-auth.session_data.0=x; better-auth.session_data.1=y";

    let signed_in = app.session(&format!("{cookies}; {stale}")).await;
    let nobody = app.session(stale).await;

    assert_eq!(signed_in.cleared(), ["session_data.0", "session_data.1"]);
    assert_ne!(signed_in.text, "null");
    assert_eq!(nobody.cleared(), ["session_data.0", "session_data.1"]);
}

#[tokio::test]
async fn look_ups_at_once_are_all_answered_and_extend_once() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.clock.advance(Duration::days(2));
    let look_ups: Vec<_> = (0..20)
        .map(|_| tokio::spawn(app.get("/api/auth/get-session").cookie(&cookies).send()))
        .collect();

    let mut handed_out = 0;
    for look_up in look_ups {
        let reply = look_up.await.unwrap();
        assert_eq!(reply.json()["user"]["email"], "ada@example.com");
        handed_out += reply.set_cookies().len();
    }

    assert_eq!(handed_out, 1);
}

#[tokio::test]
async fn a_session_dies_with_its_user() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.sql(r#"delete from "user""#).await;

    let reply = app.session(&cookies).await;

    assert_eq!(reply.text, "null");
    assert_eq!(reply.cleared(), ["session_token", "session_data", "dont_remember"]);
}

#[tokio::test]
async fn thousands_of_cached_chunks_are_answered_as_the_hundred_that_can_be() {
    let app = TestApp::new().await;
    let cookie = |n| format!("better-auth.session_data.{n}=x");
    let cookies = (0..10_000).map(cookie).collect::<Vec<_>>().join("; ");

    let reply = app.session(&cookies).await;

    assert_eq!(reply.set_cookies().len(), 100);
}
