//! Statements per request, counted in the server's own log.

use std::time::Duration as StdDuration;

use serde_json::json;
use shared::{MIGRATOR, db, token};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgPoolOptions;
use time::Duration;

use crate::app::{BASE, TestApp};
use crate::database::Database;
use crate::reply::Reply;

struct Counter {
    app: TestApp,
    log: sqlx::PgPool,
}

impl Counter {
    /// `None` where the server keeps no log that SQL can read: only one of somebody else's.
    async fn new(settings: &[(&str, &str)]) -> Option<Self> {
        let database = Database::create().await;
        let log =
            PgPoolOptions::new().max_connections(1).connect_with(database.options()).await.unwrap();
        let has_log =
            sqlx::query_scalar("select pg_current_logfile() is not null").fetch_one(&log).await;
        if !matches!(has_log, Ok(true)) {
            println!(
                "skipped: the server of TEST_DATABASE_URL has no logging_collector, or its user may \
                 not read the log; leave TEST_DATABASE_URL unset to get a server that has"
            );
            return None;
        }
        MIGRATOR.run(&log).await.unwrap();
        let pool = db::pool(database.options().options([("log_statement", "all")]), 5);
        Some(Self { app: TestApp::over(database, pool, settings), log })
    }

    /// How many statements a request runs, transactions' own included.
    async fn count(&self, request: impl Future<Output = Reply>) -> (Reply, usize) {
        let before = self.logged().await;
        let reply = request.await;
        (reply, self.logged().await - before)
    }

    async fn logged(&self) -> usize {
        let log = self.log_up_to_now().await;
        let options = self.app.database().options();
        let ours = format!("db={} ", options.get_database().unwrap());
        let is_ours = |line: &&str| {
            line.contains(&ours)
                && (line.contains("LOG:  execute") || line.contains("LOG:  statement"))
        };
        log.lines().filter(is_ours).count()
    }

    /// The server's log. Its writer is a process behind a pipe, so a mark of our own has to come out
    /// before it is sure that everything has.
    async fn log_up_to_now(&self) -> String {
        let mark = format!("mark {}", token::random());
        let put = AssertSqlSafe(format!("do $$ begin raise log '{mark}'; end $$"));
        sqlx::raw_sql(put).execute(&self.log).await.unwrap();
        loop {
            let log: String = sqlx::query_scalar("select pg_read_file(pg_current_logfile())")
                .fetch_one(&self.log)
                .await
                .unwrap();
            if log.contains(&mark) {
                return log;
            }
            tokio::time::sleep(StdDuration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn each_endpoint_keeps_its_budget() {
    let Some(counter) = Counter::new(&[]).await else { return };
    let app = &counter.app;

    let (signed_up, count) = counter.count(app.sign_up("ada@example.com")).await;
    assert_eq!(count, 2, "sign-up");
    let taken = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse" });
    let (_, count) = counter.count(app.post("/api/auth/sign-up/email").json(&taken).send()).await;
    assert_eq!(count, 1, "sign-up with a taken address");

    let (_, count) = counter.count(app.sign_in("ada@example.com", "correct horse")).await;
    assert_eq!(count, 2, "sign-in");
    let (_, wrong) = counter.count(app.sign_in("ada@example.com", "wrong password")).await;
    let (_, unknown) = counter.count(app.sign_in("bob@example.com", "wrong password")).await;
    assert_eq!((wrong, unknown), (1, 1), "sign-in that fails");

    let cookies = signed_up.cookies();
    let (_, count) = counter.count(app.session(&cookies)).await;
    assert_eq!(count, 1, "get-session");
    app.clock.advance(Duration::days(2));
    let (refreshed, count) = counter.count(app.session(&cookies)).await;
    assert_eq!((refreshed.set_cookies().len(), count), (1, 1), "get-session that extends");
    app.clock.advance(Duration::days(8));
    let (expired, count) = counter.count(app.session(&cookies)).await;
    assert_eq!((expired.text.as_str(), count), ("null", 1), "get-session of an expired session");
    let (_, count) = counter.count(app.session("")).await;
    assert_eq!(count, 0, "get-session of nobody");

    let request = app.post("/api/auth/sign-out").cookie(&cookies).origin(BASE);
    let (_, count) = counter.count(request.send()).await;
    assert_eq!(count, 1, "sign-out");
    let (_, count) = counter.count(app.get("/health").send()).await;
    assert_eq!(count, 0, "health");
    counter.log.close().await;
}

#[tokio::test]
async fn limits_cost_no_statement_where_the_handler_has_one() {
    let settings = [
        ("RATE_LIMIT_ENABLED", "true"),
        ("RATE_LIMIT_RULES", r#"{"/sign-*":{"window":10,"max":3}}"#),
    ];
    let Some(counter) = Counter::new(&settings).await else { return };
    let app = &counter.app;
    let sign_up = |address, email: &str| {
        let body = json!({ "name": "Ada", "email": email, "password": "correct horse" });
        app.post("/api/auth/sign-up/email").json(&body).from(address).send()
    };

    let (reply, count) = counter.count(sign_up("203.0.113.5", "ada@example.com")).await;
    assert_eq!((reply.status, count), (200, 2), "sign-up");
    let (reply, count) = counter.count(sign_up("203.0.113.5", "ada@example.com")).await;
    assert_eq!((reply.status, count), (422, 1), "sign-up with a taken address");
    sign_up("203.0.113.5", "bob@example.com").await;
    let (reply, count) = counter.count(sign_up("203.0.113.5", "eve@example.com")).await;
    assert_eq!((reply.status, count), (429, 1), "sign-up too often");

    for (email, password, expected) in [
        ("ada@example.com", "correct horse", (200, 2)),
        ("ada@example.com", "wrong password", (401, 1)),
        ("nobody@example.com", "wrong password", (401, 1)),
        ("ada@example.com", "correct horse", (429, 1)),
    ] {
        let (reply, count) = counter.count(app.sign_in_from("203.0.113.5", email, password)).await;
        assert_eq!((reply.status, count), expected, "sign-in: {email} {password}");
    }

    let sign_in = || app.post("/api/auth/sign-in/email").from("203.0.113.6");
    let (reply, count) = counter.count(sign_in().json(&json!({})).send()).await;
    assert_eq!((reply.status, count), (400, 1), "sign-in that is refused before its statement");

    let sign_out = || app.post("/api/auth/sign-out").from("203.0.113.5").send();
    for expected in [(200, 1), (200, 1), (200, 1), (429, 1)] {
        let (reply, count) = counter.count(sign_out()).await;
        assert_eq!(
            (reply.status, count),
            expected,
            "sign-out has a rule, and its own statement none"
        );
    }
    let (_, count) =
        counter.count(app.get("/api/auth/get-session").from("203.0.113.5").send()).await;
    assert_eq!(count, 0, "get-session, which no rule is for");
    counter.log.close().await;
}
