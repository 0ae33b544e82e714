//! `GET /verify-email`: the links that change an address. core.md §9.3

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::reply::Reply;

async fn follow(app: &TestApp, claims: &Value, more: &str, cookies: &str) -> Reply {
    let token = app.link_token(claims);
    let path = format!("/api/auth/verify-email?token={token}{more}");
    app.get(&path).cookie(cookies).send().await
}

/// Ada, signed in, and what a link says of her.
async fn ada(settings: &[(&str, &str)]) -> (TestApp, String, Value) {
    let app = TestApp::with(settings).await;
    let signed_up = app.sign_up("ada@example.com").await;
    let claims = json!({
        "email": "ada@example.com", "updateTo": "Ada@new.example", "userId": signed_up.json()["user"]["id"],
    });
    (app, signed_up.cookies(), claims)
}

fn of(claims: &Value, request_type: &str) -> Value {
    let mut claims = claims.clone();
    claims["requestType"] = json!(request_type);
    claims
}

#[tokio::test]
async fn a_confirmed_change_is_asked_of_the_new_address() {
    let (app, cookies, claims) = ada(&[]).await;
    let claims = of(&claims, "change-email-confirmation");

    let plain = follow(&app, &claims, "", &cookies).await;
    let led = follow(&app, &claims, "&callbackURL=/asked", "").await;

    assert_eq!((plain.status, plain.text.as_str()), (200, r#"{"status":true}"#));
    assert_eq!((led.status, led.header("location")), (302, "/asked"));
    let mails = app.mails().await;
    assert_eq!(mails.len(), 2);
    for mail in &mails {
        assert_eq!(mail.kind, "change-email-verification");
        assert_eq!(mail.address, "ada@example.com", "whose it is; it goes to the new one");
        assert_eq!(mail.new_email.as_deref(), Some("ada@new.example"));
    }
    assert!(mails.iter().any(|mail| mail.callback_url.as_deref() == Some("/asked")));
    assert_eq!(app.text(r#"select email from "user""#).await, "ada@example.com");
}

#[tokio::test]
async fn a_proven_new_address_takes_the_place_of_the_old() {
    for is_verified in [false, true] {
        let (app, cookies, claims) = ada(&[]).await;
        if is_verified {
            app.sql(r#"update "user" set "emailVerified" = true"#).await;
        }
        let claims = of(&claims, "change-email-verification");

        let reply = follow(&app, &claims, "", &cookies).await;
        let again = follow(&app, &claims, "", &cookies).await;

        assert_eq!(reply.status, 200);
        assert_eq!(reply.json()["user"]["email"], "ada@new.example");
        assert_eq!(reply.json()["user"]["emailVerified"], is_verified, "as it was");
        assert_eq!(reply.cookies(), cookies, "its cookies are handed out anew");
        assert_eq!((again.status, again.code().as_str()), (401, "INVALID_TOKEN"));
        assert_eq!(app.session(&cookies).await.json()["user"], reply.json()["user"]);
    }
}

#[tokio::test]
async fn it_needs_no_session_and_gives_none() {
    let (app, _, claims) = ada(&[]).await;

    let reply =
        follow(&app, &of(&claims, "change-email-verification"), "&callbackURL=/done", "").await;

    assert_eq!((reply.status, reply.header("location")), (302, "/done"));
    assert!(reply.set_cookies().is_empty());
    assert_eq!(app.text(r#"select email from "user""#).await, "ada@new.example");
}

#[tokio::test]
async fn a_link_of_an_older_release_changes_and_asks_for_proof() {
    let (app, cookies, claims) = ada(&[]).await;
    app.sql(r#"update "user" set "emailVerified" = true"#).await;

    let reply = follow(&app, &claims, "", &cookies).await;

    assert_eq!(reply.json()["user"]["email"], "ada@new.example");
    assert_eq!(reply.json()["user"]["emailVerified"], false);
    let mail = app.mail().await;
    assert_eq!((mail.kind.as_str(), mail.address.as_str()), ("verify-email", "ada@new.example"));
}

#[tokio::test]
async fn who_is_signed_in_as_somebody_else_is_turned_away() {
    let (app, _, claims) = ada(&[]).await;
    let bobs = app.sign_up("bob@example.com").await.cookies();
    for request_type in ["change-email-confirmation", "change-email-verification", "older"] {
        let claims = of(&claims, request_type);

        let plain = follow(&app, &claims, "", &bobs).await;
        let led = follow(&app, &claims, "&callbackURL=/cb", &bobs).await;

        assert_eq!((plain.status, plain.code().as_str()), (401, "INVALID_USER"));
        assert_eq!(plain.message(), "Invalid user");
        assert_eq!((led.status, led.header("location")), (302, "/cb?error=INVALID_USER"));
    }
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn a_link_for_no_user_or_one_with_another_address_by_now_changes_nothing() {
    let (app, cookies, claims) = ada(&[]).await;
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        claims
    };
    let mut without_user = claims.clone();
    without_user.as_object_mut().unwrap().remove("userId");
    for (claims, code) in [
        (without_user, "INVALID_TOKEN"),
        (with("email", json!("other@example.com")), "INVALID_TOKEN"),
        (with("updateTo", json!("no address")), "INVALID_TOKEN"),
        (with("updateTo", json!(1)), "INVALID_TOKEN"),
    ] {
        for request_type in ["change-email-confirmation", "change-email-verification", "older"] {
            let reply = follow(&app, &of(&claims, request_type), "", &cookies).await;

            assert_eq!((reply.status, reply.code().as_str()), (401, code), "{claims}");
        }
    }
    for request_type in ["change-email-confirmation", "change-email-verification", "older"] {
        let claims = of(&with("userId", json!("gone")), request_type);
        let reply = follow(&app, &claims, "", "").await;
        assert_eq!((reply.status, reply.code().as_str()), (401, "USER_NOT_FOUND"));
    }
    assert_eq!(app.text(r#"select email from "user""#).await, "ada@example.com");
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn an_address_that_was_taken_meanwhile_stays_its_users() {
    let (app, cookies, claims) = ada(&[]).await;
    app.sign_up("ada@new.example").await;
    for request_type in ["change-email-verification", "older"] {
        let claims = of(&claims, request_type);

        let plain = follow(&app, &claims, "", &cookies).await;
        let led = follow(&app, &claims, "&callbackURL=/cb", &cookies).await;

        let code = "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL";
        assert_eq!((plain.status, plain.code().as_str()), (422, code));
        assert_eq!(led.header("location"), format!("/cb?error={code}"));
    }
    let asked = follow(&app, &of(&claims, "change-email-confirmation"), "", &cookies).await;
    assert_eq!(asked.status, 200);
    assert!(app.mails().await.is_empty());
}
