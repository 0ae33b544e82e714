//! `POST /sign-up/email` and `POST /sign-in/email` where the settings want addresses proven, or no
//! signing up, in, or both at once.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::reply::Reply;

const SIGN_UP: &str = "/api/auth/sign-up/email";

async fn sign_up(app: &TestApp, email: &str) -> Reply {
    let body = json!({
        "name": "Eve", "email": email, "password": "other password", "image": "/e.png",
        "callbackURL": "/welcome",
    });
    app.post(SIGN_UP).json(&body).send().await
}

/// What of an answer may not tell one address from another.
fn told(reply: &Reply, email: &str) -> (u16, String, Vec<String>) {
    let mut body = reply.json();
    assert_eq!(body["user"]["email"], email);
    assert_eq!(body["user"]["id"].as_str().map(str::len), Some(32));
    body["user"]["id"] = Value::Null;
    body["user"]["email"] = Value::Null;
    let headers = reply.headers.keys().map(ToString::to_string).collect();
    (reply.status, body.to_string(), headers)
}

#[tokio::test]
async fn where_signing_up_does_not_sign_in_a_taken_address_reads_as_a_free_one() {
    for settings in [
        &[("AUTO_SIGN_IN", "false")][..],
        &[("REQUIRE_EMAIL_VERIFICATION", "true")],
        &[("AUTO_SIGN_IN", "false"), ("SEND_VERIFICATION_ON_SIGN_UP", "true")],
    ] {
        let app = TestApp::with(settings).await;
        let first = sign_up(&app, "ada@example.com").await;
        let mails = app.mails().await;

        let free = sign_up(&app, "bob@example.com").await;
        let taken = sign_up(&app, "ada@example.com").await;
        let proven = {
            app.sql(r#"update "user" set "emailVerified" = true, name = 'A', image = null"#).await;
            sign_up(&app, "ADA@example.com").await
        };

        assert_eq!(first.json()["token"], Value::Null);
        assert_eq!(told(&free, "bob@example.com"), told(&taken, "ada@example.com"));
        assert_eq!(told(&free, "bob@example.com"), told(&proven, "ada@example.com"));
        assert_ne!(taken.json()["user"]["id"], first.json()["user"]["id"]);
        assert!(free.set_cookies().is_empty());
        assert_eq!(app.count(r#"select count(*) from "user""#).await, 2);
        assert_eq!(app.count("select count(*) from account").await, 2);
        assert_eq!(app.count("select count(*) from session").await, 0);
        assert_eq!(app.mails().await.len(), 2 * mails.len(), "none for the taken address");
    }
}

#[tokio::test]
async fn a_mail_goes_out_on_sign_up_where_the_settings_want_one() {
    for (settings, expected) in [
        (&[][..], false),
        (&[("SEND_VERIFICATION_ON_SIGN_UP", "true")], true),
        (&[("REQUIRE_EMAIL_VERIFICATION", "true")], true),
        (
            &[("REQUIRE_EMAIL_VERIFICATION", "true"), ("SEND_VERIFICATION_ON_SIGN_UP", "false")],
            false,
        ),
        (&[("SEND_VERIFICATION_ON_SIGN_UP", "true"), ("MAIL_TRANSPORT", "none")], false),
    ] {
        let app = TestApp::with(settings).await;

        let reply = sign_up(&app, "Ada@example.com").await;

        assert_eq!(reply.status, 200);
        let mails = app.mails().await;
        assert_eq!(mails.len(), usize::from(expected), "{settings:?}");
        for mail in mails {
            assert_eq!(
                (mail.kind.as_str(), mail.address.as_str()),
                ("verify-email", "ada@example.com")
            );
            assert_eq!(mail.callback_url.as_deref(), Some("/welcome"));
            assert_eq!(mail.user_id, reply.json()["user"]["id"]);
        }
    }
}

#[tokio::test]
async fn an_unproven_address_signs_in_only_where_it_may() {
    let app = TestApp::with(&[("REQUIRE_EMAIL_VERIFICATION", "true")]).await;
    sign_up(&app, "ada@example.com").await;

    let unproven = app.sign_in("ada@example.com", "other password").await;
    let wrong = app.sign_in("ada@example.com", "battery staple").await;
    app.sql(r#"update "user" set "emailVerified" = true"#).await;
    let proven = app.sign_in("ada@example.com", "other password").await;

    assert_eq!((unproven.status, unproven.code().as_str()), (403, "EMAIL_NOT_VERIFIED"));
    assert_eq!(unproven.message(), "Email not verified");
    assert!(unproven.set_cookies().is_empty());
    assert_eq!((wrong.status, wrong.code().as_str()), (401, "INVALID_EMAIL_OR_PASSWORD"));
    assert_eq!(proven.status, 200);
    assert_eq!(app.mails().await.len(), 1, "none was sent at sign-in");
}

#[tokio::test]
async fn who_is_turned_away_with_the_right_password_is_sent_a_mail_where_the_settings_want_that() {
    let settings =
        [("REQUIRE_EMAIL_VERIFICATION", "true"), ("SEND_VERIFICATION_ON_SIGN_IN", "true")];
    let app = TestApp::with(&settings).await;
    sign_up(&app, "ada@example.com").await;
    app.sql("delete from latchkey_outbox").await;

    app.sign_in("ada@example.com", "battery staple").await;
    app.sign_in("nobody@example.com", "battery staple").await;
    assert!(app.mails().await.is_empty());
    let body =
        json!({ "email": "ada@example.com", "password": "other password", "callbackURL": "/in" });
    let reply = app.post("/api/auth/sign-in/email").json(&body).send().await;

    assert_eq!((reply.status, reply.code().as_str()), (403, "EMAIL_NOT_VERIFIED"));
    let mail = app.mail().await;
    assert_eq!((mail.kind.as_str(), mail.callback_url.as_deref()), ("verify-email", Some("/in")));
    let path = format!("/api/auth/verify-email?token={}", app.token_of(&mail).await);
    app.get(&path).send().await;
    assert_eq!(app.sign_in("ada@example.com", "other password").await.status, 200);
}

#[tokio::test]
async fn signing_up_can_be_switched_off() {
    for settings in [[("DISABLE_SIGN_UP", "true")], [("EMAIL_PASSWORD_ENABLED", "false")]] {
        let app = TestApp::with(&settings).await;

        let reply = sign_up(&app, "ada@example.com").await;
        let body = json!({ "name": "A", "email": "a@b.co", "password": "x" });
        let short = app.post(SIGN_UP).json(&body).send().await;

        for reply in [reply, short] {
            assert_eq!(
                (reply.status, reply.code().as_str()),
                (400, "EMAIL_PASSWORD_SIGN_UP_DISABLED")
            );
            assert_eq!(reply.message(), "Email and password sign up is not enabled");
        }
        assert_eq!(app.count(r#"select count(*) from "user""#).await, 0);
    }
}

#[tokio::test]
async fn signing_in_goes_on_where_signing_up_is_off_and_ends_where_passwords_are() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let closed = app.beside(tests::app::SECRET, &[("DISABLE_SIGN_UP", "true")]);
    let without = app.beside(tests::app::SECRET, &[("EMAIL_PASSWORD_ENABLED", "false")]);

    let signed_in = closed.sign_in("ada@example.com", "correct horse").await;
    let refused = without.sign_in("no address", "x").await;

    assert_eq!(signed_in.status, 200);
    assert_eq!((refused.status, refused.code().as_str()), (400, "EMAIL_PASSWORD_DISABLED"));
    assert_eq!(refused.message(), "Email and password is not enabled");
}

#[tokio::test]
async fn the_lengths_are_settings() {
    let app = TestApp::with(&[("MIN_PASSWORD_LENGTH", "4"), ("MAX_PASSWORD_LENGTH", "10")]).await;
    for (password, status, code) in [
        ("123", 400, "PASSWORD_TOO_SHORT"),
        ("12345678901", 400, "PASSWORD_TOO_LONG"),
        ("1234", 200, ""),
    ] {
        let body = json!({ "name": "A", "email": "a@b.co", "password": password });
        let reply = app.post(SIGN_UP).json(&body).send().await;
        assert_eq!((reply.status, reply.code().as_str()), (status, code));
    }
}

#[tokio::test]
async fn a_user_who_vanishes_while_signing_in_gets_no_session() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    // Between the two statements of the request: the foreign key finds no user.
    app.sql(
        "create function vanish() returns trigger language plpgsql
           as $$ begin new.\"userId\" := 'gone'; return new; end $$;
         create trigger vanish before insert on session for each row execute function vanish()",
    )
    .await;

    let reply = app.sign_in("ada@example.com", "correct horse").await;

    assert_eq!((reply.status, reply.code().as_str()), (401, "INVALID_EMAIL_OR_PASSWORD"));
    assert!(reply.set_cookies().is_empty());
}
