//! Races: of many at once the database picks one, and nobody gets past a limit.

use serde_json::json;
use tests::app::{BASE, TestApp, TestRequest};
use tests::reply::Reply;
use tests::scene::{SETTINGS, Scene, endpoints};

const AT_ONCE: usize = 50;

/// Sends as many requests at once as `make` makes; their answers.
async fn at_once(make: impl Fn(usize) -> TestRequest) -> Vec<Reply> {
    let sent: Vec<_> = (0..AT_ONCE).map(|n| tokio::spawn(make(n).send())).collect();
    let mut replies = Vec::new();
    for reply in sent {
        replies.push(reply.await.unwrap());
    }
    replies
}

/// That one succeeded, and that all others were refused in this way; gives the place of the one.
fn one_wins(replies: &[Reply], status: u16, codes: &[&str]) -> usize {
    let winners: Vec<_> =
        (0..replies.len()).filter(|&n| [200, 302].contains(&replies[n].status)).collect();
    assert_eq!(winners.len(), 1, "{replies:?}");
    for (_, loser) in replies.iter().enumerate().filter(|(n, _)| *n != winners[0]) {
        assert_eq!(loser.status, status, "{loser:?}");
        assert!(codes.contains(&loser.code().as_str()), "{loser:?}");
    }
    winners[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_at_once_all_succeed_and_one_of_them_makes_the_hash_anew() {
    // As many hashes at once as requests: none is to be turned away for want of a turn.
    let app = TestApp::with(&[("HASH_CONCURRENCY", "50")]).await;
    app.sign_up("ada@example.com").await;
    // scrypt by passlib 1.7.4, and a cheap one: the race is what is tested.
    app.sql("update account set password = '$scrypt$ln=10,r=8,p=1$5vwfw7gXghBCqPV+710LIQ$5fTwfAh46G+88hv3hQ52TJEVKZjwGDT7wVWze/BishA'").await;
    let body = json!({ "email": "ada@example.com", "password": "correct horse" });

    let replies = at_once(|_| app.post("/api/auth/sign-in/email").json(&body)).await;

    let refused: Vec<_> = replies.iter().filter(|reply| reply.status != 200).collect();
    assert!(refused.is_empty(), "{refused:?}");
    assert_eq!(app.count("select count(*) from session").await, 51);
    assert!(app.text("select password from account").await.starts_with("$argon2id$"));
    assert_eq!(app.sign_in("ada@example.com", "correct horse").await.status, 200);
}

#[tokio::test]
async fn a_reset_token_sets_one_password() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let body = json!({ "email": "ada@example.com" });
    app.post("/api/auth/request-password-reset").json(&body).send().await;
    let token = app.mail().await.token.unwrap();

    let replies = at_once(|n| {
        let body = json!({ "newPassword": format!("password number {n}"), "token": token });
        app.post("/api/auth/reset-password").json(&body)
    })
    .await;

    let winner = one_wins(&replies, 400, &["INVALID_TOKEN"]);
    let signs_in = async |n| {
        app.sign_in("ada@example.com", &format!("password number {n}")).await.status == 200
    };
    assert!(signs_in(winner).await);
    assert!(!signs_in((winner + 1) % AT_ONCE).await);
    assert_eq!(app.count("select count(*) from account").await, 1);
}

#[tokio::test]
async fn many_reset_tokens_of_a_user_without_a_password_make_one_account() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    app.sql(
        r#"delete from account;
           insert into verification (id, identifier, value, "expiresAt")
           select 'v' || n, 'reset-password:t' || n, id, '2030-01-01Z' from "user", generate_series(0, 49) n"#,
    )
    .await;

    let replies = at_once(|n| {
        let body = json!({ "newPassword": "battery staple", "token": format!("t{n}") });
        app.post("/api/auth/reset-password").json(&body)
    })
    .await;

    // The first to set a password takes the others' tokens away, unless they are in use already.
    assert!(replies.iter().any(|reply| reply.status == 200), "{replies:?}");
    for refused in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!((refused.status, refused.code().as_str()), (400, "INVALID_TOKEN"));
    }
    assert_eq!(app.count("select count(*) from verification").await, 0);
    assert_eq!(app.count("select count(*) from account").await, 1);
    assert_eq!(app.sign_in("ada@example.com", "battery staple").await.status, 200);
}

#[tokio::test]
async fn a_delete_token_deletes_once() {
    for by_post in [false, true] {
        let app = TestApp::with(&[("DELETE_USER_ENABLED", "true")]).await;
        let cookies = app.sign_up("ada@example.com").await.cookies();
        app.sql(
            r#"insert into verification (id, identifier, value, "expiresAt")
               select 'v', 'delete-account-t', id, '2030-01-01Z' from "user""#,
        )
        .await;

        let replies = at_once(|_| {
            if by_post {
                app.act("/api/auth/delete-user", &cookies, &json!({ "token": "t" }))
            } else {
                app.get("/api/auth/delete-user/callback?token=t").cookie(&cookies)
            }
        })
        .await;

        let deleted = replies.iter().filter(|reply| reply.status == 200).count();
        assert_eq!(deleted, 1, "{replies:?}");
        // Who came late finds the session gone.
        let refusals =
            [(404, "INVALID_TOKEN"), (404, "FAILED_TO_GET_USER_INFO"), (401, "UNAUTHORIZED")];
        for reply in replies.iter().filter(|reply| reply.status != 200) {
            assert!(refusals.contains(&(reply.status, reply.code().as_str())), "{reply:?}");
        }
        assert_eq!(app.count(r#"select count(*) from "user""#).await, 0);
        assert_eq!(app.count("select count(*) from verification").await, 0);
    }
}

#[tokio::test]
async fn of_two_accounts_one_is_left() {
    let scene = Scene::new().await;
    let app = &scene.app;
    let own = app.text("select id from account where id <> 'github'").await;

    let replies = at_once(|n| {
        let id = if n % 2 == 0 { "github" } else { own.as_str() };
        app.act("/api/auth/unlink-account", &scene.cookies, &json!({ "accountId": id }))
    })
    .await;

    one_wins(&replies, 400, &["FAILED_TO_UNLINK_LAST_ACCOUNT"]);
    assert_eq!(app.count("select count(*) from account").await, 1);
}

#[tokio::test]
async fn a_current_password_is_changed_once() {
    for revokes in [false, true] {
        let app = TestApp::new().await;
        let cookies = app.sign_up("ada@example.com").await.cookies();

        let replies = at_once(|n| {
            let body = json!({
                "currentPassword": "correct horse", "newPassword": format!("password number {n}"),
                "revokeOtherSessions": revokes,
            });
            app.act("/api/auth/change-password", &cookies, &body)
        })
        .await;

        let winners: Vec<_> = (0..AT_ONCE).filter(|&n| replies[n].status == 200).collect();
        let [winner] = winners[..] else { panic!("{replies:?}") };
        for reply in replies.iter().filter(|reply| reply.status != 200) {
            // Who comes after the sessions were ended has none.
            let refusal = (reply.status, reply.code());
            let is_late = revokes && refusal == (401, "UNAUTHORIZED".to_owned());
            assert!(is_late || refusal == (400, "INVALID_PASSWORD".to_owned()), "{reply:?}");
        }
        assert_eq!(app.count("select count(*) from session").await, 1);
        let password = format!("password number {winner}");
        assert_eq!(app.sign_in("ada@example.com", &password).await.status, 200);
    }
}

#[tokio::test]
async fn a_link_that_signs_in_makes_one_session() {
    let app = TestApp::with(&[("AUTO_SIGN_IN_AFTER_VERIFICATION", "true")]).await;
    app.sign_up("ada@example.com").await;
    app.sql("delete from session").await;
    let path = format!(
        "/api/auth/verify-email?token={}",
        app.link_token(&json!({ "email": "ada@example.com" }))
    );

    let replies = at_once(|_| app.get(&path)).await;

    assert!(replies.iter().all(|reply| reply.status == 200), "{replies:?}");
    let signed_in: Vec<_> =
        replies.iter().filter(|reply| !reply.set_cookies().is_empty()).collect();
    assert_eq!(signed_in.len(), 1, "{replies:?}");
    assert_ne!(app.session(&signed_in[0].cookies()).await.text, "null");
    assert_eq!(app.count("select count(*) from session").await, 1);
}

#[tokio::test]
async fn an_address_changes_once() {
    let app = TestApp::new().await;
    let user_id = app.sign_up("ada@example.com").await.json()["user"]["id"].clone();

    let replies = at_once(|n| {
        let token = app.link_token(&json!({
            "email": "ada@example.com", "updateTo": format!("a{n}@new.example"), "userId": user_id,
            "requestType": "change-email-verification",
        }));
        app.get(&format!("/api/auth/verify-email?token={token}"))
    })
    .await;

    let winner = one_wins(&replies, 401, &["INVALID_TOKEN"]);
    assert_eq!(app.text(r#"select email from "user""#).await, format!("a{winner}@new.example"));
}

#[tokio::test]
async fn one_new_address_goes_to_one_of_two_users() {
    let app = TestApp::new().await;
    let ids = [
        app.sign_up("ada@example.com").await.json()["user"]["id"].clone(),
        app.sign_up("bob@example.com").await.json()["user"]["id"].clone(),
    ];

    let replies = at_once(|n| {
        let email = if n % 2 == 0 { "ada@example.com" } else { "bob@example.com" };
        let token = app.link_token(&json!({
            "email": email, "updateTo": "one@new.example",
            "userId": ids[n % 2], "requestType": "change-email-verification",
        }));
        app.get(&format!("/api/auth/verify-email?token={token}"))
    })
    .await;

    let changed = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(changed, 1, "{replies:?}");
    assert!(replies.iter().all(|reply| [200, 401, 422].contains(&reply.status)), "{replies:?}");
    let with_new = r#"select count(*) from "user" where email = 'one@new.example'"#;
    assert_eq!(app.count(with_new).await, 1);
}

#[tokio::test]
async fn refreshes_stay_one_session() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.clock.advance(time::Duration::days(2));

    let replies = at_once(|n| {
        let path = ["/api/auth/get-session", "/api/auth/list-accounts"][n % 2];
        app.get(path).cookie(&cookies)
    })
    .await;

    assert!(replies.iter().all(|reply| reply.status == 200), "{replies:?}");
    let handed_out: Vec<_> =
        replies.iter().filter(|reply| !reply.set_cookies().is_empty()).collect();
    assert_eq!(handed_out.len(), 1);
    assert_eq!(handed_out[0].cookies(), cookies);
    let ends = r#"select count(*) from session where "expiresAt" = '2026-12-02 12:00Z'"#;
    assert_eq!(app.count(ends).await, 1);
}

#[tokio::test]
async fn ending_sessions_from_many_of_them_leaves_none_or_one() {
    let app = TestApp::new().await;
    let mut cookies = vec![app.sign_up("ada@example.com").await.cookies()];
    for _ in 1..10 {
        cookies.push(app.sign_in("ada@example.com", "correct horse").await.cookies());
    }

    let replies = at_once(|n| {
        let post = app.post("/api/auth/revoke-other-sessions");
        post.cookie(&cookies[n % cookies.len()]).origin(BASE)
    })
    .await;

    assert!(replies.iter().all(|reply| [200, 401].contains(&reply.status)), "{replies:?}");
    assert!(app.count("select count(*) from session").await <= 1);
}

/// Source: CWE-362, CWE-613
#[tokio::test(flavor = "multi_thread")]
async fn no_sign_in_outlives_a_reset_that_ends_all_sessions_at_the_same_time() {
    let app = TestApp::with(&[("REVOKE_SESSIONS_ON_PASSWORD_RESET", "true")]).await;
    app.sign_up("ada@example.com").await;
    let body = json!({ "email": "ada@example.com" });
    app.post("/api/auth/request-password-reset").json(&body).send().await;
    let reset = json!({ "newPassword": "battery staple", "token": app.mail().await.token });
    let sign_in = json!({ "email": "ada@example.com", "password": "correct horse" });

    let replies = at_once(|n| {
        if n == AT_ONCE / 2 {
            app.post("/api/auth/reset-password").json(&reset)
        } else {
            app.post("/api/auth/sign-in/email").json(&sign_in)
        }
    })
    .await;

    assert_eq!(replies[AT_ONCE / 2].status, 200, "{:?}", replies[AT_ONCE / 2]);
    assert!(replies.iter().all(|reply| [200, 401, 503].contains(&reply.status)), "{replies:?}");
    assert_eq!(app.count("select count(*) from session").await, 0);
}

/// Source: CWE-362, CWE-799
#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_at_once_no_endpoint_answers_more_than_its_limit() {
    let rules = r#"{"/*":{"window":60,"max":3},"/*/*":{"window":60,"max":3}}"#;
    // Limits of accounts would come before those of the address.
    let limits = [
        ("RATE_LIMIT_ENABLED", "true"),
        ("RATE_LIMIT_RULES", rules),
        ("ACCOUNT_MAX_MAILS", "0"),
        ("ACCOUNT_MAX_FAILURES", "0"),
    ];
    let scene = Scene::over(TestApp::with(&[&limits, &SETTINGS[..]].concat()).await).await;
    let mut seen = Vec::new();
    let is_limited = |name: &str| !["ok", "health"].contains(&name);
    for (row, endpoint) in endpoints().filter(|(row, _)| is_limited(row.name)) {
        // A row's paths are one counter.
        if seen.contains(&row.name) {
            continue;
        }
        seen.push(row.name);

        // Nobody is signed in, so that all do the same: fail, or succeed.
        let replies = at_once(|_| scene.request(row, endpoint).from("203.0.113.5")).await;

        let answered = replies.iter().filter(|reply| reply.status != 429).count();
        assert_eq!(answered, 3, "{} {replies:?}", row.name);
    }
    assert!(seen.len() > 20, "{seen:?}");
}

/// Source: CWE-799
#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_at_once_from_everywhere_one_address_gets_five_mails() {
    for path in ["request-password-reset", "send-verification-email"] {
        let app = TestApp::with(&[("RATE_LIMIT_ENABLED", "true")]).await;
        app.sign_up("ada@example.com").await;
        let spelled = ["ada@example.com", "Ada@Example.com", "ADA@EXAMPLE.COM"];

        let replies = at_once(|n| {
            let body = json!({ "email": spelled[n % 3] });
            app.post(&format!("/api/auth/{path}")).json(&body).from(&format!("203.0.113.{n}"))
        })
        .await;

        let answered = replies.iter().filter(|reply| reply.status == 200).count();
        assert_eq!(answered, 5, "{path} {replies:?}");
        assert_eq!(app.mails().await.len(), 5, "{path}");
    }
}
