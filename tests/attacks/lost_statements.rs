//! Lost statements: wherever the line to the database is cut, the answer is 503, and what was done is whole or nothing.
//!
//! Generated from the table: a new endpoint is covered by being there.

use shared::db::Pool;
use tests::app::TestApp;
use tests::cutter::{Cut, Cutter};
use tests::database::Database;
use tests::reply::Reply;
use tests::scene::{SETTINGS, Scene, endpoints, has_succeeded};

/// More trips to the server than any request makes, preparing its statements included.
const MOST_TRIPS: usize = 12;
/// Reach no database.
const ALONE: [&str; 3] = ["error", "ok", "health"];

/// A scene whose service reaches its database by a line that can be cut, and its state.
async fn scene() -> (Scene, Cutter, String) {
    let database = Database::create().await;
    database.migrate().await;
    let cutter = Cutter::start(database.direct_options()).await;
    // One connection: each cut leaves none, so that the next statement is prepared anew.
    let pool = Pool::new(cutter.options(), 1);
    let scene = Scene::over(TestApp::over(database, pool, &SETTINGS)).await;
    // Remembers the passwords, so that a changed one is seen.
    scene.app.sql("create table kept as select id, md5(password) as md5 from account").await;
    let state = state(&scene.app).await;
    (scene, cutter, state)
}

/// What the database holds, but for what is random and for times.
async fn state(app: &TestApp) -> String {
    app.text(
        r#"select concat_ws(e'\n',
             (select string_agg(concat_ws(' ', 'user', name, email, "emailVerified"), e'\n' order by email) from "user"),
             (select string_agg(concat_ws(' ', 'account', a."providerId", u.email, md5(a.password) = p.md5), e'\n'
                order by a."providerId", u.email)
                from account a join "user" u on u.id = a."userId"
                left join (select id, md5 from kept) p on p.id = a.id),
             (select string_agg(concat_ws(' ', 'session', u.email, s.note, s.token = 'other', s."expiresAt"), e'\n'
                order by u.email, s.token = 'other', s."expiresAt")
                from session s join "user" u on u.id = s."userId"),
             (select string_agg(concat_ws(' ', 'verification', split_part(identifier, ':', 1)), e'\n'
                order by split_part(identifier, ':', 1)) from verification),
             (select string_agg(concat_ws(' ', 'mail', kind, address, new_email), e'\n' order by kind, address)
                from latchkey_outbox))"#,
    )
    .await
}

fn assert_unavailable(reply: &Reply, what: &str) {
    assert_eq!((reply.status, reply.code().as_str()), (503, "SERVICE_UNAVAILABLE"), "{what}");
    assert_eq!(reply.message(), "The service is unavailable. Please try again later.", "{what}");
    assert_eq!(reply.header("retry-after"), "1", "{what}");
    assert!(reply.set_cookies().is_empty(), "{what} {reply:?}");
}

/// Every request of the table, cut at each trip to the server in turn until it succeeds.
async fn cut_everywhere(cut: Cut) {
    let (mut scene, mut cutter, before) = scene().await;
    for (row, endpoint) in endpoints() {
        // What the state was behind requests that were done and lost their answer.
        let mut after = Vec::new();
        for trips in 1.. {
            let what = format!("{} {}, {cut:?} at trip {trips}", endpoint.method, endpoint.path);
            assert!(trips <= MOST_TRIPS, "{what}");
            lose_connections(&scene).await;
            cutter.cut_at(trips, cut);
            let reply = scene.signed_in(row, endpoint).send().await;
            let is_cut = cutter.heal();
            let now = state(&scene.app).await;
            if is_cut {
                assert_unavailable(&reply, &what);
                assert!(now == before || cut == Cut::Unanswered, "{what}: {before}\n{now}");
            } else {
                assert!(has_succeeded(&reply), "{what} {reply:?}");
                assert_eq!(trips == 1, ALONE.contains(&row.name), "{what}");
                after.retain(|state| *state != now);
                assert!(after.is_empty(), "{what}: half done: {after:?}; wholly: {now}");
            }
            if now != before {
                after.push(now);
                (scene, cutter, _) = self::scene().await;
            }
            if !is_cut {
                break;
            }
        }
    }
}

/// Whoever comes next has to connect.
async fn lose_connections(scene: &Scene) {
    drop(scene.app.db.acquire().await.unwrap());
}

/// Source: CWE-460, CWE-755.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_never_arrives_is_503_and_nothing_was_done() {
    cut_everywhere(Cut::Unsent).await;
}

/// Source: CWE-460, CWE-755.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_whose_answer_is_lost_is_503_and_was_done_wholly_or_not_at_all() {
    cut_everywhere(Cut::Unanswered).await;
}
