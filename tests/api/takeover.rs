//! Databases that others made, served: nobody who was signed in has to sign in again, and everybody can.

use crate::databases::{self, Known};
use serde_json::json;
use shared::additional::Declared;
use shared::db::Pool;
use shared::db::migrate::{Consent, migrate};
use sqlx::{ConnectOptions, Connection};
use tests::app::TestApp;
use tests::database::Database;

/// The service over one of them, once it is migrated on the operator's word.
async fn taken_over(known: &Known) -> TestApp {
    let database = Database::create().await;
    let mut connection = database.direct_options().connect().await.unwrap();
    sqlx::raw_sql(&databases::sql(known.file)).execute(&mut connection).await.unwrap();
    // What the clients' connections say counts, not what the database's owner set.
    let zone = "do $$ begin execute format('alter database %I set timezone to ''Asia/Tokyo''', current_database());
                end $$";
    sqlx::raw_sql(zone).execute(&mut connection).await.unwrap();
    let consent = Consent { default_issuer: true };
    migrate(&mut connection, &Declared::default(), consent).await.unwrap();
    connection.close().await.unwrap();
    let pool = Pool::new(database.options(), 2);
    TestApp::over(database, pool, &[])
}

/// Those that can be, with a word of the operator's.
fn all() -> impl Iterator<Item = &'static Known> {
    let is_served =
        |known: &Known| known.errors.is_empty() || known.errors == ["ISSUER_WITHOUT_DEFAULT"];
    databases::ALL.iter().filter(move |known| is_served(known))
}

#[tokio::test]
async fn whoever_is_signed_in_stays_so_and_everybody_can_sign_in() {
    for known in all() {
        let app = taken_over(known).await;
        let live =
            r#"select coalesce(min(token), '') from session where "expiresAt" > '2100-01-01'"#;
        let token = app.text(live).await;
        let sessions = app.count("select count(*) from session").await;

        if !token.is_empty() {
            let session = app.get("/api/auth/get-session").bearer(&token).send().await;
            assert_eq!(session.json()["session"]["token"], token, "{}: {session:?}", known.file);
        }
        let signed_in = app.sign_in("ada@example.com", "correct horse").await;

        assert_eq!(signed_in.status, 200, "{}: {signed_in:?}", known.file);
        assert_eq!(app.count("select count(*) from session").await, sessions + 1, "{}", known.file);
        let wrong = app.sign_in("ada@example.com", "battery staple").await;
        assert_eq!(wrong.status, 401, "{}", known.file);
        let ends = signed_in_until(&app, &signed_in.cookies()).await;
        assert_eq!(ends, "2026-11-30T12:00:00.000Z", "{}", known.file);
    }
}

/// When the session behind a cookie ends, as the API says it.
async fn signed_in_until(app: &TestApp, cookies: &str) -> String {
    app.session(cookies).await.json()["session"]["expiresAt"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_statement_that_writes_finds_the_tables_as_it_needs_them() {
    for known in all() {
        let app = taken_over(known).await;

        let cookies = app.sign_up("eva@example.com").await.cookies();
        let changed = json!({ "currentPassword": "correct horse", "newPassword": "battery staple",
                              "revokeOtherSessions": true });
        let changed = app.act("/api/auth/change-password", &cookies, &changed).send().await;
        assert_eq!(changed.status, 200, "{}: {changed:?}", known.file);
        let asked = json!({ "email": "eva@example.com" });
        app.post("/api/auth/request-password-reset").json(&asked).send().await;
        let reset = json!({ "newPassword": "correct horse", "token": app.mail().await.token });
        let reset = app.post("/api/auth/reset-password").json(&reset).send().await;
        assert_eq!(reset.status, 200, "{}: {reset:?}", known.file);
        let cookies = app.sign_in("eva@example.com", "correct horse").await.cookies();
        for path in ["/api/auth/update-user", "/api/auth/revoke-other-sessions"] {
            let done = app.act(path, &cookies, &json!({ "name": "Eva" })).send().await;
            assert_eq!(done.status, 200, "{} {path}: {done:?}", known.file);
        }
        for path in ["/api/auth/list-sessions", "/api/auth/list-accounts"] {
            let listed = app.get(path).cookie(&cookies).send().await;
            assert_eq!(
                listed.json().as_array().unwrap().len(),
                1,
                "{} {path}: {listed:?}",
                known.file
            );
        }
    }
}

#[tokio::test]
async fn a_user_without_a_password_gets_one_by_a_reset() {
    for known in all() {
        let app = taken_over(known).await;
        app.sql(r#"delete from account where "providerId" = 'credential'"#).await;
        let asked = json!({ "email": "ada@example.com" });
        app.post("/api/auth/request-password-reset").json(&asked).send().await;
        let reset = json!({ "newPassword": "battery staple", "token": app.mail().await.token });

        let reset = app.post("/api/auth/reset-password").json(&reset).send().await;

        assert_eq!(reset.status, 200, "{}: {reset:?}", known.file);
        assert_eq!(
            app.sign_in("ada@example.com", "battery staple").await.status,
            200,
            "{}",
            known.file
        );
    }
}

#[tokio::test]
async fn an_index_of_the_operators_own_decides_as_well_who_has_an_address() {
    let app = TestApp::new().await;
    app.sql(
        r#"create unique index on "user" (lower(email));
           insert into "user" (id, name, email, "emailVerified") values ('e', 'Eva', 'EVA@example.com', true)"#,
    )
    .await;

    let body = json!({ "name": "Eva", "email": "eva@example.com", "password": "correct horse" });
    let taken = app.post("/api/auth/sign-up/email").json(&body).send().await;

    assert_eq!(taken.status, 422, "{taken:?}");
    assert_eq!(taken.json()["code"], "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
}
