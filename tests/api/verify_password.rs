//! `POST /verify-password`

use serde_json::json;
use tests::app::TestApp;

const PATH: &str = "/api/auth/verify-password";

#[tokio::test]
async fn the_password_is_right_or_it_is_not() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let verify = async |password: &str| {
        app.act(PATH, &cookies, &json!({ "password": password })).send().await
    };

    let right = verify("correct horse").await;
    let wrong = verify("battery staple").await;
    let long = verify(&"x".repeat(129)).await;

    assert_eq!((right.status, right.text.as_str()), (200, r#"{"status":true}"#));
    assert_eq!((wrong.status, wrong.code().as_str()), (400, "INVALID_PASSWORD"));
    assert_eq!(wrong.message(), "Invalid password");
    assert_eq!((long.status, long.code().as_str()), (400, "PASSWORD_TOO_LONG"));
}

#[tokio::test]
async fn who_has_no_password_has_none_that_is_right() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.sql(r#"update account set "providerId" = 'github'"#).await;

    let reply = app.act(PATH, &cookies, &json!({ "password": "correct horse" })).send().await;

    assert_eq!((reply.status, reply.code().as_str()), (400, "INVALID_PASSWORD"));
}

#[tokio::test]
async fn it_needs_a_password_and_a_session() {
    let app = TestApp::new().await;

    let empty = app.post(PATH).json(&json!({})).send().await;
    let nobody = app.post(PATH).json(&json!({ "password": "correct horse" })).send().await;

    assert_eq!((empty.status, empty.code().as_str()), (400, "VALIDATION_ERROR"));
    assert_eq!((nobody.status, nobody.code().as_str()), (401, "UNAUTHORIZED"));
}
