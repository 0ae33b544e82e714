//! The API's description: complete, renewed, and true.

use std::collections::BTreeSet;

use axum::http::Method;
use functions::routes::TABLE;
use serde_json::{Map, Value, json};
use shared::keys::Keyring;
use tests::app::{SECRET, START, TestApp, TestRequest};
use tests::described::{DOCUMENT, operation, validator};

/// Method and path of every operation.
fn operations() -> Vec<(String, String, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let of_path = |(path, methods): (&String, &'static Value)| {
        let path = path.clone();
        let of_method = move |(method, operation): (&String, &'static Value)| {
            (method.to_uppercase(), path.clone(), operation)
        };
        methods.as_object().unwrap().iter().map(of_method).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

#[test]
fn the_file_is_what_the_endpoints_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");

    let is_renewed = std::fs::read_to_string(path).unwrap() == functions::openapi::text();

    assert!(is_renewed, "docs/openapi.json is stale: cargo run -- openapi > docs/openapi.json");
}

#[test]
fn it_has_the_endpoints_of_the_table_and_no_others() {
    let described: BTreeSet<_> =
        operations().into_iter().map(|(method, path, _)| format!("{method} {path}")).collect();

    let endpoints = TABLE.iter().flat_map(|row| row.endpoints);
    let expected: BTreeSet<_> =
        endpoints.map(|endpoint| format!("{} {}", endpoint.method, endpoint.path)).collect();
    assert_eq!(described, expected);
}

#[test]
fn names_are_unique_and_references_lead_somewhere() {
    let all = operations();
    let ids: BTreeSet<_> =
        all.iter().map(|(_, _, operation)| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), all.len(), "{ids:?}");

    let text = DOCUMENT.to_string();
    let references = text.split(r##""$ref":"#"##).skip(1).map(|rest| rest.split('"').next());
    for reference in references {
        assert!(DOCUMENT.pointer(reference.unwrap()).is_some(), "{reference:?}");
    }
}

#[test]
fn what_is_said_to_be_read_is_what_the_check_takes() {
    for (path, body, expected) in [
        ("sign-up/email", json!({ "name": "", "email": "a@b.co", "password": "x" }), true),
        ("sign-up/email", json!({ "name": "", "email": "a@b.co", "password": "" }), false),
        ("sign-up/email", json!({ "name": "", "email": "a.b", "password": "x" }), false),
        ("sign-up/email", json!({ "name": "\0", "email": "a@b.co", "password": "x" }), false),
        ("sign-in/email", json!({ "email": "", "password": "", "rememberMe": false }), true),
        ("sign-in/email", json!({ "email": "", "password": "", "rememberMe": "x" }), false),
        ("sign-in/email", json!({ "email": "" }), false),
        ("update-user", json!({ "name": 5, "image": null, "anything": [] }), true),
        ("update-user", json!({ "name": null }), false),
        ("sign-out", json!({}), true),
        ("sign-out", json!([]), false),
    ] {
        let (_, operation) = operation(&Method::POST, &format!("/api/auth/{path}")).unwrap();
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];

        assert_eq!(validator(schema).is_valid(&body), expected, "{path} {body}");
    }
}

#[test]
fn examples_are_what_they_are_examples_of() {
    for (method, path, operation) in operations() {
        let content = operation["requestBody"]["content"].as_object().into_iter().flatten();
        for (_, media) in content {
            assert!(validator(&media["schema"]).is_valid(&media["example"]), "{method} {path}");
        }
    }
}

/// Sends requests and notes which operations have answered well. What they answer is held against
/// the description, as every answer of every test is.
#[derive(Default)]
struct Driven(BTreeSet<&'static str>);

impl Driven {
    async fn send(&mut self, method: Method, path: &str, request: TestRequest) -> String {
        let path = path.split('?').next().unwrap();
        let (_, operation) = operation(&method, path).unwrap();
        let reply = request.send().await;
        assert!(matches!(reply.status, 200 | 302), "{path}: {reply:?}");
        self.0.insert(operation["operationId"].as_str().unwrap());
        reply.text
    }

    async fn get(&mut self, app: &TestApp, path: &str, token: &str) -> String {
        let path = format!("/api/auth{path}");
        self.send(Method::GET, &path, app.get(&path).bearer(token)).await
    }

    async fn post(&mut self, app: &TestApp, path: &str, token: &str, body: Value) -> String {
        let path = format!("/api/auth{path}");
        self.send(Method::POST, &path, app.post(&path).bearer(token).json(&body)).await
    }

    /// Signs in; gives the session's token.
    async fn sign_in(&mut self, app: &TestApp, password: &str) -> String {
        let body = json!({ "email": "ada@example.com", "password": password, "callbackURL": "/x" });
        token_of(&self.post(app, "/sign-in/email", "", body).await)
    }
}

fn token_of(answer: &str) -> String {
    let answer: Value = serde_json::from_str(answer).unwrap();
    answer["token"].as_str().unwrap().to_owned()
}

fn verification_token(claims: &Value) -> String {
    let keys = Keyring::parse(SECRET).unwrap();
    let mut claims: Map<_, _> = claims.as_object().unwrap().clone();
    claims.insert("exp".into(), (START.unix_timestamp() + 3600).into());
    keys.sign_jwt(&claims, START)
}

#[tokio::test]
async fn every_endpoint_answers_as_it_is_described() {
    let app = TestApp::with(&[
        ("SESSION_FIELDS", r#"{"theme":{"type":"string","required":false}}"#),
        ("CHANGE_EMAIL_ENABLED", "true"),
        ("DELETE_USER_ENABLED", "true"),
        ("DEFER_SESSION_REFRESH", "true"),
    ])
    .await;
    app.sql("alter table session add column theme text").await;
    let mut driven = Driven::default();

    let person = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse" });
    let answer = driven.post(&app, "/sign-up/email", "", person).await;
    let (first, user) = (token_of(&answer), serde_json::from_str::<Value>(&answer).unwrap());
    let user_id = user["user"]["id"].as_str().unwrap();
    let token = driven.sign_in(&app, "correct horse").await;
    let token = token.as_str();
    for path in ["/ok", "/get-session", "/session", "/list-sessions", "/list-accounts", "/error"] {
        driven.get(&app, path, token).await;
    }
    assert_eq!(driven.get(&app, "/get-session", "").await, "null");
    driven.send(Method::GET, "/health", app.get("/health")).await;
    driven.post(&app, "/get-session", token, json!({})).await;
    driven.post(&app, "/update-session", token, json!({ "theme": "dark" })).await;
    driven.post(&app, "/revoke-session", token, json!({ "token": first })).await;
    driven.post(&app, "/revoke-other-sessions", token, json!({})).await;

    let (password, address) =
        (json!({ "password": "correct horse" }), json!({ "email": "ada@example.com" }));
    driven.post(&app, "/verify-password", token, password.clone()).await;
    driven.post(&app, "/request-password-reset", "", address.clone()).await;
    driven.get(&app, "/reset-password/none?callbackURL=/x", "").await;
    app.sql(
        r#"insert into verification (id, identifier, value, "expiresAt")
           select kind, kind || 'T', id, '2027-01-01' from "user", unnest(array['reset-password:', 'delete-account-']) kind"#,
    )
    .await;
    let reset = json!({ "newPassword": "correct horse", "token": "T" });
    driven.post(&app, "/reset-password", "", reset).await;
    let change = json!({
        "currentPassword": "correct horse", "newPassword": "battery staple", "revokeOtherSessions": true,
    });
    let token = token_of(&driven.post(&app, "/change-password", token, change).await);

    driven.post(&app, "/send-verification-email", &token, address).await;
    let proof = verification_token(&json!({ "email": "ada@example.com" }));
    let proven = driven.get(&app, &format!("/verify-email?token={proof}"), "").await;
    assert!(proven.contains(r#""user":null"#), "{proven}");
    driven.get(&app, &format!("/verify-email?callbackURL=/x&token={proof}"), "").await;
    let claims = json!({
        "email": "ada@example.com", "updateTo": "countess@example.com", "userId": user_id,
        "requestType": "change-email-confirmation",
    });
    let asked = verification_token(&claims);
    driven.get(&app, &format!("/verify-email?token={asked}"), "").await;
    let claims = json!({
        "email": "ada@example.com", "updateTo": "ada@example.com", "userId": user_id,
        "requestType": "change-email-verification",
    });
    let changed = verification_token(&claims);
    let changed = driven.get(&app, &format!("/verify-email?token={changed}"), "").await;
    assert!(changed.contains(r#""emailVerified""#), "{changed}");
    driven.post(&app, "/change-email", &token, json!({ "newEmail": "countess@example.com" })).await;

    driven.post(&app, "/update-user", &token, json!({ "name": "Ada Lovelace" })).await;
    app.sql(
        r#"insert into account (id, "accountId", "providerId", "userId", "updatedAt", scope)
           select 'other', 'o', 'github', id, now(), 'email,profile' from "user""#,
    )
    .await;
    driven.get(&app, "/list-accounts", &token).await;
    driven.post(&app, "/unlink-account", &token, json!({ "accountId": "other" })).await;
    driven.post(&app, "/sign-out", &token, json!({})).await;
    let token = driven.sign_in(&app, "battery staple").await;
    driven.post(&app, "/revoke-sessions", &token, json!({})).await;
    let token = driven.sign_in(&app, "battery staple").await;
    driven.get(&app, "/delete-user/callback?token=T", &token).await;
    let person = json!({ "name": "Bob", "email": "bob@example.com", "password": "correct horse" });
    let token = token_of(&driven.post(&app, "/sign-up/email", "", person).await);
    driven.post(&app, "/delete-user", &token, password).await;

    let all: BTreeSet<_> = operations()
        .into_iter()
        .map(|(_, _, operation)| operation["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(driven.0, all, "each endpoint is driven to a success here");
}

#[tokio::test]
async fn who_needs_a_session_is_told() {
    let app = TestApp::with(&[("DELETE_USER_ENABLED", "true")]).await;
    for (method, path, operation) in operations() {
        let required = operation["parameters"].as_array().into_iter().flatten();
        let required = required.filter(|all| all["in"] == "query" && all["required"] == true);
        let query: Vec<_> =
            required.map(|all| format!("{}=/x", all["name"].as_str().unwrap())).collect();
        let url = format!("{}?{}", path.replace("{token}", "T"), query.join("&"));
        let body = &operation["requestBody"]["content"]["application/json"]["example"];
        let request = app.request(method.parse().unwrap(), &url);
        let request = if body.is_object() { request.json(body) } else { request };

        let answer = request.send().await.text;

        let needs = operation["security"].as_array().is_some_and(|ways| {
            !ways.is_empty()
                && ways.iter().all(|way| way.as_object().is_some_and(|w| !w.is_empty()))
        });
        let is_refused = ["\"UNAUTHORIZED\"", "\"FAILED_TO_GET_USER_INFO\""]
            .iter()
            .any(|code| answer.contains(code));
        assert_eq!(is_refused, needs, "{method} {path}: {answer}");
    }
}
