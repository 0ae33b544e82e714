//! Endpoints that are switched off, and slashes at the end. core.md §1

use axum::http::Method;
use tests::app::TestApp;

#[tokio::test]
async fn a_disabled_path_is_not_found_by_any_method_and_counts_nothing() {
    let app = TestApp::with(&[
        ("DISABLED_PATHS", "/sign-in/email, /get-session,/ok,/nope"),
        ("RATE_LIMIT_ENABLED", "true"),
    ])
    .await;
    for (method, path) in [
        (Method::POST, "/api/auth/sign-in/email"),
        (Method::GET, "/api/auth/sign-in/email"),
        (Method::GET, "/api/auth/get-session?x=1"),
        (Method::GET, "/api/auth/session"),
        (Method::GET, "/api/auth/ok"),
        (Method::GET, "/api/auth/ok/"),
        (Method::GET, "/api/auth/nope"),
    ] {
        let reply = app.request(method.clone(), path).from("203.0.113.5").send().await;

        assert_eq!((reply.status, reply.text.as_str()), (404, "Not Found"), "{method} {path}");
        assert_eq!(reply.header("content-type"), "text/plain;charset=UTF-8");
        assert_eq!(reply.header("x-request-id").len(), 32);
    }
    assert_eq!(app.count(r#"select count(*) from "rateLimit""#).await, 0);

    for (path, status, text) in [
        ("/health", 200, r#"{"status":"ok"}"#),
        ("/ok", 404, ""),
        ("/api/auth/OK", 404, ""),
        ("/api/auth/sign-in", 404, ""),
        ("/api/auth/nope/more", 404, ""),
    ] {
        let reply = app.get(path).send().await;
        assert_eq!((reply.status, reply.text.as_str()), (status, text), "{path}");
    }
}

#[tokio::test]
async fn a_slash_at_the_end_is_skipped_where_the_setting_says_so() {
    let strict = TestApp::new().await;
    let lenient =
        TestApp::with(&[("SKIP_TRAILING_SLASHES", "true"), ("RATE_LIMIT_ENABLED", "true")]).await;

    for path in ["/api/auth/ok/", "/api/auth/get-session/"] {
        assert_eq!(strict.get(path).send().await.status, 404, "{path}");
        assert_eq!(lenient.get(path).send().await.status, 200, "{path}");
    }
    assert_eq!(lenient.get("/api/auth/ok//").send().await.status, 404);
    assert_eq!(lenient.get("/api/auth//ok").send().await.status, 404);

    let sign_in = |path| lenient.post(path).from("203.0.113.5").send();
    for path in ["/api/auth/sign-in/email", "/api/auth/sign-in/email/", "/api/auth/sign-in/email"] {
        assert_eq!(sign_in(path).await.status, 400);
    }
    assert_eq!(sign_in("/api/auth/sign-in/email/").await.status, 429, "one counter for both");
}
