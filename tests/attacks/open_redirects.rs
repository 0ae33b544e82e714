//! Open redirects: no URL that a request names leads anywhere but here and to the trusted origins.
//!
//! core.md §17.4. Generated from the table: a new endpoint is covered by being there.

use functions::route::Endpoint;
use serde_json::{Value, json};
use shared::token;
use tests::app::{BASE, TestApp};
use tests::reply::Reply;
use tests::scene::{SETTINGS, Scene, endpoints};

/// The fields of a body that hold URLs, with their codes.
const FIELDS: [(&str, &str); 4] = [
    ("callbackURL", "INVALID_CALLBACK_URL"),
    ("redirectTo", "INVALID_REDIRECT_URL"),
    ("errorCallbackURL", "INVALID_ERROR_CALLBACK_URL"),
    ("newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL"),
];
/// The GETs that lead on to their `callbackURL`.
const LINKS: [&str; 3] = ["get_reset_password", "verify_email", "delete_user_callback"];

const UNTRUSTED: [&str; 66] = [
    "https://evil.com",
    "https://evil.com/",
    "//evil.com",
    "///evil.com",
    "////evil.com",
    "/\\evil.com",
    "\\/evil.com",
    "\\\\evil.com",
    "/%2f%2fevil.com",
    "/%2Fevil.com",
    "/%5cevil.com",
    "/a/%2F..%2F/evil.com",
    "https:evil.com",
    "https:/evil.com",
    "https:///evil.com",
    "https:\\\\evil.com",
    "http://localhost:4000@evil.com",
    "http://localhost:4000:x@evil.com",
    "https://evil.com#@localhost:4000",
    "https://evil.com?@localhost:4000",
    "https://evil.com\\@localhost:4000",
    "http://localhost:4000\\@evil.com",
    "http://localhost:4000.evil.com",
    "http://localhost:40001",
    "http://localhost",
    "https://localhost:4000",
    "http://localhost.:4000",
    "http://localhost:4000\t.evil.com",
    "/\t/evil.com",
    "/\n/evil.com",
    "/\r\n/evil.com",
    "/x\r\nset-cookie: a=b",
    "\t//evil.com",
    " https://evil.com",
    "https://evil.com ",
    "ht\ntps://evil.com",
    "HTTPS://EVIL.COM",
    "https://app.example.com.",
    "https://app.example.com.evil.com",
    "https://evilapp.example.com",
    "https://xn--pp-example-9ib.com",
    "https://аpp.example.com",
    "https://app。example。com.evil.com",
    "javascript:alert(1)",
    "JavaScript:alert(1)//http://localhost:4000",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "evil.com",
    "http://user:secret@localhost:4000",
    "http://localhost:4000%40evil.com",
    "http://localhost:4000%2eevil.com",
    "http://localhost%00.evil.com",
    "https://app.example.com%5c.evil.com",
    "https://app.example.com\u{ff0e}evil.com",
    "https://evil.com\u{ff0f}app.example.com",
    "https://\u{ff41}pp.example.com",
    "https://app\u{3002}example.com",
    "https://app.exam\u{ad}ple.com",
    "https://app.example.com\u{200b}",
    "https://app.example.com\u{202e}",
    "http://2130706433:4000",
    "http://[::ffff:127.0.0.1]:4000",
    "ws://localhost:4000",
    "blob:http://localhost:4000/x",
    "filesystem:http://localhost:4000/x",
    "view-source:http://localhost:4000",
];
const TRUSTED: [&str; 7] = [
    "/",
    "/welcome?next=//evil.com#//evil.com",
    "/a:b@c",
    "http://localhost:4000",
    "HTTP://LOCALHOST:4000/x",
    "https://app.example.com/x?y=https://evil.com",
    "https://app.example.com:443/",
];

async fn scene() -> Scene {
    let settings = [&SETTINGS[..], &[("CORS_ORIGIN", "https://app.example.com")]].concat();
    Scene::over(TestApp::with(&settings).await).await
}

fn with_query(endpoint: &Endpoint, query: &[(&str, &str)]) -> String {
    let mut encoded = url::form_urlencoded::Serializer::new(String::new());
    encoded.extend_pairs(query);
    format!("{}?{}", endpoint.path.replace("{token}", &token::random()), encoded.finish())
}

/// Origins by pattern, and an app's own scheme.
const PATTERNS: (&str, &str) = (
    "BETTER_AUTH_TRUSTED_ORIGINS",
    "https://*.wild.example.com,*.bare.example.com,http://192.168.*.*:*,myapp://auth/cb",
);
/// What those patterns do not mean.
const IMPOSTORS: [&str; 30] = [
    "https://wild.example.com",
    "http://a.wild.example.com",
    "https://a.wild.example.com:8443",
    "https://a.wild.example.com.",
    "https://a.wild.example.com.evil.com",
    "https://evilwild.example.com",
    "https://evil.com/.wild.example.com",
    "https://evil.com?.wild.example.com",
    "https://evil.com#.wild.example.com",
    "https://evil.com/https://a.wild.example.com",
    "https://evil.com@a.wild.example.com",
    "https://a.wild.example.com@evil.com",
    "https://evil.com\\.wild.example.com",
    "https://evil.com%2f.wild.example.com",
    "https://evil.com%00.wild.example.com",
    "https://evil.com\u{ff0f}.wild.example.com",
    "https://evil.com:80.wild.example.com",
    "https://a.wild\u{3002}example.com",
    "https://a.w\u{131}ld.example.com",
    "https://bare.example.com",
    "https://evil.com/.bare.example.com",
    "javascript://x.bare.example.com/%0aalert(1)",
    "evilapp://x.bare.example.com",
    "http://192.168.evil.com:80",
    "http://192.168.1.2.evil.com:80",
    "http://192.168.1.2@evil.com:80",
    "myapp://auth",
    "myapp://auth.evil/cb",
    "myapp://evil@auth/cb",
    "myapp://auth/cb/%2e%2e/x",
];

/// Sent with a cookie from a page of the service's own, so that nothing else stands in the way.
async fn sent(scene: &Scene, endpoint: &Endpoint, query: &[(&str, &str)], body: &Value) -> Reply {
    let path = with_query(endpoint, query);
    match endpoint.method {
        "POST" => scene.app.act(&path, &scene.cookies, body).send().await,
        _ => scene.app.get(&path).cookie(&scene.cookies).send().await,
    }
}

fn is_refused(reply: &Reply, code: &str) -> bool {
    reply.status == 403 && reply.code() == code && reply.header("location").is_empty()
}

/// Advisory: CVE-2025-27143 (Better Auth)
#[tokio::test]
async fn an_untrusted_url_in_a_body_is_refused_by_every_endpoint() {
    let scene = scene().await;
    for (row, endpoint) in endpoints().filter(|(_, endpoint)| endpoint.method == "POST") {
        for (field, code) in FIELDS {
            for url in UNTRUSTED {
                let reply = sent(&scene, endpoint, &[], &json!({ field: url })).await;
                assert!(is_refused(&reply, code), "{} {field} {url:?} {reply:?}", row.name);
            }
            for value in [json!(1), json!(true), json!(["/x"]), json!({ "href": "/x" })] {
                let reply = sent(&scene, endpoint, &[], &json!({ field: value })).await;
                assert_eq!(reply.status, 400, "{} {field} {value} {reply:?}", row.name);
                let shown = if field == "redirectTo" { "redirectURL" } else { field };
                assert_eq!(
                    reply.text,
                    format!(r#"{{"message":"Invalid {shown}: expected a string"}}"#)
                );
            }
        }
    }
    assert_ne!(scene.app.session(&scene.cookies).await.text, "null", "nothing has happened");
}

/// Source: CWE-601
#[tokio::test]
async fn an_untrusted_url_in_a_query_is_refused_by_every_post() {
    let scene = scene().await;
    for (row, endpoint) in endpoints().filter(|(_, endpoint)| endpoint.method == "POST") {
        for url in UNTRUSTED {
            let reply = sent(&scene, endpoint, &[("callbackURL", url)], &json!({})).await;
            assert!(is_refused(&reply, "INVALID_CALLBACK_URL"), "{} {url:?} {reply:?}", row.name);
        }
        let twice = [("callbackURL", "/a"), ("callbackURL", "https://evil.com")];
        let reply = sent(&scene, endpoint, &twice, &json!({})).await;
        assert_eq!((reply.status, reply.header("location")), (400, ""), "{}", row.name);
    }
}

/// Advisory: CVE-2024-56734 (Better Auth)
#[tokio::test]
async fn an_untrusted_callback_of_a_link_is_refused_whatever_its_token() {
    let scene = scene().await;
    let good = scene.app.link_token(&json!({ "email": "ada@example.com" }));
    for (row, endpoint) in endpoints().filter(|(row, _)| LINKS.contains(&row.name)) {
        for url in UNTRUSTED {
            for token in [good.as_str(), "bogus", ""] {
                let query = [("token", token), ("callbackURL", url)];
                let reply = sent(&scene, endpoint, &query, &json!({})).await;
                assert!(
                    is_refused(&reply, "INVALID_CALLBACK_URL"),
                    "{} {url:?} {reply:?}",
                    row.name
                );
            }
        }
        let twice = [("token", "t"), ("callbackURL", "/a"), ("callbackURL", "https://evil.com")];
        let reply = sent(&scene, endpoint, &twice, &json!({})).await;
        assert_eq!((reply.status, reply.header("location")), (400, ""), "{}", row.name);
    }
    let proven = r#"select count(*) from "user" where "emailVerified""#;
    assert_eq!(scene.app.count(proven).await, 0, "nothing has happened");
}

/// Advisory: CVE-2025-71403 (Better Auth)
#[tokio::test]
async fn a_pattern_of_trusted_origins_trusts_no_look_alike() {
    let settings = [&SETTINGS[..], &[PATTERNS]].concat();
    let scene = Scene::over(TestApp::with(&settings).await).await;
    for (row, endpoint) in endpoints() {
        for url in IMPOSTORS {
            let body = json!({ "callbackURL": url });
            let query = [("token", "bogus"), ("callbackURL", url)];
            let reply = sent(&scene, endpoint, &query, &body).await;
            let is_alone = ["ok", "health"].contains(&row.name);
            assert!(
                is_alone || is_refused(&reply, "INVALID_CALLBACK_URL"),
                "{} {url:?} {reply:?}",
                row.name
            );
        }
        let trusted = [("token", "bogus"), ("callbackURL", "https://a.wild.example.com/x")];
        assert_ne!(sent(&scene, endpoint, &trusted, &json!({})).await.status, 403, "{}", row.name);
    }
}

/// Source: CWE-601
#[tokio::test]
async fn no_get_leads_where_a_query_says() {
    let scene = scene().await;
    let names =
        ["callbackURL", "redirectTo", "errorCallbackURL", "newUserCallbackURL", "url", "error"];
    for (row, endpoint) in endpoints().filter(|(_, endpoint)| endpoint.method == "GET") {
        for url in UNTRUSTED {
            let query = names.map(|name| (name, url));
            let reply = sent(&scene, endpoint, &query, &json!({})).await;
            assert_eq!(reply.header("location"), "", "{} {url:?} {reply:?}", row.name);
        }
    }
}

#[tokio::test]
async fn trusted_urls_pass_everywhere() {
    let scene = scene().await;
    for (row, endpoint) in endpoints() {
        for url in TRUSTED {
            let body = json!({ "callbackURL": url, "redirectTo": url, "errorCallbackURL": url });
            let query = [("token", "bogus"), ("callbackURL", url)];
            let reply = sent(&scene, endpoint, &query, &body).await;
            let is_open = reply.status != 403;
            assert!(is_open, "{} {url:?} {reply:?}", row.name);
        }
    }
}

/// Source: CWE-601
#[tokio::test]
async fn a_link_that_is_followed_leads_to_trusted_places_alone() {
    let scene = scene().await;
    for (row, endpoint) in endpoints().filter(|(row, _)| LINKS.contains(&row.name)) {
        for url in TRUSTED {
            let query = [("token", "bogus"), ("callbackURL", url)];
            let reply = sent(&scene, endpoint, &query, &json!({})).await;
            let location = reply.header("location");
            let is_near = location.is_empty()
                || location.to_ascii_lowercase().starts_with(BASE)
                || location.starts_with("https://app.example.com")
                || (location.starts_with('/') && !location.starts_with("//"));
            assert!(is_near, "{} {url:?} {location}", row.name);
        }
    }
}
