//! Strangers: nobody sees, ends, writes or deletes what is another user's.

use serde_json::{Value, json};
use tests::app::{BASE, TestApp};
use tests::scene::{SETTINGS, Scene, endpoints, is_guarded};

/// Everything of Ada's, as it lies in the database.
const ADAS: &str = r#"select concat(
    (select jsonb_agg(to_jsonb(u) order by id) from "user" u where u.email like 'ada%'),
    (select jsonb_agg(to_jsonb(a) order by a.id) from account a join "user" u on u.id = a."userId" where u.email like 'ada%'),
    (select jsonb_agg(to_jsonb(s) order by s.id) from session s join "user" u on u.id = s."userId" where u.email like 'ada%'),
    (select jsonb_agg(to_jsonb(v) order by v.id) from verification v join "user" u on u.id = v.value where u.email like 'ada%')
)"#;

/// Every name that Ada's things go by.
async fn names(app: &TestApp) -> Vec<String> {
    let statement = r#"
        select s.id from session s join "user" u on u.id = s."userId" where u.email like 'ada%'
        union all select token from session s join "user" u on u.id = s."userId" where u.email like 'ada%'
        union all select a.id from account a join "user" u on u.id = a."userId" where u.email like 'ada%'
        union all select id from "user" where email like 'ada%'
        union all select email from "user" where email like 'ada%'
        union all select regexp_replace(identifier, '^(reset-password:|delete-account-)', '') from verification"#;
    sqlx::query_scalar(statement).fetch_all(&app.db).await.unwrap()
}

/// Source: CWE-639
#[tokio::test]
async fn whatever_a_stranger_names_what_is_adas_stays_as_it_is() {
    for (row, endpoint) in endpoints().filter(|(row, _)| is_guarded(row)) {
        let scene = Scene::new().await;
        let app = &scene.app;
        let bobs = app.sign_up("bob@example.com").await.cookies();
        let (before, names) = (app.text(ADAS).await, names(app).await);
        assert!(names.len() > 6, "{names:?}");
        for name in names {
            let body = json!({
                "token": name, "accountId": name, "userId": name, "sessionId": name, "id": name, "note": "x",
                "name": "Mallory", "email": name, "newEmail": "ada@example.com",
                "password": "battery staple", "currentPassword": "battery staple",
                "newPassword": "battery staple", "revokeOtherSessions": true,
            });
            let method = endpoint.method.parse().unwrap();
            let path = format!("{}?token={name}&userId={name}&id={name}", endpoint.path);
            let request = app.request(method, &path).cookie(&bobs).origin(BASE);
            let request = if endpoint.method == "POST" { request.json(&body) } else { request };

            let reply = request.send().await;

            assert!(reply.status < 500, "{} {reply:?}", row.name);
            assert_eq!(app.text(ADAS).await, before, "{} {name}", row.name);
            let said = reply.text.replace("ada@example.com", "");
            assert!(!said.contains("Ada"), "{} {name}: {said}", row.name);
            assert!(scene.secrets().iter().all(|secret| !said.contains(secret)), "{}", row.name);
        }
        assert_ne!(app.session(&scene.cookies).await.text, "null", "{}", row.name);
    }
}

#[tokio::test]
async fn a_list_has_nothing_of_anybody_elses() {
    let scene = Scene::new().await;
    let app = &scene.app;
    let bob = app.sign_up("bob@example.com").await;
    let bobs_id = &bob.json()["user"]["id"];
    for path in ["/api/auth/list-sessions", "/api/auth/list-accounts"] {
        let reply = app.get(path).cookie(&bob.cookies()).send().await;

        let list: Vec<Value> = reply.json().as_array().unwrap().clone();
        assert_eq!(list.len(), 1, "{path}");
        assert!(list.iter().all(|entry| entry["userId"] == *bobs_id), "{path} {list:?}");
    }
}

/// Source: CWE-613
#[tokio::test]
async fn who_ends_all_or_other_sessions_ends_none_of_anybody_else() {
    for path in ["revoke-sessions", "revoke-other-sessions"] {
        let app = TestApp::with(&SETTINGS[..2]).await;
        let adas = app.sign_up("ada@example.com").await.cookies();
        let bobs = app.sign_up("bob@example.com").await.cookies();
        app.sign_in("bob@example.com", "correct horse").await;

        let path = format!("/api/auth/{path}");
        let reply = app.act(&path, &bobs, &json!({})).send().await;

        assert_eq!(reply.status, 200);
        assert_ne!(app.session(&adas).await.text, "null");
        assert!(app.count("select count(*) from session").await < 3);
    }
}

/// Ada's cookie decides who she is; that Bob's token is in the body, the query or a header does not.
///
/// Source: CWE-639
#[tokio::test]
async fn no_field_and_no_header_says_who_acts() {
    let app = TestApp::with(&SETTINGS[..2]).await;
    let ada = app.sign_up("ada@example.com").await;
    let bob = app.sign_up("bob@example.com").await;
    let bobs_id = bob.json()["user"]["id"].as_str().unwrap().to_owned();
    let body =
        json!({ "name": "Changed", "userId": bobs_id, "id": bobs_id, "user": { "id": bobs_id } });

    let request = app.act("/api/auth/update-user", &ada.cookies(), &body);
    let request = request.header("x-user-id", &bobs_id).header("x-better-auth-user", &bobs_id);
    let reply = request.send().await;

    assert_eq!(reply.status, 200, "{reply:?}");
    let changed = app.text(r#"select email from "user" where name = 'Changed'"#).await;
    assert_eq!(changed, "ada@example.com");
    assert_eq!(app.count(r#"select count(*) from "user" where name = 'Changed'"#).await, 1);
}
