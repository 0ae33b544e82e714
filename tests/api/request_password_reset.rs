//! `POST /request-password-reset`

use serde_json::json;
use tests::app::TestApp;

const PATH: &str = "/api/auth/request-password-reset";
const ANSWER: &str = r#"{"status":true,"message":"If this email exists in our system, check your email for the reset link"}"#;

#[tokio::test]
async fn a_known_address_gets_a_mail_with_a_token_that_lasts_an_hour() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let body = json!({ "email": "ADA@example.com", "redirectTo": "/reset?x=1" });

    let reply = app.post(PATH).json(&body).send().await;

    assert_eq!((reply.status, reply.text.as_str()), (200, ANSWER));
    let mail = app.mail().await;
    assert_eq!((mail.kind.as_str(), mail.address.as_str()), ("reset-password", "ada@example.com"));
    assert_eq!((mail.callback_url.as_deref(), mail.new_email), (Some("/reset?x=1"), None));
    let token = mail.token.unwrap();
    assert!(token.len() == 24 && token.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{token}");
    let row = r#"select identifier from verification v join "user" u on u.id = v.value
                  where "expiresAt" = '2026-11-23 13:00Z'"#;
    assert_eq!(app.text(row).await, format!("reset-password:{token}"));
}

#[tokio::test]
async fn an_unknown_address_hears_the_same_and_nothing_is_written() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let body = |email| json!({ "email": email, "redirectTo": "/reset" });

    let unknown = app.post(PATH).json(&body("bob@example.com")).send().await;

    assert!(app.mails().await.is_empty());
    assert_eq!(app.count("select count(*) from verification").await, 0);
    let known = app.post(PATH).json(&body("ada@example.com")).send().await;
    assert_eq!((unknown.status, &unknown.text), (known.status, &known.text));
    let names = |reply: &tests::reply::Reply| {
        reply.headers.keys().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(names(&unknown), names(&known));
}

#[tokio::test]
async fn a_user_without_a_password_may_ask_too() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    app.sql("delete from account").await;

    app.post(PATH).json(&json!({ "email": "ada@example.com" })).send().await;

    assert_eq!(app.mail().await.callback_url, None);
}

#[tokio::test]
async fn without_redirect_to_the_settings_page_takes_its_place() {
    let page = "https://app.example.com/new-password";
    let app = TestApp::with(&[("RESET_PASSWORD_URL", page)]).await;
    app.sign_up("ada@example.com").await;

    for body in [
        json!({ "email": "ada@example.com" }),
        json!({ "email": "ada@example.com", "redirectTo": "" }),
    ] {
        app.post(PATH).json(&body).send().await;
    }

    let mails = app.mails().await;
    assert!(
        mails.len() == 2 && mails.iter().all(|mail| mail.callback_url.as_deref() == Some(page))
    );
}

#[tokio::test]
async fn the_tokens_life_and_the_form_of_its_row_are_settings() {
    let settings = [("RESET_PASSWORD_TOKEN_EXPIRES_IN", "60"), ("STORE_IDENTIFIER", "hashed")];
    let app = TestApp::with(&settings).await;
    app.sign_up("ada@example.com").await;

    app.post(PATH).json(&json!({ "email": "ada@example.com" })).send().await;

    let rows = r#"select count(*) from verification where "expiresAt" = '2026-11-23 12:01Z'
                   and length(identifier) = 43 and identifier not like '%:%'"#;
    assert_eq!(app.count(rows).await, 1);
    let token = app.mail().await.token.unwrap();
    let body = json!({ "newPassword": "new password", "token": token });
    assert_eq!(app.post("/api/auth/reset-password").json(&body).send().await.status, 200);
}

#[tokio::test]
async fn without_a_way_to_mail_it_is_refused() {
    let app = TestApp::with(&[("MAIL_TRANSPORT", "none")]).await;

    let reply = app.post(PATH).json(&json!({ "email": "ada@example.com" })).send().await;

    assert_eq!((reply.status, reply.code().as_str()), (400, "RESET_PASSWORD_DISABLED"));
    assert_eq!(reply.message(), "Reset password isn't enabled");
}

#[tokio::test]
async fn bad_input_is_named() {
    let app = TestApp::new().await;
    for (body, message) in [
        (json!({}), "[body.email] Invalid input: expected string, received undefined"),
        (json!({ "email": "nope" }), "[body.email] Invalid email address"),
        (
            json!({ "email": "a@b.co", "redirectTo": null }),
            "[body.redirectTo] Invalid input: expected string, received null",
        ),
    ] {
        let reply = app.post(PATH).json(&body).send().await;

        assert_eq!((reply.status, reply.code().as_str()), (400, "VALIDATION_ERROR"), "{body}");
        assert_eq!(reply.message(), message);
    }
    let body = json!({ "email": 1, "redirectTo": "https://evil.com/" });
    let untrusted = app.post(PATH).json(&body).send().await;
    assert_eq!((untrusted.status, untrusted.code().as_str()), (403, "INVALID_REDIRECT_URL"));
}
