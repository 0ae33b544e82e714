//! Routes, methods and content types. core.md §1

use axum::http::Method;
use tests::app::TestApp;
use tests::scene::{Scene, endpoints};

#[tokio::test]
async fn ok_and_health_answer() {
    let app = TestApp::new().await;

    assert_eq!(app.get("/api/auth/ok").send().await.text, r#"{"ok":true}"#);
    assert_eq!(app.get("/health").send().await.text, r#"{"status":"ok"}"#);
}

#[tokio::test]
async fn what_is_no_endpoint_is_404_without_a_body() {
    let app = TestApp::new().await;
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/api/auth"),
        (Method::GET, "/api/auth/"),
        (Method::GET, "/api/auth/nope"),
        (Method::GET, "/get-session"),
        (Method::GET, "/api/auth/ok/"),
        (Method::GET, "/api/auth//ok"),
        (Method::GET, "/api/auth/OK"),
        (Method::GET, "/api/auth/%6fk"),
        (Method::GET, "/api/auth/sign-in/email"),
        (Method::GET, "/api/auth/sign-out"),
        (Method::POST, "/api/auth/ok"),
        (Method::POST, "/api/auth/session"),
        (Method::POST, "/api/auth/forget-password"),
        (Method::POST, "/api/auth/set-password"),
        (Method::GET, "/api/auth/reset-password/a/b"),
        (Method::POST, "/api/auth/reset-password/a"),
        (Method::POST, "/api/auth/sign-in/social"),
        (Method::DELETE, "/api/auth/ok"),
        (Method::PUT, "/api/auth/sign-out"),
        (Method::TRACE, "/api/auth/ok"),
        (Method::TRACE, "/api/auth/get-session"),
        (Method::TRACE, "/health"),
        (Method::HEAD, "/api/auth/ok"),
        (Method::HEAD, "/api/auth/get-session"),
        (Method::OPTIONS, "/api/auth/ok"),
        (Method::OPTIONS, "/api/auth/sign-in/email"),
    ] {
        let reply = app.request(method.clone(), path).send().await;

        assert_eq!((reply.status, reply.text.as_str()), (404, ""), "{method} {path}");
        for header in ["content-type", "allow"] {
            assert_eq!(reply.header(header), "", "{method} {path}");
        }
    }
}

#[tokio::test]
async fn content_types_are_the_endpoints_own() {
    let app = TestApp::new().await;
    let path = "/api/auth/sign-in/email";
    for content_type in
        ["text/plain", "application/vnd.api+json", "multipart/form-data; boundary=x"]
    {
        let reply = app.post(path).body(content_type, "{}").send().await;

        assert_eq!((reply.status, reply.code().as_str()), (415, "UNSUPPORTED_MEDIA_TYPE"));
        let message = format!(
            "Content-Type \"{content_type}\" is not allowed. \
             Allowed types: application/x-www-form-urlencoded, application/json"
        );
        assert_eq!(reply.message(), message);
    }
    let json = app.post(path).body("APPLICATION/JSON;charset=utf-8", "{}").send().await;
    assert_eq!(json.code(), "VALIDATION_ERROR");
}

#[tokio::test]
async fn every_answer_has_a_request_id_of_its_own() {
    let app = TestApp::new().await;

    let replies = [
        app.get("/health").send().await,
        app.session("").await,
        app.get("/nowhere").send().await,
        app.post("/health").send().await,
        app.post("/api/auth/sign-in/email").send().await,
    ];

    let ids: std::collections::BTreeSet<_> =
        replies.iter().map(|reply| reply.header("x-request-id")).collect();
    assert!(ids.len() == replies.len() && ids.iter().all(|id| id.len() == 32), "{ids:?}");
}

#[tokio::test]
async fn no_answer_tells_what_serves_it() {
    let scene = Scene::new().await;
    for (row, endpoint) in endpoints() {
        let reply = scene.request(row, endpoint).send().await;

        for header in ["server", "x-powered-by", "via", "x-runtime"] {
            assert_eq!(reply.header(header), "", "{}", row.name);
        }
        let text = reply.text.to_lowercase();
        for name in ["latchkey", "postgres"] {
            assert!(!text.contains(name), "{} {reply:?}", row.name);
        }
    }
}
