//! `POST /sign-in/email`

use serde_json::json;
use tests::app::{BASE, TestApp};

const PATH: &str = "/api/auth/sign-in/email";

#[tokio::test]
async fn the_right_password_gives_a_session_of_its_own() {
    let app = TestApp::new().await;
    let signed_up = app.sign_up("ada@example.com").await;

    let reply = app.sign_in("ADA@example.com", "correct horse").await;

    assert_eq!(reply.status, 200);
    assert!(reply.text.starts_with(r#"{"redirect":false,"token":""#));
    assert!(!reply.text.contains("\"url\""));
    assert_eq!(reply.json()["user"], signed_up.json()["user"]);
    assert_ne!(reply.json()["token"], signed_up.json()["token"]);
    assert_eq!(app.count("select count(*) from session").await, 2);
}

#[tokio::test]
async fn unknown_email_and_wrong_password_read_alike() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;

    let wrong = app.sign_in("ada@example.com", "battery staple").await;
    let unknown = app.sign_in("bob@example.com", "battery staple").await;
    let empty = app.sign_in("ada@example.com", "").await;

    assert_eq!((wrong.status, wrong.code().as_str()), (401, "INVALID_EMAIL_OR_PASSWORD"));
    assert_eq!((wrong.status, &wrong.text), (unknown.status, &unknown.text));
    assert_eq!((wrong.status, &wrong.text), (empty.status, &empty.text));
}

#[tokio::test]
async fn what_no_password_can_fit_is_refused_like_a_wrong_one() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    for change in [
        "update account set password = 'imported bcrypt hash'",
        "update account set password = null",
        r#"update account set "accountId" = 'another'"#,
        "delete from account",
    ] {
        app.sql(change).await;

        let reply = app.sign_in("ada@example.com", "correct horse").await;

        assert_eq!(
            (reply.status, reply.code().as_str()),
            (401, "INVALID_EMAIL_OR_PASSWORD"),
            "{change}"
        );
    }
}

#[tokio::test]
async fn a_password_of_better_auths_is_good_here() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    // contract/transcripts/20-crypto-vectors.json
    app.sql("update account set password = '99f6f090a2cdf314730daa40d7202fac:7866c6369790cdeb314a85ef8d78b3746981b7195c38f512b120edb978962a0f27a78d19b78b472909a1e936d12069806410a473bec8903de0844d6b33d3a7f9'").await;

    assert_eq!(app.sign_in("ada@example.com", "password1234").await.status, 200);
    assert_eq!(app.sign_in("ada@example.com", "password1235").await.status, 401);
}

#[tokio::test]
async fn a_password_counts_to_its_last_character_and_in_its_case() {
    let app = TestApp::new().await;
    let password = format!("{}Z", "x".repeat(127));
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": password });
    assert_eq!(app.post("/api/auth/sign-up/email").json(&body).send().await.status, 200);

    for wrong in [
        format!("{}Y", "x".repeat(127)),
        "x".repeat(127),
        "x".repeat(72),
        password.to_lowercase(),
        password.to_uppercase(),
        format!(" {}", "x".repeat(127)),
    ] {
        assert_eq!(app.sign_in("ada@example.com", &wrong).await.status, 401, "{wrong}");
    }
    assert_eq!(app.sign_in("ada@example.com", &password).await.status, 200);
}

#[tokio::test]
async fn a_callback_is_where_the_client_goes_next() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    for (callback, location) in [("/dash?x=1", "/dash?x=1"), ("/käse", "/k%C3%A4se")] {
        let body = json!({ "email": "ada@example.com", "password": "correct horse", "callbackURL": callback });

        let reply = app.post(PATH).json(&body).send().await;

        assert_eq!((reply.status, reply.header("location")), (200, location));
        assert_eq!(reply.json()["redirect"], true);
        assert_eq!(reply.json()["url"], callback);
    }

    let body =
        json!({ "email": "ada@example.com", "password": "correct horse", "callbackURL": "" });
    let reply = app.post(PATH).json(&body).send().await;
    assert_eq!((reply.header("location"), &reply.json()["redirect"]), ("", &json!(false)));
}

#[tokio::test]
async fn remembering_again_takes_the_dont_remember_cookie_away() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let body = json!({ "email": "ada@example.com", "password": "correct horse" });
    let mut forgetful = body.clone();
    forgetful["rememberMe"] = json!(false);
    let before = app.post(PATH).json(&forgetful).send().await;

    let reply = app.post(PATH).json(&body).cookie(&before.cookies()).origin(BASE).send().await;

    assert_eq!(reply.cleared(), ["dont_remember"]);
}

#[tokio::test]
async fn bad_input_is_named() {
    let app = TestApp::new().await;
    for (body, code) in [
        (json!({ "email": "nope", "password": "x" }), "INVALID_EMAIL"),
        (json!({ "email": " ada@example.com", "password": "x" }), "INVALID_EMAIL"),
        (json!({ "email": "nope", "password": "x".repeat(129) }), "INVALID_EMAIL"),
        (json!({ "email": "ada@example.com", "password": "x".repeat(129) }), "PASSWORD_TOO_LONG"),
        (json!({ "email": 1, "password": 2, "rememberMe": null }), "VALIDATION_ERROR"),
    ] {
        let reply = app.post(PATH).json(&body).send().await;
        assert_eq!((reply.status, reply.code().as_str()), (400, code), "{body}");
    }
}

#[tokio::test]
async fn a_form_on_a_foreign_page_signs_nobody_in() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let form = "email=ada%40example.com&password=correct+horse";

    let reply = app
        .post(PATH)
        .body("application/x-www-form-urlencoded", form)
        .origin(BASE)
        .header("sec-fetch-site", "cross-site")
        .header("sec-fetch-mode", "navigate")
        .send()
        .await;

    assert_eq!((reply.status, reply.code().as_str()), (403, "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED"));
    assert!(reply.set_cookies().is_empty());
}

#[tokio::test]
async fn over_https_cookies_are_secure() {
    let app = TestApp::with(&[("PUBLIC_URL", "https://auth.example.com")]).await;

    let reply = app.sign_up("ada@example.com").await;

    let line = reply.set_cookies()[0];
    assert!(line.starts_with("__Secure-better-auth.session_token="), "{line}");
    assert!(line.ends_with("; Path=/; HttpOnly; Secure; SameSite=Lax"), "{line}");
    assert_ne!(app.session(&reply.cookies()).await.text, "null");
    assert_eq!(app.session(&reply.cookies().replace("__Secure-", "")).await.text, "null");
}
