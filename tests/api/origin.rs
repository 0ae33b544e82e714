//! Which pages may call, and where redirects may lead. core.md §17

use functions::routes::TABLE;
use serde_json::json;
use tests::app::{BASE, TestApp};

const TRUSTED: (&str, &str) = (
    "BETTER_AUTH_TRUSTED_ORIGINS",
    "https://app.example.com,https://*.wild.example.com,*.bare.example.com,myapp://,exp://192.168.*.*:*/**",
);
const SIGN_OUT: &str = "/api/auth/sign-out";
const SIGN_IN: &str = "/api/auth/sign-in/email";

#[tokio::test]
async fn pages_of_trusted_origins_may_call_with_cookies() {
    let app = TestApp::with(&[TRUSTED, ("CORS_ORIGIN", "https://exact.example.com")]).await;
    // contract/transcripts/09-origin-csrf.http
    for (origin, status) in [
        (BASE, 200),
        ("http://LOCALHOST:4000", 200),
        ("https://exact.example.com", 200),
        ("https://app.example.com", 200),
        ("https://app.example.com:443", 200),
        ("https://a.wild.example.com", 200),
        ("https://a.b.wild.example.com", 200),
        ("http://x.bare.example.com", 200),
        ("myapp://", 200),
        ("myapp://anything/path", 200),
        ("exp://192.168.1.2:8081/--/x", 200),
        ("https://evil.com", 403),
        ("http://localhost:4000.evil.com", 403),
        ("https://app.example.com:8443", 403),
        ("https://wild.example.com", 403),
        ("http://a.wild.example.com", 403),
        ("https://x.bare.example.com:99", 403),
        ("exp://10.0.0.1:8081", 403),
        ("/relative", 403),
        ("garbage", 403),
    ] {
        let reply = app.post(SIGN_OUT).cookie("x=1").origin(origin).send().await;
        assert_eq!(reply.status, status, "{origin}");

        let body = json!({ "email": "ada@example.com", "password": "x" });
        let reply = app.post(SIGN_IN).json(&body).origin(origin).send().await;
        assert_eq!(reply.status, if status == 200 { 401 } else { 403 }, "sign-in: {origin}");
    }
}

#[tokio::test]
async fn callbacks_lead_to_trusted_ground_also_into_an_app() {
    let app = TestApp::with(&[TRUSTED]).await;
    app.sign_up("ada@example.com").await;
    for (callback, status) in [
        ("/a", 200),
        ("https://app.example.com/x?y", 200),
        ("https://u.wild.example.com/z", 200),
        ("http://q.bare.example.com/", 200),
        ("myapp://cb", 200),
        ("exp://192.168.1.2:8081/--/x", 200),
        ("otherapp://cb", 403),
        ("javascript:alert(1)", 403),
        ("javascript://x.bare.example.com/%0aalert(1)", 403),
        ("data:text/html,x", 403),
        ("https://app.example.com@evil.com", 403),
    ] {
        let body = json!({ "email": "ada@example.com", "password": "correct horse", "callbackURL": callback });

        let reply = app.post(SIGN_IN).json(&body).send().await;

        assert_eq!(reply.status, status, "{callback}");
        if status == 200 {
            assert_eq!(
                (reply.header("location"), &reply.json()["url"]),
                (callback, &json!(callback))
            );
        } else {
            assert_eq!(reply.code(), "INVALID_CALLBACK_URL");
        }
    }
}

#[tokio::test]
async fn the_callback_of_the_query_is_no_callback_of_the_body() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let body = json!({ "email": "ada@example.com", "password": "correct horse" });

    let reply = app.post(&format!("{SIGN_IN}?callbackURL=/a")).json(&body).send().await;

    assert_eq!((reply.status, reply.header("location")), (200, ""));
    assert_eq!(reply.json()["redirect"], false);
}

#[tokio::test]
async fn every_endpoint_refuses_a_foreign_callback_in_the_query() {
    let app = TestApp::new().await;
    let without_source = ["ok", "health"];
    for row in TABLE.iter().filter(|row| !without_source.contains(&row.name)) {
        for query in
            ["callbackURL=https://evil.com", "callbackURL=%2F%2Fevil.com", "callback%55RL=/%5Cevil"]
        {
            let endpoint = row.endpoints[0];
            let path = format!("{}?{query}", endpoint.path.replace("{token}", "T"));
            let reply = app.request(endpoint.method.parse().unwrap(), &path).send().await;

            assert_eq!(
                (reply.status, reply.code().as_str()),
                (403, "INVALID_CALLBACK_URL"),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn the_switches_turn_off_what_is_theirs() {
    let wrong = json!({ "email": "ada@example.com", "password": "wrong password" });
    let mut astray = wrong.clone();
    astray["callbackURL"] = json!("https://evil.com");
    for (settings, cookie, navigation, callback) in [
        (&[][..], 403, 403, 403),
        (&[("DISABLE_CSRF_CHECK", "true")], 401, 401, 403),
        (&[("DISABLE_ORIGIN_CHECK", "true")], 401, 401, 401),
        (&[("DISABLE_ORIGIN_CHECK", "true"), ("DISABLE_CSRF_CHECK", "false")], 403, 403, 401),
        (&[("DISABLE_ORIGIN_CHECK", "/sign-in")], 401, 403, 401),
        (&[("DISABLE_ORIGIN_CHECK", "/sign-out,/callback")], 403, 403, 403),
    ] {
        let app = TestApp::with(settings).await;

        let foreign = app.post(SIGN_IN).json(&wrong).cookie("x=1").origin("https://evil.com");
        assert_eq!(foreign.send().await.status, cookie, "{settings:?}");
        let form = app
            .post(SIGN_IN)
            .json(&wrong)
            .origin("https://evil.com")
            .header("sec-fetch-site", "cross-site")
            .header("sec-fetch-mode", "navigate");
        assert_eq!(form.send().await.status, navigation, "{settings:?}");
        let reply = app.post(SIGN_IN).json(&astray).origin(BASE).send().await;
        assert_eq!(reply.status, callback, "{settings:?}");
    }
}
