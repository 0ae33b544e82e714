//! `GET /list-sessions`

use serde_json::Value;
use tests::app::TestApp;
use time::Duration;

const PATH: &str = "/api/auth/list-sessions";

#[tokio::test]
async fn a_user_sees_all_live_sessions_of_their_own() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.sign_up("bob@example.com").await;
    app.clock.advance(Duration::MINUTE);
    let newer = app.sign_in("ada@example.com", "correct horse").await.json()["token"].clone();
    app.sql(
        r#"insert into session (id, token, "expiresAt", "updatedAt", "userId")
           select 'dead', 'dead', '2026-11-23 11:59Z', now(), id from "user" where email like 'ada%'"#,
    )
    .await;

    let reply = app.get(PATH).cookie(&cookies).send().await;

    assert_eq!(reply.status, 200);
    let sessions = reply.json();
    let [current, other] = &sessions.as_array().unwrap()[..] else { panic!("{reply:?}") };
    assert_eq!(app.session(&cookies).await.json()["session"], *current);
    assert_eq!(other["token"], newer);
    let keys: Vec<_> = current.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        ["expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId", "id"]
    );
}

#[tokio::test]
async fn there_is_no_hundred_and_first_that_is_left_out() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.sql(
        r#"insert into session (id, token, "expiresAt", "updatedAt", "userId")
           select 's' || n, 't' || n, '2026-11-30 12:00Z', now(), id
             from "user", generate_series(1, 150) n"#,
    )
    .await;

    let reply = app.get(PATH).cookie(&cookies).send().await;

    assert_eq!(reply.json().as_array().map(Vec::len), Some(151));
}

#[tokio::test]
async fn a_session_older_than_a_day_has_to_sign_in_again() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let status = async || app.get(PATH).cookie(&cookies).send().await;

    app.clock.advance(Duration::days(1) - Duration::MILLISECOND);
    assert_eq!(status().await.status, 200);
    app.clock.advance(Duration::MILLISECOND);
    let stale = status().await;

    assert_eq!((stale.status, stale.code().as_str()), (403, "SESSION_NOT_FRESH"));
    assert_eq!(stale.message(), "Session is not fresh");
    assert_eq!(stale.cookies(), cookies, "it was extended all the same");
}

#[tokio::test]
async fn a_fresh_age_of_zero_is_always_fresh() {
    let app = TestApp::with(&[("SESSION_FRESH_AGE", "0")]).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.clock.advance(Duration::days(6));

    let reply = app.get(PATH).cookie(&cookies).send().await;

    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.json()[0]["expiresAt"], "2026-12-06T12:00:00.000Z");
    assert_eq!(reply.cookies(), cookies);
}

#[tokio::test]
async fn nobody_sees_nothing() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.sql("delete from session").await;

    let nobody = app.get(PATH).send().await;
    let ended = app.get(PATH).cookie(&cookies).send().await;

    for reply in [&nobody, &ended] {
        assert_eq!((reply.status, reply.code().as_str()), (401, "UNAUTHORIZED"));
        assert_eq!(reply.json()["message"], Value::from("Unauthorized"));
    }
    assert!(nobody.set_cookies().is_empty());
    assert_eq!(ended.cleared(), ["session_token", "session_data", "dont_remember"]);
}
