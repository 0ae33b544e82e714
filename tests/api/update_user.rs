//! `POST /update-user`

use serde_json::{Value, json};
use tests::app::TestApp;

const PATH: &str = "/api/auth/update-user";

async fn signed_in() -> (TestApp, String) {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    (app, cookies)
}

#[tokio::test]
async fn name_and_image_change_each_alone_or_both() {
    let (app, cookies) = signed_in().await;
    app.clock.advance(time::Duration::MINUTE);
    for (body, name, image) in [
        (json!({ "name": "Grace" }), "Grace", Value::Null),
        (json!({ "image": "/a.png" }), "Grace", json!("/a.png")),
        (json!({ "name": "", "image": null }), "", Value::Null),
    ] {
        let reply = app.act(PATH, &cookies, &body).send().await;

        assert_eq!((reply.status, reply.text.as_str()), (200, r#"{"status":true}"#), "{body}");
        assert_eq!(reply.cookies(), cookies, "its cookies are handed out anew");
        assert!(reply.set_cookies()[0].contains("; Max-Age=604800;"));
        let user = &app.session(&cookies).await.json()["user"];
        assert_eq!((&user["name"], &user["image"]), (&json!(name), &image), "{body}");
        assert_eq!(user["updatedAt"], "2026-11-23T12:01:00.000Z");
    }
}

#[tokio::test]
async fn what_is_no_text_is_kept_as_its_json() {
    let (app, cookies) = signed_in().await;
    for (value, stored) in
        [(json!(5), "5"), (json!(true), "true"), (json!({ "a": [1] }), r#"{"a":[1]}"#)]
    {
        let body = json!({ "name": value, "image": value });
        let reply = app.act(PATH, &cookies, &body).send().await;

        assert_eq!(reply.status, 200, "{reply:?}");
        let user = &app.session(&cookies).await.json()["user"];
        assert_eq!((&user["name"], &user["image"]), (&json!(stored), &json!(stored)));
    }
}

#[tokio::test]
async fn what_may_not_or_cannot_change_is_refused() {
    let (app, cookies) = signed_in().await;
    for (body, code, message) in [
        (
            json!({ "name": "B", "email": "b@example.com" }),
            "EMAIL_CAN_NOT_BE_UPDATED",
            "Email can not be updated",
        ),
        (json!({}), "", "No fields to update"),
        (json!({ "emailVerified": true, "id": "x" }), "", "No fields to update"),
        (json!({ "email": "" }), "", "No fields to update"),
        (
            json!({ "name": null }),
            "VALIDATION_ERROR",
            "[body.name] Invalid input: expected string, received null",
        ),
        (
            json!({ "name": "a\0b" }),
            "VALIDATION_ERROR",
            "[body.name] Invalid input: the character U+0000 is not allowed",
        ),
        (json!([]), "VALIDATION_ERROR", "[body] Invalid input: expected record, received array"),
    ] {
        let reply = app.act(PATH, &cookies, &body).send().await;

        assert_eq!((reply.status, reply.code().as_str()), (400, code), "{body}");
        assert_eq!(reply.message(), message);
    }
    let user = &app.session(&cookies).await.json()["user"];
    assert_eq!((&user["name"], &user["emailVerified"]), (&json!("Ada"), &json!(false)));
}

#[tokio::test]
async fn it_needs_a_session() {
    let (app, cookies) = signed_in().await;
    app.sql("delete from session").await;
    let body = json!({ "name": "B" });

    let nobody = app.post(PATH).json(&body).send().await;
    let ended = app.act(PATH, &cookies, &body).send().await;

    assert_eq!((nobody.status, nobody.code().as_str()), (401, "UNAUTHORIZED"));
    assert_eq!((ended.status, ended.code().as_str()), (401, "UNAUTHORIZED"));
    assert_eq!(ended.cleared(), ["session_token", "session_data", "dont_remember"]);
}

#[tokio::test]
async fn each_cookie_goes_out_once_though_the_session_was_extended_a_moment_before() {
    let app = TestApp::with(&[("COOKIE_CACHE", "compact")]).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.clock.advance(time::Duration::days(2));

    let reply = app.act(PATH, &cookies, &json!({ "name": "Ada Lovelace" })).send().await;

    let names: Vec<_> =
        reply.set_cookies().into_iter().map(|line| line.split('=').next().unwrap()).collect();
    assert_eq!(names, ["better-auth.session_token", "better-auth.session_data"]);
    let session = app.session(&reply.cookies()).await.json();
    assert_eq!(session["user"]["name"], "Ada Lovelace", "the copy is the new one");
}
