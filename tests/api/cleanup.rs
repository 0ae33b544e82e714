//! The scheduled clean-up.

use std::time::{Duration as StdDuration, Instant};

use functions::{Report, run_cleanup};
use shared::db::session::Cutoff;
use tests::app::{START, TestApp};
use time::Duration;

async fn clean_up(app: &TestApp, time: StdDuration) -> Report {
    let stop_at = Instant::now() + time;
    run_cleanup(&app.db, Cutoff::at(START), Duration::hours(1), stop_at).await.unwrap()
}

const MINUTE: StdDuration = StdDuration::from_mins(1);

async fn fill(app: &TestApp) {
    app.sign_up("ada@example.com").await;
    app.sql(
        r#"insert into session (id, token, "expiresAt", "updatedAt", "userId")
           select 's' || n, 't' || n, '2026-11-23 11:59:59Z', now(), u.id
             from "user" u, generate_series(1, 1200) n;
           insert into verification (id, identifier, value, "expiresAt")
           select 'v' || n, 'i' || n, 'x', '2026-11-23 11:59:59Z' from generate_series(1, 700) n;
           insert into verification (id, identifier, value, "expiresAt")
           values ('live', 'live', 'x', '2026-11-23 12:00:01Z');
           insert into "rateLimit" (id, key, count, "lastRequest")
           select 'r' || n, 'k' || n, 1, 1795431599999 from generate_series(1, 30) n;
           insert into "rateLimit" (id, key, count, "lastRequest") values ('live', 'live', 1, 1795431600000);
           insert into latchkey_outbox (id, kind, user_id, address, base_url, created_at, due_at, sent_at)
           select 'sent' || n, 'verify-email', 'u', 'a@b.co', 'http://x', now(), now(), '2026-11-22 11:59:59Z'
             from generate_series(1, 510) n;
           insert into latchkey_outbox (id, kind, user_id, address, base_url, created_at, due_at, dead_at)
           select 'dead' || n, 'verify-email', 'u', 'a@b.co', 'http://x', now(), now(), '2026-10-24 11:59:59Z'
             from generate_series(1, 10) n;
           insert into latchkey_outbox (id, kind, user_id, address, base_url, created_at, due_at, sent_at, dead_at)
           values ('sent', 'verify-email', 'u', 'a@b.co', 'http://x', now(), now(), '2026-11-22 12:00:01Z', null),
                  ('dead', 'verify-email', 'u', 'a@b.co', 'http://x', now(), now(), null, '2026-10-24 12:00:01Z'),
                  ('due', 'verify-email', 'u', 'a@b.co', 'http://x', '2026-01-01Z', '2026-01-01Z', null, null)"#,
    )
    .await;
}

#[tokio::test]
async fn what_has_expired_goes_and_the_rest_stays() {
    let app = TestApp::new().await;
    fill(&app).await;

    let report = clean_up(&app, MINUTE).await;

    let expected =
        Report { session: 1200, verification: 700, rate_limit: 30, outbox: 520, complete: true };
    assert_eq!(report, expected);
    for table in [
        "select count(*) from session",
        "select count(*) from verification",
        r#"select count(*) from "rateLimit""#,
    ] {
        assert_eq!(app.count(table).await, 1, "{table}");
    }
    assert_eq!(app.count("select count(*) from latchkey_outbox").await, 3);
    assert_eq!(clean_up(&app, MINUTE).await, Report { complete: true, ..Report::default() });
}

#[tokio::test]
async fn two_at_once_share_the_work() {
    let app = TestApp::new().await;
    fill(&app).await;

    let (one, other) = tokio::join!(clean_up(&app, MINUTE), clean_up(&app, MINUTE));

    assert_eq!(one.session + other.session, 1200);
    assert_eq!(one.verification + other.verification, 700);
    assert_eq!(one.rate_limit + other.rate_limit, 30);
    assert_eq!(one.outbox + other.outbox, 520);
}

#[tokio::test]
async fn it_stops_when_its_time_is_up() {
    let app = TestApp::new().await;
    fill(&app).await;

    let report = clean_up(&app, StdDuration::ZERO).await;

    assert_eq!(report, Report::default());
    assert_eq!(app.count("select count(*) from session").await, 1201);
}

#[tokio::test]
async fn it_passes_over_rows_that_somebody_is_at() {
    let app = TestApp::new().await;
    fill(&app).await;
    let connection = sqlx::postgres::PgPool::connect_with(app.database().options()).await.unwrap();
    let mut other = connection.begin().await.unwrap();
    sqlx::query("select id from session where id = 's7' for update")
        .execute(&mut *other)
        .await
        .unwrap();

    let report =
        tokio::time::timeout(StdDuration::from_secs(10), clean_up(&app, MINUTE)).await.unwrap();

    assert_eq!(report.session, 1199);
    other.rollback().await.unwrap();
    assert_eq!(clean_up(&app, MINUTE).await.session, 1);
    connection.close().await;
}
