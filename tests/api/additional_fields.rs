//! Columns that the operator declared: `USER_FIELDS` and `SESSION_FIELDS`. core.md §10.1

use serde_json::{Value, json};
use shared::config::Config;
use tests::app::TestApp;

const USER: &str = r#"{
    "role": {"type":"string","required":false,"defaultValue":"member","input":false},
    "age": {"type":"number","required":true},
    "likes": {"type":"string[]","required":false},
    "born": {"type":"date","required":false},
    "isAdult": {"type":"boolean","required":false},
    "note": {"type":"string","required":false,"returned":false}
}"#;
const SESSION: &str = r#"{"device":{"type":"string","required":false,"defaultValue":"unknown"}}"#;
const SETTINGS: [(&str, &str); 2] = [("USER_FIELDS", USER), ("SESSION_FIELDS", SESSION)];

/// With the columns that the settings declare, twice: a second time nothing happens.
async fn with(more: &[(&str, &str)]) -> TestApp {
    let settings = [&SETTINGS[..], more].concat();
    let app = TestApp::with(&settings).await;
    let var = |name: &str| {
        settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    };
    let fields = Config::from_vars(var).unwrap().fields;
    for _ in 0..2 {
        for sql in [fields.user.migration("user"), fields.session.migration("session")] {
            sqlx::raw_sql(&sql).execute(&app.db).await.unwrap();
        }
    }
    app
}

fn sign_up_body(more: &Value) -> Value {
    let mut body =
        json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse" });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

#[tokio::test]
async fn they_are_set_at_sign_up_and_shown_wherever_a_user_is() {
    let app = with(&[("CHANGE_EMAIL_ENABLED", "true")]).await;
    let body = sign_up_body(&json!({
        "age": 36, "likes": ["a", { "b": 1 }], "born": "1815-12-10T01:00:00+01:00", "isAdult": true,
        "note": "hidden", "role": "admin", "other": 1,
    }));

    let reply = app.post("/api/auth/sign-up/email").json(&body).send().await;

    assert_eq!(reply.status, 200, "{reply:?}");
    let user = &reply.json()["user"];
    let keys: Vec<_> = user.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys[4..],
        ["createdAt", "updatedAt", "role", "age", "likes", "born", "isAdult", "id"]
    );
    assert_eq!(user["role"], "member", "input: false");
    assert_eq!((&user["age"], &user["likes"]), (&json!(36), &json!(["a", { "b": 1 }])));
    assert_eq!(
        (&user["born"], &user["isAdult"]),
        (&json!("1815-12-10T00:00:00.000Z"), &json!(true))
    );
    assert_eq!(app.text(r#"select note from "user""#).await, "hidden");
    let cookies = reply.cookies();
    let session = app.session(&cookies).await.json();
    assert_eq!(session["user"], *user);
    assert_eq!(session["session"]["device"], "unknown");
    assert_eq!(app.sign_in("ada@example.com", "correct horse").await.json()["user"], *user);
    let body = json!({ "currentPassword": "correct horse", "newPassword": "battery staple" });
    let changed = app.act("/api/auth/change-password", &cookies, &body).send().await;
    assert_eq!(changed.json()["user"], *user);
    let sessions = app.get("/api/auth/list-sessions").cookie(&cookies).send().await;
    assert_eq!(sessions.json()[0]["device"], "unknown");
}

#[tokio::test]
async fn a_required_one_is_asked_for_at_sign_up() {
    let app = with(&[]).await;

    let reply = app.post("/api/auth/sign-up/email").json(&sign_up_body(&json!({}))).send().await;

    assert_eq!((reply.status, reply.code().as_str()), (400, "MISSING_FIELD"));
    assert_eq!(reply.message(), "age is required");
    assert_eq!(app.count(r#"select count(*) from "user""#).await, 0);
}

#[tokio::test]
async fn an_update_changes_what_requests_may_set() {
    let app = with(&[]).await;
    let body = sign_up_body(&json!({ "age": 36 }));
    let cookies = app.post("/api/auth/sign-up/email").json(&body).send().await.cookies();
    let update = async |body: Value| app.act("/api/auth/update-user", &cookies, &body).send().await;

    let done = update(json!({ "age": 37, "likes": ["x"], "isAdult": null })).await;
    let refused = update(json!({ "role": "admin", "name": "B" })).await;
    let ignored = update(json!({ "role": "", "age": 38 })).await;

    assert_eq!((done.status, ignored.status), (200, 200));
    assert_eq!((refused.status, refused.code().as_str()), (400, "FIELD_NOT_ALLOWED"));
    assert_eq!(refused.message(), "role is not allowed to be set");
    let user = &app.session(&cookies).await.json()["user"];
    assert_eq!(
        (&user["age"], &user["likes"], &user["role"]),
        (&json!(38), &json!(["x"]), &json!("member"))
    );
    assert_eq!(user["name"], "Ada");
}

#[tokio::test]
async fn a_value_that_its_column_cannot_hold_is_refused_and_one_that_fits_is_converted() {
    let app = with(&[]).await;
    for value in [json!("abc"), json!(1e300), json!([]), json!("a\0b")] {
        let body = sign_up_body(&json!({ "age": value }));
        let reply = app.post("/api/auth/sign-up/email").json(&body).send().await;

        assert_eq!(
            (reply.status, reply.code().as_str()),
            (422, "FAILED_TO_CREATE_USER"),
            "{value}"
        );
        assert_eq!(reply.message(), "Failed to create user");
    }
    let body = sign_up_body(&json!({ "age": "37" }));
    let fits = app.post("/api/auth/sign-up/email").json(&body).send().await;
    let body = json!({ "age": "abc" });
    let update = app.act("/api/auth/update-user", &fits.cookies(), &body).send().await;

    assert_eq!((fits.status, &fits.json()["user"]["age"]), (200, &json!(37)));
    assert_eq!((update.status, update.code().as_str()), (400, "BAD_REQUEST"));
    assert_eq!(app.session(&fits.cookies()).await.json()["user"]["age"], 37);
}

#[tokio::test]
async fn a_taken_address_shows_the_values_that_a_free_one_would() {
    let app = with(&[("AUTO_SIGN_IN", "false")]).await;
    // Each would be stored in another form than it was sent in.
    let body = sign_up_body(&json!({
        "age": "36", "born": "1815-12-10", "isAdult": "yes", "likes": null, "note": 5,
    }));

    let free = app.post("/api/auth/sign-up/email").json(&body).send().await;
    let taken = app.post("/api/auth/sign-up/email").json(&body).send().await;

    assert_eq!((free.status, taken.status), (200, 200), "{free:?} {taken:?}");
    let without_id = |mut reply: Value| {
        reply["user"]["id"] = Value::Null;
        reply.to_string()
    };
    assert_eq!(without_id(free.json()), without_id(taken.json()));
}

#[tokio::test]
async fn rows_that_were_there_before_the_columns_go_on() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let later = app.beside(tests::app::SECRET, &SETTINGS);
    for sql in [
        r#"alter table "user" add role text default 'member', add age integer, add likes jsonb,
           add born timestamptz, add "isAdult" boolean, add note text"#,
        "alter table session add device text default 'unknown'",
    ] {
        app.sql(sql).await;
    }

    let reply = later.session(&cookies).await.json();

    assert_eq!((&reply["user"]["role"], &reply["user"]["age"]), (&json!("member"), &Value::Null));
    assert_eq!(reply["session"]["device"], "unknown");
    app.sign_up("bob@example.com").await;
}

#[tokio::test]
async fn a_cached_session_holds_them_too() {
    let app = with(&[("COOKIE_CACHE", "compact")]).await;
    let body = sign_up_body(&json!({ "age": 36, "note": "hidden" }));
    let reply = app.post("/api/auth/sign-up/email").json(&body).send().await;
    app.sql(r#"update "user" set age = 1"#).await;

    let session = app.session(&reply.cookies()).await;

    assert_eq!(session.json()["user"]["age"], 36);
    assert_eq!(session.json()["session"]["device"], "unknown");
    assert!(!session.text.contains("hidden"));
}

#[tokio::test]
async fn a_new_session_of_a_password_change_or_a_proven_address_has_the_defaults() {
    let app = with(&[("AUTO_SIGN_IN_AFTER_VERIFICATION", "true")]).await;
    let body = sign_up_body(&json!({ "age": 36 }));
    let cookies = app.post("/api/auth/sign-up/email").json(&body).send().await.cookies();
    let body = json!({
        "currentPassword": "correct horse", "newPassword": "battery staple", "revokeOtherSessions": true,
    });

    let changed = app.act("/api/auth/change-password", &cookies, &body).send().await;
    let token = app.link_token(&json!({ "email": "ada@example.com" }));
    let proven = app.get(&format!("/api/auth/verify-email?token={token}")).send().await;

    for reply in [changed, proven] {
        let session = app.session(&reply.cookies()).await.json();
        assert_eq!(session["session"]["device"], "unknown", "{reply:?}");
        assert_eq!(session["user"]["age"], 36);
    }
}
