//! Faults of the database under load: no row is lost or doubled, no answer is 500, and the service recovers by itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;
use shared::db::Pool;
use shared::token;
use sqlx::postgres::PgConnectOptions;
use tests::app::TestApp;
use tests::cutter::Cutter;
use tests::database::{Database, variable};
use tests::dice::Dice;

/// How many people sign up at the same time, again and again.
const PEOPLE: usize = 6;
/// A request waits no longer for a database that is away (two statements, with what a busy machine adds).
const IN_TIME: Duration = Duration::from_secs(6);
/// The service has found a database that is back.
const RECOVERED: Duration = Duration::from_secs(15);

/// A server of the test's own, to be tormented.
struct Server(PathBuf);

impl Server {
    fn start() -> (Self, PgConnectOptions) {
        let folder = std::env::temp_dir().join(format!("latchkey-faults-{}", token::random()));
        std::fs::create_dir(&folder).unwrap();
        let server = Self(folder);
        let url = server.run("--start");
        (server, PgConnectOptions::from_str(url.trim()).unwrap())
    }

    fn run(&self, command: &str) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("with-postgres");
        let output = Command::new(script).arg(command).arg(&self.0).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Sends a signal to every process of the server.
    fn signal(&self, signal: &str) {
        let file = std::fs::read_to_string(self.0.join("data/postmaster.pid")).unwrap();
        let postmaster = file.lines().next().unwrap();
        let children =
            Command::new("ps").args(["-o", "pid=", "--ppid", postmaster]).output().unwrap();
        let children = String::from_utf8(children.stdout).unwrap();
        // The postmaster first: it would start what is missing anew.
        for pid in std::iter::once(postmaster).chain(children.split_whitespace()) {
            // Some of them may be gone by now.
            let _ = Command::new("kill").args([signal, pid]).output().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("with-postgres");
        let _ = Command::new(script).arg("--stop").arg(&self.0).arg("immediate").output();
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// People who sign up, each time with an address of their own, until they are told to stop.
struct Load {
    answers: Arc<Mutex<BTreeMap<String, u16>>>,
    is_over: Arc<AtomicBool>,
    people: Vec<tokio::task::JoinHandle<()>>,
}

impl Load {
    fn start(app: &Arc<TestApp>) -> Self {
        let answers = Arc::new(Mutex::new(BTreeMap::new()));
        let is_over = Arc::new(AtomicBool::new(false));
        let people = (0..PEOPLE).map(|person| {
            let (app, answers, is_over) = (app.clone(), answers.clone(), is_over.clone());
            tokio::spawn(async move {
                for n in 0.. {
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    let email = format!("p{person}n{n}@example.com");
                    let body = json!({ "name": "P", "email": email, "password": "correct horse" });
                    let request = app.post("/api/auth/sign-up/email").json(&body);
                    let (reply, took) = request.send_timed().await;
                    assert!(took < IN_TIME, "{took:?} {reply:?}");
                    if reply.status == 503 {
                        assert_eq!(reply.code(), "SERVICE_UNAVAILABLE");
                        assert_eq!(reply.header("retry-after"), "1");
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    answers.lock().unwrap().insert(email, reply.status);
                }
            })
        });
        let people = people.collect();
        Self { answers, is_over, people }
    }

    /// Waits until somebody was answered so who had not asked before.
    async fn until(&self, status: u16) {
        let count =
            || self.answers.lock().unwrap().values().filter(|answer| **answer == status).count();
        let (before, started) = (count(), Instant::now());
        // Everybody who asks at this moment, and one more.
        while count() <= before + PEOPLE {
            assert!(started.elapsed() < RECOVERED, "nobody is answered {status}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn stop(self) -> BTreeMap<String, u16> {
        self.is_over.store(true, Ordering::Relaxed);
        for person in self.people {
            person.await.unwrap();
        }
        std::mem::take(&mut *self.answers.lock().unwrap())
    }
}

/// Of each address: how many users, password accounts and sessions there are.
async fn rows(app: &TestApp) -> BTreeMap<String, [i64; 3]> {
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
        r#"select email, count(*),
                  sum((select count(*) from account a where a."userId" = u.id))::bigint,
                  sum((select count(*) from session s where s."userId" = u.id))::bigint
             from "user" u group by email"#,
    )
    .fetch_all(&app.db)
    .await
    .unwrap();
    let counts = rows
        .into_iter()
        .map(|(email, users, accounts, sessions)| (email, [users, accounts, sessions]));
    counts.collect()
}

/// Holds what people were told against what is there.
async fn assert_consistent(app: &TestApp, answers: &BTreeMap<String, u16>) {
    let rows = rows(app).await;
    let orphans = app
        .count(
            r#"select (select count(*) from account a where not exists (select from "user" where id = a."userId"))
                    + (select count(*) from session s where not exists (select from "user" where id = s."userId"))"#,
        )
        .await;
    assert_eq!(orphans, 0);
    for (email, status) in answers {
        let found = rows.get(email).copied().unwrap_or_default();
        match status {
            200 => assert_eq!(found, [1, 1, 1], "{email} was told that it is there"),
            503 => assert!(
                matches!(found, [0, 0, 0] | [1, 1, 1]),
                "{email} is there by half: {found:?}"
            ),
            other => panic!("{email} was answered {other}"),
        }
    }
    assert!(rows.keys().all(|email| answers.contains_key(email)), "somebody nobody asked for");
}

/// How long the faults go on: longer where `TEST_LONG` is set.
fn rounds(short: usize) -> usize {
    if variable("TEST_LONG").is_some() { short * 20 } else { short }
}

/// Source: CWE-703.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_or_paused_loses_nobody_who_was_told_that_he_is_there() {
    let (server, options) = tokio::task::spawn_blocking(Server::start).await.unwrap();
    // A killed server keeps what it has handed to the system; without this it hands over later than it says.
    let database = Database::create_at(options.options([("synchronous_commit", "on")])).await;
    database.migrate().await;
    let pool = Pool::new(database.options(), 4);
    let app = Arc::new(TestApp::over(database, pool, &[]));
    let server = Arc::new(server);
    let act = async |action: fn(&Server)| {
        let server = Arc::clone(&server);
        tokio::task::spawn_blocking(move || action(&server)).await.unwrap();
    };

    let load = Load::start(&app);
    for _ in 0..rounds(1) {
        load.until(200).await;
        act(|server| server.signal("-KILL")).await;
        load.until(503).await;
        act(|server| drop(server.run("--restart"))).await;
        load.until(200).await;

        act(|server| server.signal("-STOP")).await;
        load.until(503).await;
        act(|server| server.signal("-CONT")).await;
        load.until(200).await;
    }
    let answers = load.stop().await;

    assert_consistent(&app, &answers).await;
    assert!(answers.values().any(|status| *status == 503));
    drop(Arc::into_inner(app));
}

/// Source: CWE-703.
#[tokio::test(flavor = "multi_thread")]
async fn lines_that_are_cut_at_random_points_lose_and_double_nobody() {
    let database = Database::create().await;
    database.migrate().await;
    let cutter = Cutter::start(database.direct_options()).await;
    let pool = Pool::new(cutter.options(), 4);
    let app = Arc::new(TestApp::over(database, pool, &[]));

    let load = Load::start(&app);
    let mut dice = Dice::new(7);
    for round in 0..rounds(4) {
        let seed = dice.roll();
        println!("round {round}: seed {seed}");
        // Of some thousand bytes that a connection takes to be made, and of some hundred that a statement takes.
        cutter.cut_at_random(seed, 2_000 + dice.below(20_000));
        load.until(503).await;
        cutter.heal();
        load.until(200).await;
    }
    let answers = load.stop().await;

    assert_consistent(&app, &answers).await;
    assert!(answers.values().any(|status| *status == 503));
}
