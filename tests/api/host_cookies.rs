//! `USE_HOST_COOKIES`: no other host can set or replace the cookies.

use serde_json::json;
use tests::app::{BASE, TestApp};
use tests::reply::Reply;
use tests::scene::{SETTINGS, Scene, endpoints, has_succeeded};

/// The requests of the scene come from pages of [`BASE`].
const HOST: [(&str, &str); 3] = [
    ("USE_HOST_COOKIES", "true"),
    ("PUBLIC_URL", "https://auth.example.com"),
    ("CORS_ORIGIN", BASE),
];

/// How many lines there are, each of them one that a browser takes (RFC 6265bis, section 5.7).
fn checked(reply: &Reply) -> usize {
    let lines = reply.set_cookies();
    for line in &lines {
        let attributes: Vec<_> = line.split("; ").collect();
        assert!(attributes[0].starts_with("__Host-better-auth."), "{line}");
        assert!(attributes.contains(&"Path=/") && attributes.contains(&"Secure"), "{line}");
        assert!(!line.to_lowercase().contains("domain="), "{line}");
    }
    lines.len()
}

#[tokio::test]
async fn every_cookie_of_every_endpoint_is_one() {
    let mut lines = 0;
    for (row, endpoint) in endpoints() {
        let settings = HOST.into_iter().chain(SETTINGS).chain([("COOKIE_CACHE", "compact")]);
        let settings: Vec<_> = settings.collect();
        let scene = Scene::over(TestApp::with(&settings).await).await;

        let reply = scene.signed_in(row, endpoint).send().await;

        assert!(has_succeeded(&reply), "{}: it is read under its name {reply:?}", row.name);
        lines += checked(&reply);
    }
    assert!(lines > 20, "{lines}");
}

#[tokio::test]
async fn a_session_that_is_not_remembered_has_one_too() {
    let app = TestApp::with(&HOST).await;
    app.sign_up("ada@example.com").await;
    let body =
        json!({ "email": "ada@example.com", "password": "correct horse", "rememberMe": false });

    let reply = app.post("/api/auth/sign-in/email").json(&body).send().await;

    assert_eq!(checked(&reply), 2);
}

#[tokio::test]
async fn a_cookie_that_another_host_could_set_is_not_read() {
    let app = TestApp::with(&HOST).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    assert_ne!(app.session(&cookies).await.text, "null");

    for guard in ["__Secure-", ""] {
        let other = cookies.replace("__Host-", guard);
        assert_eq!(app.session(&other).await.text, "null", "{guard}");
    }
}
