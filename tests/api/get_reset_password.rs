//! `GET /reset-password/:token`

use serde_json::json;
use tests::app::{BASE, TestApp};
use tests::reply::Reply;
use time::Duration;

/// Somebody who was mailed a token.
async fn asked() -> (TestApp, String) {
    let app = TestApp::with(&[("CORS_ORIGIN", "https://app.example.com")]).await;
    app.sign_up("ada@example.com").await;
    let body = json!({ "email": "ada@example.com" });
    app.post("/api/auth/request-password-reset").json(&body).send().await;
    let token = app.mail().await.token.unwrap();
    (app, token)
}

async fn follow(app: &TestApp, token: &str, query: &str) -> Reply {
    app.get(&format!("/api/auth/reset-password/{token}{query}")).send().await
}

#[tokio::test]
async fn a_good_token_is_handed_to_the_callback_and_stays_good() {
    let (app, token) = asked().await;
    for (callback, location) in [
        ("%2Freset", format!("{BASE}/reset?token={token}")),
        ("%2Freset%3Fa%3D1%26token%3Dx%23f", format!("{BASE}/reset?a=1&token={token}#f")),
        ("https%3A%2F%2Fapp.example.com%2F", format!("https://app.example.com/?token={token}")),
    ] {
        let reply = follow(&app, &token, &format!("?callbackURL={callback}")).await;

        assert_eq!((reply.status, reply.text.as_str()), (302, ""));
        assert_eq!(reply.header("location"), location);
        assert_eq!(reply.header("content-type"), "application/json");
    }
    assert_eq!(app.count("select count(*) from verification").await, 1);
}

#[tokio::test]
async fn an_unknown_or_expired_token_is_an_error_for_the_callback() {
    let (app, token) = asked().await;
    let location = format!("{BASE}/reset?error=INVALID_TOKEN");

    let unknown = follow(&app, "nope", "?callbackURL=/reset").await;
    app.clock.advance(Duration::hours(1));
    let last = follow(&app, &token, "?callbackURL=/reset").await;
    app.clock.advance(Duration::MILLISECOND);
    let expired = follow(&app, &token, "?callbackURL=/reset").await;

    assert_eq!((unknown.status, unknown.header("location")), (302, location.as_str()));
    assert_eq!(last.header("location"), format!("{BASE}/reset?token={token}"));
    assert_eq!((expired.status, expired.header("location")), (302, location.as_str()));
}

#[tokio::test]
async fn without_a_callback_it_ends_at_the_error_page() {
    let (app, token) = asked().await;

    let empty = follow(&app, &token, "?callbackURL=").await;
    let missing = follow(&app, &token, "").await;
    let twice = follow(&app, &token, "?callbackURL=/a&callbackURL=/b").await;

    let location = format!("{BASE}/api/auth/error?error=INVALID_TOKEN");
    assert_eq!((empty.status, empty.header("location")), (302, location.as_str()));
    assert_eq!((missing.status, missing.code().as_str()), (400, "VALIDATION_ERROR"));
    assert_eq!(
        missing.message(),
        "[query.callbackURL] Invalid input: expected string, received undefined"
    );
    assert_eq!((twice.status, twice.header("location")), (400, ""));
}

#[tokio::test]
async fn a_token_of_any_bytes_is_an_unknown_one() {
    let (app, _) = asked().await;
    for token in ["%ff", "%C3%A9", "a.b", "%20", "%252F", "%00"] {
        let reply = follow(&app, token, "?callbackURL=/reset").await;

        let location = format!("{BASE}/reset?error=INVALID_TOKEN");
        assert_eq!((reply.status, reply.header("location")), (302, location.as_str()), "{token}");
    }
}
