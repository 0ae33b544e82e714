//! `POST /revoke-sessions`

use tests::app::{BASE, TestApp};

const PATH: &str = "/api/auth/revoke-sessions";

#[tokio::test]
async fn all_sessions_of_the_user_end_this_one_too() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.sign_in("ada@example.com", "correct horse").await;
    let bobs = app.sign_up("bob@example.com").await.cookies();

    let reply = app.post(PATH).cookie(&cookies).origin(BASE).send().await;

    assert_eq!((reply.status, reply.text.as_str()), (200, r#"{"status":true}"#));
    assert_eq!(reply.cleared(), ["session_token", "session_data", "dont_remember"]);
    assert_eq!(app.count("select count(*) from session").await, 1);
    assert_ne!(app.session(&bobs).await.text, "null");
}

#[tokio::test]
async fn an_ended_session_ends_nothing() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.clock.advance(time::Duration::days(8));
    app.sign_in("ada@example.com", "correct horse").await;

    let expired = app.post(PATH).cookie(&cookies).origin(BASE).send().await;
    let nobody = app.post(PATH).send().await;

    assert_eq!((expired.status, expired.code().as_str()), (401, "UNAUTHORIZED"));
    assert_eq!(expired.cleared(), ["session_token", "session_data", "dont_remember"]);
    assert_eq!((nobody.status, nobody.code().as_str()), (401, "UNAUTHORIZED"));
    assert_eq!(
        app.count(r#"select count(*) from session where "expiresAt" > '2026-12-01 12:00Z'"#).await,
        1
    );
}
