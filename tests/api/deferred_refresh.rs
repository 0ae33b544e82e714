//! `GET` and `POST /get-session` where the settings defer or forbid extending a session.

use tests::app::{BASE, TestApp};
use tests::reply::Reply;
use time::Duration;

const PATH: &str = "/api/auth/get-session";
const WEEK: &str = "2026-11-30T12:00:00.000Z";

async fn deferred() -> (TestApp, String) {
    let app = TestApp::with(&[("DEFER_SESSION_REFRESH", "true")]).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    (app, cookies)
}

async fn post(app: &TestApp, cookies: &str) -> Reply {
    app.post(PATH).cookie(cookies).origin(BASE).send().await
}

#[tokio::test]
async fn a_post_without_the_setting_is_405() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();

    let reply = post(&app, &cookies).await;

    assert_eq!(
        (reply.status, reply.code().as_str()),
        (405, "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED")
    );
    assert_eq!(
        reply.message(),
        "POST method requires deferSessionRefresh to be enabled in session config"
    );
    assert_eq!((reply.header("cache-control"), reply.header("pragma")), ("no-store", "no-cache"));
}

#[tokio::test]
async fn a_get_says_that_it_is_due_and_a_post_does_it() {
    let (app, cookies) = deferred().await;
    let young = app.session(&cookies).await;
    app.clock.advance(Duration::days(1));

    let due = app.session(&cookies).await;
    let extended = post(&app, &cookies).await;
    let after = app.session(&cookies).await;

    assert_eq!(young.json()["needsRefresh"], false);
    assert!(young.text.ends_with(r#","needsRefresh":false}"#), "{young:?}");
    assert_eq!((&due.json()["needsRefresh"], due.set_cookies().len()), (&true.into(), 0));
    assert_eq!(due.json()["session"]["expiresAt"], WEEK);
    assert_eq!(extended.json()["session"]["expiresAt"], "2026-12-01T12:00:00.000Z");
    assert_eq!(extended.cookies(), cookies);
    assert_eq!(after.json()["needsRefresh"], false);
    assert_eq!(after.json()["session"], extended.json()["session"]);
}

#[tokio::test]
async fn a_post_needs_an_origin_and_reads_no_body() {
    let (app, cookies) = deferred().await;

    let foreign = app.post(PATH).cookie(&cookies).origin("https://evil.com").send().await;
    let odd = app.post(PATH).cookie(&cookies).origin(BASE).body("text/plain", "{").send().await;
    let nobody = app.post(PATH).send().await;

    assert_eq!((foreign.status, foreign.code().as_str()), (403, "INVALID_ORIGIN"));
    assert_eq!((odd.status, odd.json()["user"]["email"].as_str()), (200, Some("ada@example.com")));
    assert_eq!((nobody.status, nobody.text.as_str()), (200, "null"));
}

#[tokio::test]
async fn no_get_writes() {
    let (app, cookies) = deferred().await;
    app.clock.advance(Duration::days(2));
    app.get("/api/auth/list-accounts").cookie(&cookies).send().await;
    assert_eq!(app.session(&cookies).await.json()["session"]["expiresAt"], WEEK);
    app.clock.advance(Duration::days(6));

    let expired = app.session(&cookies).await;
    assert_eq!(expired.text, "null");
    assert_eq!(expired.cleared(), ["session_token", "session_data", "dont_remember"]);
    assert_eq!(app.count("select count(*) from session").await, 1, "its row is left to a POST");

    assert_eq!(post(&app, &cookies).await.text, "null");
    assert_eq!(app.count("select count(*) from session").await, 0);
}

#[tokio::test]
async fn nothing_extends_a_session_where_that_is_switched_off() {
    let app = TestApp::with(&[("DISABLE_SESSION_REFRESH", "true")]).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.clock.advance(Duration::days(6));

    let session = app.session(&cookies).await;
    let accounts = app.get("/api/auth/list-accounts").cookie(&cookies).send().await;

    assert_eq!(session.json()["session"]["expiresAt"], WEEK);
    assert!(session.set_cookies().is_empty() && accounts.set_cookies().is_empty());
    assert_eq!(app.session(&cookies).await.json()["session"]["expiresAt"], WEEK);
}

#[tokio::test]
async fn an_update_age_of_zero_extends_at_every_use() {
    let app = TestApp::with(&[("SESSION_UPDATE_AGE", "0")]).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.clock.advance(Duration::SECOND);

    let reply = app.session(&cookies).await;

    assert_eq!(reply.json()["session"]["expiresAt"], "2026-11-30T12:00:01.000Z");
    assert_eq!(reply.cookies(), cookies);
}
