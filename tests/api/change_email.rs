//! `POST /change-email`. Its links are in `change_email_links`.

use serde_json::json;
use shared::additional::Declared;
use shared::db::user::{Change, Changed, change_email};
use tests::app::{START, TestApp};

const PATH: &str = "/api/auth/change-email";
const DONE: &str = r#"{"status":true}"#;

async fn signed_in(settings: &[(&str, &str)]) -> (TestApp, String) {
    let settings = [&[("CHANGE_EMAIL_ENABLED", "true")], settings].concat();
    let app = TestApp::with(&settings).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    (app, cookies)
}

#[tokio::test]
async fn the_new_address_is_asked_for_proof() {
    let (app, cookies) = signed_in(&[]).await;
    let body = json!({ "newEmail": "Ada@New.example", "callbackURL": "/changed" });

    let reply = app.act(PATH, &cookies, &body).send().await;

    assert_eq!((reply.status, reply.text.as_str()), (200, DONE));
    assert!(reply.set_cookies().is_empty());
    let mail = app.mail().await;
    assert_eq!(mail.kind, "change-email-verification");
    assert_eq!(mail.address, "ada@example.com", "whose it is; it goes to the new one");
    assert_eq!(mail.new_email.as_deref(), Some("ada@new.example"));
    assert_eq!(mail.callback_url.as_deref(), Some("/changed"));
    let path = format!("/api/auth/verify-email?token={}", app.token_of(&mail).await);
    assert_eq!(app.get(&path).send().await.json()["user"]["email"], "ada@new.example");
}

#[tokio::test]
async fn a_proven_old_address_is_asked_first_where_the_settings_want_that() {
    let (app, cookies) = signed_in(&[("CHANGE_EMAIL_CONFIRMATION", "true")]).await;
    let ask =
        async || app.act(PATH, &cookies, &json!({ "newEmail": "a@new.example" })).send().await;

    ask().await;
    let unproven = app.mail().await;
    app.sql(r#"delete from latchkey_outbox; update "user" set "emailVerified" = true"#).await;
    ask().await;
    let proven = app.mail().await;

    assert_eq!(unproven.kind, "change-email-verification");
    assert_eq!(
        (proven.kind.as_str(), proven.address.as_str()),
        ("change-email-confirmation", "ada@example.com")
    );
    assert_eq!(proven.new_email.as_deref(), Some("a@new.example"));
    app.sql("update latchkey_outbox set created_at = '2026-01-01Z'").await;
    let path = format!("/api/auth/verify-email?token={}", app.token_of(&proven).await);
    assert_eq!(app.get(&path).send().await.text, DONE);
    let last = app.mails().await.pop().unwrap();
    assert_eq!(
        (last.kind.as_str(), last.new_email.as_deref()),
        ("change-email-verification", Some("a@new.example"))
    );
}

#[tokio::test]
async fn an_unproven_address_changes_at_once_where_the_settings_allow_it() {
    let (app, cookies) = signed_in(&[("CHANGE_EMAIL_WITHOUT_VERIFICATION", "true")]).await;

    let body = json!({ "newEmail": "a@new.example" });
    let reply = app.act(PATH, &cookies, &body).send().await;

    assert_eq!((reply.status, reply.text.as_str()), (200, DONE));
    assert_eq!(reply.cookies(), cookies, "its cookies are handed out anew");
    assert_eq!(app.session(&cookies).await.json()["user"]["email"], "a@new.example");
    let mail = app.mail().await;
    assert_eq!((mail.kind.as_str(), mail.address.as_str()), ("verify-email", "a@new.example"));

    app.sql(r#"update "user" set "emailVerified" = true"#).await;
    let body = json!({ "newEmail": "b@new.example" });
    app.act(PATH, &cookies, &body).send().await;
    assert_eq!(app.session(&cookies).await.json()["user"]["email"], "a@new.example");
}

#[tokio::test]
async fn a_taken_address_is_answered_as_a_free_one_and_nothing_happens() {
    for settings in [
        &[][..],
        &[("CHANGE_EMAIL_CONFIRMATION", "true")],
        &[("CHANGE_EMAIL_WITHOUT_VERIFICATION", "true")],
    ] {
        for is_verified in [false, true] {
            let (app, cookies) = signed_in(settings).await;
            app.sign_up("bob@example.com").await;
            if is_verified {
                app.sql(r#"update "user" set "emailVerified" = true"#).await;
            }

            let body = json!({ "newEmail": "BOB@example.com" });
            let reply = app.act(PATH, &cookies, &body).send().await;

            assert_eq!((reply.status, reply.text.as_str()), (200, DONE));
            assert!(app.mails().await.is_empty());
            assert_eq!(app.session(&cookies).await.json()["user"]["email"], "ada@example.com");
        }
    }
}

#[tokio::test]
async fn without_a_way_it_is_refused() {
    let off = TestApp::new().await;
    let cookies = off.sign_up("ada@example.com").await.cookies();
    let (mute, mutes) = signed_in(&[("MAIL_TRANSPORT", "none")]).await;
    let settings = [("MAIL_TRANSPORT", "none"), ("CHANGE_EMAIL_WITHOUT_VERIFICATION", "true")];
    let (at_once, hers) = signed_in(&settings).await;
    let body = json!({ "newEmail": "a@new.example" });

    let disabled = off.act(PATH, &cookies, &body).send().await;
    let no_way = mute.act(PATH, &mutes, &body).send().await;
    let changed = at_once.act(PATH, &hers, &body).send().await;

    assert_eq!((disabled.status, disabled.code().as_str()), (400, "CHANGE_EMAIL_DISABLED"));
    assert_eq!(disabled.message(), "Change email is disabled");
    assert_eq!(
        (no_way.status, no_way.text.as_str()),
        (400, r#"{"message":"Verification email isn't enabled"}"#)
    );
    assert_eq!(changed.status, 200);
    assert!(at_once.mails().await.is_empty());
    assert_eq!(at_once.text(r#"select email from "user""#).await, "a@new.example");
}

#[tokio::test]
async fn the_same_address_is_refused_in_any_case() {
    let (app, cookies) = signed_in(&[]).await;

    let reply = app.act(PATH, &cookies, &json!({ "newEmail": "ADA@example.com" })).send().await;

    assert_eq!((reply.status, reply.text.as_str()), (400, r#"{"message":"Email is the same"}"#));
}

#[tokio::test]
async fn it_needs_an_address_and_a_session() {
    let app = TestApp::new().await;
    for (body, status, code) in [
        (json!({}), 400, "VALIDATION_ERROR"),
        (json!({ "newEmail": "nope" }), 400, "VALIDATION_ERROR"),
        (json!({ "newEmail": "a@b.co", "callbackURL": 0 }), 400, "VALIDATION_ERROR"),
        (json!({ "newEmail": 1, "callbackURL": "//evil.com" }), 403, "INVALID_CALLBACK_URL"),
        (json!({ "newEmail": "a@b.co" }), 401, "UNAUTHORIZED"),
    ] {
        let reply = app.post(PATH).json(&body).send().await;
        assert_eq!((reply.status, reply.code().as_str()), (status, code), "{body}");
    }
}

#[tokio::test]
async fn an_address_that_is_proven_meanwhile_does_not_change_at_once() {
    let (app, _) = signed_in(&[("CHANGE_EMAIL_WITHOUT_VERIFICATION", "true")]).await;
    let id = app.text(r#"select id from "user""#).await;
    app.sql(r#"update "user" set "emailVerified" = true"#).await;
    let change = Change {
        is_verified: Some(false),
        if_unverified: true,
        ..Change::of(&id, "ada@example.com", "a@new.example")
    };

    let changed = change_email(&app.db, change, START, &Declared::default()).await.unwrap();

    assert!(matches!(changed, Changed::OtherAddress), "{changed:?}");
    assert_eq!(app.text(r#"select email from "user""#).await, "ada@example.com");
}
