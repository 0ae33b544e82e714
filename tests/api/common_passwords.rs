//! `REFUSE_COMMON_PASSWORDS`: what everybody tries first is nobody's new password.

use serde_json::json;
use tests::app::TestApp;
use tests::reply::Reply;

const REFUSED: (&str, &str) = ("REFUSE_COMMON_PASSWORDS", "true");
/// On the list in lower case.
const COMMON: &str = "Password1";

fn is_refused(reply: &Reply) -> bool {
    (reply.status, reply.code().as_str()) == (400, "PASSWORD_TOO_COMMON")
        && reply.message().contains("Choose another one")
}

async fn sign_up(app: &TestApp, password: &str) -> Reply {
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": password });
    app.post("/api/auth/sign-up/email").json(&body).send().await
}

#[tokio::test]
async fn nobody_signs_up_with_one() {
    let app = TestApp::with(&[REFUSED]).await;

    let reply = sign_up(&app, COMMON).await;

    assert!(is_refused(&reply), "{reply:?}");
    assert_eq!(app.count(r#"select count(*) from "user""#).await, 0);
    assert_eq!(sign_up(&app, "Password1 and more").await.status, 200);
}

#[tokio::test]
async fn no_password_changes_to_one() {
    let app = TestApp::with(&[REFUSED]).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let body = json!({ "currentPassword": "correct horse", "newPassword": COMMON });

    let reply = app.act("/api/auth/change-password", &cookies, &body).send().await;

    assert!(is_refused(&reply), "{reply:?}");
    assert_eq!(app.sign_in("ada@example.com", "correct horse").await.status, 200);
}

#[tokio::test]
async fn no_password_is_reset_to_one_and_the_link_still_works() {
    let app = TestApp::with(&[REFUSED]).await;
    app.sign_up("ada@example.com").await;
    app.sql(
        r#"insert into verification (id, identifier, value, "expiresAt")
           select 'v', 'reset-password:token', id, '2030-01-01Z' from "user""#,
    )
    .await;
    let reset = async |password: &str| {
        let body = json!({ "newPassword": password, "token": "token" });
        app.post("/api/auth/reset-password").json(&body).send().await
    };

    let reply = reset(COMMON).await;

    assert!(is_refused(&reply), "{reply:?}");
    assert_eq!(reset("battery staple").await.status, 200);
}

#[tokio::test]
async fn who_has_one_already_signs_in_and_may_change_it() {
    let lax = TestApp::new().await;
    assert_eq!(sign_up(&lax, COMMON).await.status, 200);
    let app = lax.beside(tests::app::SECRET, &[REFUSED]);

    let signed_in = app.sign_in("ada@example.com", COMMON).await;
    assert_eq!(signed_in.status, 200);
    let body = json!({ "currentPassword": COMMON, "newPassword": "battery staple" });
    let request = app.act("/api/auth/change-password", &signed_in.cookies(), &body);

    assert_eq!(request.send().await.status, 200);
}
