//! `Authorization: Bearer`, wherever a session is read.

use tests::app::{BASE, TestApp};
use tests::scene::{SETTINGS, Scene, endpoints, is_guarded};

#[tokio::test]
async fn a_token_is_taken_signed_encoded_or_bare() {
    let app = TestApp::new().await;
    let signed_up = app.sign_up("ada@example.com").await;
    let signed = signed_up.header("set-auth-token").to_owned();
    let encoded = signed_up.cookies().split_once('=').unwrap().1.to_owned();
    let bare = signed_up.json()["token"].as_str().unwrap().to_owned();
    for token in [&signed, &encoded, &bare, &format!("  {signed} ")] {
        let reply = app.get("/api/auth/get-session").bearer(token).send().await;

        assert_eq!(reply.json()["user"]["email"], "ada@example.com", "{token}");
        assert!(reply.set_cookies().is_empty());
    }
    let lower = app.get("/api/auth/session").header("authorization", &format!("bearer {signed}"));
    assert_ne!(lower.send().await.text, "null");
}

#[tokio::test]
async fn bare_tokens_can_be_refused() {
    let app = TestApp::with(&[("BEARER_REQUIRE_SIGNATURE", "true")]).await;
    let signed_up = app.sign_up("ada@example.com").await;
    let bare = signed_up.json()["token"].as_str().unwrap().to_owned();
    let session =
        async |token: &str| app.get("/api/auth/get-session").bearer(token).send().await.text;

    assert_eq!(session(&bare).await, "null");
    assert_ne!(session(signed_up.header("set-auth-token")).await, "null");
}

#[tokio::test]
async fn none_is_taken_or_handed_out_where_they_are_switched_off() {
    let settings = SETTINGS.into_iter().chain([("DISABLE_BEARER", "true")]).collect::<Vec<_>>();
    let scene = Scene::over(TestApp::with(&settings).await).await;
    let (_, encoded) = scene.cookies.split_once('=').unwrap();
    let bare = scene.app.text("select token from session where token <> 'other'").await;

    for (row, endpoint) in endpoints().filter(|(row, _)| is_guarded(row)) {
        for token in [encoded, &bare] {
            let reply = scene.request(row, endpoint).bearer(token).send().await;
            assert_eq!(reply.status, 401, "{}", row.name);
        }
    }
    let session = scene.app.get("/api/auth/get-session").bearer(encoded).send().await;
    assert_eq!(session.text, "null");
    let signed_in = scene.app.sign_in("ada@example.com", "correct horse").await;
    scene.app.clock.advance(time::Duration::days(2));
    let extended = scene.app.session(&scene.cookies).await;
    for reply in [&signed_in, &extended] {
        assert!(!reply.set_cookies().is_empty(), "{reply:?}");
        assert_eq!(reply.header("set-auth-token"), "");
    }
}

#[tokio::test]
async fn a_good_token_wins_over_the_cookie_and_a_bad_one_is_ignored() {
    let app = TestApp::new().await;
    let ada = app.sign_up("ada@example.com").await;
    let bob = app.sign_up("bob@example.com").await;
    let bobs = bob.header("set-auth-token").to_owned();
    let who = async |token: &str| {
        let request = app.get("/api/auth/get-session").cookie(&ada.cookies()).bearer(token);
        request.send().await.json()["user"]["email"].clone()
    };

    assert_eq!(who(&bobs).await, "bob@example.com");
    for bad in ["nonsense.sig", &bobs.replace('.', ".x"), ".", "%ff.%ff"] {
        assert_eq!(who(bad).await, "ada@example.com", "{bad}");
    }
}

#[tokio::test]
async fn it_signs_out_and_needs_no_origin() {
    let app = TestApp::new().await;
    let token = app.sign_up("ada@example.com").await.header("set-auth-token").to_owned();

    let reply =
        app.post("/api/auth/sign-out").bearer(&token).origin("https://evil.com").send().await;

    assert_eq!(reply.status, 200);
    assert_eq!(app.count("select count(*) from session").await, 0);
}

#[tokio::test]
async fn an_extended_session_hands_its_token_out_again() {
    let app = TestApp::new().await;
    let token = app.sign_up("ada@example.com").await.header("set-auth-token").to_owned();
    app.clock.advance(time::Duration::days(2));

    let reply = app.get("/api/auth/get-session").bearer(&token).origin(BASE).send().await;

    assert_eq!(reply.header("set-auth-token"), token);
    assert_eq!(reply.header("access-control-expose-headers"), "set-auth-token");
}
