//! `POST /revoke-session`

use serde_json::json;
use tests::app::TestApp;

const PATH: &str = "/api/auth/revoke-session";

#[tokio::test]
async fn another_session_of_ones_own_ends() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let other = app.sign_in("ada@example.com", "correct horse").await;

    let body = json!({ "token": other.json()["token"] });
    let reply = app.act(PATH, &cookies, &body).send().await;

    assert_eq!((reply.status, reply.text.as_str()), (200, r#"{"status":true}"#));
    assert!(reply.set_cookies().is_empty());
    assert_eq!(app.session(&other.cookies()).await.text, "null");
    assert_ne!(app.session(&cookies).await.text, "null");
}

#[tokio::test]
async fn ending_the_current_one_takes_its_cookies_away() {
    let app = TestApp::new().await;
    let signed_up = app.sign_up("ada@example.com").await;

    let body = json!({ "token": signed_up.json()["token"] });
    let reply = app.act(PATH, &signed_up.cookies(), &body).send().await;

    assert_eq!(reply.status, 200);
    assert_eq!(reply.cleared(), ["session_token", "session_data", "dont_remember"]);
    assert_eq!(app.count("select count(*) from session").await, 0);
}

#[tokio::test]
async fn a_strangers_and_an_unknown_token_are_passed_over_alike() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let bobs = app.sign_up("bob@example.com").await.json()["token"].clone();

    let strangers = app.act(PATH, &cookies, &json!({ "token": bobs })).send().await;
    let unknown = app.act(PATH, &cookies, &json!({ "token": "t".repeat(32) })).send().await;

    assert_eq!((strangers.status, &strangers.text), (200, &unknown.text));
    assert_eq!(app.count("select count(*) from session").await, 2);
}

#[tokio::test]
async fn it_needs_a_token_and_a_session() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.sql("update session set \"expiresAt\" = '2026-11-23 11:59Z'").await;

    let no_token = app.post(PATH).json(&json!({})).send().await;
    let nobody = app.post(PATH).json(&json!({ "token": "t" })).send().await;
    let expired = app.act(PATH, &cookies, &json!({ "token": "t" })).send().await;

    assert_eq!((no_token.status, no_token.code().as_str()), (400, "VALIDATION_ERROR"));
    assert_eq!(
        no_token.message(),
        "[body.token] Invalid input: expected string, received undefined"
    );
    assert_eq!((nobody.status, nobody.code().as_str()), (401, "UNAUTHORIZED"));
    assert_eq!((expired.status, expired.code().as_str()), (401, "UNAUTHORIZED"));
    assert_eq!(expired.cleared(), ["session_token", "session_data", "dont_remember"]);
}
