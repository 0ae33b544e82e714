//! A pooler between the service and Postgres that lends a backend for a transaction: docs/POOLERS.md.

use std::time::Instant;

use crate::mailer::{by_inbox, drain};
use serde_json::json;
use shared::db::Pool;
use shared::db::migrate::refuse_shared_connection;
use shared::db::session::Cutoff;
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, Row};
use tests::app::TestApp;
use tests::database::{Database, variable};
use tests::relay::Relay;
use tests::scene::{SETTINGS, Scene, endpoints};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// What PgBouncer takes at start without being told to, since it tracks each for its client.
const TAKEN_AT_START: [&str; 8] = [
    "user",
    "database",
    "client_encoding",
    "DateStyle",
    "TimeZone",
    "IntervalStyle",
    "standard_conforming_strings",
    "application_name",
];

/// What a statement begins with that speaks to the session: the next transaction has another.
const OF_A_SESSION: [&str; 12] = [
    "set ",
    "reset ",
    "listen ",
    "unlisten ",
    "notify ",
    "prepare ",
    "execute ",
    "deallocate ",
    "discard ",
    "declare ",
    "load ",
    "create temp",
];
/// The same, anywhere in it.
const OF_A_SESSION_ANYWHERE: [&str; 7] = [
    "pg_advisory_lock",
    "pg_try_advisory_lock",
    "set_config",
    "currval",
    "lastval",
    "with hold",
    "pg_temp",
];

const CLIENTS: usize = 200;
/// The pool of tests/pooler/with-pgbouncer.
const BACKENDS: usize = 20;
const ROUNDS: usize = 3;
/// Requests at once, of all clients in turn: three for each backend wait their turn there, and no slow
/// machine makes them wait so long that the service gives up.
static AT_ONCE: Semaphore = Semaphore::const_new(60);

#[tokio::test]
async fn a_connection_starts_with_nothing_that_a_pooler_refuses() {
    let database = Database::create().await;
    let relay = Relay::start(database.direct_options()).await;
    let pool = Pool::new(relay.options(), 1);

    sqlx::query("select 1").execute(&pool).await.unwrap();

    let sent = relay.parameters().remove(0);
    assert!(sent.iter().any(|(name, _)| name == "user"), "{sent:?}");
    for (name, value) in &sent {
        assert!(TAKEN_AT_START.contains(&name.as_str()), "{name} = {value}");
    }
    pool.close().await;
}

#[tokio::test]
async fn no_statement_speaks_to_a_session() {
    let database = Database::create().await;
    database.migrate().await;
    let relay = Relay::start(database.direct_options()).await;
    let pool = Pool::new(relay.options(), 2);
    let scene = Scene::over(TestApp::over(database, pool, &SETTINGS)).await;

    for (row, endpoint) in endpoints() {
        scene.signed_in(row, endpoint).send().await;
        scene.request(row, endpoint).send().await;
    }
    let app = &scene.app;
    drain(&by_inbox().0, app).await;
    let (window, now) = (time::Duration::HOUR, app.clock.now());
    functions::run_cleanup(
        &app.db,
        Cutoff::at(now),
        window,
        Instant::now() + std::time::Duration::from_mins(1),
    )
    .await
    .unwrap();

    let statements = relay.statements();
    assert!(statements.len() > 15, "{statements:?}");
    for table in ["rateLimit", "verification", "latchkey_outbox"] {
        assert!(statements.iter().any(|statement| statement.contains(table)), "{table}");
    }
    for statement in &statements {
        let lower = statement.trim_start().to_lowercase();
        assert!(!OF_A_SESSION.iter().any(|word| lower.starts_with(word)), "{statement}");
        assert!(!OF_A_SESSION_ANYWHERE.iter().any(|word| lower.contains(word)), "{statement}");
    }
}

async fn in_turn<T>(request: impl Future<Output = T>) -> T {
    let _permit = AT_ONCE.acquire().await.unwrap();
    request.await
}

/// What a user does, alone in an environment of one connection. Every answer has to be the user's own.
async fn live(environment: &TestApp, email: &str) {
    let signed_up = in_turn(environment.sign_up(email)).await;
    let signed_in = in_turn(environment.sign_in(email, "correct horse")).await;
    assert_eq!(signed_in.status, 200, "{signed_in:?}");
    let id = &signed_up.json()["user"]["id"];
    assert_eq!(&signed_in.json()["user"]["id"], id);

    for reply in [&signed_up, &signed_in] {
        let session = in_turn(environment.session(&reply.cookies())).await.json();
        assert_eq!(session["user"]["email"], email);
        assert_eq!(&session["session"]["userId"], id);
        assert_eq!(session["session"]["token"], reply.json()["token"]);
    }

    let leave = environment.act("/api/auth/sign-out", &signed_in.cookies(), &json!({}));
    assert_eq!(in_turn(leave.send()).await.text, r#"{"success":true}"#);
    assert_eq!(in_turn(environment.session(&signed_in.cookies())).await.text, "null");
    let stays = in_turn(environment.session(&signed_up.cookies())).await.json();
    assert_eq!(stays["user"]["email"], email);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a pooler: tests/run pooler"]
async fn two_hundred_environments_lose_nothing_over_twenty_backends() {
    assert!(variable("TEST_POOLER_URL").is_some(), "run it with: tests/run pooler");
    let app = TestApp::new().await;

    let environments: Vec<_> = (0..CLIENTS).map(|_| app.environment(&[])).collect();
    for environment in &environments {
        // One by one: two hundred handshakes at once are more than a laptop does in time.
        environment.db.warm_up().await;
    }
    let mut clients = JoinSet::new();
    for (n, environment) in environments.into_iter().enumerate() {
        clients.spawn(async move {
            for round in 0..ROUNDS {
                live(&environment, &format!("user{n}.{round}@example.com")).await;
            }
            environment
        });
    }
    let environments = clients.join_all().await;

    let (connected, backends) = shared_backends(app.database()).await;
    assert!(connected >= CLIENTS, "{connected}");
    assert!((2..=BACKENDS).contains(&backends), "{backends}");
    drop(environments);
    let users = i64::try_from(CLIENTS * ROUNDS).unwrap();
    for (table, rows) in [("\"user\"", users), ("account", users), ("session", users)] {
        let count = format!("select count(*) from {table}");
        let found: i64 = sqlx::query_scalar(&count).fetch_one(&app.db).await.unwrap();
        assert_eq!(found, rows, "{table}");
    }
}

#[tokio::test]
async fn migrations_refuse_a_shared_connection() {
    let database = Database::create().await;
    let refusal = async |options: PgConnectOptions| {
        let mut connection = options.connect().await.unwrap();
        let outcome = refuse_shared_connection(&mut connection, &options).await;
        connection.close().await.unwrap();
        outcome.err().map(|error| error.to_string())
    };

    for _ in 0..20 {
        assert_eq!(refusal(database.direct_options()).await, None);
    }
    if variable("TEST_POOLER_URL").is_some() {
        let refused = refusal(database.options()).await.unwrap();
        assert!(refused.contains("MIGRATE_DATABASE_URL_ARN"), "{refused}");
    }
}

/// By the pooler's own word: how many clients of a database are connected, and how many backends serve them.
async fn shared_backends(database: &Database) -> (usize, usize) {
    let options = database.options();
    let mut console = options.clone().database("pgbouncer").connect().await.unwrap();
    let count = async |console: &mut PgConnection, what| {
        let rows = console.fetch_all(sqlx::raw_sql(what)).await.unwrap();
        let of = |row: &PgRow| row.get::<String, _>("database");
        rows.iter().filter(|row| Some(of(row).as_str()) == options.get_database()).count()
    };
    (count(&mut console, "show clients").await, count(&mut console, "show servers").await)
}
