//! `POST /change-password`

use serde_json::{Value, json};
use tests::app::TestApp;

const PATH: &str = "/api/auth/change-password";

fn change() -> Value {
    json!({ "currentPassword": "correct horse", "newPassword": "battery staple" })
}

#[tokio::test]
async fn the_new_password_counts_and_sessions_go_on() {
    let app = TestApp::new().await;
    let signed_up = app.sign_up("ada@example.com").await;
    let cookies = signed_up.cookies();

    let reply = app.act(PATH, &cookies, &change()).send().await;

    assert_eq!(reply.status, 200);
    assert!(reply.text.starts_with(r#"{"token":null,"user":{"name":"Ada","#), "{reply:?}");
    assert_eq!(reply.json()["user"], signed_up.json()["user"]);
    assert!(reply.set_cookies().is_empty());
    assert_ne!(app.session(&cookies).await.text, "null");
    assert_eq!(app.sign_in("ada@example.com", "battery staple").await.status, 200);
    assert_eq!(app.sign_in("ada@example.com", "correct horse").await.status, 401);
}

#[tokio::test]
async fn all_sessions_end_for_a_new_one_if_asked() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let other = app.sign_in("ada@example.com", "correct horse").await.cookies();
    let bobs = app.sign_up("bob@example.com").await.cookies();
    let mut body = change();
    body["revokeOtherSessions"] = json!(true);

    let reply = app.act(PATH, &cookies, &body).send().await;

    let session = app.session(&reply.cookies()).await.json()["session"].clone();
    assert_eq!(reply.json()["token"], session["token"]);
    assert!(reply.header("set-auth-token").starts_with(session["token"].as_str().unwrap()));
    for ended in [&cookies, &other] {
        assert_eq!(app.session(ended).await.text, "null");
    }
    assert_ne!(app.session(&bobs).await.text, "null");
    assert_eq!(app.count("select count(*) from session").await, 2);
}

#[tokio::test]
async fn the_new_session_ends_with_the_browser_as_the_old_one_would_have() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let body =
        json!({ "email": "ada@example.com", "password": "correct horse", "rememberMe": false });
    let signed_in = app.post("/api/auth/sign-in/email").json(&body).send().await;
    let mut body = change();
    body["revokeOtherSessions"] = json!(true);

    let reply = app.act(PATH, &signed_in.cookies(), &body).send().await;

    let [session, dont_remember] = reply.set_cookies()[..] else { panic!("{reply:?}") };
    assert!(!session.contains("Max-Age"), "{session}");
    assert!(dont_remember.starts_with("better-auth.dont_remember=true."), "{dont_remember}");
}

#[tokio::test]
async fn a_refusal_names_its_reason_and_changes_nothing() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let long = "x".repeat(129);
    for (current, new, code) in [
        ("correct horse", "short", "PASSWORD_TOO_SHORT"),
        ("correct horse", long.as_str(), "PASSWORD_TOO_LONG"),
        (long.as_str(), "battery staple", "PASSWORD_TOO_LONG"),
        ("wrong", "battery staple", "INVALID_PASSWORD"),
        ("", "battery staple", "INVALID_PASSWORD"),
    ] {
        let body =
            json!({ "currentPassword": current, "newPassword": new, "revokeOtherSessions": true });
        let reply = app.act(PATH, &cookies, &body).send().await;

        assert_eq!((reply.status, reply.code().as_str()), (400, code));
    }
    assert_eq!(app.sign_in("ada@example.com", "correct horse").await.status, 200);
    assert_ne!(app.session(&cookies).await.text, "null");
}

#[tokio::test]
async fn who_has_no_password_can_change_none() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.sql(r#"update account set "providerId" = 'github'"#).await;

    let reply = app.act(PATH, &cookies, &change()).send().await;

    assert_eq!((reply.status, reply.code().as_str()), (400, "CREDENTIAL_ACCOUNT_NOT_FOUND"));
    assert_eq!(reply.message(), "Credential account not found");
}

#[tokio::test]
async fn it_needs_both_passwords_and_a_session() {
    let app = TestApp::new().await;
    let body = json!({ "revokeOtherSessions": "yes" });

    let invalid = app.post(PATH).json(&body).send().await;
    let nobody = app.post(PATH).json(&change()).send().await;

    assert_eq!((invalid.status, invalid.code().as_str()), (400, "VALIDATION_ERROR"));
    assert_eq!(
        invalid.message(),
        "[body.newPassword] Invalid input: expected string, received undefined; \
         [body.currentPassword] Invalid input: expected string, received undefined; \
         [body.revokeOtherSessions] Invalid input: expected boolean, received string"
    );
    assert_eq!((nobody.status, nobody.code().as_str()), (401, "UNAUTHORIZED"));
}
