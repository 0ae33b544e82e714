//! Audit events: one of each request that changes something or is turned away, and no secret in any.

use std::time::Duration as StdDuration;

use axum::http::Method;
use functions::route::{Endpoint, Row};
use functions::routes::TABLE;
use serde_json::{Map, Value, json};
use shared::audit::Action;
use shared::clock::Clock;
use shared::keys::Keyring;
use sqlx::{Connection, PgConnection};
use tests::app::{BASE, SECRET, TestApp, TestRequest};
use tests::log::{Log, events};
use tests::reply::Reply;
use tests::scene::{SETTINGS, Scene, endpoints, has_succeeded, is_guarded};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use tracing::level_filters::LevelFilter;

const EVIL: &str = "https://evil.com";
const ADDRESS: &str = "203.0.113.5";
const AGENT: &str = "tests/1.0";

/// Who is named in the event of a request of the scene's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// Ada, and the session that acts or was made.
    AdaBySession,
    /// Ada, whose token was shown.
    Ada,
    /// Whoever has the address, by its key alone.
    Address,
    /// Who is made by it.
    New,
}

/// What a request of each row leaves that does what the row is for; `None`: nothing.
const OF_SUCCESS: [(&str, Option<(&str, Who)>); 25] = [
    ("sign_up_email", Some(("sign_up", Who::New))),
    ("sign_in_email", Some(("sign_in", Who::AdaBySession))),
    ("sign_out", Some(("sign_out", Who::AdaBySession))),
    ("get_session", None),
    ("list_sessions", None),
    ("revoke_session", Some(("revoke_session", Who::AdaBySession))),
    ("revoke_sessions", Some(("revoke_sessions", Who::AdaBySession))),
    ("revoke_other_sessions", Some(("revoke_other_sessions", Who::AdaBySession))),
    ("update_session", Some(("update_session", Who::AdaBySession))),
    ("request_password_reset", Some(("request_password_reset", Who::Address))),
    ("get_reset_password", Some(("get_reset_password", Who::Ada))),
    ("reset_password", Some(("reset_password", Who::Ada))),
    ("verify_password", Some(("verify_password", Who::AdaBySession))),
    ("change_password", Some(("change_password", Who::AdaBySession))),
    ("send_verification_email", Some(("send_verification_email", Who::AdaBySession))),
    ("verify_email", Some(("verify_email", Who::Ada))),
    ("change_email", Some(("request_email_change", Who::AdaBySession))),
    ("update_user", Some(("update_user", Who::AdaBySession))),
    ("delete_user", Some(("delete_user", Who::AdaBySession))),
    ("delete_user_callback", Some(("delete_user", Who::AdaBySession))),
    ("list_accounts", None),
    ("unlink_account", Some(("unlink_account", Who::AdaBySession))),
    ("error", None),
    ("ok", None),
    ("health", None),
];

fn of_success(row: &Row) -> Option<(&'static str, Who)> {
    let found = OF_SUCCESS.iter().find(|(name, _)| *name == row.name);
    found.unwrap_or_else(|| panic!("{} has no event here, or none for certain", row.name)).1
}

/// Asserts that there is one event, with these fields, from where all requests of these tests come.
fn assert_one(events: &[Map<String, Value>], expected: &Value, what: &str) -> Map<String, Value> {
    let [event] = events else { panic!("{what}: not one event: {events:?}") };
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(event.get(name).unwrap_or(&Value::Null), value, "{what}: {name} of {event:?}");
    }
    assert_eq!((&event["ip_address"], &event["user_agent"]), (&json!(ADDRESS), &json!(AGENT)));
    assert_eq!((&event["level"], &event["target"]), (&json!("INFO"), &json!("audit")), "{what}");
    event.clone()
}

fn account_key(email: &str) -> Value {
    json!(Keyring::parse(SECRET).unwrap().account_key(email))
}

async fn ada(app: &TestApp) -> String {
    app.text(r#"select id from "user" where name = 'Ada'"#).await
}

#[tokio::test]
async fn who_does_what_a_route_is_for_leaves_one_event_and_who_reads_leaves_none() {
    let log = Log::start();
    for (row, endpoint) in endpoints() {
        let scene = Scene::new().await;
        let (user_id, sessions) = (ada(&scene.app).await, sessions(&scene.app).await);
        log.take();

        let request = scene.signed_in(row, endpoint).from(ADDRESS).header("user-agent", AGENT);
        let reply = request.send().await;

        assert!(has_succeeded(&reply), "{} {reply:?}", row.name);
        let lines = log.take();
        let Some((name, who)) = of_success(row) else {
            assert!(events(&lines).is_empty(), "{} {lines:?}", row.name);
            continue;
        };
        let expected = json!({ "audit": name, "outcome": "success", "code": null });
        let event = assert_one(&events(&lines), &expected, row.name);
        match who {
            Who::AdaBySession => {
                assert_eq!(event["user_id"], json!(user_id), "{}", row.name);
                let made = scene.app.text("select coalesce(max(id), '') from session").await;
                let is_known = [sessions.as_slice(), &[made]].concat();
                let session_id = event["session_id"].as_str().unwrap();
                assert!(is_known.iter().any(|id| id == session_id) || row.name == "sign_in_email");
            }
            Who::Ada => assert_eq!(event["user_id"], json!(user_id), "{}", row.name),
            Who::Address => assert_eq!(event["account_key"], account_key("ada@example.com")),
            Who::New => {
                let bob = scene.app.text(r#"select id from "user" where name = 'Bob'"#).await;
                assert_eq!(event["user_id"], json!(bob));
                assert_eq!(event["account_key"], account_key("bob@example.com"));
            }
        }
        assert_eq!(event["spans"][0]["id"], json!(reply.header("x-request-id")), "{}", row.name);
        assert_no_secrets(&scene, &reply, &lines, row.name);
    }
    assert_eq!(OF_SUCCESS.len(), TABLE.len());
}

async fn sessions(app: &TestApp) -> Vec<String> {
    sqlx::query_scalar("select id from session order by id").fetch_all(&app.db).await.unwrap()
}

fn assert_no_secrets(scene: &Scene, reply: &Reply, lines: &[Map<String, Value>], what: &str) {
    let text = serde_json::to_string(lines).unwrap();
    let cookies = reply.set_cookies();
    let handed_out =
        cookies.iter().map(|line| line.split(['=', ';']).nth(1).unwrap()).filter(|v| v.len() > 7);
    let of_reply = reply.header("set-auth-token").split('.');
    let marks = scene
        .secrets()
        .into_iter()
        .chain(handed_out.map(str::to_owned))
        .chain(of_reply.map(str::to_owned))
        .chain(["@".to_owned(), "correct horse".to_owned(), "battery staple".to_owned()]);
    for mark in marks.filter(|mark| !mark.is_empty()) {
        assert!(!text.contains(&mark), "{what} logs {mark}: {text}");
    }
}

/// A request that is refused in some way of its row.
fn refused(scene: &Scene, row: &Row, endpoint: &Endpoint) -> Vec<(TestRequest, &'static str)> {
    let mut all = Vec::new();
    if endpoint.method == "POST" {
        let post = || scene.app.post(endpoint.path).cookie(&scene.cookies);
        all.push((post().body("text/plain", "x").origin(BASE), "UNSUPPORTED_MEDIA_TYPE"));
        all.push((post().json(&json!({})).origin(EVIL), "INVALID_ORIGIN"));
        let foreign = json!({ "callbackURL": EVIL });
        all.push((post().json(&foreign).origin(BASE), "INVALID_CALLBACK_URL"));
    } else {
        let path = format!("{}?callbackURL={EVIL}", endpoint.path.replace("{token}", "x"));
        all.push((scene.app.request(Method::GET, &path), "INVALID_CALLBACK_URL"));
    }
    if is_guarded(row) {
        all.push((scene.request(row, endpoint), "UNAUTHORIZED"));
    }
    all
}

#[tokio::test]
async fn whoever_is_refused_leaves_one_event_that_says_why() {
    let (log, scene) = (Log::start(), Scene::new().await);
    let mut count = 0;
    for (row, endpoint) in endpoints() {
        let Some(action) = row.action else { continue };
        for (request, code) in refused(&scene, row, endpoint) {
            log.take();

            let reply = request.from(ADDRESS).header("user-agent", AGENT).send().await;

            assert_eq!(reply.code(), code, "{}", row.name);
            let lines = log.take();
            let expected = json!({ "audit": action.name(), "outcome": "failure", "code": code });
            assert_one(&events(&lines), &expected, row.name);
            assert_no_secrets(&scene, &reply, &lines, row.name);
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
    // The rows without an action are those that nobody can be turned away from.
    let without: Vec<_> = TABLE.iter().filter(|row| row.action.is_none()).collect();
    assert_eq!(without.iter().map(|row| row.name).collect::<Vec<_>>(), ["ok", "health"]);
}

#[tokio::test]
async fn who_asks_too_often_leaves_an_event_everywhere() {
    let log = Log::start();
    let settings =
        [("RATE_LIMIT_ENABLED", "true"), ("RATE_LIMIT_RULES", r#"{"/**":{"window":10,"max":1}}"#)];
    let app = TestApp::with(&[settings.as_slice(), &SETTINGS].concat()).await;
    for (row, endpoint) in endpoints() {
        let Some(action) = row.action else { continue };
        let path = endpoint.path.replace("{token}", "x");
        let send = || {
            let request = app.request(endpoint.method.parse().unwrap(), &path);
            request.from(ADDRESS).header("user-agent", AGENT).send()
        };
        if row.endpoints[0] == *endpoint {
            send().await;
        }
        log.take();

        let reply = send().await;

        assert_eq!(reply.status, 429, "{}", row.name);
        let expected = json!({
            "audit": action.name(), "outcome": "failure", "code": "TOO_MANY_REQUESTS"
        });
        assert_one(&log.take_events(), &expected, row.name);
    }
}

#[tokio::test]
async fn attempts_at_one_address_count_together_and_name_nobody() {
    let (log, app) = (Log::start(), TestApp::new().await);
    app.sign_up("ada@example.com").await;
    let user_id = ada(&app).await;
    let attempt = async |email: &str, password: &str| {
        let body = json!({ "email": email, "password": password });
        let request = app.post("/api/auth/sign-in/email").json(&body).from(ADDRESS);
        log.take();
        request.header("user-agent", AGENT).send().await;
        let lines = log.take();
        assert!(!serde_json::to_string(&lines).unwrap().contains('@'), "{lines:?}");
        events(&lines)
    };

    let wrong = attempt("Ada@example.com", "battery staple").await;
    let unknown = attempt("bob@example.com", "battery staple").await;
    let right = attempt("ada@example.com", "correct horse").await;

    let failed = json!({
        "audit": "sign_in", "outcome": "failure", "code": "INVALID_EMAIL_OR_PASSWORD"
    });
    let mut of_ada = failed.clone();
    of_ada["account_key"] = account_key("ada@example.com");
    of_ada["user_id"] = json!(user_id);
    assert_one(&wrong, &of_ada, "wrong password");
    let mut of_bob = failed;
    of_bob["account_key"] = account_key("bob@example.com");
    of_bob["user_id"] = Value::Null;
    assert_one(&unknown, &of_bob, "unknown address");
    assert_eq!(right[0]["account_key"], account_key("ada@example.com"));
}

/// The one event of a request that Ada's browser sends.
async fn event_of(log: &Log, scene: &Scene, path: &str, body: &Value) -> Map<String, Value> {
    let path = format!("/api/auth/{path}");
    let request = if body.is_null() {
        scene.app.get(&path).cookie(&scene.cookies)
    } else {
        scene.app.act(&path, &scene.cookies, body)
    };
    log.take();
    request.from(ADDRESS).header("user-agent", AGENT).send().await;
    assert_one(&log.take_events(), &json!({}), &path)
}

fn assert_event(event: &Map<String, Value>, name: &str, outcome: &str, code: &Value) {
    let found = (&event["audit"], &event["outcome"], event.get("code").unwrap_or(&Value::Null));
    assert_eq!(found, (&json!(name), &json!(outcome), code), "{event:?}");
}

#[tokio::test]
async fn an_endpoint_with_several_ways_leaves_the_event_of_the_way_it_went() {
    let log = Log::start();
    let with = async |more: &[(&'static str, &'static str)]| {
        Scene::over(TestApp::with(&[more, &SETTINGS].concat()).await).await
    };
    let success = Value::Null;

    let scene = with(&[("CHANGE_EMAIL_WITHOUT_VERIFICATION", "true")]).await;
    let event =
        event_of(&log, &scene, "change-email", &json!({ "newEmail": "ada@new.example" })).await;
    assert_event(&event, "change_email", "success", &success);
    assert_eq!(event["account_key"], account_key("ada@new.example"));
    scene.app.sign_up("bob@example.com").await;
    let event =
        event_of(&log, &scene, "change-email", &json!({ "newEmail": "bob@example.com" })).await;
    let taken = json!("USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
    assert_event(&event, "change_email", "failure", &taken);

    let scene = with(&[("DELETE_USER_VERIFICATION", "true")]).await;
    let event = event_of(&log, &scene, "delete-user", &json!({})).await;
    assert_event(&event, "request_user_deletion", "success", &success);

    let scene = with(&[]).await;
    let user_id = ada(&scene.app).await;
    for (request_type, new_email, name) in [
        ("change-email-confirmation", "ada@new.example", "request_email_change"),
        ("change-email-verification", "ada@new.example", "change_email"),
    ] {
        let link = scene.app.link_token(&json!({
            "email": "ada@example.com", "updateTo": new_email,
            "requestType": request_type, "userId": user_id
        }));
        let event =
            event_of(&log, &scene, &format!("verify-email?token={link}"), &Value::Null).await;
        assert_event(&event, name, "success", &success);
        assert_eq!(event["user_id"], json!(user_id));
    }
}

#[tokio::test]
async fn an_answer_that_hides_what_happened_hides_it_from_no_event() {
    let (log, app) = (Log::start(), TestApp::with(&[("AUTO_SIGN_IN", "false")]).await);
    let sign_up = async || {
        let body =
            json!({ "name": "Ada", "email": "ada@example.com", "password": "battery staple" });
        let request = app.post("/api/auth/sign-up/email").json(&body).from(ADDRESS);
        let reply = request.header("user-agent", AGENT).send().await;
        assert_eq!(reply.status, 200);
        (reply, assert_one(&log.take_events(), &json!({}), "sign-up"))
    };

    let (first, made) = sign_up().await;
    let (_, hidden) = sign_up().await;

    assert_event(&made, "sign_up", "success", &Value::Null);
    assert_eq!(made["user_id"], first.json()["user"]["id"]);
    let taken = json!("USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
    assert_event(&hidden, "sign_up", "failure", &taken);
    assert_eq!(hidden.get("user_id"), None, "the user of the answer does not exist");
}

#[tokio::test]
async fn a_link_that_is_refused_by_a_redirect_is_a_failure() {
    let (log, scene) = (Log::start(), Scene::new().await);
    for (path, name, code) in [
        ("verify-email?token=bogus&callbackURL=/x", "verify_email", "INVALID_TOKEN"),
        ("reset-password/bogus?callbackURL=/x", "get_reset_password", "INVALID_TOKEN"),
        ("reset-password/bogus?callbackURL=", "get_reset_password", "INVALID_TOKEN"),
    ] {
        let event = event_of(&log, &scene, path, &Value::Null).await;

        assert_event(&event, name, "failure", &json!(code));
    }
}

#[tokio::test]
async fn an_event_says_how_many_sessions_ended() {
    let log = Log::start();
    for (path, body, ended) in [
        ("revoke-session", json!({ "token": "other" }), 1),
        ("revoke-session", json!({ "token": "nobody's" }), 0),
        ("revoke-other-sessions", json!({}), 1),
        ("revoke-sessions", json!({}), 2),
        (
            "change-password",
            json!({
                "currentPassword": "correct horse", "newPassword": "battery staple",
                "revokeOtherSessions": true
            }),
            2,
        ),
    ] {
        let event = event_of(&log, &Scene::new().await, path, &body).await;

        assert_eq!(event["sessions_ended"], json!(ended), "{path} {body}");
    }
    let settings = [&[("REVOKE_SESSIONS_ON_PASSWORD_RESET", "true")], SETTINGS.as_slice()].concat();
    let scene = Scene::over(TestApp::with(&settings).await).await;
    let body = json!({ "newPassword": "battery staple", "token": "R3s3tT0k3nR3s3tT0k3nR3s3" });
    let event = event_of(&log, &scene, "reset-password", &body).await;
    assert_eq!(event["sessions_ended"], json!(2));
    let (scene, body) = (Scene::new().await, json!({ "accountId": "github" }));
    let event = event_of(&log, &scene, "unlink-account", &body).await;
    assert_eq!(event["account_id"], json!("github"));
}

#[tokio::test]
async fn what_fails_on_our_side_or_lost_its_client_may_have_been_done() {
    let (log, app) = (Log::start(), TestApp::new().await);
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse" });
    let send = || {
        let request = app.post("/api/auth/sign-up/email").json(&body).from(ADDRESS);
        request.header("user-agent", AGENT).send()
    };
    let mut other = PgConnection::connect_with(&app.database().options()).await.unwrap();
    sqlx::raw_sql(r#"begin; lock table "user""#).execute(&mut other).await.unwrap();

    let gave_up = tokio::time::timeout(StdDuration::from_millis(100), send()).await;

    assert!(gave_up.is_err());
    let event = assert_one(&log.take_events(), &json!({}), "client gone");
    assert_event(&event, "sign_up", "unknown", &Value::Null);

    let reply = send().await;
    assert_eq!(reply.status, 503);
    let event = assert_one(&log.take_events(), &json!({}), "database away");
    assert_event(&event, "sign_up", "unknown", &json!("SERVICE_UNAVAILABLE"));
    other.close().await.unwrap();
}

#[tokio::test]
async fn a_user_agent_is_cut_and_an_unknown_address_left_out() {
    let (log, app) = (Log::start(), TestApp::new().await);

    let agent = "ü".repeat(300);
    app.post("/api/auth/sign-out").header("user-agent", &agent).send().await;

    let events = log.take_events();
    assert_eq!(events[0]["user_agent"], json!("ü".repeat(128)));
    assert_eq!(events[0].get("ip_address"), None);
}

#[tokio::test]
async fn what_a_client_writes_stays_in_its_field() {
    let (log, app) = (Log::start(), TestApp::new().await);
    let agent = r#"x","outcome":"success","user_id":"ada"},{"audit":"sign_in"}	\u000a{"#;

    app.post("/api/auth/sign-out").body("text/plain", "x").header("user-agent", agent).send().await;

    let lines = log.take();
    let [event] = &events(&lines)[..] else { panic!("{lines:?}") };
    assert_eq!(event["user_agent"], json!(agent));
    assert_event(event, "sign_out", "failure", &json!("UNSUPPORTED_MEDIA_TYPE"));
    assert_eq!(event.get("user_id"), None);
}

#[tokio::test]
async fn every_line_has_its_time_in_utc() {
    let (log, app) = (Log::start(), TestApp::new().await);
    let before = Clock::system().now();
    log.take();

    app.sign_in("ada@example.com", "wrong password").await;

    let lines = log.take();
    assert!(lines.len() >= 2, "{lines:?}");
    for line in lines {
        let time = line["timestamp"].as_str().unwrap();
        let read = OffsetDateTime::parse(time, &Rfc3339).unwrap();
        assert!(
            time.ends_with('Z') && read >= before && read - before < Duration::MINUTE,
            "{time}"
        );
    }
}

#[tokio::test]
async fn events_come_at_any_log_level_but_off() {
    for (level, is_written) in
        [(LevelFilter::ERROR, true), (LevelFilter::WARN, true), (LevelFilter::OFF, false)]
    {
        let (log, app) = (Log::at(level), TestApp::new().await);
        log.take();

        let reply = app.post("/api/auth/sign-out").send().await;

        let lines = log.take();
        let ids: Vec<_> = lines.iter().map(|line| &line["spans"][0]["id"]).collect();
        let id = json!(reply.header("x-request-id"));
        let expected = if is_written { vec![&id] } else { vec![] };
        assert_eq!(ids, expected, "{level} {lines:?}");
    }
}

#[tokio::test]
async fn what_is_no_endpoint_leaves_no_event() {
    let (log, app) = (Log::start(), TestApp::with(&[("DISABLED_PATHS", "/sign-out")]).await);

    app.post("/api/auth/sign-out").send().await;
    app.post("/api/auth/nothing").send().await;
    app.get("/api/auth/sign-in/email").send().await;

    assert!(log.take_events().is_empty());
}

#[tokio::test]
async fn the_line_of_a_request_has_the_code_of_its_refusal() {
    let (log, app) = (Log::start(), TestApp::new().await);

    app.sign_in("ada@example.com", "wrong password").await;

    let lines = log.take();
    let line = lines.iter().find(|line| line.contains_key("status")).unwrap();
    assert_eq!(
        (&line["status"], &line["code"]),
        (&json!(401), &json!("INVALID_EMAIL_OR_PASSWORD"))
    );
}

#[test]
fn every_action_has_a_name_of_its_own() {
    let mut names: Vec<_> = Action::ALL.iter().map(|action| action.name()).collect();
    names.sort_unstable();
    names.dedup();

    assert_eq!(names.len(), Action::ALL.len());
}
