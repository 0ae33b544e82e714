//! Rotation of the signing secret, while processes serve: nobody is signed out, and a key that has ended signs nobody in.

use serde_json::json;
use tests::app::{SECRET, TestApp};
use time::Duration;

const NEW: &str = "ABCDefghijklmnopqrstuvwxyz9876543210wxyz";

/// The list that takes the place of [`SECRET`]: the new key signs an hour after the start, when every
/// process has read it; the old one is accepted for a session's life from then on.
fn rotated() -> String {
    json!([
        { "version": 2, "value": NEW, "signs_from": "2026-11-23T13:00:00Z" },
        { "version": 1, "value": SECRET, "accepted_until": "2026-11-30T13:00:01Z" },
    ])
    .to_string()
}

/// What a browser of somebody who is signed in holds, after it has asked a process.
async fn still_in(app: &TestApp, cookies: &str) -> String {
    let reply = app.session(cookies).await;
    assert_eq!(reply.json()["user"]["email"], "ada@example.com", "{reply:?}");
    reply.cookies_after(cookies)
}

#[tokio::test]
async fn nobody_is_signed_out_while_processes_read_the_list_one_after_the_other() {
    for settings in [
        &[][..],
        &[("COOKIE_CACHE", "compact")],
        &[("COOKIE_CACHE", "jwt")],
        &[("COOKIE_CACHE", "jwe")],
    ] {
        let old = TestApp::with(settings).await;
        let new = old.beside(&rotated(), settings);
        let mut browsers = vec![old.sign_up("ada@example.com").await.cookies()];
        browsers.push(new.sign_in("ada@example.com", "correct horse").await.cookies());
        // One process has the list, the other has not: their answers alternate.
        for n in 0..11 {
            old.clock.advance(Duration::minutes(5));
            for browser in &mut browsers {
                let app = if n % 2 == 0 { &old } else { &new };
                *browser = still_in(app, browser).await;
                *browser = still_in(if n % 2 == 0 { &new } else { &old }, browser).await;
            }
        }

        // Both have it, and the new key signs.
        old.clock.advance(Duration::minutes(10));
        let other = old.beside(&rotated(), settings);
        browsers.push(new.sign_in("ada@example.com", "correct horse").await.cookies());
        for day in 0..14 {
            for browser in &mut browsers {
                *browser = still_in(&new, browser).await;
                *browser = still_in(&other, browser).await;
            }
            old.clock.advance(Duration::days(1));
            assert!(day < 14);
        }
        assert_eq!(old.count("select count(*) from session").await, 3);

        // The old key is accepted no longer: the browsers hold what the new one signed.
        let list = json!([{ "version": 2, "value": NEW }]).to_string();
        for browser in &browsers {
            still_in(&old.beside(&list, settings), browser).await;
        }
    }
}

#[tokio::test]
async fn links_and_sealed_tokens_of_either_process_count_at_both() {
    let old = TestApp::new().await;
    let new = old.beside(&rotated(), &[]);
    old.sign_up("ada@example.com").await;
    let body = json!({ "email": "ada@example.com" });
    new.post("/api/auth/request-password-reset").json(&body).send().await;
    // `mail()` opens it with the old secret alone.
    let token = old.mail().await.token.unwrap();
    let link = old.link_token(&json!({ "email": "ada@example.com" }));

    let followed = new.get(&format!("/api/auth/verify-email?token={link}")).send().await;
    let body = json!({ "newPassword": "battery staple", "token": token });
    let reset = old.post("/api/auth/reset-password").json(&body).send().await;

    assert_eq!((followed.status, reset.status), (200, 200), "{followed:?} {reset:?}");
}

#[tokio::test]
async fn a_key_that_is_no_longer_accepted_signs_nobody_in() {
    let old = TestApp::new().await;
    let cookies = old.sign_up("ada@example.com").await.cookies();
    let link = old.link_token(&json!({ "email": "ada@example.com" }));
    let list = json!([
        { "version": 2, "value": NEW },
        { "version": 1, "value": SECRET, "accepted_until": "2026-11-23T12:00:00Z" },
    ])
    .to_string();
    let new = old.beside(&list, &[]);

    let session = new.session(&cookies).await;
    let followed = new.get(&format!("/api/auth/verify-email?token={link}")).send().await;

    assert_eq!(session.text, "null");
    assert_eq!((followed.status, followed.code().as_str()), (401, "INVALID_TOKEN"));
}

/// Source: NIST SP 800-57 part 1, section 5.3 (cryptoperiods): what the old key signed stays good for its time.
#[tokio::test(flavor = "multi_thread")]
async fn requests_under_way_while_the_key_changes_are_answered_by_any_process() {
    for settings in [&[][..], &[("COOKIE_CACHE", "jwe")]] {
        let first = TestApp::with(settings).await;
        first.sign_up("ada@example.com").await;
        // Every process has the list; the new key begins to sign in the middle of the requests.
        let processes = std::sync::Arc::new([
            first.beside(&rotated(), settings),
            first.beside(&rotated(), settings),
        ]);
        let versions = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));

        let browsers: Vec<_> = (0..4)
            .map(|browser| {
                let (processes, versions) = (processes.clone(), versions.clone());
                tokio::spawn(async move {
                    let mut cookies = String::new();
                    for n in 0..30 {
                        let (one, other) = (&processes[(n + browser) % 2], &processes[n % 2]);
                        if n % 5 == 0 {
                            let reply = one.sign_in("ada@example.com", "correct horse").await;
                            assert_eq!(reply.status, 200, "{reply:?}");
                            versions.lock().unwrap().push((one.clock.now(), reply.cookies()));
                            cookies = reply.cookies();
                        }
                        cookies = still_in(other, &cookies).await;
                        if browser == 0 {
                            one.clock.advance(Duration::minutes(4));
                        }
                    }
                })
            })
            .collect();
        for browser in browsers {
            browser.await.unwrap();
        }

        // Both keys have signed, and what either signed is good.
        let signed = versions.lock().unwrap().clone();
        let changed_at = time::macros::datetime!(2026-11-23 13:00 UTC);
        assert!(signed.iter().any(|(at, _)| *at < changed_at));
        assert!(signed.iter().any(|(at, _)| *at >= changed_at));
        for (_, cookies) in &signed {
            still_in(&processes[0], cookies).await;
        }
        // The old key alone knows what it signed, and not what the new one did.
        let last = &signed.iter().max_by_key(|(at, _)| *at).unwrap().1;
        assert_eq!(first.session(last).await.text, "null");
    }
}
