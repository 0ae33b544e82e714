//! Session fixation: nobody is signed in under a token that somebody else chose.

use serde_json::json;
use shared::cookies::encode_uri_component;
use shared::keys::Keyring;
use tests::app::{BASE, SECRET, START, TestApp, TestRequest};
use tests::reply::Reply;

/// The tokens of all sessions, sorted.
async fn tokens(app: &TestApp) -> Vec<String> {
    sqlx::query_scalar("select token from session order by token").fetch_all(&app.db).await.unwrap()
}

fn cookie_of(token: &str) -> String {
    let signed = Keyring::parse(SECRET).unwrap().sign(token, START);
    format!("better-auth.session_token={}", encode_uri_component(&signed))
}

/// Every request that begins a session, for somebody who comes with `cookies`.
async fn beginnings(app: &TestApp, cookies: &str) -> Vec<Reply> {
    let by_page = |request: TestRequest| request.cookie(cookies).origin(BASE);
    let sign_up = json!({ "name": "Bob", "email": "bob@example.com", "password": "correct horse" });
    let sign_in = json!({ "email": "ada@example.com", "password": "correct horse" });
    let link = app.link_token(&json!({ "email": "eve@example.com" }));
    vec![
        by_page(app.post("/api/auth/sign-up/email").json(&sign_up)).send().await,
        by_page(app.post("/api/auth/sign-in/email").json(&sign_in)).send().await,
        by_page(app.get(&format!("/api/auth/verify-email?token={link}"))).send().await,
    ]
}

/// Source: CWE-384
#[tokio::test]
async fn every_way_of_signing_in_makes_a_new_token_whatever_cookie_was_there() {
    let planted = "PlantedPlantedPlantedPlanted1234";
    for mallorys in [false, true] {
        let app = TestApp::with(&[("AUTO_SIGN_IN_AFTER_VERIFICATION", "true")]).await;
        app.sign_up("ada@example.com").await;
        app.sign_up("eve@example.com").await;
        let cookies = if mallorys {
            app.sign_up("mallory@example.com").await.cookies()
        } else {
            cookie_of(planted)
        };
        let mut known = tokens(&app).await;
        known.push(planted.to_owned());

        for reply in beginnings(&app, &cookies).await {
            assert_eq!(reply.status, 200, "{reply:?}");
            let begun = app.session(&reply.cookies()).await.json()["session"]["token"].clone();
            let begun = begun.as_str().unwrap().to_owned();
            assert!(!known.contains(&begun), "{begun}");
            known.push(begun);
        }
        let who = app.session(&cookies).await;
        let expected = if mallorys { json!("mallory@example.com") } else { json!(null) };
        assert_eq!(who.json()["user"]["email"], expected, "{who:?}");
    }
}

/// Source: CWE-384
#[tokio::test]
async fn no_field_of_a_request_names_the_token_of_its_session() {
    let app = TestApp::new().await;
    let planted = "PlantedPlantedPlantedPlanted1234";
    let mut body = json!({
        "email": "ada@example.com", "password": "correct horse", "name": "Ada", "token": planted,
        "sessionToken": planted, "id": planted, "userId": planted, "session": { "token": planted },
    });
    for (path, query) in
        [("sign-up", ""), ("sign-in", ""), ("sign-in", "?token=PlantedPlantedPlantedPlanted1234")]
    {
        if path == "sign-in" {
            body.as_object_mut().unwrap().remove("name");
        }
        let request = app.post(&format!("/api/auth/{path}/email{query}")).json(&body);
        let request = request.bearer(planted).header("set-auth-token", planted);

        let reply = request.send().await;

        assert_eq!(reply.status, 200, "{reply:?}");
        assert_ne!(reply.json()["token"], planted);
    }
    let is_planted = |row: &str| row.contains(planted);
    let rows = app.text(r#"select jsonb_agg(to_jsonb(s))::text || (select jsonb_agg(to_jsonb(u)) from "user" u) from session s"#).await;
    assert!(!is_planted(&rows), "{rows}");
}

#[tokio::test]
async fn a_change_of_password_that_ends_sessions_changes_the_own_token_too() {
    let app = TestApp::new().await;
    let signed_up = app.sign_up("ada@example.com").await;
    let body = json!({
        "currentPassword": "correct horse", "newPassword": "battery staple", "revokeOtherSessions": true,
    });

    let reply = app.act("/api/auth/change-password", &signed_up.cookies(), &body).send().await;

    assert_ne!(reply.json()["token"], signed_up.json()["token"]);
    assert_eq!(app.session(&signed_up.cookies()).await.text, "null");
    assert_ne!(app.session(&reply.cookies()).await.text, "null");
}

#[tokio::test]
async fn the_same_tokens_never_come_twice() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    for _ in 0..20 {
        app.sign_in("ada@example.com", "correct horse").await;
    }

    let tokens = tokens(&app).await;

    assert_eq!(tokens.len(), 21);
    assert!(tokens.windows(2).all(|pair| pair[0] != pair[1]));
    let is_long =
        |token: &String| token.len() == 32 && token.bytes().all(|b| b.is_ascii_alphanumeric());
    assert!(tokens.iter().all(is_long), "{tokens:?}");
}
