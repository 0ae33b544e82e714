//! `SESSION_MAX_AGE`: a session ends, however often it is extended.

use serde_json::json;
use shared::db::session::Cutoff;
use tests::app::{BASE, SECRET, START, TestApp};
use tests::scene::{SETTINGS, Scene, endpoints, is_guarded};
use time::Duration;

const TEN_DAYS: (&str, &str) = ("SESSION_MAX_AGE", "864000");
const ONE_DAY: (&str, &str) = ("SESSION_MAX_AGE", "86400");

/// When the only session ends.
async fn ends_at(app: &TestApp) -> time::OffsetDateTime {
    sqlx::query_scalar(r#"select "expiresAt"::timestamptz from session"#)
        .fetch_one(&app.db)
        .await
        .unwrap()
}

#[tokio::test]
async fn no_refresh_carries_a_session_past_its_last_end() {
    let app = TestApp::with(&[TEN_DAYS]).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.clock.advance(Duration::days(6));

    let extended = app.session(&cookies).await;
    assert_eq!(ends_at(&app).await, START + Duration::days(10), "not in seven days, but in four");
    assert_eq!(extended.json()["session"]["expiresAt"], "2026-12-03T12:00:00.000Z");
    let four_days = format!("Max-Age={};", Duration::days(4).whole_seconds());
    assert!(extended.set_cookies()[0].contains(&four_days), "{extended:?}");

    app.clock.advance(Duration::days(4));
    let at_its_end = app.session(&cookies).await;
    assert_eq!(at_its_end.json()["user"]["email"], "ada@example.com");
    assert!(at_its_end.set_cookies().is_empty(), "there is nothing left to extend");
    app.clock.advance(Duration::MILLISECOND);
    let over = app.session(&cookies).await;

    assert_eq!(over.text, "null");
    assert_eq!(over.cleared(), ["session_token", "session_data", "dont_remember"]);
    assert_eq!(app.count("select count(*) from session").await, 0);
}

#[tokio::test]
async fn a_session_at_its_last_end_is_not_written_at_every_look() {
    let app = TestApp::with(&[TEN_DAYS, ("SESSION_FRESH_AGE", "0")]).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.clock.advance(Duration::days(6));
    app.session(&cookies).await;
    let written_at = r#"select "updatedAt"::text from session"#;
    let before = app.text(written_at).await;

    app.clock.advance(Duration::days(3));
    for path in ["get-session", "list-sessions", "list-accounts"] {
        let reply = app.get(&format!("/api/auth/{path}")).cookie(&cookies).send().await;

        assert_eq!(reply.status, 200, "{path}");
        assert!(reply.set_cookies().is_empty(), "{path}: {reply:?}");
        assert_eq!(app.text(written_at).await, before, "{path}");
    }
}

#[tokio::test]
async fn list_sessions_extends_no_further_either() {
    let app = TestApp::with(&[TEN_DAYS, ("SESSION_FRESH_AGE", "0")]).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.clock.advance(Duration::days(6));

    let listed = app.get("/api/auth/list-sessions").cookie(&cookies).send().await;

    assert_eq!(listed.json()[0]["expiresAt"], "2026-12-03T12:00:00.000Z");
    assert_eq!(ends_at(&app).await, START + Duration::days(10));
}

#[tokio::test]
async fn no_session_is_made_to_live_longer() {
    let app = TestApp::with(&[("SESSION_MAX_AGE", "3600")]).await;
    let signed_up = app.sign_up("ada@example.com").await;
    assert_eq!(ends_at(&app).await, START + Duration::HOUR);
    assert!(signed_up.set_cookies()[0].contains("Max-Age=3600;"), "{signed_up:?}");

    app.sql("delete from session").await;
    let body =
        json!({ "email": "ada@example.com", "password": "correct horse", "rememberMe": false });
    app.post("/api/auth/sign-in/email").json(&body).send().await;

    assert_eq!(ends_at(&app).await, START + Duration::HOUR, "not in a day");
}

#[tokio::test]
async fn a_session_from_before_the_setting_opens_no_guarded_endpoint() {
    let mut scene = Scene::new().await;
    scene.app.sql("create table kept as select * from session").await;
    scene.app.clock.advance(Duration::days(2));
    let settings: Vec<_> = SETTINGS.into_iter().chain([ONE_DAY]).collect();
    scene.app = scene.app.beside(SECRET, &settings);

    for (row, endpoint) in endpoints().filter(|(row, _)| is_guarded(row)) {
        scene.app.sql("insert into session select * from kept on conflict do nothing").await;

        let reply = scene.signed_in(row, endpoint).send().await;

        assert_eq!(reply.status, 401, "{} {reply:?}", row.name);
        let cleared = reply.cleared();
        assert_eq!(cleared, ["session_token", "session_data", "dont_remember"], "{}", row.name);
        let left = scene.app.count("select count(*) from session where token <> 'other'").await;
        assert_eq!(left, 0, "{}: a dead session that is shown is deleted", row.name);
    }
    scene.app.sql("insert into session select * from kept on conflict do nothing").await;
    assert_eq!(scene.app.session(&scene.cookies).await.text, "null");
}

#[tokio::test]
async fn a_session_that_is_too_old_is_not_listed() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    app.clock.advance(Duration::days(2));
    let strict = app.beside(SECRET, &[ONE_DAY]);
    let cookies = strict.sign_in("ada@example.com", "correct horse").await.cookies();
    let listed = async |app: &TestApp| {
        let reply = app.get("/api/auth/list-sessions").cookie(&cookies).send().await;
        reply.json().as_array().unwrap().len()
    };

    assert_eq!((listed(&app).await, listed(&strict).await), (2, 1));
}

#[tokio::test]
async fn ending_the_others_ends_those_that_are_too_old_too() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    app.clock.advance(Duration::days(2));
    let strict = app.beside(SECRET, &[ONE_DAY]);
    let cookies = strict.sign_in("ada@example.com", "correct horse").await.cookies();

    let request = strict.post("/api/auth/revoke-other-sessions").cookie(&cookies).origin(BASE);
    assert_eq!(request.send().await.status, 200);

    assert_eq!(app.count("select count(*) from session").await, 1, "another setting revives none");
}

#[tokio::test]
async fn a_cached_copy_of_a_session_that_is_too_old_is_not_believed() {
    for strategy in ["compact", "jwt", "jwe"] {
        let cache = [("COOKIE_CACHE", strategy), ("COOKIE_CACHE_MAX_AGE", "604800")];
        let app = TestApp::with(&cache).await;
        let cookies = app.sign_up("ada@example.com").await.cookies();
        let strict = app.beside(SECRET, &[cache[0], cache[1], ONE_DAY]);

        app.clock.advance(Duration::days(1));
        assert_eq!(strict.session(&cookies).await.json()["user"]["email"], "ada@example.com");
        app.clock.advance(Duration::MILLISECOND);

        assert_eq!(strict.session(&cookies).await.text, "null", "{strategy}");
    }
}

#[tokio::test]
async fn a_session_at_its_last_end_asks_for_no_refresh() {
    let app = TestApp::with(&[TEN_DAYS, ("DEFER_SESSION_REFRESH", "true")]).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let refresh = || app.post("/api/auth/get-session").cookie(&cookies).origin(BASE).send();
    app.clock.advance(Duration::days(6));
    assert_eq!(app.session(&cookies).await.json()["needsRefresh"], true);
    assert_eq!(refresh().await.json()["session"]["expiresAt"], "2026-12-03T12:00:00.000Z");

    app.clock.advance(Duration::days(2));

    assert_eq!(app.session(&cookies).await.json()["needsRefresh"], false);
}

#[tokio::test]
async fn the_clean_up_takes_sessions_that_are_too_old() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    app.clock.advance(Duration::days(2));
    app.sign_in("ada@example.com", "correct horse").await;
    let now = app.clock.now();
    let clean_up = async |cutoff| {
        let stop_at = std::time::Instant::now() + std::time::Duration::from_mins(1);
        functions::run_cleanup(&app.db, cutoff, Duration::HOUR, stop_at).await.unwrap().session
    };

    assert_eq!(clean_up(Cutoff::at(now)).await, 0);
    let cutoff = Cutoff { now, begun_since: Some(now - Duration::DAY) };
    assert_eq!(clean_up(cutoff).await, 1);

    assert_eq!(app.count("select count(*) from session").await, 1);
}
