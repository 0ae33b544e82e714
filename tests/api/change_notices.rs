//! `SEND_CHANGE_NOTICES`: a user hears of a changed password, and of a changed address at both.

use serde_json::json;
use tests::app::TestApp;
use tests::mail::Mail;
use tests::scene::{Scene, endpoints};

use crate::mailer::{by_inbox, drain};

const NOTICES: (&str, &str) = ("SEND_CHANGE_NOTICES", "true");
const CHANGES: (&str, &str) = ("CHANGE_EMAIL_ENABLED", "true");
const AT_ONCE: (&str, &str) = ("CHANGE_EMAIL_WITHOUT_VERIFICATION", "true");
const OLD: &str = "ada@example.com";
const NEW: &str = "ada@new.example";

async fn signed_up(settings: &[(&str, &str)]) -> (TestApp, String) {
    let app = TestApp::with(settings).await;
    let cookies = app.sign_up(OLD).await.cookies();
    (app, cookies)
}

/// Kinds and addresses, in order.
async fn mails(app: &TestApp) -> Vec<(String, String)> {
    let mails = app.mails().await.into_iter();
    let mut mails: Vec<_> = mails.map(|Mail { kind, address, .. }| (kind, address)).collect();
    mails.sort();
    mails
}

fn mail(kind: &str, address: &str) -> (String, String) {
    (kind.to_owned(), address.to_owned())
}

async fn change_password(app: &TestApp, cookies: &str, current: &str) -> u16 {
    let body = json!({ "currentPassword": current, "newPassword": "battery staple",
        "revokeOtherSessions": true });
    app.act("/api/auth/change-password", cookies, &body).send().await.status
}

async fn follow_change(app: &TestApp) -> u16 {
    let user_id = app.text(r#"select id from "user" where name = 'Ada' limit 1"#).await;
    let token = app.link_token(&json!({ "email": OLD, "updateTo": NEW,
        "requestType": "change-email-verification", "userId": user_id }));
    app.get(&format!("/api/auth/verify-email?token={token}")).send().await.status
}

#[tokio::test]
async fn a_changed_password_is_told() {
    let (app, cookies) = signed_up(&[NOTICES]).await;

    assert_eq!(change_password(&app, &cookies, "wrong password").await, 400);
    assert_eq!(mails(&app).await, [], "nothing has changed");
    assert_eq!(change_password(&app, &cookies, "correct horse").await, 200);

    assert_eq!(mails(&app).await, [mail("password-changed", OLD)]);
}

#[tokio::test]
async fn a_reset_password_is_told_also_where_there_was_none() {
    for there_was_one in [true, false] {
        let (app, _) = signed_up(&[NOTICES]).await;
        app.sql(
            r#"insert into verification (id, identifier, value, "expiresAt")
               select 'v', 'reset-password:token', id, '2030-01-01Z' from "user""#,
        )
        .await;
        if !there_was_one {
            app.sql("delete from account").await;
        }
        let body = json!({ "newPassword": "battery staple", "token": "token" });
        let reset = async || app.post("/api/auth/reset-password").json(&body).send().await.status;

        assert_eq!((reset().await, reset().await), (200, 400));

        assert_eq!(mails(&app).await, [mail("password-changed", OLD)]);
    }
}

#[tokio::test]
async fn an_address_that_a_link_has_changed_is_told_at_both() {
    let (app, _) = signed_up(&[NOTICES, CHANGES]).await;

    assert_eq!((follow_change(&app).await, follow_change(&app).await), (200, 401));

    assert_eq!(mails(&app).await, [mail("email-changed", OLD), mail("email-changed", NEW)]);
}

#[tokio::test]
async fn an_address_that_changes_at_once_is_told_at_the_old_one() {
    let (app, cookies) = signed_up(&[NOTICES, CHANGES, AT_ONCE]).await;
    let body = json!({ "newEmail": NEW });

    app.act("/api/auth/change-email", &cookies, &body).send().await;

    let expected = [mail("email-changed", OLD), mail("verify-email", NEW)];
    assert_eq!(mails(&app).await, expected, "the new one gets a mail already");
}

#[tokio::test]
async fn an_address_that_is_taken_is_no_change() {
    let (app, cookies) = signed_up(&[NOTICES, CHANGES, AT_ONCE]).await;
    app.sign_up(NEW).await;

    app.act("/api/auth/change-email", &cookies, &json!({ "newEmail": NEW })).send().await;
    assert_eq!(follow_change(&app).await, 422);

    assert_eq!(mails(&app).await, []);
}

#[tokio::test]
async fn a_notice_reaches_an_address_that_is_the_users_no_more_and_names_no_other() {
    let (app, cookies) = signed_up(&[NOTICES, CHANGES, AT_ONCE]).await;
    change_password(&app, &cookies, "correct horse").await;
    app.sql("update latchkey_outbox set due_at = due_at + interval '1 hour'").await;
    follow_change(&app).await;
    app.clock.advance(time::Duration::HOUR);
    let (mailer, inbox) = by_inbox();

    drain(&mailer, &app).await;

    let mut told: Vec<_> =
        inbox.list().iter().map(|it| (it.kind.as_str(), it.to.clone())).collect();
    told.sort_unstable();
    let expected = [("email-changed", OLD), ("email-changed", NEW), ("password-changed", OLD)];
    assert_eq!(told, expected.map(|(kind, to)| (kind, to.to_owned())));
    for received in inbox.list() {
        assert!(received.link.is_none());
        let other = if received.to == OLD { NEW } else { OLD };
        for part in [&received.rendered.text, &received.rendered.html] {
            assert!(part.contains(&received.to) && !part.contains(other), "{part}");
            assert!(!part.contains("://") && !part.contains("href"), "{part}");
        }
    }
}

#[tokio::test]
async fn nobody_is_told_of_anything_unless_it_is_wanted() {
    for (row, endpoint) in endpoints() {
        let scene = Scene::new().await;

        scene.signed_in(row, endpoint).send().await;

        let told = mails(&scene.app).await;
        assert!(told.iter().all(|(kind, _)| !kind.ends_with("-changed")), "{} {told:?}", row.name);
    }
}
