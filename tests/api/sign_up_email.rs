//! `POST /sign-up/email`

use serde_json::json;
use tests::app::{BASE, TestApp};

const PATH: &str = "/api/auth/sign-up/email";

#[tokio::test]
async fn a_new_user_is_signed_in() {
    let app = TestApp::new().await;
    let body = json!({
        "name": "Ada", "email": "Ada@Example.com", "password": "correct horse", "emailVerified": true,
        "id": "chosen", "role": "admin",
    });

    let reply = app.post(PATH).json(&body).header("user-agent", "probe/1.0").send().await;

    assert_eq!(reply.status, 200);
    let user = &reply.json()["user"];
    let keys: Vec<_> = user.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys.len(), 7, "{keys:?}");
    assert!(reply.text.contains(
        r#""user":{"name":"Ada","email":"ada@example.com","emailVerified":false,"image":null,"createdAt":"2026-11-23T12:00:00.000Z","updatedAt":"2026-11-23T12:00:00.000Z","id":""#
    ));
    assert_ne!(user["id"], "chosen");
    let token = reply.json()["token"].as_str().unwrap().to_owned();
    assert!(reply.header("set-auth-token").starts_with(&format!("{token}.")));
    assert_eq!(reply.header("access-control-expose-headers"), "set-auth-token");
    assert_eq!(reply.set_cookies().len(), 1);
    assert!(
        reply.set_cookies()[0].ends_with("%3D; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax")
    );
    assert_eq!(app.session(&reply.cookies()).await.json()["user"], *user);
    let rows = r#"select count(*) from "user" u join account a on a."userId" = u.id and a."accountId" = u.id
        join session s on s."userId" = u.id
        where a."providerId" = 'credential' and a.password like '$argon2id$%' and s."userAgent" = 'probe/1.0'
          and s."expiresAt" = '2026-11-30 12:00Z' and s."createdAt" = '2026-11-23 12:00Z'"#;
    assert_eq!(app.count(rows).await, 1);
}

#[tokio::test]
async fn a_session_that_is_not_to_be_remembered_ends_with_the_browser_or_the_day() {
    let app = TestApp::new().await;
    let body =
        json!({ "name": "", "email": "a@b.co", "password": "correct horse", "rememberMe": false });

    let reply = app.post(PATH).json(&body).send().await;

    let [session, dont_remember] = reply.set_cookies()[..] else { panic!("{reply:?}") };
    assert!(session.ends_with("%3D; Path=/; HttpOnly; SameSite=Lax"));
    assert!(dont_remember.starts_with("better-auth.dont_remember=true."));
    let ends = r#"select count(*) from session where "expiresAt" = '2026-11-24 12:00Z'"#;
    assert_eq!(app.count(ends).await, 1);
}

#[tokio::test]
async fn a_taken_address_is_refused_in_any_case() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let body = json!({ "name": "Eve", "email": "ADA@example.com", "password": "other password" });

    let reply = app.post(PATH).json(&body).send().await;

    assert_eq!(
        (reply.status, reply.code().as_str()),
        (422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")
    );
    assert_eq!(reply.message(), "User already exists. Use another email.");
    assert!(reply.set_cookies().is_empty());
    assert_eq!(app.count("select count(*) from session").await, 1);
}

#[tokio::test]
async fn of_fifty_at_once_with_one_address_one_wins() {
    let app = TestApp::new().await;
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse" });
    let attempts: Vec<_> =
        (0..50).map(|_| tokio::spawn(app.post(PATH).json(&body).send())).collect();

    let mut statuses = Vec::new();
    for attempt in attempts {
        let reply = attempt.await.unwrap();
        if reply.status == 422 {
            assert_eq!(reply.code(), "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
        }
        statuses.push(reply.status);
    }

    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (200, &[422; 49][..]));
    for table in [
        r#"select count(*) from "user""#,
        "select count(*) from account",
        "select count(*) from session",
    ] {
        assert_eq!(app.count(table).await, 1, "{table}");
    }
}

#[tokio::test]
async fn passwords_have_a_length() {
    let app = TestApp::new().await;
    for (password, code) in [
        ("1234567".to_owned(), "PASSWORD_TOO_SHORT"),
        ("x".repeat(129), "PASSWORD_TOO_LONG"),
        ("😀".repeat(3), "PASSWORD_TOO_SHORT"),
        ("x".repeat(1024 * 1024), "PASSWORD_TOO_LONG"),
    ] {
        let body = json!({ "name": "Ada", "email": "ada@example.com", "password": password });
        let reply = app.post(PATH).json(&body).send().await;
        assert_eq!((reply.status, reply.code().as_str()), (400, code));
    }

    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "😀".repeat(4) });
    assert_eq!(app.post(PATH).json(&body).send().await.status, 200);
}

#[tokio::test]
async fn a_password_may_be_of_any_characters() {
    let app = TestApp::new().await;
    for (n, password) in [
        "lowercase",
        "UPPERCASE",
        "72049581",
        "        ",
        " blanks around ",
        "!\"#$%&'()*",
        "пароль на русском",
        "密码密码密码密码",
        "tab\tand\nline",
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("a{n}@example.com");
        let body = json!({ "name": "Ada", "email": email, "password": password });

        assert_eq!(app.post(PATH).json(&body).send().await.status, 200, "{password:?}");
        assert_eq!(app.sign_in(&email, password).await.status, 200, "{password:?}");
        assert_eq!(app.sign_in(&email, &format!("{password} ")).await.status, 401);
    }
}

#[tokio::test]
async fn every_issue_of_a_body_is_named() {
    let app = TestApp::new().await;
    for (body, message) in [
        (
            json!({}),
            "[body.name] Invalid input: expected string, received undefined; \
             [body.email] Invalid input: expected string, received undefined; \
             [body.password] Invalid input: expected string, received undefined",
        ),
        (
            json!([]),
            "[body] Invalid input: expected object, received array; \
             [body] Invalid input: expected record, received array",
        ),
        (
            json!({ "name": 1, "email": "nope", "password": "", "image": null, "rememberMe": "yes" }),
            "[body.name] Invalid input: expected string, received number; \
             [body.email] Invalid email address; \
             [body.password] Too small: expected string to have >=1 characters; \
             [body.image] Invalid input: expected string, received null; \
             [body.rememberMe] Invalid input: expected boolean, received string",
        ),
    ] {
        let reply = app.post(PATH).json(&body).send().await;
        assert_eq!((reply.status, reply.code().as_str()), (400, "VALIDATION_ERROR"));
        assert_eq!(reply.message(), message);
    }

    let reply = app.post(PATH).send().await;
    assert!(
        reply.message().starts_with("[body] Invalid input: expected object, received undefined")
    );
}

#[tokio::test]
async fn a_form_does_as_well() {
    let app = TestApp::new().await;
    let form = "application/x-www-form-urlencoded";

    let reply =
        app.post(PATH).body(form, "name=F&email=f%40b.co&password=password1234").send().await;
    let flag = app
        .post(PATH)
        .body(form, "name=F&email=g%40b.co&password=password1234&rememberMe=false")
        .send()
        .await;

    assert_eq!(reply.status, 200);
    assert_eq!(
        flag.message(),
        "[body.rememberMe] Invalid input: expected boolean, received string"
    );
}

#[tokio::test]
async fn foreign_pages_are_refused_before_the_body_is_looked_at() {
    let app = TestApp::new().await;
    let body = json!({ "name": 1, "callbackURL": "https://evil.com/" });

    let callback = app.post(PATH).json(&body).origin(BASE).send().await;
    let origin = app.post(PATH).json(&body).cookie("x=1").origin("https://evil.com").send().await;

    assert_eq!((callback.status, callback.code().as_str()), (403, "INVALID_CALLBACK_URL"));
    assert_eq!((origin.status, origin.code().as_str()), (403, "INVALID_ORIGIN"));
}

#[tokio::test]
async fn a_foreign_page_without_cookies_is_refused_after_the_body() {
    let app = TestApp::new().await;
    let good = json!({ "name": "A", "email": "a@b.co", "password": "correct horse" });

    let bad_body = app.post(PATH).json(&json!({})).origin("https://evil.com").send().await;
    let good_body = app.post(PATH).json(&good).origin("https://evil.com").send().await;

    assert_eq!(bad_body.code(), "VALIDATION_ERROR");
    assert_eq!((good_body.status, good_body.code().as_str()), (403, "INVALID_ORIGIN"));
    assert_eq!(app.count(r#"select count(*) from "user""#).await, 0);
}
