//! Names and attributes of the cookies, as the settings want them. core.md §13.1

use serde_json::json;
use tests::app::{BASE, TestApp};

/// Signs up and out again; the lines that came, both times.
async fn lines(settings: &[(&str, &str)], base: &str) -> Vec<String> {
    let app = TestApp::with(settings).await;
    let body =
        json!({ "name": "A", "email": "a@b.co", "password": "correct horse", "rememberMe": false });
    let signed_up = app.post("/api/auth/sign-up/email").json(&body).send().await;
    assert_ne!(app.session(&signed_up.cookies()).await.text, "null", "{signed_up:?}");
    let request = app.post("/api/auth/sign-out").cookie(&signed_up.cookies()).origin(base);
    let out = request.send().await;
    assert_eq!(app.count("select count(*) from session").await, 0);
    signed_up.set_cookies().into_iter().chain(out.set_cookies()).map(str::to_owned).collect()
}

/// A line without its value.
fn shape(line: &str) -> String {
    let (name, rest) = line.split_once('=').unwrap();
    let attributes = rest.split_once(';').map_or("", |(_, attributes)| attributes);
    format!("{name};{attributes}")
}

#[tokio::test]
async fn a_prefix_takes_the_place_of_better_auths() {
    let lines = lines(&[("COOKIE_PREFIX", "acme")], BASE).await;

    let names: Vec<_> = lines.iter().map(|line| line.split_once('=').unwrap().0).collect();
    assert_eq!(
        names,
        [
            "acme.session_token",
            "acme.dont_remember",
            "acme.session_token",
            "acme.session_data",
            "acme.dont_remember"
        ]
    );
}

#[tokio::test]
async fn the_lines_of_a_cross_site_set_up_are_better_auths() {
    let base = "https://auth.example.com";
    let settings = [
        ("PUBLIC_URL", base),
        ("COOKIE_PREFIX", "acme"),
        ("CROSS_SUB_DOMAIN_COOKIES", "true"),
        ("COOKIE_DOMAIN", "example.com"),
        ("COOKIE_ATTRIBUTES", r#"{"sameSite":"none","partitioned":true}"#),
    ];

    let lines = lines(&settings, base).await;

    let attributes = "Domain=example.com; Path=/; HttpOnly; Secure; SameSite=None; Partitioned";
    for line in &lines[..2] {
        assert!(line.ends_with(&format!("; {attributes}")), "{line}");
    }
    for (line, key) in lines[2..].iter().zip(["session_token", "session_data", "dont_remember"]) {
        assert_eq!(*line, format!("__Secure-acme.{key}=; Max-Age=0; {attributes}"));
    }
}

#[tokio::test]
async fn without_a_domain_the_hosts_own_is_crossed() {
    let base = "https://auth.example.com";
    let lines = lines(&[("PUBLIC_URL", base), ("CROSS_SUB_DOMAIN_COOKIES", "true")], base).await;

    assert!(lines.iter().all(|line| line.contains("; Domain=auth.example.com;")), "{lines:?}");
}

#[tokio::test]
async fn what_browsers_demand_secure_for_is_secure() {
    for attributes in [r#"{"sameSite":"none"}"#, r#"{"partitioned":true}"#] {
        let lines = lines(&[("COOKIE_ATTRIBUTES", attributes)], BASE).await;

        assert!(lines.iter().all(|line| line.contains("; Secure")), "{attributes} {lines:?}");
        assert!(lines.iter().all(|line| line.starts_with("better-auth.")), "the name stays");
    }
}

#[tokio::test]
async fn secure_cookies_can_be_asked_for_and_refused() {
    let on = lines(&[("USE_SECURE_COOKIES", "true")], BASE).await;
    let base = "https://auth.example.com";
    let off = lines(&[("USE_SECURE_COOKIES", "false"), ("PUBLIC_URL", base)], base).await;

    assert!(on.iter().all(|line| line.starts_with("__Secure-") && line.contains("; Secure;")));
    assert!(off.iter().all(|line| line.starts_with("better-auth.") && !line.contains("Secure")));
}

#[tokio::test]
async fn a_cookie_may_have_a_name_and_attributes_of_its_own() {
    let cookies = r#"{"session_token":{"name":"sid","attributes":{"path":"/app","httpOnly":false}},
        "dont_remember":{"attributes":{"sameSite":"strict"}}}"#;
    let lines =
        lines(&[("COOKIES", cookies), ("COOKIE_ATTRIBUTES", r#"{"path":"/x"}"#)], BASE).await;

    let shapes: Vec<_> = lines.iter().map(|line| shape(line)).collect();
    assert_eq!(
        shapes,
        [
            "sid; Path=/app; SameSite=Lax",
            "better-auth.dont_remember; Path=/x; HttpOnly; SameSite=Strict",
            "sid; Max-Age=0; Path=/app; SameSite=Lax",
            "better-auth.session_data; Max-Age=0; Path=/x; HttpOnly; SameSite=Lax",
            "better-auth.dont_remember; Max-Age=0; Path=/x; HttpOnly; SameSite=Strict",
        ]
    );
}

#[tokio::test]
async fn the_life_of_a_session_is_the_cookies_age() {
    let app = TestApp::with(&[("SESSION_EXPIRES_IN", "120")]).await;

    let reply = app.sign_up("ada@example.com").await;

    assert!(reply.set_cookies()[0].contains("; Max-Age=120;"), "{reply:?}");
}
