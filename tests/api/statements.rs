//! Statements per request, counted in the server's own log.

use functions::routes::TABLE;
use serde_json::json;
use shared::MIGRATOR;
use shared::db::Pool;
use sqlx::postgres::PgPoolOptions;
use tests::app::{BASE, TestApp};
use tests::database::Database;
use tests::reply::Reply;
use tests::scene::{SETTINGS, Scene, endpoints, has_succeeded, is_guarded};
use time::Duration;

/// What a request of each row may cost that does what the row is for.
const BUDGETS: [(&str, usize); 25] = [
    ("sign_up_email", 2),
    ("sign_in_email", 2),
    ("sign_out", 1),
    ("get_session", 1),
    ("list_sessions", 1),
    ("revoke_session", 1),
    ("revoke_sessions", 1),
    ("revoke_other_sessions", 1),
    ("update_session", 2),
    ("request_password_reset", 1),
    ("get_reset_password", 1),
    ("reset_password", 2),
    ("verify_password", 1),
    ("change_password", 2),
    ("send_verification_email", 2),
    ("verify_email", 1),
    ("change_email", 2),
    ("update_user", 2),
    ("delete_user", 2),
    ("delete_user_callback", 2),
    ("list_accounts", 2),
    ("unlink_account", 2),
    ("error", 0),
    ("ok", 0),
    ("health", 0),
];

struct Counter {
    app: TestApp,
    log: sqlx::PgPool,
}

impl Counter {
    /// `None` where the server keeps no log that SQL can read: only one of somebody else's.
    async fn new() -> Option<Self> {
        Self::with(&[]).await
    }

    async fn with(settings: &[(&str, &str)]) -> Option<Self> {
        let database = Database::create().await;
        let log = PgPoolOptions::new()
            .max_connections(1)
            .connect_with(database.direct_options())
            .await
            .unwrap();
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
        let pool = Pool::new(database.direct_options().options([("log_statement", "all")]), 5);
        Some(Self { app: TestApp::over(database, pool, settings), log })
    }

    /// How many statements a request runs, transactions' own included.
    async fn count(&self, request: impl Future<Output = Reply>) -> (Reply, usize) {
        let before = logged(&self.log, &self.app).await;
        let reply = request.await;
        (reply, logged(&self.log, &self.app).await - before)
    }
}

/// How many statements the server has run for an app so far.
async fn logged(log: &sqlx::PgPool, app: &TestApp) -> usize {
    // The log is written by a process of its own, in the order in which it is told: what came before
    // this mark is there once the mark is.
    let mark = shared::token::random();
    let say = format!("do $$ begin raise log '{mark}'; end $$");
    sqlx::raw_sql(&say).execute(log).await.unwrap();
    let text = loop {
        let read = sqlx::query_scalar("select pg_read_file(pg_current_logfile())");
        let text: String = read.fetch_one(log).await.unwrap();
        if text.contains(&mark) {
            break text;
        }
    };
    let options = app.database().options();
    let ours = format!("db={} ", options.get_database().unwrap());
    let is_ours = |line: &&str| {
        line.contains(&ours) && (line.contains("LOG:  execute") || line.contains("LOG:  statement"))
    };
    text.lines().filter(is_ours).count()
}

#[tokio::test]
async fn each_endpoint_keeps_its_budget() {
    let Some(counter) = Counter::new().await else { return };
    let app = &counter.app;

    let (signed_up, count) = counter.count(app.sign_up("ada@example.com")).await;
    assert_eq!(count, 2, "sign-up");
    let taken = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse" });
    let (_, count) = counter.count(app.post("/api/auth/sign-up/email").json(&taken).send()).await;
    assert_eq!(count, 1, "sign-up with a taken address");

    let (_, count) = counter.count(app.sign_in("ada@example.com", "correct horse")).await;
    assert_eq!(count, 2, "sign-in");
    // bcrypt 4.0.1 for Python.
    app.sql("update account set password = '$2b$04$am6/odaZUhPu.XhNK4KSBunIbBQT5GlGljFrc/cxOO2Y9iQwLHwc.'").await;
    let (_, count) = counter.count(app.sign_in("ada@example.com", "correct horse")).await;
    assert_eq!(count, 2, "sign-in that makes the hash anew");
    assert!(app.text("select password from account").await.starts_with("$argon2id$"));
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
        ("RATE_LIMIT_RULES", r#"{"/sign-*/**":{"window":10,"max":3}}"#),
    ];
    let Some(counter) = Counter::with(&settings).await else { return };
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

#[tokio::test]
async fn every_row_has_a_budget_and_keeps_it() {
    for (row, endpoint) in endpoints() {
        let budget = BUDGETS.iter().find(|(name, _)| *name == row.name);
        let (_, budget) = budget.unwrap_or_else(|| panic!("{} has no budget here", row.name));
        let Some(Counter { app, log }) = Counter::with(&SETTINGS).await else { return };
        let scene = Scene::over(app).await;

        let before = logged(&log, &scene.app).await;
        let reply = scene.signed_in(row, endpoint).send().await;
        let count = logged(&log, &scene.app).await - before;

        assert!(has_succeeded(&reply), "{} {reply:?}", row.name);
        assert_eq!(count, *budget, "{}", row.name);
        log.close().await;
    }
    assert_eq!(BUDGETS.len(), TABLE.len());
}

#[tokio::test]
async fn settings_for_the_strict_cost_no_statement() {
    let strict = [
        ("SESSION_MAX_AGE", "2592000"),
        ("HIDE_SESSION_TOKEN", "true"),
        ("REFUSE_COMMON_PASSWORDS", "true"),
        ("SEND_CHANGE_NOTICES", "true"),
        ("BEARER_REQUIRE_SIGNATURE", "true"),
        ("DISABLE_BEARER", "true"),
    ];
    let settings: Vec<_> = SETTINGS.into_iter().chain(strict).collect();
    for (row, endpoint) in endpoints() {
        let Some(Counter { app, log }) = Counter::with(&settings).await else { return };
        let scene = Scene::over(app).await;

        let before = logged(&log, &scene.app).await;
        let reply = scene.signed_in(row, endpoint).send().await;
        let count = logged(&log, &scene.app).await - before;

        assert!(has_succeeded(&reply), "{} {reply:?}", row.name);
        let budget = BUDGETS.iter().find(|(name, _)| *name == row.name).unwrap().1;
        assert_eq!(count, budget, "{}", row.name);
        log.close().await;
    }
}

#[tokio::test]
async fn nobody_costs_a_guarded_endpoint_no_statement() {
    let Some(Counter { app, log }) = Counter::with(&SETTINGS).await else { return };
    let scene = Scene::over(app).await;
    for (row, endpoint) in endpoints().filter(|(row, _)| is_guarded(row)) {
        let before = logged(&log, &scene.app).await;

        let reply = scene.request(row, endpoint).send().await;

        assert_eq!(reply.status, 401, "{}", row.name);
        assert_eq!(logged(&log, &scene.app).await, before, "{}", row.name);
    }
    log.close().await;
}

#[tokio::test]
async fn known_and_unknown_addresses_cost_the_same() {
    let settings =
        [("REQUIRE_EMAIL_VERIFICATION", "true"), ("SEND_VERIFICATION_ON_SIGN_IN", "true")];
    let Some(counter) = Counter::with(&settings).await else { return };
    let app = &counter.app;
    let post = |path: &str, email: &str| {
        let body = json!({ "name": "A", "email": email, "password": "correct horse" });
        app.post(&format!("/api/auth/{path}")).json(&body).send()
    };
    post("sign-up/email", "ada@example.com").await;
    for (path, budget) in
        [("sign-up/email", 2), ("request-password-reset", 1), ("send-verification-email", 1)]
    {
        let (known, count) = counter.count(post(path, "ada@example.com")).await;
        let unknown = format!("new-{}@example.com", &path[..4]);
        let (unknown, of_unknown) = counter.count(post(path, &unknown)).await;

        assert_eq!((known.status, unknown.status), (200, 200), "{path}");
        assert_eq!((count, of_unknown), (budget, budget), "{path}");
    }
    let (turned_away, count) = counter.count(post("sign-in/email", "ada@example.com")).await;
    assert_eq!((turned_away.status, count), (403, 2), "sign-in that sends a mail");
    counter.log.close().await;
}

#[tokio::test]
async fn what_fails_costs_no_more() {
    let Some(Counter { app, log }) = Counter::with(&SETTINGS).await else { return };
    let scene = Scene::over(app).await;
    let bogus = scene.app.link_token(&json!({ "email": "nobody@example.com" }));
    for (path, body, budget) in [
        ("reset-password", json!({ "newPassword": "battery staple", "token": "bogus" }), 1),
        ("reset-password", json!({ "newPassword": "battery staple" }), 0),
        ("change-password", json!({ "newPassword": "battery staple", "currentPassword": "x" }), 1),
        ("change-email", json!({ "newEmail": "ada@example.com" }), 1),
        ("update-user", json!({}), 1),
        ("update-session", json!({}), 1),
        ("delete-user", json!({ "password": "wrong" }), 1),
        ("delete-user", json!({ "token": "bogus" }), 2),
        ("unlink-account", json!({ "accountId": "bogus" }), 2),
        ("revoke-session", json!({ "token": "bogus" }), 1),
    ] {
        let before = logged(&log, &scene.app).await;
        scene.app.act(&format!("/api/auth/{path}"), &scene.cookies, &body).send().await;
        assert_eq!(logged(&log, &scene.app).await - before, budget, "{path} {body}");
    }
    for (path, budget) in [
        ("verify-email?token=bogus".to_owned(), 0),
        (format!("verify-email?token={bogus}"), 1),
        ("reset-password/bogus?callbackURL=".to_owned(), 0),
        ("reset-password/bogus?callbackURL=/x".to_owned(), 1),
        ("delete-user/callback?token=bogus".to_owned(), 2),
    ] {
        let before = logged(&log, &scene.app).await;
        scene.app.get(&format!("/api/auth/{path}")).cookie(&scene.cookies).send().await;
        assert_eq!(logged(&log, &scene.app).await - before, budget, "{path}");
    }
    log.close().await;
}
