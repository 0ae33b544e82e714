//! `GET /error`

use tests::app::TestApp;

const PATH: &str = "/api/auth/error";

#[tokio::test]
async fn the_page_shows_the_code_and_runs_nothing() {
    let app = TestApp::new().await;

    let reply =
        app.get(&format!("{PATH}?error=INVALID_TOKEN&error_description=a%26b")).send().await;

    assert_eq!((reply.status, reply.header("content-type")), (200, "text/html"));
    assert!(reply.text.contains("<code>INVALID_TOKEN</code>"), "{reply:?}");
    assert!(reply.text.contains("<p>a&amp;b</p>"), "{reply:?}");
    let policy = reply.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{policy}");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn nothing_of_a_link_becomes_markup() {
    let app = TestApp::new().await;
    let script = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";

    let path = format!("{PATH}?error={script}&error_description={script}");
    let reply = app.get(&path).send().await;

    assert!(reply.text.contains("<code>UNKNOWN</code>"), "{reply:?}");
    assert!(!reply.text.contains("<script"), "{reply:?}");
    for query in ["", "?error=", "?error=a%20b", "?error=%00", "?error=%C3%A9"] {
        let reply = app.get(&format!("{PATH}{query}")).send().await;
        assert!(reply.text.contains("<code>UNKNOWN</code>"), "{query}: {reply:?}");
    }
}

#[tokio::test]
async fn a_page_of_the_settings_takes_its_place() {
    let app = TestApp::with(&[("ERROR_URL", "https://app.example.com/oops?a=1")]).await;
    for (query, location) in [
        ("?error=X_Y", "https://app.example.com/oops?a=1&error=X_Y"),
        ("?error=%3Cb%3E", "https://app.example.com/oops?a=1&error=UNKNOWN"),
        (
            "?error=X&error_description=a%26b%20c%0D%0A",
            "https://app.example.com/oops?a=1&error=X&error_description=a%26b+c%0D%0A",
        ),
        ("", "https://app.example.com/oops?a=1&error=UNKNOWN"),
    ] {
        let reply = app.get(&format!("{PATH}{query}")).send().await;

        assert_eq!((reply.status, reply.header("location")), (302, location), "{query}");
    }
}
