//! `POST /reset-password`

use serde_json::json;
use tests::app::TestApp;
use time::Duration;

const PATH: &str = "/api/auth/reset-password";

/// A token that was mailed to somebody.
async fn mailed_to(app: &TestApp, email: &str) -> String {
    let body = json!({ "email": email });
    app.post("/api/auth/request-password-reset").json(&body).send().await;
    app.mails().await.pop().unwrap().token.unwrap()
}

#[tokio::test]
async fn the_new_password_counts_and_the_token_is_used_up() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let token = mailed_to(&app, "ada@example.com").await;
    let body = json!({ "newPassword": "battery staple", "token": token });

    let reply = app.post(PATH).json(&body).send().await;
    let again = app.post(PATH).json(&body).send().await;

    assert_eq!((reply.status, reply.text.as_str()), (200, r#"{"status":true}"#));
    assert!(reply.set_cookies().is_empty());
    assert_eq!((again.status, again.code().as_str()), (400, "INVALID_TOKEN"));
    assert_eq!(again.message(), "Invalid token");
    assert_eq!(app.sign_in("ada@example.com", "battery staple").await.status, 200);
    assert_eq!(app.sign_in("ada@example.com", "correct horse").await.status, 401);
    assert_ne!(app.session(&cookies).await.text, "null", "sessions go on");
    assert_eq!(app.count(r#"select count(*) from "user" where "emailVerified""#).await, 0);
}

#[tokio::test]
async fn all_sessions_end_where_the_settings_want_that() {
    let app = TestApp::with(&[("REVOKE_SESSIONS_ON_PASSWORD_RESET", "true")]).await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    let bobs = app.sign_up("bob@example.com").await.cookies();
    let token = mailed_to(&app, "ada@example.com").await;

    let body = json!({ "newPassword": "battery staple", "token": token });
    app.post(PATH).json(&body).send().await;

    assert_eq!(app.session(&cookies).await.text, "null");
    assert_ne!(app.session(&bobs).await.text, "null");
}

#[tokio::test]
async fn the_token_may_stand_in_the_query_and_the_bodys_wins() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let token = mailed_to(&app, "ada@example.com").await;
    let body = json!({ "newPassword": "battery staple" });
    let with_bad = json!({ "newPassword": "battery staple", "token": "bad" });
    let path = format!("{PATH}?token={token}");

    let of_body = app.post(&path).json(&with_bad).send().await;
    let of_query = app.post(&path).json(&body).send().await;

    assert_eq!((of_body.status, of_body.code().as_str()), (400, "INVALID_TOKEN"));
    assert_eq!(of_query.status, 200);
}

#[tokio::test]
async fn a_user_without_a_password_gets_one() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    app.sql("delete from account").await;
    let token = mailed_to(&app, "ada@example.com").await;

    let body = json!({ "newPassword": "battery staple", "token": token });
    assert_eq!(app.post(PATH).json(&body).send().await.status, 200);

    assert_eq!(app.sign_in("ada@example.com", "battery staple").await.status, 200);
    assert_eq!(app.count("select count(*) from account").await, 1);
}

#[tokio::test]
async fn an_expired_token_and_one_of_a_user_who_is_gone_are_refused() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    app.sign_up("bob@example.com").await;
    let adas = mailed_to(&app, "ada@example.com").await;
    app.sql(r#"delete from "user" where email = 'ada@example.com'"#).await;
    let reset = async |token: &str| {
        let body = json!({ "newPassword": "battery staple", "token": token });
        app.post(PATH).json(&body).send().await
    };

    let gone = reset(&adas).await;
    assert_eq!((gone.status, gone.code().as_str()), (400, "USER_NOT_FOUND"));
    assert_eq!(gone.message(), "User not found");

    app.clock.advance(Duration::MINUTE);
    let bobs = mailed_to(&app, "bob@example.com").await;
    app.clock.advance(Duration::hours(1) + Duration::MILLISECOND);
    let expired = reset(&bobs).await;
    assert_eq!((expired.status, expired.code().as_str()), (400, "INVALID_TOKEN"));
    assert_eq!(app.sign_in("bob@example.com", "correct horse").await.status, 200);
}

#[tokio::test]
async fn a_token_for_deleting_an_account_sets_no_password() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    app.sql(
        r#"insert into verification (id, identifier, value, "expiresAt")
           select 'v', 'delete-account-t', id, '2026-11-24 12:00Z' from "user""#,
    )
    .await;

    let body = json!({ "newPassword": "battery staple", "token": "t" });
    let reply = app.post(PATH).json(&body).send().await;

    assert_eq!((reply.status, reply.code().as_str()), (400, "INVALID_TOKEN"));
}

#[tokio::test]
async fn the_token_is_asked_for_before_the_length_and_the_length_before_the_token() {
    let app = TestApp::new().await;
    for (body, code) in [
        (json!({ "newPassword": "short" }), "INVALID_TOKEN"),
        (json!({ "newPassword": "short", "token": "" }), "INVALID_TOKEN"),
        (json!({ "newPassword": "short", "token": "nope" }), "PASSWORD_TOO_SHORT"),
        (json!({ "newPassword": "x".repeat(129), "token": "nope" }), "PASSWORD_TOO_LONG"),
        (json!({ "newPassword": "battery staple", "token": "nope" }), "INVALID_TOKEN"),
        (json!({ "token": "nope" }), "VALIDATION_ERROR"),
        (json!({ "newPassword": "battery staple", "token": 1 }), "VALIDATION_ERROR"),
    ] {
        let reply = app.post(PATH).json(&body).send().await;
        assert_eq!((reply.status, reply.code().as_str()), (400, code), "{body}");
    }
}

#[test]
fn a_token_that_is_none_costs_no_hash() {
    // The only thread that hashes is held up, so whoever hashes waits.
    let builder = &mut tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let app = TestApp::new().await;
        app.sign_up("ada@example.com").await;
        let token = mailed_to(&app, "ada@example.com").await;
        let (release, held_up) = std::sync::mpsc::channel::<()>();
        let holder = tokio::task::spawn_blocking(move || held_up.recv());
        let reset = |token: &str| {
            let body = json!({ "newPassword": "battery staple", "token": token });
            tokio::time::timeout(
                std::time::Duration::from_millis(500),
                app.post(PATH).json(&body).send(),
            )
        };

        let bogus = reset("bogus").await.expect("it does not wait");
        let good = reset(&token).await;

        assert_eq!((bogus.status, bogus.code().as_str()), (400, "INVALID_TOKEN"));
        assert!(good.is_err(), "it waits");
        drop(release);
        holder.await.unwrap().unwrap_err();
        assert_eq!(reset(&token).await.unwrap().status, 200);
    });
}

#[tokio::test]
async fn a_new_password_is_nobody_elses_whatever_ids_there_are() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    app.sign_up("mallory@example.com").await;
    // Ids that were numbers once, of either table.
    app.sql(
        r#"delete from account where "userId" = (select id from "user" where email like 'mallory%');
           update account set id = (select id from "user" where email like 'mallory%')"#,
    )
    .await;
    let asked = json!({ "email": "mallory@example.com" });
    app.post("/api/auth/request-password-reset").json(&asked).send().await;
    let reset = json!({ "newPassword": "battery staple", "token": app.mail().await.token });

    let reset = app.post("/api/auth/reset-password").json(&reset).send().await;

    assert_eq!(reset.status, 200, "{reset:?}");
    assert_eq!(app.sign_in("ada@example.com", "correct horse").await.status, 200);
    assert_eq!(app.sign_in("ada@example.com", "battery staple").await.status, 401);
    assert_eq!(app.sign_in("mallory@example.com", "battery staple").await.status, 200);
}
