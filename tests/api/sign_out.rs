//! `POST /sign-out`

use serde_json::json;
use tests::app::{BASE, TestApp};

const PATH: &str = "/api/auth/sign-out";
const CLEARED: [&str; 3] = ["session_token", "session_data", "dont_remember"];

#[tokio::test]
async fn the_session_is_deleted_and_its_cookies_taken_away() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();

    let reply = app.post(PATH).json(&json!({})).cookie(&cookies).origin(BASE).send().await;

    assert_eq!((reply.status, reply.text.as_str()), (200, r#"{"success":true}"#));
    assert_eq!(reply.cleared(), CLEARED);
    assert_eq!(app.count("select count(*) from session").await, 0);
    assert_eq!(app.session(&cookies).await.text, "null");
}

#[tokio::test]
async fn it_succeeds_without_a_session() {
    let app = TestApp::new().await;

    let reply = app.post(PATH).send().await;

    assert_eq!((reply.status, reply.cleared()), (200, CLEARED.to_vec()));
}

#[tokio::test]
async fn the_seeds_curl_line_signs_out_with_its_cookie_alone() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();

    let reply = app.post(PATH).cookie(&cookies).header("user-agent", "curl/8.5.0").send().await;

    assert_eq!(reply.status, 200);
    assert_eq!(app.count("select count(*) from session").await, 0);
}

#[tokio::test]
async fn a_browser_states_where_it_comes_from() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    for (header, value, code) in [
        ("origin", "https://evil.com", "INVALID_ORIGIN"),
        ("origin", "null", "MISSING_OR_NULL_ORIGIN"),
        ("referer", "https://evil.com/", "INVALID_ORIGIN"),
        ("sec-fetch-site", "same-origin", "MISSING_OR_NULL_ORIGIN"),
    ] {
        let reply = app.post(PATH).cookie(&cookies).header(header, value).send().await;
        assert_eq!((reply.status, reply.code().as_str()), (403, code), "{header}: {value}");
    }

    let elsewhere =
        app.post("/api/auth/sign-in/email").json(&json!({})).cookie(&cookies).send().await;
    assert_eq!((elsewhere.status, elsewhere.code().as_str()), (403, "MISSING_OR_NULL_ORIGIN"));
    assert_eq!(app.count("select count(*) from session").await, 1);
}

#[tokio::test]
async fn the_optional_body_is_checked() {
    let app = TestApp::new().await;
    for (body, message) in [
        (
            json!({ "callbackURL": "/x", "disableRedirect": "no", "state": 1 }),
            "[body.disableRedirect] Invalid input: expected boolean, received string; \
             [body.state] Invalid input: expected string, received number",
        ),
        (json!([]), "[body] Invalid input: expected object, received array"),
        (json!(null), "[body] Invalid input: expected object, received null"),
    ] {
        let reply = app.post(PATH).json(&body).send().await;
        assert_eq!((reply.status, reply.message().as_str()), (400, message));
    }

    let form = app.post(PATH).body("application/x-www-form-urlencoded", "x=1").send().await;
    assert_eq!((form.status, form.code().as_str()), (415, "UNSUPPORTED_MEDIA_TYPE"));
}

#[tokio::test]
async fn an_expired_session_is_deleted_too_and_a_forged_one_is_not() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let (token, _) = cookies.split_once("token=").unwrap().1.split_once('.').unwrap();

    let forged =
        format!("better-auth.session_token={token}.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D");
    app.post(PATH).cookie(&forged).send().await;
    assert_eq!(app.count("select count(*) from session").await, 1);

    app.clock.advance(time::Duration::days(8));
    app.post(PATH).cookie(&cookies).send().await;
    assert_eq!(app.count("select count(*) from session").await, 0);
}
