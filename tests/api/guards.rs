//! What stands before every handler, and in which order. core.md §2, §5

use serde_json::json;
use tests::app::BASE;
use tests::scene::{Scene, endpoints, has_succeeded, is_guarded};
use time::Duration;

const EVIL: &str = "https://evil.com";

#[tokio::test]
async fn every_endpoint_does_what_it_is_for() {
    for (row, endpoint) in endpoints() {
        let scene = Scene::new().await;

        let reply = scene.signed_in(row, endpoint).send().await;

        assert!(has_succeeded(&reply), "{} {reply:?}", row.name);
    }
}

#[tokio::test]
async fn the_body_comes_before_the_origin_and_the_origin_before_the_fields() {
    let scene = Scene::new().await;
    for (row, endpoint) in endpoints().filter(|(_, endpoint)| endpoint.method == "POST") {
        let post = || scene.app.post(endpoint.path).cookie("x=1");
        let wrong = json!({ "callbackURL": EVIL, "email": 1, "token": 1, "password": 1 });

        let media_type = post().body("text/plain", "x").origin(EVIL).send().await;
        let malformed = post().body("application/json", "{").origin(EVIL).send().await;
        let origin = post().json(&wrong).origin(EVIL).send().await;
        let referer = post().json(&wrong).header("referer", "https://evil.com/x").send().await;
        let null = post().json(&wrong).origin("null").send().await;
        let url = post().json(&wrong).origin(BASE).send().await;

        for (reply, status, code) in [
            (media_type, 415, "UNSUPPORTED_MEDIA_TYPE"),
            (malformed, 400, "BAD_REQUEST"),
            (origin, 403, "INVALID_ORIGIN"),
            (referer, 403, "INVALID_ORIGIN"),
            (null, 403, "MISSING_OR_NULL_ORIGIN"),
            (url, 403, "INVALID_CALLBACK_URL"),
        ] {
            assert_eq!((reply.status, reply.code().as_str()), (status, code), "{}", row.name);
        }
    }
}

#[tokio::test]
async fn a_cookie_needs_an_origin_everywhere_but_at_sign_out() {
    let scene = Scene::new().await;
    for (row, endpoint) in endpoints().filter(|(_, endpoint)| endpoint.method == "POST") {
        if row.name == "sign_out" {
            continue;
        }
        let reply = scene.request(row, endpoint).cookie(&scene.cookies).send().await;

        assert_eq!(
            (reply.status, reply.code().as_str()),
            (403, "MISSING_OR_NULL_ORIGIN"),
            "{}",
            row.name
        );
    }
    assert_ne!(scene.app.session(&scene.cookies).await.text, "null", "nothing has happened");
}

#[tokio::test]
async fn the_fields_come_before_the_session() {
    let scene = Scene::new().await;
    let has_no_body = ["revoke_sessions", "revoke_other_sessions"];
    for (row, endpoint) in endpoints().filter(|(_, endpoint)| endpoint.method == "POST") {
        if has_no_body.contains(&row.name) {
            continue;
        }
        let reply = scene.app.post(endpoint.path).json(&json!([])).send().await;

        assert_eq!(
            (reply.status, reply.code().as_str()),
            (400, "VALIDATION_ERROR"),
            "{}",
            row.name
        );
    }
}

#[tokio::test]
async fn who_shows_no_live_session_is_unauthorised_and_a_dead_ones_cookies_go() {
    let scene = Scene::new().await;
    let forged = scene.cookies.replace('.', ".x");
    scene.app.sql("update session set \"expiresAt\" = '2026-11-23 11:59Z'").await;
    for (row, endpoint) in endpoints().filter(|(row, _)| is_guarded(row)) {
        let nobody = scene.request(row, endpoint).send().await;
        let forged = scene.request(row, endpoint).cookie(&forged).origin(BASE).send().await;
        let dead = scene.signed_in(row, endpoint).send().await;

        for reply in [&nobody, &forged, &dead] {
            assert_eq!(
                (reply.status, reply.text.as_str()),
                (401, r#"{"message":"Unauthorized","code":"UNAUTHORIZED"}"#),
                "{}",
                row.name
            );
        }
        assert!(nobody.set_cookies().is_empty() && forged.set_cookies().is_empty());
        let all = ["session_token", "session_data", "dont_remember"];
        assert_eq!(dead.cleared(), all, "{}", row.name);
    }
}

#[tokio::test]
async fn a_bearer_is_as_good_as_a_cookie_and_needs_no_origin() {
    for (row, endpoint) in endpoints() {
        let scene = Scene::new().await;
        // sign-in and sign-up have a guard of their own for foreign pages.
        let is_sign_in = ["sign_up_email", "sign_in_email"].contains(&row.name);
        let origin = if is_sign_in { BASE } else { EVIL };

        let request = scene.request(row, endpoint).bearer(&scene.signed_token).origin(origin);
        let reply = request.send().await;

        assert!(has_succeeded(&reply), "{} {reply:?}", row.name);
        if row.name == "get_session" {
            assert_ne!(reply.text, "null");
        }
    }
}

#[tokio::test]
async fn a_session_that_was_extended_reaches_the_client_whatever_else_is_answered() {
    // They end sessions: what was extended a moment before is not handed out once more.
    let ends = [
        "revoke_session",
        "revoke_sessions",
        "revoke_other_sessions",
        "delete_user",
        "delete_user_callback",
    ];
    for (row, endpoint) in endpoints() {
        let looks =
            is_guarded(row) || ["get_session", "send_verification_email"].contains(&row.name);
        if !looks || ends.contains(&row.name) {
            continue;
        }
        let scene = Scene::new().await;
        scene.app.clock.advance(Duration::days(2));

        let reply = scene.signed_in(row, endpoint).send().await;

        let line = reply.set_cookies()[0];
        assert!(line.starts_with(&scene.cookies), "{} {reply:?}", row.name);
        assert!(line.contains("; Max-Age=604800;"), "{} {line}", row.name);
        assert_eq!(reply.header("set-auth-token"), scene.signed_token, "{}", row.name);
    }
}

#[tokio::test]
async fn a_refused_request_hands_the_extended_session_out_too() {
    for (path, body, code) in [
        ("update-session", json!({}), ""),
        ("update-user", json!({ "email": "a@b.co" }), "EMAIL_CAN_NOT_BE_UPDATED"),
        ("verify-password", json!({ "password": "wrong" }), "INVALID_PASSWORD"),
        (
            "change-password",
            json!({ "currentPassword": "wrong", "newPassword": "battery staple" }),
            "INVALID_PASSWORD",
        ),
        ("change-email", json!({ "newEmail": "ada@example.com" }), ""),
        ("delete-user", json!({}), "SESSION_EXPIRED"),
        ("unlink-account", json!({ "accountId": "github" }), "SESSION_NOT_FRESH"),
        ("send-verification-email", json!({ "email": "b@b.co" }), "EMAIL_MISMATCH"),
    ] {
        let scene = Scene::new().await;
        scene.app.clock.advance(Duration::days(2));

        let path = format!("/api/auth/{path}");
        let reply = scene.app.act(&path, &scene.cookies, &body).send().await;

        assert!(reply.status >= 400, "{path} {reply:?}");
        assert_eq!(reply.code(), code, "{path}");
        assert_eq!(reply.cookies(), scene.cookies, "{path}");
        assert_eq!(reply.header("set-auth-token"), scene.signed_token, "{path}");
    }
}
