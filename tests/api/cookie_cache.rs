//! The cached session in a cookie, as a client meets it. core.md §13.4

use serde_json::{Value, json};
use tests::app::{BASE, SECRET, TestApp};
use tests::reply::Reply;
use time::Duration;

const STRATEGIES: [&str; 3] = ["compact", "jwt", "jwe"];

async fn with_cache(strategy: &str) -> TestApp {
    TestApp::with(&[("COOKIE_CACHE", strategy)]).await
}

/// The names of the cookies that a browser would keep, without their prefix.
fn names(cookies: &str) -> Vec<&str> {
    let pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, _)| name.strip_prefix("better-auth.").unwrap()).collect()
}

/// The cookies without the cached session.
fn token_alone(cookies: &str) -> String {
    cookies.split("; ").find(|pair| pair.contains("session_token=")).unwrap().to_owned()
}

/// Whether a session was answered from the cookie: the row says another name by then.
fn is_cached(reply: &Reply) -> bool {
    match reply.json()["user"]["name"].as_str() {
        Some("Ada") => true,
        Some("Changed") => false,
        other => panic!("{other:?}: {reply:?}"),
    }
}

async fn change_the_row(app: &TestApp) {
    app.sql(r#"update "user" set name = 'Changed'"#).await;
}

#[tokio::test]
async fn it_comes_with_the_session_and_answers_for_the_database() {
    for strategy in STRATEGIES {
        let app = with_cache(strategy).await;
        let signed_up = app.sign_up("ada@example.com").await;
        let cookies = signed_up.cookies();
        assert_eq!(names(&cookies), ["session_token", "session_data"], "{strategy}");
        let line = signed_up.set_cookies()[1];
        assert!(line.ends_with("; Max-Age=300; Path=/; HttpOnly; SameSite=Lax"), "{line}");
        let from_row = app.session(&token_alone(&cookies)).await;
        change_the_row(&app).await;

        let cached = app.session(&cookies).await;
        let asked = app.get("/api/auth/get-session?disableCookieCache=1").cookie(&cookies);

        assert!(is_cached(&cached), "{strategy}");
        assert_eq!(cached.json(), from_row.json(), "{strategy}: the same but for the order");
        assert!(cached.set_cookies().is_empty() && from_row.set_cookies().len() == 1);
        assert!(!is_cached(&asked.send().await), "{strategy}");
    }
}

#[tokio::test]
async fn it_ends_after_its_age_and_is_renewed_from_the_database() {
    for strategy in STRATEGIES {
        let app = with_cache(strategy).await;
        let cookies = app.sign_up("ada@example.com").await.cookies();
        change_the_row(&app).await;

        app.clock.advance(Duration::minutes(5) - Duration::SECOND);
        assert!(is_cached(&app.session(&cookies).await), "{strategy}");
        app.clock.advance(Duration::SECOND + Duration::MILLISECOND);
        let renewed = app.session(&cookies).await;

        assert!(!is_cached(&renewed), "{strategy}");
        let last = *renewed.set_cookies().last().unwrap();
        assert!(last.starts_with("better-auth.session_data=") && last.contains("; Max-Age=300;"));
        let anew = format!("{}; {}", token_alone(&cookies), last.split(';').next().unwrap());
        assert!(app.session(&anew).await.set_cookies().is_empty(), "{strategy}");
    }
}

#[tokio::test]
async fn what_was_tampered_with_counts_for_nothing() {
    for strategy in STRATEGIES {
        let app = with_cache(strategy).await;
        let cookies = app.sign_up("ada@example.com").await.cookies();
        let bobs = app.sign_up("bob@example.com").await.cookies();
        let other = with_cache(if strategy == "jwt" { "jwe" } else { "jwt" }).await;
        let foreign = other.sign_up("ada@example.com").await.cookies();
        change_the_row(&app).await;
        let (token, data) = cookies.split_once("; ").unwrap();
        let flipped = |at: usize| {
            let mut text = data.as_bytes().to_vec();
            text[at] = if text[at] == b'A' { b'B' } else { b'A' };
            String::from_utf8(text).unwrap()
        };
        let middle = data.len() / 2;
        for forged in [
            flipped(30),
            flipped(middle),
            flipped(data.len() - 10),
            data[..data.len() - 5].to_owned(),
            "better-auth.session_data=x".to_owned(),
            bobs.split_once("; ").unwrap().1.to_owned(),
            foreign.split_once("; ").unwrap().1.to_owned(),
        ] {
            let reply = app.session(&format!("{token}; {forged}")).await;
            assert!(!is_cached(&reply), "{strategy} {forged}");
        }
        // Without its session token, or with another's, it is nothing.
        assert_eq!(app.session(data).await.text, "null", "{strategy}");
        let bobs_token = token_alone(&bobs);
        let reply = app.session(&format!("{bobs_token}; {data}")).await;
        assert_eq!(reply.json()["user"]["email"], "bob@example.com", "{strategy}");
    }
}

#[tokio::test]
async fn another_version_makes_it_worthless() {
    for strategy in STRATEGIES {
        let app = with_cache(strategy).await;
        let cookies = app.sign_up("ada@example.com").await.cookies();
        change_the_row(&app).await;
        let settings = [("COOKIE_CACHE", strategy), ("COOKIE_CACHE_VERSION", "2")];

        let reply = app.beside(SECRET, &settings).session(&cookies).await;

        assert!(!is_cached(&reply), "{strategy}");
        assert!(is_cached(&app.session(&cookies).await), "{strategy}");
    }
}

#[tokio::test]
async fn a_revoked_session_is_believed_by_get_session_alone_and_until_the_copy_ends() {
    for strategy in STRATEGIES {
        let app = with_cache(strategy).await;
        let cookies = app.sign_up("ada@example.com").await.cookies();
        app.sql("delete from session").await;

        assert_ne!(app.session(&cookies).await.text, "null", "{strategy}");
        for (path, body) in [
            ("/api/auth/update-user", json!({ "name": "B" })),
            ("/api/auth/verify-password", json!({ "password": "correct horse" })),
            ("/api/auth/revoke-sessions", json!({})),
        ] {
            let reply = app.act(path, &cookies, &body).send().await;
            assert_eq!((reply.status, reply.code().as_str()), (401, "UNAUTHORIZED"), "{path}");
            assert!(reply.cleared().contains(&"session_data"), "{reply:?}");
        }
        for path in ["/api/auth/list-sessions", "/api/auth/list-accounts"] {
            let reply = app.get(path).cookie(&cookies).send().await;
            assert_eq!((reply.status, reply.code().as_str()), (401, "UNAUTHORIZED"), "{path}");
        }
        app.clock.advance(Duration::minutes(5) + Duration::MILLISECOND);
        assert_eq!(app.session(&cookies).await.text, "null", "{strategy}");
    }
}

#[tokio::test]
async fn an_ended_session_is_not_believed_however_young_the_copy() {
    for strategy in STRATEGIES {
        let settings = [
            ("COOKIE_CACHE", strategy),
            ("SESSION_EXPIRES_IN", "60"),
            ("SESSION_UPDATE_AGE", "60"),
        ];
        let app = TestApp::with(&settings).await;
        let cookies = app.sign_up("ada@example.com").await.cookies();
        app.clock.advance(Duration::MINUTE + Duration::MILLISECOND);

        assert_eq!(app.session(&cookies).await.text, "null", "{strategy}");
    }
}

#[tokio::test]
async fn a_long_one_comes_in_pieces_and_each_is_taken_away() {
    for strategy in STRATEGIES {
        let app = with_cache(strategy).await;
        let image = format!("https://example.com/{}", "x".repeat(7000));
        let body = json!({ "name": "Ada", "email": "a@b.co", "password": "correct horse", "image": image });
        let signed_up = app.post("/api/auth/sign-up/email").json(&body).send().await;
        let cookies = signed_up.cookies();
        let pieces = names(&cookies);
        assert!(pieces.len() >= 3 && pieces[1] == "session_data.0", "{strategy} {pieces:?}");
        assert!(signed_up.set_cookies().iter().all(|line| line.len() <= 4050));
        change_the_row(&app).await;

        let whole = app.session(&cookies).await;
        let reversed: Vec<_> = cookies.split("; ").collect();
        let reversed = reversed.into_iter().rev().collect::<Vec<_>>().join("; ");
        let without_the_last = cookies.rsplit_once("; ").unwrap().0;

        assert!(is_cached(&whole) && is_cached(&app.session(&reversed).await), "{strategy}");
        assert_eq!(whole.json()["user"]["image"], image);
        let in_part = app.session(without_the_last).await;
        assert!(!is_cached(&in_part), "{strategy}");
        let expected: Vec<_> =
            pieces[1..].iter().map(|name| format!("better-auth.{name}=")).collect();
        for piece in &expected {
            let last = in_part.set_cookies().into_iter().rfind(|line| line.starts_with(piece));
            assert!(last.is_some_and(|line| !line.contains("Max-Age=0")), "{strategy} {in_part:?}");
        }

        let out = app.post("/api/auth/sign-out").cookie(&cookies).origin(BASE).send().await;
        for piece in &pieces[1..] {
            assert!(out.cleared().contains(piece), "{strategy} {piece}: {out:?}");
        }
    }
}

#[tokio::test]
async fn a_shorter_one_takes_the_old_pieces_away() {
    let app = with_cache("compact").await;
    let image = "x".repeat(7000);
    let body =
        json!({ "name": "Ada", "email": "a@b.co", "password": "correct horse", "image": image });
    let cookies = app.post("/api/auth/sign-up/email").json(&body).send().await.cookies();

    let reply = app.act("/api/auth/update-user", &cookies, &json!({ "image": null })).send().await;

    for piece in &names(&cookies)[1..] {
        let line = format!("better-auth.{piece}=");
        let last = reply.set_cookies().into_iter().rfind(|other| other.starts_with(&line));
        assert!(last.is_some_and(|line| line.contains("=; Max-Age=0;")), "{piece}: {reply:?}");
    }
    let last = *reply.set_cookies().last().unwrap();
    assert!(last.starts_with("better-auth.session_data=ey"), "{last}");
}

#[tokio::test]
async fn a_change_of_ones_own_shows_at_once() {
    for strategy in STRATEGIES {
        let app = with_cache(strategy).await;
        let cookies = app.sign_up("ada@example.com").await.cookies();

        let body = json!({ "name": "Changed" });
        let reply = app.act("/api/auth/update-user", &cookies, &body).send().await;

        let after = reply.cookies_after(&cookies);
        assert!(!is_cached(&app.session(&after).await), "{strategy}");
    }
}

#[tokio::test]
async fn a_refresh_by_another_endpoint_sends_the_token_and_the_copy() {
    for strategy in STRATEGIES {
        let app = with_cache(strategy).await;
        let cookies = app.sign_up("ada@example.com").await.cookies();
        app.clock.advance(Duration::days(2));

        let reply = app.get("/api/auth/list-accounts").cookie(&cookies).send().await;

        let set: Vec<_> =
            reply.set_cookies().into_iter().filter(|line| !line.contains("Max-Age=0")).collect();
        assert!(set[0].starts_with("better-auth.session_token="), "{strategy} {reply:?}");
        assert!(set[1].starts_with("better-auth.session_data="), "{strategy} {reply:?}");
    }
}

#[tokio::test]
async fn a_session_that_is_not_remembered_has_a_copy_without_an_age() {
    for (strategy, lasts) in [("compact", 60), ("jwt", 300), ("jwe", 300)] {
        let app = with_cache(strategy).await;
        let body = json!({ "name": "Ada", "email": "a@b.co", "password": "correct horse", "rememberMe": false });
        let signed_up = app.post("/api/auth/sign-up/email").json(&body).send().await;
        let cookies = signed_up.cookies();
        assert_eq!(names(&cookies), ["session_token", "dont_remember", "session_data"]);
        assert!(signed_up.set_cookies().iter().all(|line| !line.contains("Max-Age")));
        change_the_row(&app).await;

        app.clock.advance(Duration::seconds(lasts - 1));
        assert!(is_cached(&app.session(&cookies).await), "{strategy}");
        app.clock.advance(Duration::SECOND + Duration::MILLISECOND);
        let reply = app.session(&cookies).await;

        assert!(!is_cached(&reply), "{strategy}");
        assert_eq!(reply.cleared(), ["session_data"], "not renewed: {strategy}");
    }
}

#[tokio::test]
async fn a_bearer_token_finds_only_a_copy_of_its_own() {
    let app = with_cache("jwe").await;
    let ada = app.sign_up("ada@example.com").await;
    let bobs = app.sign_up("bob@example.com").await.cookies();

    let request = app.get("/api/auth/get-session").cookie(&bobs);
    let reply = request.bearer(ada.header("set-auth-token")).send().await;

    assert_eq!(reply.json()["user"]["email"], Value::from("ada@example.com"));
}
