//! `POST /delete-user`

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::reply::Reply;
use time::Duration;

const PATH: &str = "/api/auth/delete-user";
const DELETED: &str = r#"{"success":true,"message":"User deleted"}"#;
const ENABLED: (&str, &str) = ("DELETE_USER_ENABLED", "true");
const BY_MAIL: (&str, &str) = ("DELETE_USER_VERIFICATION", "true");

async fn signed_in(settings: &[(&str, &str)]) -> (TestApp, String) {
    let app = TestApp::with(settings).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    (app, cookies)
}

async fn delete(app: &TestApp, cookies: &str, body: &Value) -> Reply {
    app.act(PATH, cookies, body).send().await
}

async fn is_there(app: &TestApp) -> bool {
    app.count(r#"select count(*) from "user" where email = 'ada@example.com'"#).await == 1
}

#[tokio::test]
async fn a_fresh_session_or_the_password_deletes_everything_of_the_user() {
    for (age, body) in
        [(Duration::ZERO, json!({})), (Duration::days(2), json!({ "password": "correct horse" }))]
    {
        let (app, cookies) = signed_in(&[ENABLED]).await;
        app.sign_up("bob@example.com").await;
        app.clock.advance(age);

        let reply = delete(&app, &cookies, &body).await;

        assert_eq!((reply.status, reply.text.as_str()), (200, DELETED));
        assert!(reply.cleared().ends_with(&["session_token", "session_data", "dont_remember"]));
        assert_eq!(reply.header("set-auth-token"), "", "no dead session is handed out");
        assert!(!is_there(&app).await);
        for table in ["select count(*) from account", "select count(*) from session"] {
            assert_eq!(app.count(table).await, 1, "{table}: another's stays");
        }
    }
}

#[tokio::test]
async fn an_old_session_has_to_give_the_password() {
    let (app, cookies) = signed_in(&[ENABLED]).await;
    app.clock.advance(Duration::days(1));

    let reply = delete(&app, &cookies, &json!({})).await;

    assert_eq!((reply.status, reply.code().as_str()), (400, "SESSION_EXPIRED"));
    assert_eq!(reply.message(), "Session expired. Re-authenticate to perform this action.");
    assert_eq!(reply.cookies(), cookies, "it was extended all the same");
    assert!(is_there(&app).await);
}

#[tokio::test]
async fn a_wrong_password_deletes_nobody() {
    let (app, cookies) = signed_in(&[ENABLED]).await;
    for (password, code) in
        [("battery staple".to_owned(), "INVALID_PASSWORD"), ("x".repeat(129), "PASSWORD_TOO_LONG")]
    {
        let reply = delete(&app, &cookies, &json!({ "password": password })).await;
        assert_eq!((reply.status, reply.code().as_str()), (400, code));
    }
    app.sql("delete from account").await;
    let reply = delete(&app, &cookies, &json!({ "password": "correct horse" })).await;

    assert_eq!((reply.status, reply.code().as_str()), (400, "CREDENTIAL_ACCOUNT_NOT_FOUND"));
    assert!(is_there(&app).await);
}

#[tokio::test]
async fn where_a_mail_has_to_be_followed_it_is_sent_and_its_token_deletes() {
    let (app, cookies) = signed_in(&[ENABLED, BY_MAIL]).await;
    let body = json!({ "password": "correct horse", "callbackURL": "/bye" });

    let asked = delete(&app, &cookies, &body).await;

    assert_eq!(
        (asked.status, asked.text.as_str()),
        (200, r#"{"success":true,"message":"Verification email sent"}"#)
    );
    assert!(asked.set_cookies().is_empty() && is_there(&app).await);
    let mail = app.mail().await;
    assert_eq!((mail.kind.as_str(), mail.address.as_str()), ("delete-account", "ada@example.com"));
    assert_eq!(mail.callback_url.as_deref(), Some("/bye"));
    let token = mail.token.unwrap();
    let is_letter = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    assert!(token.len() == 32 && token.bytes().all(is_letter), "{token}");
    let row = r#"select identifier from verification v join "user" u on u.id = v.value
                  where "expiresAt" = '2026-11-24 12:00Z'"#;
    assert_eq!(app.text(row).await, format!("delete-account-{token}"));

    let bobs = app.sign_up("bob@example.com").await.cookies();
    let foreign = delete(&app, &bobs, &json!({ "token": token })).await;
    let unknown = delete(&app, &cookies, &json!({ "token": "nope" })).await;
    let deleted = delete(&app, &cookies, &json!({ "token": token })).await;

    for reply in [foreign, unknown] {
        assert_eq!((reply.status, reply.code().as_str()), (404, "INVALID_TOKEN"));
        assert_eq!(reply.message(), "Invalid token");
    }
    assert_eq!((deleted.status, deleted.text.as_str()), (200, DELETED));
    assert!(!is_there(&app).await);
    assert_eq!(app.count("select count(*) from verification").await, 0);
}

#[tokio::test]
async fn a_token_ends_with_its_day_or_with_the_setting() {
    let settings = [ENABLED, BY_MAIL, ("DELETE_USER_TOKEN_EXPIRES_IN", "60")];
    let (app, cookies) = signed_in(&settings).await;
    delete(&app, &cookies, &json!({})).await;
    let token = app.mail().await.token.unwrap();
    app.clock.advance(Duration::MINUTE + Duration::MILLISECOND);

    let reply = delete(&app, &cookies, &json!({ "token": token })).await;

    assert_eq!((reply.status, reply.code().as_str()), (404, "INVALID_TOKEN"));
    assert!(is_there(&app).await);
}

#[tokio::test]
async fn switched_off_it_is_not_there() {
    let (app, cookies) = signed_in(&[]).await;

    let reply = delete(&app, &cookies, &json!({})).await;

    assert_eq!((reply.status, reply.text.as_str()), (404, ""));
    assert_eq!(reply.header("content-type"), "application/json");
    assert!(is_there(&app).await);
}

#[tokio::test]
async fn it_needs_an_object_and_a_session() {
    let (app, cookies) = signed_in(&[ENABLED]).await;

    let without_body = app.post(PATH).send().await;
    let wrong = delete(&app, &cookies, &json!({ "password": 1, "token": null })).await;
    let nobody = app.post(PATH).json(&json!({})).send().await;

    assert_eq!((without_body.status, without_body.code().as_str()), (400, "VALIDATION_ERROR"));
    assert_eq!((wrong.status, wrong.code().as_str()), (400, "VALIDATION_ERROR"));
    assert_eq!((nobody.status, nobody.code().as_str()), (401, "UNAUTHORIZED"));
    assert!(is_there(&app).await);
}
