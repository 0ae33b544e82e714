//! `POST /send-verification-email`

use serde_json::json;
use tests::app::TestApp;

const PATH: &str = "/api/auth/send-verification-email";
const DONE: &str = r#"{"status":true}"#;

#[tokio::test]
async fn who_is_not_signed_in_hears_the_same_of_every_address() {
    let app = TestApp::new().await;
    for address in ["ada@example.com", "proven@example.com"] {
        app.sign_up(address).await;
    }
    app.sql(r#"update "user" set "emailVerified" = true where email like 'proven%'"#).await;
    for address in ["Ada@example.com", "proven@example.com", "nobody@example.com"] {
        let body = json!({ "email": address, "callbackURL": "/welcome" });

        let reply = app.post(PATH).json(&body).send().await;

        assert_eq!((reply.status, reply.text.as_str()), (200, DONE), "{address}");
        assert_eq!(reply.headers.len(), 3, "{reply:?}");
    }
    let mail = app.mail().await;
    assert_eq!((mail.kind.as_str(), mail.address.as_str()), ("verify-email", "ada@example.com"));
    assert_eq!((mail.callback_url.as_deref(), mail.token), (Some("/welcome"), None));
}

#[tokio::test]
async fn who_is_signed_in_may_ask_for_the_own_address_until_it_is_proven() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.sign_up("bob@example.com").await;
    let ask = async |email: &str| app.act(PATH, &cookies, &json!({ "email": email })).send().await;

    let own = ask("ADA@example.com").await;
    let other = ask("bob@example.com").await;
    let unknown = ask("nobody@example.com").await;
    app.sql(r#"update "user" set "emailVerified" = true"#).await;
    let proven = ask("ada@example.com").await;

    assert_eq!((own.status, own.text.as_str()), (200, DONE));
    assert_eq!((other.status, other.code().as_str()), (400, "EMAIL_MISMATCH"));
    assert_eq!(other.message(), "Email mismatch");
    assert_eq!((unknown.status, &unknown.text), (400, &other.text));
    assert_eq!((proven.status, proven.code().as_str()), (400, "EMAIL_ALREADY_VERIFIED"));
    assert_eq!(proven.message(), "Email is already verified");
    assert_eq!(app.mail().await.address, "ada@example.com");
}

#[tokio::test]
async fn an_ended_session_is_nobodys() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.sign_up("bob@example.com").await;
    app.sql("delete from session").await;

    let reply = app.act(PATH, &cookies, &json!({ "email": "bob@example.com" })).send().await;

    assert_eq!((reply.status, reply.text.as_str()), (200, DONE));
    assert_eq!(reply.cleared(), ["session_token", "session_data", "dont_remember"]);
    assert_eq!(app.mail().await.address, "bob@example.com");
}

#[tokio::test]
async fn without_a_way_to_mail_it_is_refused() {
    let app = TestApp::with(&[("MAIL_TRANSPORT", "none")]).await;

    let reply = app.post(PATH).json(&json!({ "email": "ada@example.com" })).send().await;

    assert_eq!((reply.status, reply.code().as_str()), (400, "VERIFICATION_EMAIL_NOT_ENABLED"));
    assert_eq!(reply.message(), "Verification email isn't enabled");
}

#[tokio::test]
async fn bad_input_is_named() {
    let app = TestApp::new().await;
    for (body, status, code) in [
        (json!({}), 400, "VALIDATION_ERROR"),
        (json!({ "email": "nope" }), 400, "VALIDATION_ERROR"),
        (json!({ "email": "a@b.co", "callbackURL": null }), 400, "VALIDATION_ERROR"),
        (json!({ "callbackURL": "https://evil.com" }), 403, "INVALID_CALLBACK_URL"),
    ] {
        let reply = app.post(PATH).json(&body).send().await;
        assert_eq!((reply.status, reply.code().as_str()), (status, code), "{body}");
    }
}
