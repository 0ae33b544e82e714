//! A password that is no longer right makes no session, whoever was first.

use serde_json::{Map, json};
use shared::additional::Declared;
use shared::db::session::{self, NewSession};
use shared::password::Proven;
use shared::token;
use sqlx::{ConnectOptions, Connection};
use tests::app::{START, TestApp};
use time::Duration;

fn new_session() -> NewSession {
    NewSession {
        id: token::random(),
        token: token::random(),
        expires_at: START + Duration::days(7),
        ip_address: String::new(),
        user_agent: String::new(),
        fields: Map::new(),
    }
}

/// What who knows Ada's password has shown.
async fn proven(app: &TestApp) -> Proven {
    Proven { hash: app.text("select password from account").await, renewed: None }
}

/// The service with Ada in it: her id, the hash of her password, and her cookies.
async fn ada() -> (TestApp, String, Proven, String) {
    let app = TestApp::new().await;
    let signed_up = app.sign_up("ada@example.com").await;
    let id = signed_up.json()["user"]["id"].as_str().unwrap().to_owned();
    let proven = proven(&app).await;
    (app, id, proven, signed_up.cookies())
}

#[tokio::test]
async fn a_sign_in_that_was_overtaken_by_a_change_makes_no_session() {
    let (app, id, proven, cookies) = ada().await;
    let body = json!({ "currentPassword": "correct horse", "newPassword": "battery staple" });
    app.act("/api/auth/change-password", &cookies, &body).send().await;

    let declared = Declared::default();
    let made = session::create(&app.db, &id, &proven, &new_session(), None, START, &declared).await;

    assert!(!made.unwrap());
    assert_eq!(app.count("select count(*) from session").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_and_a_reset_end_the_session_that_is_made_while_they_wait() {
    for path in ["/api/auth/change-password", "/api/auth/reset-password"] {
        let settings = [("REVOKE_SESSIONS_ON_PASSWORD_RESET", "true")];
        let app = TestApp::with(&settings).await;
        let signed_up = app.sign_up("ada@example.com").await;
        let id = signed_up.json()["user"]["id"].as_str().unwrap().to_owned();
        let proven = proven(&app).await;
        let reset = json!({ "email": "ada@example.com" });
        app.post("/api/auth/request-password-reset").json(&reset).send().await;
        let body = json!({
            "currentPassword": "correct horse", "newPassword": "battery staple",
            "revokeOtherSessions": true, "token": app.mail().await.token,
        });

        let mut connection = app.database().options().connect().await.unwrap();
        let mut signing_in = connection.begin().await.unwrap();
        let declared = Declared::default();
        let session = new_session();
        let made =
            session::create(&mut *signing_in, &id, &proven, &session, None, START, &declared);
        assert!(made.await.unwrap());
        let change = tokio::spawn(app.act(path, &signed_up.cookies(), &body).send());
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        signing_in.commit().await.unwrap();
        let reply = change.await.unwrap();

        assert_eq!(reply.status, 200, "{path} {reply:?}");
        assert_eq!(
            app.get("/api/auth/get-session").bearer(&session.token).send().await.text,
            "null",
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_does_not_mind_that_a_sign_in_makes_the_hash_anew() {
    let (app, id, proven, cookies) = ada().await;
    app.sign_up("bob@example.com").await;
    let of_bob =
        r#"select password from account join "user" u on u.id = "userId" where email like 'bob%'"#;
    // Of the same password.
    let renewed = Some(app.text(of_bob).await);
    let mut connection = app.database().options().connect().await.unwrap();
    let mut signing_in = connection.begin().await.unwrap();
    let proven = Proven { renewed, ..proven };
    let (session, declared) = (new_session(), Declared::default());
    let made = session::create(&mut *signing_in, &id, &proven, &session, None, START, &declared);
    assert!(made.await.unwrap());

    let body = json!({ "currentPassword": "correct horse", "newPassword": "battery staple" });
    let change = tokio::spawn(app.act("/api/auth/change-password", &cookies, &body).send());
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    signing_in.commit().await.unwrap();
    let reply = change.await.unwrap();

    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(app.sign_in("ada@example.com", "battery staple").await.status, 200);
}
