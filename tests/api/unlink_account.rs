//! `POST /unlink-account`

use serde_json::json;
use tests::app::TestApp;
use tests::reply::Reply;
use time::Duration;

const PATH: &str = "/api/auth/unlink-account";

/// Somebody with a password and an account at GitHub, whose row is `a2`.
async fn signed_in(settings: &[(&str, &str)]) -> (TestApp, String) {
    let app = TestApp::with(settings).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.sql(
        r#"insert into account (id, "accountId", "providerId", "userId", "updatedAt")
           select 'a2', '4711', 'github', id, now() from "user""#,
    )
    .await;
    (app, cookies)
}

async fn unlink(app: &TestApp, cookies: &str, id: &str) -> Reply {
    app.act(PATH, cookies, &json!({ "accountId": id })).send().await
}

#[tokio::test]
async fn an_account_goes_by_its_rows_id_but_never_the_last() {
    let (app, cookies) = signed_in(&[]).await;

    let by_providers_id = unlink(&app, &cookies, "4711").await;
    let done = unlink(&app, &cookies, "a2").await;
    let last = unlink(&app, &cookies, &app.text("select id from account").await).await;
    let unknown = unlink(&app, &cookies, "nope").await;

    assert_eq!(
        (by_providers_id.status, by_providers_id.code().as_str()),
        (400, "ACCOUNT_NOT_FOUND")
    );
    assert_eq!(by_providers_id.message(), "Account not found");
    assert_eq!((done.status, done.text.as_str()), (200, r#"{"status":true}"#));
    for reply in [last, unknown] {
        assert_eq!((reply.status, reply.code().as_str()), (400, "FAILED_TO_UNLINK_LAST_ACCOUNT"));
        assert_eq!(reply.message(), "You can't unlink your last account");
    }
    assert_eq!(app.count("select count(*) from account").await, 1);
}

#[tokio::test]
async fn the_last_may_go_where_the_settings_allow_it() {
    let (app, cookies) = signed_in(&[("ALLOW_UNLINKING_ALL", "true")]).await;
    unlink(&app, &cookies, "a2").await;

    let last = unlink(&app, &cookies, &app.text("select id from account").await).await;
    let none = unlink(&app, &cookies, "a2").await;

    assert_eq!(last.status, 200);
    assert_eq!((none.status, none.code().as_str()), (400, "ACCOUNT_NOT_FOUND"));
    assert_eq!(app.count("select count(*) from account").await, 0);
}

#[tokio::test]
async fn a_strangers_account_is_unknown() {
    let (app, _) = signed_in(&[]).await;
    let bobs = app.sign_up("bob@example.com").await.cookies();
    app.sql(
        r#"insert into account (id, "accountId", "providerId", "userId", "updatedAt")
           select 'b2', '42', 'github', id, now() from "user" where email = 'bob@example.com'"#,
    )
    .await;

    let reply = unlink(&app, &bobs, "a2").await;

    assert_eq!((reply.status, reply.code().as_str()), (400, "ACCOUNT_NOT_FOUND"));
    assert_eq!(app.count("select count(*) from account").await, 4);
}

#[tokio::test]
async fn an_old_session_has_to_sign_in_again() {
    let (app, cookies) = signed_in(&[]).await;
    app.clock.advance(Duration::days(1));

    let reply = unlink(&app, &cookies, "a2").await;

    assert_eq!((reply.status, reply.code().as_str()), (403, "SESSION_NOT_FRESH"));
    assert_eq!(reply.cookies(), cookies, "it was extended all the same");
    assert_eq!(app.count("select count(*) from account").await, 2);
}

#[tokio::test]
async fn it_needs_an_id_and_a_session() {
    let (app, cookies) = signed_in(&[]).await;

    let older = app.act(PATH, &cookies, &json!({ "providerId": "github" })).send().await;
    let nobody = app.post(PATH).json(&json!({ "accountId": "a2" })).send().await;

    assert_eq!((older.status, older.code().as_str()), (400, "VALIDATION_ERROR"));
    assert_eq!(
        older.message(),
        "[body.accountId] Invalid input: expected string, received undefined"
    );
    assert_eq!((nobody.status, nobody.code().as_str()), (401, "UNAUTHORIZED"));
}
