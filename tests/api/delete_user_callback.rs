//! `GET /delete-user/callback`

use serde_json::json;
use tests::app::TestApp;
use tests::reply::Reply;
use time::Duration;

const SETTINGS: [(&str, &str); 2] =
    [("DELETE_USER_ENABLED", "true"), ("DELETE_USER_VERIFICATION", "true")];

/// Somebody who was mailed a token: the cookies, and the token.
async fn asked() -> (TestApp, String, String) {
    let app = TestApp::with(&SETTINGS).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.act("/api/auth/delete-user", &cookies, &json!({})).send().await;
    let token = app.mail().await.token.unwrap();
    (app, cookies, token)
}

async fn follow(app: &TestApp, cookies: &str, query: &str) -> Reply {
    app.get(&format!("/api/auth/delete-user/callback{query}")).cookie(cookies).send().await
}

#[tokio::test]
async fn the_link_deletes_the_user_and_leads_on() {
    for (more, status, location) in
        [("", 200, ""), ("&callbackURL=%2Fbye%3Fa%3D1", 302, "/bye?a=1")]
    {
        let (app, cookies, token) = asked().await;

        let reply = follow(&app, &cookies, &format!("?token={token}{more}")).await;

        assert_eq!((reply.status, reply.header("location")), (status, location));
        if status == 200 {
            assert_eq!(reply.text, r#"{"success":true,"message":"User deleted"}"#);
        }
        assert_eq!(reply.cleared(), ["session_token", "session_data", "dont_remember"]);
        assert_eq!(app.count(r#"select count(*) from "user""#).await, 0);
    }
}

#[tokio::test]
async fn a_session_that_was_due_is_not_handed_out_after_its_end() {
    let (app, cookies, token) = asked().await;
    app.clock.advance(Duration::days(1));

    let reply = follow(&app, &cookies, &format!("?token={token}")).await;

    assert_eq!(reply.status, 200, "at its last instant it lives");
    assert!(reply.set_cookies().last().unwrap().contains("dont_remember=; Max-Age=0"));
    assert_eq!(reply.header("set-auth-token"), "");
}

#[tokio::test]
async fn it_is_for_the_user_alone_and_a_stranger_uses_nothing_up() {
    let (app, cookies, token) = asked().await;
    let bobs = app.sign_up("bob@example.com").await.cookies();
    let query = format!("?token={token}&callbackURL=/bye");

    let nobody = follow(&app, "", &query).await;
    let stranger = follow(&app, &bobs, &query).await;
    let unknown = follow(&app, &cookies, "?token=nope&callbackURL=/bye").await;
    let owner = follow(&app, &cookies, &query).await;

    assert_eq!((nobody.status, nobody.code().as_str()), (404, "FAILED_TO_GET_USER_INFO"));
    assert_eq!(nobody.message(), "Failed to get user info");
    for reply in [stranger, unknown] {
        assert_eq!((reply.status, reply.code().as_str()), (404, "INVALID_TOKEN"));
        assert_eq!(reply.header("location"), "");
    }
    assert_eq!(owner.status, 302);
}

#[tokio::test]
async fn an_expired_token_deletes_nobody() {
    let (app, cookies, token) = asked().await;
    app.clock.advance(Duration::days(1) + Duration::MILLISECOND);

    let reply = follow(&app, &cookies, &format!("?token={token}")).await;

    assert_eq!((reply.status, reply.code().as_str()), (404, "INVALID_TOKEN"));
    assert_eq!(app.count(r#"select count(*) from "user""#).await, 1);
}

#[tokio::test]
async fn a_reset_token_deletes_nobody() {
    let (app, cookies, _) = asked().await;
    let body = json!({ "email": "ada@example.com" });
    app.post("/api/auth/request-password-reset").json(&body).send().await;
    let token = app.mails().await.into_iter().find(|mail| mail.kind == "reset-password");
    let token = token.unwrap().token.unwrap();

    let reply = follow(&app, &cookies, &format!("?token={token}")).await;

    assert_eq!((reply.status, reply.code().as_str()), (404, "INVALID_TOKEN"));
}

#[tokio::test]
async fn switched_off_it_is_not_there_and_without_a_token_no_link() {
    let off = TestApp::new().await;
    let (on, cookies, _) = asked().await;

    let disabled = follow(&off, "", "?token=t").await;
    let missing = follow(&on, &cookies, "").await;

    assert_eq!((disabled.status, disabled.code().as_str()), (404, "NOT_FOUND"));
    assert_eq!(disabled.message(), "Not found");
    assert_eq!((missing.status, missing.code().as_str()), (400, "VALIDATION_ERROR"));
}
