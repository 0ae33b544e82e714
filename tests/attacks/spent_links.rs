//! Spent links: what was mailed works for its time, for its user, and until something has taken its place.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::mail::Mail;
use tests::reply::Reply;
use tests::scene::has_succeeded;
use time::Duration;

const ADA: &str = "ada@example.com";

async fn app() -> TestApp {
    TestApp::with(&[
        ("CHANGE_EMAIL_ENABLED", "true"),
        ("CHANGE_EMAIL_WITHOUT_VERIFICATION", "true"),
        ("DELETE_USER_ENABLED", "true"),
    ])
    .await
}

/// Asks for a reset; the token that was mailed.
async fn reset_token(app: &TestApp, email: &str) -> String {
    let before: Vec<_> = app.mails().await.into_iter().map(|mail| mail.token).collect();
    app.post("/api/auth/request-password-reset").json(&json!({ "email": email })).send().await;
    let mails = app.mails().await;
    let new = mails.into_iter().find(|mail| !before.contains(&mail.token));
    new.unwrap().token.unwrap()
}

async fn reset(app: &TestApp, token: &str, password: &str) -> Reply {
    let body = json!({ "newPassword": password, "token": token });
    app.post("/api/auth/reset-password").json(&body).send().await
}

/// That a token sets no password, and that its link says so.
async fn assert_void(app: &TestApp, token: &str, why: &str) {
    let link = format!("/api/auth/reset-password/{token}?callbackURL=/reset");
    let link = app.get(&link).send().await;
    let reply = reset(app, token, "stolen password").await;

    assert_eq!((reply.status, reply.code().as_str()), (400, "INVALID_TOKEN"), "{why}");
    assert!(link.header("location").ends_with("?error=INVALID_TOKEN"), "{why}: {link:?}");
}

async fn follow(app: &TestApp, claims: &Value) -> Reply {
    app.get(&format!("/api/auth/verify-email?token={}", app.link_token(claims))).send().await
}

/// Source: CWE-640, CWE-613
#[tokio::test]
async fn a_reset_token_is_void_after_a_second_reset() {
    for identifiers in ["plain", "hashed"] {
        let app = TestApp::with(&[("STORE_IDENTIFIER", identifiers)]).await;
        app.sign_up(ADA).await;
        app.sign_up("bob@example.com").await;
        let [first, second, third] = [
            reset_token(&app, ADA).await,
            reset_token(&app, ADA).await,
            reset_token(&app, ADA).await,
        ];
        let bobs = reset_token(&app, "bob@example.com").await;

        let reply = reset(&app, &second, "battery staple").await;

        assert_eq!(reply.status, 200);
        for token in [&first, &second, &third] {
            assert_void(&app, token, identifiers).await;
        }
        assert_eq!(app.sign_in(ADA, "battery staple").await.status, 200);
        assert_eq!(reset(&app, &bobs, "battery staple").await.status, 200, "another's lives on");
    }
}

/// Source: CWE-640
#[tokio::test]
async fn a_reset_token_is_void_after_a_change_of_password() {
    for revokes in [false, true] {
        let app = app().await;
        let cookies = app.sign_up(ADA).await.cookies();
        let token = reset_token(&app, ADA).await;
        let change = |current: &str| {
            let body = json!({
                "currentPassword": current, "newPassword": "battery staple", "revokeOtherSessions": revokes,
            });
            app.act("/api/auth/change-password", &cookies, &body)
        };

        assert_eq!(change("wrong password").send().await.code(), "INVALID_PASSWORD");
        let link = format!("/api/auth/reset-password/{token}?callbackURL=/reset");
        let still = app.get(&link).send().await;
        assert!(still.header("location").contains("?token="), "a wrong password voids nothing");
        assert_eq!(change("correct horse").send().await.status, 200);

        assert_void(&app, &token, "changed").await;
        assert_eq!(app.sign_in(ADA, "battery staple").await.status, 200);
    }
}

/// The old mailbox may be somebody else's by then.
///
/// Source: CWE-640
#[tokio::test]
async fn a_reset_token_is_void_after_a_change_of_address() {
    for by_link in [false, true] {
        let app = app().await;
        let signed_up = app.sign_up(ADA).await;
        let token = reset_token(&app, ADA).await;

        let changed = if by_link {
            let claims = json!({
                "email": ADA, "userId": signed_up.json()["user"]["id"], "updateTo": "ada@new.example",
                "requestType": "change-email-verification",
            });
            follow(&app, &claims).await
        } else {
            let body = json!({ "newEmail": "ada@new.example" });
            app.act("/api/auth/change-email", &signed_up.cookies(), &body).send().await
        };

        assert_eq!(changed.status, 200);
        assert_eq!(app.text(r#"select email from "user""#).await, "ada@new.example");
        assert_void(&app, &token, "the address is another").await;
        let new = reset_token(&app, "ada@new.example").await;
        assert_eq!(reset(&app, &new, "battery staple").await.status, 200);
    }
}

/// Source: CWE-640
#[tokio::test]
async fn a_reset_token_brings_no_deleted_user_back() {
    let app = app().await;
    let cookies = app.sign_up(ADA).await.cookies();
    let token = reset_token(&app, ADA).await;

    let body = json!({ "password": "correct horse" });
    assert_eq!(app.act("/api/auth/delete-user", &cookies, &body).send().await.status, 200);
    let gone = reset(&app, &token, "battery staple").await;
    app.sign_up(ADA).await;
    let anew = reset(&app, &token, "battery staple").await;

    assert_eq!((gone.status, gone.code().as_str()), (400, "USER_NOT_FOUND"));
    assert_eq!((anew.status, anew.code().as_str()), (400, "INVALID_TOKEN"));
    assert_eq!(app.sign_in(ADA, "correct horse").await.status, 200);
    assert_eq!(app.count("select count(*) from account").await, 1);
}

/// Else whoever knows an address could keep its user from ever getting in.
#[tokio::test]
async fn asking_for_another_reset_leaves_the_first_link_as_it_is() {
    let app = app().await;
    app.sign_up(ADA).await;
    let first = reset_token(&app, ADA).await;
    reset_token(&app, ADA).await;

    assert_eq!(reset(&app, &first, "battery staple").await.status, 200);
}

/// Source: CWE-613
#[tokio::test]
async fn every_link_works_to_its_last_second_and_not_one_longer() {
    let settings = [
        ("DELETE_USER_ENABLED", "true"),
        ("DELETE_USER_VERIFICATION", "true"),
        ("RESET_PASSWORD_TOKEN_EXPIRES_IN", "3600"),
        ("DELETE_USER_TOKEN_EXPIRES_IN", "3600"),
    ];
    for (after, is_live) in [(3599, true), (3601, false)] {
        let app = TestApp::with(&settings).await;
        let mut requests = Vec::new();
        for link in ["reset", "reset-page", "delete", "delete-page", "verify", "change"] {
            let email = format!("{link}@example.com");
            let signed_up = app.sign_up(&email).await;
            let cookies = signed_up.cookies();
            let reset = reset_token(&app, &email).await;
            app.act("/api/auth/delete-user", &cookies, &json!({})).send().await;
            let mails = app.mails().await;
            let is_deletion = |mail: &&Mail| mail.kind == "delete-account" && mail.address == email;
            let delete = mails.iter().find(is_deletion).unwrap().token.clone().unwrap();
            let verify = app.link_token(&json!({ "email": email }));
            let change = app.link_token(&json!({
                "email": email, "userId": signed_up.json()["user"]["id"], "updateTo": "new@example.com",
                "requestType": "change-email-verification",
            }));
            let get = |path: String| app.get(&format!("/api/auth/{path}")).cookie(&cookies);
            let request = match link {
                "reset" => {
                    let body = json!({ "newPassword": "battery staple", "token": reset });
                    app.post("/api/auth/reset-password").json(&body)
                }
                "reset-page" => get(format!("reset-password/{reset}?callbackURL=/reset")),
                "delete" => app.act("/api/auth/delete-user", &cookies, &json!({ "token": delete })),
                "delete-page" => get(format!("delete-user/callback?token={delete}")),
                "verify" => get(format!("verify-email?token={verify}")),
                _ => get(format!("verify-email?token={change}")),
            };
            requests.push((link, request));
        }

        app.clock.advance(Duration::seconds(after));
        for (link, request) in requests {
            let reply = request.send().await;

            assert_eq!(has_succeeded(&reply), is_live, "{link} after {after} s: {reply:?}");
            assert!(reply.status < 500, "{link} {reply:?}");
        }
    }
}

/// Source: CWE-613
#[tokio::test]
async fn a_link_that_proves_an_address_is_void_once_another_user_has_the_address() {
    let app = app().await;
    let ada = app.sign_up(ADA).await;
    let claims = json!({ "email": ADA, "userId": ada.json()["user"]["id"] });
    let body = json!({ "newEmail": "ada@new.example" });
    assert_eq!(app.act("/api/auth/change-email", &ada.cookies(), &body).send().await.status, 200);

    let nobodys = follow(&app, &claims).await;
    app.sign_up(ADA).await;
    let refused = follow(&app, &claims).await;

    assert_eq!((nobodys.status, nobodys.code().as_str()), (401, "USER_NOT_FOUND"));
    assert_eq!((refused.status, refused.code().as_str()), (401, "INVALID_TOKEN"));
    assert_eq!(app.count(r#"select count(*) from "user" where "emailVerified""#).await, 0);
}

/// Source: CWE-613
#[tokio::test]
async fn a_change_of_address_is_void_once_another_has_been_made_or_the_user_is_gone() {
    let app = app().await;
    let ada = app.sign_up(ADA).await;
    let change = |to: &str, kind: &str| {
        json!({
            "email": ADA, "userId": ada.json()["user"]["id"], "updateTo": to, "requestType": kind,
        })
    };
    let kinds = ["change-email-confirmation", "change-email-verification", "older"];
    let made = follow(&app, &change("ada@new.example", "change-email-verification")).await;
    assert_eq!(made.status, 200);

    for kind in kinds {
        let reply = follow(&app, &change("mallory@example.com", kind)).await;
        assert_eq!((reply.status, reply.code().as_str()), (401, "INVALID_TOKEN"), "{kind}");
    }
    assert_eq!(app.text(r#"select email from "user""#).await, "ada@new.example");
    app.sql(r#"delete from "user""#).await;
    app.sign_up(ADA).await;
    for kind in kinds {
        let reply = follow(&app, &change("mallory@example.com", kind)).await;
        assert_eq!((reply.status, reply.code().as_str()), (401, "USER_NOT_FOUND"), "{kind}");
    }
    assert_eq!(app.text(r#"select email from "user""#).await, ADA);
}
