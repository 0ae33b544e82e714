//! Canary: what is secret is in no line of the log, in no body of an error, and in no column that is not for it.
//!
//! Marked values go through every route, and through every way in which it fails. Generated from the table: a new
//! endpoint is covered by being there.

use std::collections::{BTreeMap, BTreeSet};

use functions::route::{Endpoint, Row};
use serde_json::{Value, json};
use shared::db::Pool;
use tests::app::{BASE, SECRET, TestApp, TestRequest};
use tests::cutter::{Cut, Cutter};
use tests::database::Database;
use tests::log::Log;
use tests::reply::Reply;
use tests::scene::{SETTINGS, Scene, endpoints};

/// The passwords of the scene's requests.
const PASSWORDS: [&str; 2] = ["correct horse", "battery staple"];
/// Its addresses end so; nothing else that it sends does.
const ADDRESSES: [&str; 3] = ["@example.com", "@new.example", "@canary.example"];
/// What every mark begins with that this file makes.
const MARK: &str = "C4n4ry";

/// What may not be logged, by what it is.
fn secrets(scene: &Scene, replies: &[Reply]) -> Vec<(String, String)> {
    let named = |name: &'static str| move |text: String| (name.to_owned(), text);
    let mut marks = vec![("mark".to_owned(), MARK.to_owned()), ("key".into(), SECRET.to_owned())];
    marks.extend(PASSWORDS.map(str::to_owned).map(named("password")));
    marks.extend(ADDRESSES.map(str::to_owned).map(named("address")));
    marks.extend(scene.secrets().into_iter().map(named("token")));
    for reply in replies {
        let cookies = reply.set_cookies();
        let values = cookies.iter().map(|line| line.split(['=', ';']).nth(1).unwrap().to_owned());
        marks.extend(values.filter(|value| value.len() > 7).map(named("cookie")));
        let parts = reply.header("set-auth-token").split('.').map(str::to_owned);
        marks.extend(parts.filter(|part| !part.is_empty()).map(named("token")));
    }
    marks
}

/// Asserts that nothing secret is among the lines, nor repeated by an error.
fn assert_kept(log: &Log, scene: &Scene, replies: &[Reply], what: &str) {
    let lines = serde_json::to_string(&log.take()).unwrap();
    assert!(lines.contains("answered"), "{what}: nothing was logged");
    for (name, mark) in secrets(scene, replies) {
        assert!(!lines.contains(&mark), "{what} logs a {name}, {mark}: {lines}");
        for error in replies.iter().filter(|reply| reply.status >= 400) {
            assert!(!error.text.contains(&mark), "{what} repeats a {name}, {mark}: {error:?}");
        }
    }
}

/// Requests with a mark in every place where somebody may put something.
fn marked(scene: &Scene, row: &Row, endpoint: &Endpoint) -> Vec<(&'static str, TestRequest)> {
    let request = || scene.request(row, endpoint);
    let post = || {
        let path = endpoint.path.replace("{token}", "C4n4ryInPath");
        scene.app.request(endpoint.method.parse().unwrap(), &path)
    };
    let every = |value: Value| {
        let names =
            ["name", "email", "password", "newPassword", "currentPassword", "token", "image"];
        let more =
            ["newEmail", "accountId", "callbackURL", "redirectTo", "rememberMe", "note", "x"];
        let fields = names.into_iter().chain(more).map(|name| (name.to_owned(), value.clone()));
        Value::Object(fields.collect())
    };
    let mail = "C4n4ryPerson@canary.example";
    let session = "C4n4ryCookie0000000000000000000.C4n4rySignature";
    vec![
        ("unknown field", post().json(&json!({ "x": "C4n4ryField", "email": mail }))),
        ("text everywhere", post().json(&every(json!("C4n4ryText")))),
        ("address everywhere", post().json(&every(json!(mail)))),
        ("object everywhere", post().json(&every(json!({ "C4n4ryKey": "C4n4ryValue" })))),
        ("NUL", post().json(&every(json!("C4n4ryNul\0")))),
        ("long", post().json(&every(json!("C4n4ryLong".repeat(2_000))))),
        ("broken JSON", post().body("application/json", r#"{"password":"C4n4ryBroken"#)),
        ("no JSON", post().body("application/json", "C4n4ryNoJson")),
        ("form", post().body("application/x-www-form-urlencoded", "password=C4n4ryForm&email=%ff")),
        ("media type", post().body("text/plain", "C4n4ryPlain")),
        ("cookie", request().cookie(&format!("better-auth.session_token={session}")).origin(BASE)),
        ("cache", request().cookie("better-auth.session_data=C4n4ryCache").origin(BASE)),
        ("bearer", request().bearer("C4n4ryBearer0000000000000000000")),
        ("basic", request().header("authorization", "Basic C4n4ryBasic")),
        ("origin", request().cookie(&scene.cookies).origin("https://C4n4ry.canary.example")),
        ("referer", request().cookie(&scene.cookies).header("referer", "https://x.y/?C4n4ry=1")),
        ("address", request().header("x-forwarded-for", "C4n4ryAddress")),
        (
            "query",
            scene.app.request(
                endpoint.method.parse().unwrap(),
                &format!(
                    "{}?token=C4n4ryQuery&callbackURL=/C4n4ry&error=C4n4ry",
                    endpoint.path.replace("{token}", "C4n4ry")
                ),
            ),
        ),
    ]
}

/// Source: CWE-532, CWE-209.
#[tokio::test]
async fn no_request_leaves_a_secret_in_the_log_or_in_an_error() {
    let log = Log::start();
    for (row, endpoint) in endpoints() {
        let scene = Scene::new().await;
        log.take();
        let nobodys = scene.request(row, endpoint).send().await;
        assert_kept(&log, &scene, &[nobodys], &format!("{} of nobody", row.name));

        let reply = scene.signed_in(row, endpoint).send().await;
        assert_kept(&log, &scene, &[reply], row.name);

        // Once more: the session, the token or the user may be gone by now.
        let again = scene.signed_in(row, endpoint).send().await;
        assert_kept(&log, &scene, &[again], &format!("{} again", row.name));
    }
}

/// Source: CWE-532, CWE-209, CWE-117.
#[tokio::test]
async fn no_malformed_request_leaves_what_it_brought_in_the_log_or_in_an_error() {
    let log = Log::start();
    let scene = Scene::new().await;
    log.take();
    for (row, endpoint) in endpoints() {
        for (what, request) in marked(&scene, row, endpoint) {
            // The page of errors shows the code of the error that it is asked for; it is told nothing else.
            let reply = request.send().await;
            assert_kept(&log, &scene, &[reply], &format!("{} with {what}", row.name));
        }
    }
}

/// Source: CWE-532, CWE-209: PostgreSQL's own errors quote rows and values.
#[tokio::test]
async fn no_failure_of_the_database_leaves_a_secret_in_the_log_or_in_an_error() {
    // Cut off, never reached, and refused by the database with an error that quotes the row.
    let log = Log::start();
    let database = Database::create().await;
    database.migrate().await;
    let cutter = Cutter::start(database.direct_options()).await;
    let pool = Pool::new(cutter.options(), 1);
    let scene = Scene::over(TestApp::over(database, pool, &SETTINGS)).await;
    for table in ["\"user\"", "account", "session", "verification", "latchkey_outbox"] {
        let refuse = format!("alter table {table} add constraint refused check (false) not valid");
        sqlx::raw_sql(&refuse).execute(&scene.app.db).await.unwrap();
    }
    log.take();

    let mut statuses = BTreeSet::new();
    for (row, endpoint) in endpoints() {
        for trips in 1..=3 {
            drop(scene.app.db.acquire().await.unwrap());
            cutter.cut_at(trips, Cut::Unsent);
            let reply = scene.signed_in(row, endpoint).send().await;
            cutter.heal();
            statuses.insert(reply.status);
            assert_kept(&log, &scene, &[reply], &format!("{} cut at {trips}", row.name));
        }
        let reply = scene.signed_in(row, endpoint).send().await;
        statuses.insert(reply.status);
        assert_kept(&log, &scene, &[reply], &format!("{} refused", row.name));
    }
    assert!(statuses.contains(&503) && statuses.contains(&500), "{statuses:?}");
}

/// What the schema keeps of what is secret or somebody's own, by column; nothing else may be anywhere.
/// contract/schema.md
const KEPT: [(&str, &str); 5] = [
    ("latchkey_outbox.address", "address"),
    ("latchkey_outbox.new_email", "address"),
    ("session.token", "token"),
    ("user.email", "address"),
    ("verification.identifier", "token"),
];

/// Which columns hold which marks, as `table.column: what`.
async fn kept(scene: &Scene, marks: &[(String, String)]) -> BTreeMap<(String, String), String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select quote_ident(table_name) from information_schema.tables where table_schema = 'public'
            and table_name not like '\\_sqlx%'",
    )
    .fetch_all(&scene.app.db)
    .await
    .unwrap();
    let mut found = BTreeMap::new();
    for table in tables {
        let rows = format!("select to_jsonb(t) from {table} t");
        let rows: Vec<Value> = sqlx::query_scalar(&rows).fetch_all(&scene.app.db).await.unwrap();
        for row in rows {
            for (column, value) in row.as_object().unwrap() {
                for (name, mark) in marks {
                    if value.to_string().contains(mark.as_str()) {
                        let place = format!("{}.{column}", table.trim_matches('"'));
                        found.insert((place, name.clone()), value.to_string());
                    }
                }
            }
        }
    }
    found
}

/// Source: CWE-312, CWE-256.
#[tokio::test]
async fn rows_hold_what_the_schema_says_and_no_other_secret() {
    let mut found = BTreeMap::new();
    for (row, endpoint) in endpoints() {
        let scene = Scene::new().await;
        let reply = scene.signed_in(row, endpoint).send().await;
        found.extend(kept(&scene, &secrets(&scene, &[reply])).await);
    }
    let scene = Scene::new().await;
    for (row, endpoint) in endpoints() {
        for (_, request) in marked(&scene, row, endpoint) {
            request.send().await;
        }
    }
    found.extend(kept(&scene, &secrets(&scene, &[])).await);

    let places: Vec<_> =
        found.keys().map(|(place, name)| (place.as_str(), name.as_str())).collect();
    assert_eq!(places, KEPT, "{found:#?}");
}
