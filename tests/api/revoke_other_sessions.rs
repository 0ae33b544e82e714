//! `POST /revoke-other-sessions`

use tests::app::{BASE, TestApp};

const PATH: &str = "/api/auth/revoke-other-sessions";

#[tokio::test]
async fn all_sessions_but_this_one_end_however_many_there_are() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let bobs = app.sign_up("bob@example.com").await.cookies();
    app.sql(
        r#"insert into session (id, token, "expiresAt", "updatedAt", "userId")
           select 's' || n, 't' || n, '2026-11-30 12:00Z', now(), id
             from "user", generate_series(1, 150) n where email = 'ada@example.com'"#,
    )
    .await;

    let reply = app.post(PATH).cookie(&cookies).origin(BASE).send().await;

    assert_eq!((reply.status, reply.text.as_str()), (200, r#"{"status":true}"#));
    assert!(reply.set_cookies().is_empty());
    assert_eq!(app.count("select count(*) from session").await, 2);
    assert_ne!(app.session(&cookies).await.text, "null");
    assert_ne!(app.session(&bobs).await.text, "null");
}

#[tokio::test]
async fn an_ended_session_ends_no_other() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.clock.advance(time::Duration::days(8));
    app.sign_in("ada@example.com", "correct horse").await;

    let expired = app.post(PATH).cookie(&cookies).origin(BASE).send().await;
    let nobody = app.post(PATH).send().await;

    assert_eq!((expired.status, expired.code().as_str()), (401, "UNAUTHORIZED"));
    assert_eq!(expired.cleared(), ["session_token", "session_data", "dont_remember"]);
    assert_eq!((nobody.status, nobody.code().as_str()), (401, "UNAUTHORIZED"));
    let live = r#"select count(*) from session where "expiresAt" > '2026-12-01 12:00Z'"#;
    assert_eq!(app.count(live).await, 1);
}
