//! Postgres killed under load, and back again.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;
use std::time::{Duration, Instant};

use axum::http::Method;
use shared::clock::Clock;
use shared::config::Config;
use shared::db::Pool;
use shared::doorbell::Doorbell;
use shared::keys::Keyring;
use shared::password::NewHash;
use shared::{Source, token};
use sqlx::postgres::PgConnectOptions;
use tests::app::{BASE, SECRET, TestApp};
use tests::database::{Database, migrate};
use tests::reply::Reply;
use tests::scene::{SETTINGS, Scene, endpoints, has_succeeded};
use tower::ServiceExt;

/// The rows that reach no database.
const ALONE: [&str; 3] = ["error", "ok", "health"];

/// A server of the test's own, to be killed.
struct Server(PathBuf);

impl Server {
    fn start() -> (Self, PgConnectOptions) {
        let folder = std::env::temp_dir().join(format!("latchkey-outage-{}", token::random()));
        std::fs::create_dir(&folder).unwrap();
        let server = Self(folder);
        let url = server.run(&["--start"], &[]);
        (server, PgConnectOptions::from_str(url.trim()).unwrap())
    }

    fn kill(&self) {
        self.run(&["--stop"], &["immediate"]);
    }

    fn restart(&self) {
        self.run(&["--restart"], &[]);
    }

    fn run(&self, command: &[&str], more: &[&str]) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("with-postgres");
        let output = Command::new(script).args(command).arg(&self.0).args(more).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("with-postgres");
        let _ = Command::new(script).arg("--stop").arg(&self.0).arg("immediate").output();
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_database_is_503_in_time_and_comes_back_by_itself() {
    let (server, options) = tokio::task::spawn_blocking(Server::start).await.unwrap();
    let pool = Pool::new(options, 4);
    migrate(&pool).await;
    let mut config =
        Config::from_vars(|name| (name == "PUBLIC_URL").then(|| BASE.to_owned())).unwrap();
    config.passwords.new_hash = NewHash::LEAST;
    let keys = Keyring::parse(SECRET).unwrap();
    let router = functions::routes::all(&Source::given(
        config,
        pool.clone(),
        keys,
        Clock::system(),
        Doorbell::none(),
    ));

    let send = async |method: Method, path: &str, body: &'static str| {
        let request = axum::http::Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", "t".repeat(32)))
            .body(axum::body::Body::from(body))
            .unwrap();
        let started = Instant::now();
        let reply = Reply::read(router.clone().oneshot(request).await.unwrap()).await;
        (reply, started.elapsed())
    };
    let every = async || {
        [
            send(Method::GET, "/api/auth/get-session", "").await,
            send(Method::POST, "/api/auth/sign-in/email", r#"{"email":"a@b.co","password":"x"}"#)
                .await,
            send(Method::POST, "/api/auth/sign-out", "{}").await,
        ]
    };
    assert_eq!(every().await.map(|(reply, _)| reply.status), [200, 401, 200]);

    // Load while the server is killed: nothing but normal answers and 503.
    let load: Vec<_> = (0..20)
        .map(|_| {
            let router = router.clone();
            tokio::spawn(async move {
                let until = Instant::now() + Duration::from_secs(2);
                let mut statuses = Vec::new();
                while Instant::now() < until {
                    let request = axum::http::Request::builder()
                        .uri("/api/auth/get-session")
                        .header("authorization", format!("Bearer {}", "t".repeat(32)))
                        .body(axum::body::Body::empty())
                        .unwrap();
                    statuses.push(router.clone().oneshot(request).await.unwrap().status().as_u16());
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                statuses
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let server = tokio::task::spawn_blocking(move || {
        server.kill();
        server
    })
    .await
    .unwrap();
    let mut statuses = Vec::new();
    for task in load {
        statuses.extend(task.await.unwrap());
    }
    assert!(statuses.contains(&200) && statuses.contains(&503), "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 503].contains(status)), "{statuses:?}");

    for (reply, took) in every().await {
        assert_eq!((reply.status, reply.code().as_str()), (503, "SERVICE_UNAVAILABLE"));
        assert_eq!(reply.header("retry-after"), "1");
        assert!(took < Duration::from_secs(2), "{took:?}");
    }
    let (health, _) = send(Method::GET, "/health", "").await;
    assert_eq!(health.status, 200);

    let server = tokio::task::spawn_blocking(move || {
        server.restart();
        server
    })
    .await
    .unwrap();
    // Connections that died with the server are found out one by one, at one refusal each.
    let mut refused = 0;
    while send(Method::GET, "/api/auth/get-session", "").await.0.status == 503 {
        refused += 1;
        assert!(refused <= 4, "the pool does not recover");
    }
    assert_eq!(every().await.map(|(reply, _)| reply.status), [200, 401, 200]);
    pool.close().await;
    drop(server);
}

/// Everything that the database holds, as one text.
async fn state(app: &TestApp) -> String {
    app.text(
        r#"select concat_ws(e'\n',
             (select string_agg(t::text, e'\n' order by id) from "user" t),
             (select string_agg(t::text, e'\n' order by id) from account t),
             (select string_agg(t::text, e'\n' order by id) from session t),
             (select string_agg(t::text, e'\n' order by id) from verification t),
             (select string_agg(t::text, e'\n' order by id) from latchkey_outbox t))"#,
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_every_endpoint_is_503_and_nothing_has_happened() {
    let (server, options) = tokio::task::spawn_blocking(Server::start).await.unwrap();
    let database = Database::create_at(options).await;
    let pool = Pool::new(database.options(), 2);
    migrate(&pool).await;
    let scene = Scene::over(TestApp::over(database, pool, &SETTINGS)).await;
    let before = state(&scene.app).await;
    // The server waits for no disk, and a killed one forgets what it has not written.
    scene.app.sql("checkpoint").await;

    let server = tokio::task::spawn_blocking(move || {
        server.kill();
        server
    })
    .await
    .unwrap();
    for (row, endpoint) in endpoints() {
        let started = Instant::now();
        let reply = scene.signed_in(row, endpoint).send().await;

        assert!(started.elapsed() < Duration::from_secs(2), "{}", row.name);
        if ALONE.contains(&row.name) {
            assert!(has_succeeded(&reply), "{} {reply:?}", row.name);
            continue;
        }
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (503, "SERVICE_UNAVAILABLE"),
            "{}",
            row.name
        );
        assert_eq!(reply.header("retry-after"), "1");
        assert!(reply.set_cookies().is_empty(), "{} {reply:?}", row.name);
    }

    let server = tokio::task::spawn_blocking(move || {
        server.restart();
        server
    })
    .await
    .unwrap();
    assert_eq!(state(&scene.app).await, before);
    for (row, endpoint) in endpoints().filter(|(row, _)| row.name == "get_session") {
        let reply = scene.signed_in(row, endpoint).send().await;
        assert!(has_succeeded(&reply) && reply.text != "null", "{reply:?}");
    }
    drop(scene);
    drop(server);
}

#[tokio::test]
async fn a_connection_that_is_lost_in_the_middle_of_a_write_leaves_nothing_half_done() {
    let scene = Scene::new().await;
    let before = state(&scene.app).await;
    for table in ["\"user\"", "account", "session", "verification", "latchkey_outbox"] {
        // After its rows are written, and before anything is committed.
        let lose = format!(
            "create or replace function lose() returns trigger language plpgsql
               as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
             create constraint trigger lose after insert or update or delete on {table}
               initially deferred for each row execute function lose()"
        );
        sqlx::raw_sql(&lose).execute(&scene.app.db).await.unwrap();
    }
    let reads =
        ["get_session", "list_sessions", "list_accounts", "verify_password", "get_reset_password"];
    for (row, endpoint) in endpoints() {
        let reply = scene.signed_in(row, endpoint).send().await;

        if ALONE.contains(&row.name) || reads.contains(&row.name) {
            assert!(has_succeeded(&reply), "{} {reply:?}", row.name);
        } else {
            assert_eq!(
                (reply.status, reply.code().as_str()),
                (503, "SERVICE_UNAVAILABLE"),
                "{}",
                row.name
            );
            assert!(reply.set_cookies().is_empty(), "{} {reply:?}", row.name);
        }
        assert_eq!(state(&scene.app).await, before, "{}", row.name);
    }
}
