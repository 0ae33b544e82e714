//! Accounts prepared by strangers: who signs up with an address of somebody else's keeps nothing of the account once its
//! owner has proven to be that.
//!
//! The five ways are those of Sudhodanan and Paverd, "Pre-hijacked accounts" (USENIX Security 2022), as far as passwords
//! and mails go.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::reply::Reply;

const OWNER: &str = "ada@example.com";
const MALLORYS: &str = "correct horse";
const OWNERS: &str = "battery staple";

/// The owner asks for a link and sets a password with it.
async fn reset(app: &TestApp) -> Reply {
    let body = json!({ "email": OWNER });
    app.post("/api/auth/request-password-reset").json(&body).send().await;
    let mails = app.mails().await;
    let mail = mails.iter().rfind(|mail| mail.kind == "reset-password").unwrap();
    assert_eq!(mail.address, OWNER);
    let body = json!({ "newPassword": OWNERS, "token": mail.token });
    app.post("/api/auth/reset-password").json(&body).send().await
}

/// Source: CWE-1390
#[tokio::test]
async fn where_addresses_have_to_be_proven_a_stranger_who_signs_up_gets_no_session() {
    let app = TestApp::with(&[("REQUIRE_EMAIL_VERIFICATION", "true")]).await;

    let signed_up = app.sign_up(OWNER).await;
    let signed_in = app.sign_in(OWNER, MALLORYS).await;

    assert_eq!((&signed_up.json()["token"], signed_up.set_cookies()), (&Value::Null, vec![]));
    assert_eq!((signed_in.status, signed_in.code().as_str()), (403, "EMAIL_NOT_VERIFIED"));
    assert!(signed_in.set_cookies().is_empty());
    assert_eq!(app.count("select count(*) from session").await, 0);
    assert!(app.mails().await.iter().all(|mail| mail.address == OWNER), "the owner hears of it");
}

/// Source: CWE-613
#[tokio::test]
async fn a_reset_by_the_owner_ends_the_sessions_and_the_password_of_a_stranger() {
    let settings = [("REVOKE_SESSIONS_ON_PASSWORD_RESET", "true"), ("COOKIE_CACHE", "compact")];
    let app = TestApp::with(&settings).await;
    let mallory = app.sign_up(OWNER).await;
    let bearer = mallory.header("set-auth-token").to_owned();
    let elsewhere = app.sign_in(OWNER, MALLORYS).await.cookies();

    assert_eq!(reset(&app).await.status, 200);

    assert_eq!(app.count("select count(*) from session").await, 0);
    for path in ["/api/auth/list-sessions", "/api/auth/list-accounts"] {
        for cookies in [mallory.cookies(), elsewhere.clone()] {
            assert_eq!(app.get(path).cookie(&cookies).send().await.status, 401);
        }
        assert_eq!(app.get(path).bearer(&bearer).send().await.status, 401);
    }
    assert_eq!(app.sign_in(OWNER, MALLORYS).await.code(), "INVALID_EMAIL_OR_PASSWORD");
    assert_eq!(app.sign_in(OWNER, OWNERS).await.status, 200);
}

/// Source: CWE-287
#[tokio::test]
async fn a_second_sign_up_neither_joins_nor_changes_the_first() {
    for settings in
        [&[][..], &[("REQUIRE_EMAIL_VERIFICATION", "true")], &[("AUTO_SIGN_IN", "false")]]
    {
        let app = TestApp::with(settings).await;
        app.sign_up(OWNER).await;
        let before = app.rows().await;
        let body = json!({ "name": "Owner", "email": OWNER, "password": OWNERS });

        let reply = app.post("/api/auth/sign-up/email").json(&body).send().await;

        assert!(reply.set_cookies().is_empty(), "{settings:?} {reply:?}");
        assert_eq!(app.rows().await, before, "{settings:?}");
        assert_eq!(app.sign_in(OWNER, OWNERS).await.status, 401, "{settings:?}");
    }
}

/// Source: CWE-287
#[tokio::test]
async fn a_proof_of_the_address_signs_in_who_follows_it_and_nobody_else() {
    let settings =
        [("REQUIRE_EMAIL_VERIFICATION", "true"), ("AUTO_SIGN_IN_AFTER_VERIFICATION", "true")];
    let app = TestApp::with(&settings).await;
    let mallory = app.sign_up(OWNER).await;
    let token = app.token_of(&app.mails().await[0]).await;

    let owner = app.get(&format!("/api/auth/verify-email?token={token}")).send().await;

    assert_eq!(owner.status, 200);
    assert_eq!(app.count("select count(*) from session").await, 1);
    assert_eq!(app.session(&mallory.cookies()).await.text, "null");
    assert_eq!(app.session(&owner.cookies()).await.json()["user"]["email"], OWNER);
}

/// Source: CWE-640
#[tokio::test]
async fn a_change_of_address_that_a_stranger_began_is_void_once_the_owner_has_reset_the_password() {
    let app = TestApp::with(&[("CHANGE_EMAIL_ENABLED", "true")]).await;
    let mallory = app.sign_up(OWNER).await.cookies();
    let body = json!({ "newEmail": "eve@evil.example" });
    let asked = app.act("/api/auth/change-email", &mallory, &body).send().await;
    assert_eq!(asked.status, 200, "{asked:?}");
    let token = app.token_of(&app.mail().await).await;
    app.clock.advance(time::Duration::seconds(1));

    assert_eq!(reset(&app).await.status, 200);
    let followed = app.get(&format!("/api/auth/verify-email?token={token}")).send().await;

    assert_eq!((followed.status, followed.code().as_str()), (401, "INVALID_TOKEN"), "{followed:?}");
    assert_eq!(app.text(r#"select email from "user""#).await, OWNER);
}
