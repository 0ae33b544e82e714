//! Requests of other sites: no page of strangers signs its visitor in, or acts for one who is signed in.
//!
//! Generated from the table: a new endpoint is covered by being there.

use functions::route::{Endpoint, Row};
use functions::routes::TABLE;
use tests::app::{BASE, TestRequest};
use tests::scene::{Scene, endpoints, has_succeeded};

type Headers = &'static [(&'static str, &'static str)];

/// What browsers state of a page that is not ours, and what such a page can make them leave out.
const STRANGERS: [Headers; 16] = [
    &[("origin", "https://evil.com")],
    &[("origin", "null")],
    &[("origin", "")],
    &[("origin", "http://localhost:4000.evil.com")],
    &[("origin", "http://localhost:40001")],
    &[("origin", "http://localhost")],
    &[("origin", "https://localhost:4000")],
    &[("origin", "http://evil.localhost:4000")],
    &[("origin", "http://localhost:4000"), ("origin", "https://evil.com")],
    &[("origin", "https://evil.com"), ("referer", "http://localhost:4000/")],
    &[("origin", "null"), ("referer", "http://localhost:4000/")],
    &[("referer", "https://evil.com/?http://localhost:4000/")],
    &[("referer", "http://localhost:4000.evil.com/")],
    &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")],
    &[("sec-fetch-site", "same-site"), ("origin", "http://evil.localhost:4000")],
    &[("origin", "null"), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")],
];
/// A method other than the one in the request line, as frameworks take it from.
const OVERRIDES: [&str; 4] =
    ["x-http-method-override", "x-http-method", "x-method-override", "x-original-method"];
const FORM: &str = "application/x-www-form-urlencoded";

fn with(request: TestRequest, headers: Headers) -> TestRequest {
    headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
}

fn overriding(request: TestRequest, method: &str) -> TestRequest {
    OVERRIDES.iter().fold(request, |request, name| request.header(*name, method))
}

fn posts() -> impl Iterator<Item = (&'static Row, &'static Endpoint)> {
    endpoints().filter(|(_, endpoint)| endpoint.method == "POST")
}

/// Source: CWE-352
#[tokio::test]
async fn no_page_of_strangers_signs_its_visitor_in() {
    let scene = Scene::new().await;
    let before = scene.app.rows().await;
    let signing_in = |row: &Row| ["sign_up_email", "sign_in_email"].contains(&row.name);
    for (row, endpoint) in posts().filter(|(row, _)| signing_in(row)) {
        for headers in STRANGERS {
            // An empty header is none, as at Better Auth; with a cookie it is not enough.
            if headers == [("origin", "")] {
                continue;
            }
            let form = "name=A&email=ada%40example.com&password=correct+horse";
            for request in
                [scene.request(row, endpoint), scene.app.post(endpoint.path).body(FORM, form)]
            {
                let reply = with(request, headers).send().await;

                assert_eq!(reply.status, 403, "{} {headers:?} {reply:?}", row.name);
                assert!(reply.set_cookies().is_empty(), "{} {headers:?}", row.name);
            }
        }
    }
    assert_eq!(scene.app.rows().await, before);
}

/// Source: CWE-352
#[tokio::test]
async fn a_link_or_form_elsewhere_signs_nobody_in_though_it_states_a_trusted_origin() {
    let scene = Scene::new().await;
    let navigation: Headers = &[
        ("origin", BASE),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];
    let form = "email=ada%40example.com&password=correct+horse";

    let request = scene.app.post("/api/auth/sign-in/email").body(FORM, form);
    let reply = with(request, navigation).send().await;

    let refused = (403, "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED".to_owned());
    assert_eq!((reply.status, reply.code()), refused);
    assert!(reply.set_cookies().is_empty());
}

/// Source: CWE-352
#[tokio::test]
async fn no_page_of_strangers_acts_for_its_visitor() {
    let scene = Scene::new().await;
    let before = scene.app.rows().await;
    for (row, endpoint) in posts() {
        for headers in STRANGERS {
            let request = || with(scene.request(row, endpoint).cookie(&scene.cookies), headers);

            // The second as if it were a GET, of which no origin is asked.
            for request in [request(), overriding(request(), "GET")] {
                let reply = request.send().await;
                assert_eq!(reply.status, 403, "{} {headers:?} {reply:?}", row.name);
            }
        }
    }
    assert_eq!(scene.app.rows().await, before);
}

/// Source: CWE-650
#[tokio::test]
async fn no_header_or_field_makes_another_method_of_a_request() {
    let scene = Scene::new().await;
    let before = scene.app.rows().await;
    for (row, endpoint) in endpoints() {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get"] {
            let is_there = |other: &Endpoint| other.method == method && other.path == endpoint.path;
            if TABLE.iter().flat_map(|row| row.endpoints).any(is_there) {
                continue;
            }
            let path = format!("{}?_method={}", endpoint.path, endpoint.method);
            let elsewhere = Endpoint { method, path: path.replace("{token}", "t").leak() };
            let request = scene.signed_in(row, &elsewhere);

            let reply = overriding(request, endpoint.method).send().await;

            assert_eq!((reply.status, reply.text.as_str()), (404, ""), "{method} {path}");
        }
    }
    assert_eq!(scene.app.rows().await, before);
}

/// What a page may send to any site without asking it first, and what may be taken for JSON.
///
/// Source: CWE-352
#[tokio::test]
async fn json_that_a_page_may_send_without_asking_is_not_read() {
    let scene = Scene::new().await;
    let before = scene.app.rows().await;
    for (row, endpoint) in posts() {
        let Some(body) = scene.body(row.name) else { continue };
        let takes_forms = ["sign_up_email", "sign_in_email"].contains(&row.name);
        for content_type in [
            "text/plain",
            "text/plain; application/json",
            "text/plain;charset=application/json",
            "text/json",
            "multipart/form-data; boundary=application/json",
            "application/jsonp",
            "application/json-seq",
            "application/vnd.api+json",
            FORM,
        ] {
            let request = scene.app.post(endpoint.path).cookie(&scene.cookies).origin(BASE);
            let reply = request.body(content_type, body.to_string()).send().await;

            let status = if takes_forms && content_type == FORM { 400 } else { 415 };
            assert_eq!(reply.status, status, "{} {content_type} {reply:?}", row.name);
        }
        let request = scene.app.post(endpoint.path).cookie(&scene.cookies).origin(BASE);
        let untyped = request.body("", body.to_string()).send().await;
        assert!(!has_succeeded(&untyped), "{} {untyped:?}", row.name);
    }
    assert_eq!(scene.app.rows().await, before);
}

/// Pictures and links of other sites are GETs with the cookies of who sees them.
///
/// Source: RFC 9110, section 9.2.1
#[tokio::test]
async fn a_get_without_a_token_of_a_mail_changes_nothing() {
    let scene = Scene::new().await;
    let before = scene.app.rows().await;
    for (row, endpoint) in endpoints().filter(|(_, endpoint)| endpoint.method == "GET") {
        let path = endpoint.path.replace("{token}", "t");
        for query in ["", "?token=t", "?callbackURL=/x", "?token=t&callbackURL=/x"] {
            let reply =
                scene.app.get(&format!("{path}{query}")).cookie(&scene.cookies).send().await;

            assert!(reply.set_cookies().is_empty(), "{} {query} {reply:?}", row.name);
        }
    }
    assert_eq!(scene.app.rows().await, before);
}
