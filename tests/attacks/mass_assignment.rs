//! Mass assignment: a body sets what its endpoint is for, and no column beside.
//!
//! Generated from the table: a new endpoint is covered by being there.

use serde_json::{Map, Value, json};
use tests::app::{BASE, TestApp};
use tests::scene::{Scene, endpoints, has_succeeded, is_guarded};

/// What the columns of all tables would be called, and how frameworks reach them.
fn forged() -> Map<String, Value> {
    let columns = json!({
        "id": "forged", "_id": "forged", "userId": "forged", "user_id": "forged",
        "role": "forged", "isAdmin": true, "admin": true, "permissions": ["forged"], "banned": false,
        "emailVerified": true, "email_verified": true, "createdAt": "1999-01-01T00:00:00.000Z",
        "updatedAt": "1999-01-01T00:00:00.000Z", "created_at": "1999-01-01T00:00:00.000Z",
        "expiresAt": "1999-01-01T00:00:00.000Z", "token": "forged", "sessionToken": "forged",
        "ipAddress": "forged", "userAgent": "forged", "accountId": "forged", "providerId": "forged",
        "password_hash": "forged", "hash": "forged", "accessToken": "forged", "refreshToken": "forged",
        "scope": "forged", "identifier": "forged", "value": "forged",
    });
    let columns = columns.as_object().unwrap();
    let mut all = columns.clone();
    for (name, value) in columns {
        for path in ["user", "session", "account", "data", "__proto__"] {
            all.insert(format!("{path}.{name}"), value.clone());
            all.insert(format!("{path}[{name}]"), value.clone());
        }
    }
    for name in
        ["user", "session", "account", "data", "additionalFields", "__proto__", "constructor"]
    {
        all.insert(name.to_owned(), Value::Object(columns.clone()));
    }
    all
}

/// Source: CWE-915
#[tokio::test]
async fn no_body_sets_a_column_that_its_endpoint_is_not_for() {
    for (row, endpoint) in endpoints().filter(|(_, endpoint)| endpoint.method == "POST") {
        let scene = Scene::new().await;
        let own = scene.body(row.name).unwrap_or_else(|| json!({}));
        let mut body = forged();
        body.extend(own.as_object().unwrap().clone());
        if row.name == "delete_user" {
            // There it is a field: the token of a mail.
            body.remove("token");
        }

        let reply = scene.app.act(endpoint.path, &scene.cookies, &Value::Object(body)).send().await;

        assert!(has_succeeded(&reply), "{} {reply:?}", row.name);
        for trace in ["forged", "1999"] {
            assert!(!scene.app.rows().await.contains(trace), "{}", row.name);
            assert!(!reply.text.contains(trace), "{} {reply:?}", row.name);
        }
        let proven = r#"select count(*) from "user" where "emailVerified""#;
        assert_eq!(scene.app.count(proven).await, 0, "{}", row.name);
    }
}

/// The key that signs API keys was made for whoever the body named.
///
/// Advisory: CVE-2025-61928 (Better Auth, API keys)
#[tokio::test]
async fn a_user_who_is_named_in_a_request_has_not_signed_in() {
    let scene = Scene::new().await;
    let id = scene.app.text(r#"select id from "user""#).await;
    let before = scene.app.rows().await;
    for (row, endpoint) in endpoints().filter(|(row, _)| is_guarded(row)) {
        let mut body = scene.body(row.name).unwrap_or_else(|| json!({}));
        body["userId"] = json!(id);
        body["user"] = json!({ "id": id });
        body["session"] = json!({ "userId": id });
        let path = format!("{}?userId={id}&user_id={id}", endpoint.path);
        let request = scene.app.request(endpoint.method.parse().unwrap(), &path);
        let request = if endpoint.method == "POST" { request.json(&body) } else { request };

        let reply = request.header("x-user-id", &id).origin(BASE).send().await;

        assert_eq!((reply.status, reply.code().as_str()), (401, "UNAUTHORIZED"), "{}", row.name);
    }
    assert_eq!(scene.app.rows().await, before);
}

/// Source: CWE-915
#[tokio::test]
async fn a_field_that_no_request_may_set_stays_as_the_service_set_it() {
    let fields = r#"{"role":{"type":"string","input":false,"defaultValue":"user"}}"#;
    let app = TestApp::with(&[("USER_FIELDS", fields)]).await;
    app.sql(r#"alter table "user" add column role text"#).await;
    let body = json!({
        "name": "Eve", "email": "eve@example.com", "password": "correct horse", "role": "admin",
    });
    let form = "name=Bob&email=bob%40example.com&password=correct+horse&role=admin";

    let by_json = app.post("/api/auth/sign-up/email").json(&body).send().await;
    let by_form = app
        .post("/api/auth/sign-up/email")
        .body("application/x-www-form-urlencoded", form)
        .send()
        .await;
    assert_eq!((by_json.status, by_form.status), (200, 200), "{by_json:?} {by_form:?}");
    let cookies = by_json.cookies();
    for value in [json!("admin"), json!(["admin"]), json!({ "role": "admin" }), json!(1)] {
        let body = json!({ "name": "Eve", "role": value });
        let reply = app.act("/api/auth/update-user", &cookies, &body).send().await;
        assert_eq!((reply.status, reply.code().as_str()), (400, "FIELD_NOT_ALLOWED"));
    }

    let others = r#"select count(*) from "user" where role is distinct from 'user'"#;
    assert_eq!(app.count(others).await, 0);
    assert_eq!(app.session(&cookies).await.json()["user"]["role"], "user");
}
