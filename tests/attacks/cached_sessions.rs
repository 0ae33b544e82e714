//! Cached sessions: a copy in a cookie is believed for minutes, by one endpoint, and for its own session alone.

use serde_json::json;
use tests::app::TestApp;
use tests::scene::{SETTINGS, Scene, endpoints, is_guarded};
use time::Duration;

const STRATEGIES: [&str; 3] = ["compact", "jwt", "jwe"];

async fn with_cache(strategy: &str) -> TestApp {
    TestApp::with(&[SETTINGS[0], SETTINGS[1], ("COOKIE_CACHE", strategy)]).await
}

/// The session's cookie, and the copy's.
fn parts(cookies: &str) -> (&str, &str) {
    cookies.split_once("; ").unwrap()
}

/// What ends a session behind its holder's back.
const ENDS: [(&str, &str); 4] = [
    ("revoked", "delete from session"),
    ("its user deleted", r#"delete from "user""#),
    ("expired", r#"update session set "expiresAt" = '2026-11-23 11:59:59Z'"#),
    ("another's", "update session set token = 'another ' || token"),
];

/// Source: CWE-613
#[tokio::test]
async fn no_endpoint_but_get_session_believes_a_copy_of_a_session_that_has_ended() {
    for ((title, end), strategy) in ENDS.iter().zip(STRATEGIES.iter().cycle()) {
        let settings = [SETTINGS.as_slice(), &[("COOKIE_CACHE", strategy)]].concat();
        let scene = Scene::over(TestApp::with(&settings).await).await;
        assert!(scene.cookies.contains("session_data="), "{}", scene.cookies);
        scene.app.sql(end).await;
        for (row, endpoint) in endpoints().filter(|(row, _)| is_guarded(row)) {
            let reply = scene.signed_in(row, endpoint).send().await;

            let refusal = (reply.status, reply.code());
            assert_eq!(refusal, (401, "UNAUTHORIZED".into()), "{strategy} {title}: {}", row.name);
            assert!(reply.cleared().contains(&"session_data"), "{strategy} {title}: {}", row.name);
        }
    }
}

/// What core.md §13.4 bounds: get-session may believe a copy for five minutes, and not a moment longer.
///
/// Source: CWE-613
#[tokio::test]
async fn a_copy_of_a_session_that_has_ended_is_believed_for_its_age_at_most() {
    for strategy in STRATEGIES {
        let app = with_cache(strategy).await;
        for (n, (title, end)) in ENDS.into_iter().enumerate() {
            let cookies = app.sign_up(&format!("ada{n}@example.com")).await.cookies();
            app.sql(end).await;

            let asked = app.get("/api/auth/get-session?disableCookieCache=true").cookie(&cookies);
            assert_eq!(asked.send().await.text, "null", "{strategy} {title}");
            app.clock.advance(Duration::minutes(5) + Duration::MILLISECOND);
            let reply = app.session(&cookies).await;

            assert_eq!(reply.text, "null", "{strategy} {title}");
            assert!(reply.cleared().contains(&"session_data"), "{strategy} {title}");
        }
    }
}

/// However often it is shown: a copy renews nothing by itself.
#[tokio::test]
async fn showing_a_copy_makes_it_no_younger() {
    for strategy in STRATEGIES {
        let app = with_cache(strategy).await;
        let mut cookies = app.sign_up("ada@example.com").await.cookies();
        app.sql("delete from session").await;
        for _ in 0..5 {
            app.clock.advance(Duration::seconds(59));
            let reply = app.session(&cookies).await;
            assert_ne!(reply.text, "null", "{strategy}");
            cookies = reply.cookies_after(&cookies);
        }

        app.clock.advance(Duration::seconds(5) + Duration::MILLISECOND);

        assert_eq!(app.session(&cookies).await.text, "null", "{strategy}");
    }
}

/// Source: CWE-565
#[tokio::test]
async fn a_copy_counts_for_the_session_that_it_was_made_of_alone() {
    for strategy in STRATEGIES {
        let app = with_cache(strategy).await;
        let first = app.sign_up("ada@example.com").await.cookies();
        let second = app.sign_in("ada@example.com", "correct horse").await.cookies();
        let bobs = app.sign_up("bob@example.com").await.cookies();
        let show = async |token: &str, copy: &str| {
            let reply = app.session(&format!("{}; {}", parts(token).0, parts(copy).1)).await;
            (reply.json()["session"]["token"].clone(), reply.json()["user"]["email"].clone())
        };
        let own = async |cookies: &str| {
            let reply = app.session(parts(cookies).0).await;
            (reply.json()["session"]["token"].clone(), reply.json()["user"]["email"].clone())
        };

        for token in [&first, &second, &bobs] {
            for copy in [&first, &second, &bobs] {
                assert_eq!(show(token, copy).await, own(token).await, "{strategy}");
            }
        }
        app.sql("delete from session").await;
        for (token, copy) in
            [(&first, &second), (&second, &first), (&bobs, &first), (&first, &bobs)]
        {
            assert!(show(token, copy).await.0.is_null(), "{strategy}");
        }
        // A copy without its token, and under the token's name.
        let (token, copy) = parts(&bobs);
        let value = copy.split_once('=').unwrap().1;
        assert_eq!(app.session(copy).await.text, "null");
        let as_token = format!("better-auth.session_token={value}; {copy}");
        assert_eq!(app.session(&as_token).await.text, "null", "{strategy} {token}");
    }
}

/// Source: CWE-565
#[tokio::test]
async fn pieces_of_two_copies_make_none() {
    for strategy in STRATEGIES {
        let app = with_cache(strategy).await;
        let mut people = Vec::new();
        for (email, filling) in [("ada@example.com", "a"), ("bob@example.com", "b")] {
            let cookies = app.sign_up(email).await.cookies();
            let body = json!({ "image": filling.repeat(7000) });
            let reply = app.act("/api/auth/update-user", &cookies, &body).send().await;
            let cookies = reply.cookies_after(&cookies);
            people.push(cookies.split("; ").map(str::to_owned).collect::<Vec<_>>());
        }
        app.sql("delete from session").await;
        let [ada, bob] = &people[..] else { unreachable!() };
        let ada_token = ada.iter().find(|pair| pair.contains("session_token")).unwrap();
        let pieces = |of: &[String]| {
            let pieces = of.iter().filter(|pair| pair.contains("session_data."));
            pieces.cloned().collect::<Vec<_>>()
        };
        let (ada_pieces, bob_pieces) = (pieces(ada), pieces(bob));
        assert!(ada_pieces.len() > 1 && ada_pieces.len() == bob_pieces.len(), "{ada_pieces:?}");
        let show = async |pieces: &[String]| {
            app.session(&format!("{ada_token}; {}", pieces.join("; "))).await.text
        };

        assert_ne!(show(&ada_pieces).await, "null", "{strategy}: it is believed whole");
        for at in 0..ada_pieces.len() {
            let mut mixed = ada_pieces.clone();
            mixed[at].clone_from(&bob_pieces[at]);
            assert_eq!(show(&mixed).await, "null", "{strategy} {at}");
            let mut without = ada_pieces.clone();
            without.remove(at);
            assert_eq!(show(&without).await, "null", "{strategy} {at}");
        }
    }
}
