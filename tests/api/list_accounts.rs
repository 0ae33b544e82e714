//! `GET /list-accounts`

use tests::app::TestApp;

const PATH: &str = "/api/auth/list-accounts";

#[tokio::test]
async fn a_user_sees_each_account_and_no_secret_of_it() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.sign_up("bob@example.com").await;
    app.sql(
        r#"insert into account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken",
                                "idToken", scope, "createdAt", "updatedAt")
           select 'a2', '4711', 'github', id, 'at-secret', 'rt-secret', 'it-secret', 'repo,user:email',
                  '2026-11-24Z', '2026-11-24Z'
             from "user" where email = 'ada@example.com'"#,
    )
    .await;

    let reply = app.get(PATH).cookie(&cookies).send().await;

    assert_eq!(reply.status, 200);
    let accounts = reply.json();
    let [own, github] = &accounts.as_array().unwrap()[..] else { panic!("{reply:?}") };
    assert_eq!((&own["providerId"], &own["accountId"]), (&"credential".into(), &own["userId"]));
    assert_eq!(own["scopes"], serde_json::json!([]));
    let user_id = own["userId"].as_str().unwrap();
    assert_eq!(
        github.to_string(),
        format!(
            r#"{{"accountId":"4711","providerId":"github","userId":"{user_id}","createdAt":"2026-11-24T00:00:00.000Z","updatedAt":"2026-11-24T00:00:00.000Z","id":"a2","scopes":["repo","user:email"]}}"#
        )
    );
    assert!(!reply.text.contains("secret") && !reply.text.contains("argon2"), "{reply:?}");
}

#[tokio::test]
async fn it_needs_a_session() {
    let app = TestApp::new().await;

    let reply = app.get(PATH).send().await;

    assert_eq!((reply.status, reply.code().as_str()), (401, "UNAUTHORIZED"));
}
