//! `POST /update-session`

use serde_json::json;
use tests::app::TestApp;

const PATH: &str = "/api/auth/update-session";
const FIELDS: &str = r#"{"theme":{"type":"string","required":false,"defaultValue":"dark"},
    "risk":{"type":"number","required":false,"input":false}}"#;

async fn app() -> TestApp {
    let app = TestApp::with(&[("SESSION_FIELDS", FIELDS)]).await;
    app.sql("alter table session add theme text, add risk integer").await;
    app
}

#[tokio::test]
async fn declared_fields_are_written_and_the_core_is_not() {
    let app = app().await;
    let signed_up = app.sign_up("ada@example.com").await;
    let cookies = signed_up.cookies();
    let other = app.sign_in("ada@example.com", "correct horse").await.cookies();
    app.clock.advance(time::Duration::MINUTE);

    let body = json!({ "theme": "light", "token": "mine", "userId": "u", "expiresAt": "2030-01-01T00:00:00Z", "x": 1 });
    let reply = app.act(PATH, &cookies, &body).send().await;

    assert_eq!(reply.status, 200);
    let session = &reply.json()["session"];
    assert_eq!(session["theme"], "light");
    assert_eq!(session["token"], signed_up.json()["token"]);
    assert_eq!(session["expiresAt"], "2026-11-30T12:00:00.000Z");
    assert_eq!(session["updatedAt"], "2026-11-23T12:01:00.000Z");
    assert_eq!(reply.cookies(), cookies, "its cookies are handed out anew");
    assert_eq!(app.session(&cookies).await.json()["session"], *session);
    assert_eq!(app.session(&other).await.json()["session"]["theme"], "dark");
}

#[tokio::test]
async fn what_names_no_declared_field_changes_nothing() {
    let app = app().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    for body in [json!({}), json!({ "token": "x" }), json!({ "risk": 0 })] {
        let reply = app.act(PATH, &cookies, &body).send().await;

        assert_eq!((reply.status, reply.code().as_str()), (400, ""), "{body}");
        assert_eq!(reply.message(), "No fields to update");
    }
}

#[tokio::test]
async fn a_field_that_no_request_may_set_is_named() {
    let app = app().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();

    let reply = app.act(PATH, &cookies, &json!({ "theme": "x", "risk": 9 })).send().await;

    assert_eq!((reply.status, reply.code().as_str()), (400, "FIELD_NOT_ALLOWED"));
    assert_eq!(reply.message(), "risk is not allowed to be set");
    assert_eq!(app.text("select theme from session").await, "dark");
}

#[tokio::test]
async fn it_needs_a_record_and_a_session() {
    let app = app().await;

    let list = app.post(PATH).json(&json!([])).send().await;
    let nobody = app.post(PATH).json(&json!({ "theme": "x" })).send().await;

    assert_eq!((list.status, list.code().as_str()), (400, "VALIDATION_ERROR"));
    assert_eq!(list.message(), "[body] Invalid input: expected record, received array");
    assert_eq!((nobody.status, nobody.code().as_str()), (401, "UNAUTHORIZED"));
}

#[tokio::test]
async fn a_session_that_ends_meanwhile_is_not_written() {
    let app = app().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    // Between the two statements of the request: whoever writes the field finds the session gone.
    app.sql(
        "create function vanish() returns trigger language plpgsql as 'begin return null; end';
         create trigger vanish before update of theme on session for each row execute function vanish()",
    )
    .await;

    let reply = app.act(PATH, &cookies, &json!({ "theme": "x" })).send().await;

    assert_eq!((reply.status, reply.code().as_str()), (401, "FAILED_TO_GET_SESSION"));
}
