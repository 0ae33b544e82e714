//! Malformed input: every endpoint answers with a clear 4xx or as usual, never with a 5xx; what can be read in two ways
//! is read in one.

use axum::http::Method;
use functions::route::Endpoint;
use functions::routes::TABLE;
use serde_json::json;
use tests::app::{BASE, TestApp};
use tests::scene::{self, SETTINGS, Scene};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Every method and path; what a path leaves open is filled with a brace, which no token has.
fn endpoints() -> impl Iterator<Item = Endpoint> {
    let encoded = |path: &'static str| path.replace('{', "%7B").replace('}', "%7D");
    TABLE.iter().flat_map(|row| row.endpoints).map(move |endpoint| Endpoint {
        method: endpoint.method,
        path: encoded(endpoint.path).leak(),
    })
}

fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let deep = [b"{\"a\":".repeat(50_000), b"1".to_vec(), b"}".repeat(50_000)].concat();
    let wide = format!("[{}0]", "0,".repeat(500_000)).into_bytes();
    let long = "x".repeat(1024 * 1024);
    let with = |value: serde_json::Value| {
        let fields = [
            "name",
            "email",
            "password",
            "image",
            "callbackURL",
            "rememberMe",
            "state",
            "token",
            "newPassword",
            "currentPassword",
            "newEmail",
            "accountId",
            "redirectTo",
            "revokeOtherSessions",
            "note",
        ];
        let body: serde_json::Map<_, _> =
            fields.into_iter().map(|name| (name.to_owned(), value.clone())).collect();
        (JSON, serde_json::to_vec(&body).unwrap())
    };
    let signing_up = |field: &str, value: &str| {
        let mut body = json!({ "name": "A", "email": "a@b.co", "password": "correct horse" });
        body[field] = json!(value);
        (JSON, body.to_string().into_bytes())
    };
    // Everything that an endpoint may want, right but for one field.
    let acting = |field: &str, value: serde_json::Value| {
        let mut body = json!({
            "email": "ada@example.com", "password": "correct horse", "newPassword": "correct horse",
            "currentPassword": "correct horse", "newEmail": "a@b.co", "token": "t", "accountId": "a",
        });
        body[field] = value;
        (JSON, body.to_string().into_bytes())
    };
    vec![
        acting("token", json!("\0")),
        acting("token", json!("t".repeat(100_000))),
        acting("token", json!("%00.%ff")),
        acting("accountId", json!("\0")),
        acting("accountId", json!("\u{ffff}".repeat(10_000))),
        acting("newEmail", json!("a\0@b.co")),
        acting("newEmail", json!(format!("{}@example.com", "a".repeat(100_000)))),
        acting("email", json!(format!("{}@example.com", "a".repeat(100_000)))),
        acting("newPassword", json!("\0\0\0\0\0\0\0\0")),
        acting("newPassword", json!("\u{fdfa}".repeat(128))),
        acting("currentPassword", json!("\0")),
        acting("password", json!("\0")),
        acting("revokeOtherSessions", json!(1)),
        acting("redirectTo", json!("/\0")),
        acting("redirectTo", json!(format!("/{}", "x".repeat(1_000_000)))),
        acting("callbackURL", json!(format!("/{}", "x".repeat(1_000_000)))),
        acting("callbackURL", json!("/✓\u{202e}")),
        acting("name", json!("\0")),
        acting("name", json!({ "\0": ["\0"] })),
        acting("image", json!([["\0"]])),
        acting("note", json!("\0")),
        acting("note", json!({ "\0": 1 })),
        with(json!(null)),
        with(json!(1)),
        with(json!(1e308)),
        with(json!(true)),
        with(json!([])),
        with(json!({})),
        with(json!("\0")),
        with(json!("\u{ffff}")),
        with(json!(long)),
        signing_up("name", "a\0b"),
        signing_up("image", "\0"),
        signing_up("email", &format!("{}@example.com", "a".repeat(100_000))),
        signing_up(
            "email",
            &format!("{}@example.com", (0..9000).map(|n| n.to_string()).collect::<String>()),
        ),
        signing_up("email", "a\0@b.co"),
        signing_up("password", "\0\0\0\0\0\0\0\0"),
        signing_up("password", &"\u{fdfa}".repeat(128)),
        signing_up("callbackURL", "/\r\nset-cookie: x=1"),
        signing_up("callbackURL", "/✓"),
        (JSON, b"{\"email\":\"a@b.co\",\"password\":\"\\ud800\"}".to_vec()),
        (JSON, b"{\"name\":\"\\udc00\"}".to_vec()),
        (JSON, b"{\"email\":\"a@b.co\"".to_vec()),
        (JSON, b"\xff\xfe\x00".to_vec()),
        (JSON, b"\"\xc3\x28\"".to_vec()),
        (JSON, deep),
        (JSON, wide),
        (JSON, format!("{{\"a\":[{}]}}", vec!["{\"\":0}"; 500_000].join(",")).into_bytes()),
        (JSON, vec![b' '; 5 * 1024 * 1024]),
        (JSON, b"{\"__proto__\":{\"email\":1},\"constructor\":null}".to_vec()),
        (FORM, b"email=%00&password=%ff%fe&name=%".to_vec()),
        (FORM, b"&&&=&=".to_vec()),
        ("", b"{}".to_vec()),
        ("application/json; charset=\"", b"{}".to_vec()),
        ("\u{fc}", b"{}".to_vec()),
    ]
}

/// Source: CWE-20; CWE-674 for what is nested deep
#[tokio::test]
async fn no_body_makes_a_5xx() {
    let app = TestApp::new().await;
    for endpoint in endpoints().filter(|endpoint| endpoint.method == "POST") {
        for (content_type, body) in bodies() {
            let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();

            let reply = app.post(endpoint.path).body(content_type, body).send().await;

            assert!(reply.status < 500, "{} {content_type} {shown}: {reply:?}", endpoint.path);
            if reply.status >= 400 {
                assert!(!reply.message().is_empty(), "{reply:?}");
            }
        }
    }
}

/// Source: CWE-20
#[tokio::test]
async fn no_body_of_somebody_who_is_signed_in_makes_a_5xx() {
    let settings =
        [&SETTINGS[..], &[("DELETE_USER_VERIFICATION", "true"), ("SESSION_UPDATE_AGE", "0")]]
            .concat();
    let scene = Scene::over(TestApp::with(&settings).await).await;
    let app = &scene.app;
    app.sql(
        r#"create table users as select * from "user";
           create table accounts as select * from account;
           create table sessions as select * from session"#,
    )
    .await;
    // What is no object reaches no handler.
    let is_object = |(_, body): &(&str, Vec<u8>)| {
        serde_json::from_slice::<serde_json::Value>(body).is_ok_and(|body| body.is_object())
    };
    let bodies: Vec<_> = bodies().into_iter().filter(is_object).collect();
    for endpoint in endpoints().filter(|endpoint| endpoint.method == "POST") {
        for (content_type, body) in bodies.clone() {
            let shown = String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned();

            let request = app.post(endpoint.path).cookie(&scene.cookies).origin(BASE);
            let reply = request.body(content_type, body).send().await;

            assert!(reply.status < 500, "{} {content_type} {shown}: {reply:?}", endpoint.path);
            assert_ne!(reply.code(), "UNAUTHORIZED", "{} {shown}", endpoint.path);
            if reply.status >= 400 {
                assert!(!reply.message().is_empty(), "{reply:?}");
            }
            restore(app).await;
        }
    }
}

/// Session, password and address as the next request counts on them.
async fn restore(app: &TestApp) {
    app.sql(
        r#"delete from "user" where id not in (select id from users);
           update "user" u set email = o.email from users o where o.id = u.id and o.email <> u.email;
           delete from session where id not in (select id from sessions);
           insert into session select * from sessions on conflict do nothing;
           delete from account where id not in (select id from accounts);
           insert into account select * from accounts
               on conflict (id) do update set password = excluded.password"#,
    )
    .await;
}

/// Source: CWE-20
#[tokio::test]
async fn no_link_makes_a_5xx() {
    let scene = Scene::over(TestApp::with(&SETTINGS).await).await;
    let links = [
        "/api/auth/verify-email?token=",
        "/api/auth/delete-user/callback?token=",
        "/api/auth/reset-password/",
    ];
    let long = "t".repeat(20_000);
    let odd =
        ["%00", "%ff", "%", "a%00b", "..", "%2F", "%C3%A9", "eyJ.eyJ.x", "...", long.as_str()];
    for link in links {
        for token in odd {
            for more in ["", "&callbackURL=%2Fx%E2%9C%93", "&callbackURL=%00"] {
                let more = if link.ends_with('/') { more.replace('&', "?") } else { more.into() };
                let path = format!("{link}{token}{more}");

                let reply = scene.app.get(&path).cookie(&scene.cookies).send().await;

                assert!(reply.status < 500, "{path}: {reply:?}");
            }
        }
    }
    // Rightly signed, with claims that are none.
    for claims in [
        json!({ "email": null }),
        json!({ "email": "a\0@b.co" }),
        json!({ "email": "ada@example.com", "userId": "\0" }),
        json!({ "email": "ada@example.com", "userId": {} }),
        json!({ "email": "ada@example.com", "userId": "u", "updateTo": "\0" }),
        json!({ "email": "ada@example.com", "userId": "\0", "updateTo": "a@b.co" }),
        json!({ "email": "ada@example.com", "userId": "u", "updateTo": "a@b.co", "requestType": 1 }),
        json!({ "email": format!("{}@b.co", "a".repeat(9000)), "userId": "u" }),
    ] {
        let path = format!("/api/auth/verify-email?token={}", scene.app.link_token(&claims));

        let reply = scene.app.get(&path).send().await;

        assert!(reply.status < 500, "{claims}: {reply:?}");
    }
}

/// Source: CWE-20
#[tokio::test]
async fn no_header_or_query_makes_a_5xx() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let cookie = |n| format!("c{n}={}; ", "v".repeat(50));
    let hundred = (0..100).map(cookie).collect::<Vec<_>>().concat();
    let signed_nul = "better-auth.session_token=%00.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D";
    let odd = [
        ("cookie", hundred.as_str()),
        ("cookie", signed_nul),
        ("cookie", "better-auth.session_token=%E0%A4%A"),
        ("cookie", "=;;; ;=;\"\";better-auth.session_token=\""),
        ("cookie", "\u{e9}=\u{e9}; better-auth.session_data.0=\u{e9}"),
        ("authorization", "Bearer"),
        ("authorization", "Bearer "),
        ("authorization", "Bearer %00"),
        ("authorization", "Bearer \u{e9}"),
        ("authorization", "Bearer a.b.c.d"),
        ("user-agent", "\u{fc}\u{2713}"),
        ("origin", "\u{e9}"),
        ("origin", "http://[::1"),
        ("referer", "\u{e9}"),
        ("content-type", "\u{e9}"),
    ];
    for endpoint in endpoints() {
        for (name, value) in odd {
            let method: Method = endpoint.method.parse().unwrap();
            let path = format!("{}?%00=%ff&callbackURL=%00&disableRefresh=%", endpoint.path);

            let reply = app.request(method, &path).header(name, value).send().await;

            assert!(reply.status < 500, "{} {name}: {value}: {reply:?}", endpoint.path);
        }
    }
    assert_ne!(app.session(&format!("{hundred}{cookies}")).await.text, "null", "nothing was lost");
}

#[tokio::test]
async fn a_user_with_every_odd_character_that_can_be_stored_is_kept_as_sent() {
    let app = TestApp::new().await;
    let name = "\u{1}\t\n\"'\\</script>\u{202e}\u{fffd}\u{10ffff} Ω👩‍👩‍👧";
    let body =
        json!({ "name": name, "email": "a'b@b.co", "password": "correct horse", "image": "" });

    let reply = app.post("/api/auth/sign-up/email").json(&body).origin(BASE).send().await;

    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(app.session(&reply.cookies()).await.json()["user"]["name"], name);
}

/// Of two readers of one body, one may take the first value of a name and one the last: here there is one.
///
/// Source: RFC 8259, section 4
#[tokio::test]
async fn of_two_values_of_one_name_the_one_that_is_checked_is_used() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let sent = |first: &str, second: &str| {
        let body = format!(
            r#"{{"email":"ada@example.com","password":"correct horse","callbackURL":"{first}","callback\u0055RL":"{second}"}}"#
        );
        app.post("/api/auth/sign-in/email").body(JSON, body).send()
    };

    let astray = sent("/near", "https://evil.com").await;
    let near = sent("https://evil.com", "/near").await;

    assert_eq!((astray.status, astray.header("location")), (403, ""), "{astray:?}");
    assert_eq!((near.status, near.header("location")), (200, "/near"), "{near:?}");
    assert_eq!(near.json()["url"], "/near");
}

/// Source: CWE-770
#[tokio::test]
async fn a_body_past_the_limit_is_refused_by_every_endpoint_that_could_read_it() {
    let scene = Scene::new().await;
    let before = scene.app.rows().await;
    let large = vec![b' '; shared::body::MAX_BYTES + 1];
    for (row, endpoint) in scene::endpoints().filter(|(_, endpoint)| endpoint.method == "POST") {
        let request = scene.app.post(endpoint.path).cookie(&scene.cookies).origin(BASE);
        let reply = request.body(JSON, large.clone()).send().await;

        assert_eq!(reply.status, 413, "{} {reply:?}", row.name);
    }
    assert_eq!(scene.app.rows().await, before);
}

/// Source: CWE-770
#[tokio::test]
async fn a_flood_of_cookies_neither_hides_a_session_nor_makes_one() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let flood: Vec<_> = (0..5000).map(|n| format!("better-auth.session_token{n}=x.y")).collect();
    let flood = flood.join("; ");

    let nobody = app.session(&flood).await;
    let ada = app.session(&format!("{flood}; {cookies}")).await;

    assert_eq!((nobody.status, nobody.text.as_str()), (200, "null"));
    assert_eq!(ada.json()["user"]["email"], "ada@example.com");
}
