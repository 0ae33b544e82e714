//! `HIDE_SESSION_TOKEN`: no body tells what a session is held by.

use serde_json::{Value, json};
use tests::app::{BASE, TestApp};
use tests::scene::{SETTINGS, Scene, endpoints, has_succeeded};
use time::Duration;

const HIDDEN: (&str, &str) = ("HIDE_SESSION_TOKEN", "true");

/// Every token that the database holds.
async fn tokens(app: &TestApp) -> Vec<String> {
    sqlx::query_scalar("select token from session").fetch_all(&app.db).await.unwrap()
}

#[tokio::test]
async fn no_endpoint_tells_a_token_in_its_body() {
    for (row, endpoint) in endpoints() {
        // The one that is taken away by the request may not be told either.
        let settings: Vec<_> = SETTINGS.into_iter().chain([HIDDEN]).collect();
        let scene = Scene::over(TestApp::with(&settings).await).await;
        // The scene's other one is too short to be looked for.
        scene.app.sql("delete from session where token = 'other'").await;
        let before = tokens(&scene.app).await;

        let reply = scene.signed_in(row, endpoint).send().await;

        assert!(has_succeeded(&reply), "{} {reply:?}", row.name);
        for token in before.iter().chain(&tokens(&scene.app).await) {
            assert_eq!(token.len(), 32);
            assert!(!reply.text.contains(token), "{} {}", row.name, reply.text);
        }
    }
}

#[tokio::test]
async fn the_id_stands_in_its_place_and_proves_nothing() {
    let app = TestApp::with(&[HIDDEN]).await;
    let signed_up = app.sign_up("ada@example.com").await;
    let id = app.text("select id from session").await;
    let cookies = signed_up.cookies();

    assert_eq!(signed_up.json()["token"], *id);
    let session = app.session(&cookies).await.json()["session"].clone();
    assert_eq!((&session["token"], &session["id"]), (&json!(id), &json!(id)));
    let listed = app.get("/api/auth/list-sessions").cookie(&cookies).send().await.json();
    assert_eq!(listed[0], session);
    let (name, _) = cookies.split_once('=').unwrap();
    let by_cookie = app.session(&format!("{name}={id}")).await;
    let by_bearer = app.get("/api/auth/get-session").bearer(&id).send().await;

    assert_eq!((by_cookie.text.as_str(), by_bearer.text.as_str()), ("null", "null"));
}

#[tokio::test]
async fn a_cached_copy_tells_no_token_either() {
    for strategy in ["compact", "jwt", "jwe"] {
        let app = TestApp::with(&[HIDDEN, ("COOKIE_CACHE", strategy)]).await;
        let cookies = app.sign_up("ada@example.com").await.cookies();
        let id = app.text("select id from session").await;
        app.sql("delete from session").await;

        let cached = app.session(&cookies).await;

        assert_eq!(cached.json()["session"]["token"], *id, "{strategy}: it is still believed");
    }
}

#[tokio::test]
async fn a_changed_password_tells_the_new_sessions_id() {
    let app = TestApp::with(&[HIDDEN]).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let body = json!({ "currentPassword": "correct horse", "newPassword": "battery staple",
        "revokeOtherSessions": true });

    let changed = app.act("/api/auth/change-password", &cookies, &body).send().await;

    assert_eq!(changed.json()["token"], *app.text("select id from session").await);
}

#[tokio::test]
async fn a_session_is_ended_by_what_its_list_says() {
    let app = TestApp::with(&[HIDDEN]).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.clock.advance(Duration::MINUTE);
    app.sign_in("ada@example.com", "correct horse").await;
    app.sign_up("bob@example.com").await;
    let listed = app.get("/api/auth/list-sessions").cookie(&cookies).send().await.json();
    let revoke = async |token: &Value| {
        app.act("/api/auth/revoke-session", &cookies, &json!({ "token": token })).send().await
    };
    let count = "select count(*) from session";

    let bobs = app
        .text(r#"select s.id from session s join "user" u on u.id = s."userId" where email like 'bob%'"#)
        .await;
    assert_eq!(revoke(&json!(bobs)).await.status, 200);
    assert_eq!(app.count(count).await, 3, "a stranger's stays");
    let other = revoke(&listed[1]["token"]).await;
    assert_eq!((other.status, app.count(count).await), (200, 2));
    assert!(other.set_cookies().is_empty(), "it was another one");
    let own = revoke(&listed[0]["token"]).await;

    assert_eq!((own.status, app.count(count).await), (200, 1));
    assert_eq!(own.cleared(), ["session_token", "session_data", "dont_remember"]);
}

#[tokio::test]
async fn an_id_ends_no_session_where_tokens_are_told() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let id = app.text("select id from session").await;

    let request = app.post("/api/auth/revoke-session").json(&json!({ "token": id }));
    request.cookie(&cookies).origin(BASE).send().await;

    assert_eq!(app.count("select count(*) from session").await, 1);
}
