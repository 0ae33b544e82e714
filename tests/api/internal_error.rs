//! What happens when something is broken that should not be: the caller hears nothing of it, the log all.

use tests::app::TestApp;
use tests::log::Log;
use tests::scene::{Scene, endpoints};

#[tokio::test]
async fn a_fault_of_ours_is_a_general_500_and_its_cause_is_in_the_log_alone() {
    let (log, scene) = (Log::start(), Scene::new().await);
    scene.app.sql(r#"alter table "user" rename to hidden_table"#).await;
    let mut broken = 0;
    for (row, endpoint) in endpoints() {
        log.take();

        let reply = scene.signed_in(row, endpoint).send().await;

        if reply.status < 500 {
            continue;
        }
        broken += 1;
        assert_eq!(
            (reply.status, reply.text.as_str()),
            (500, r#"{"message":"Internal Server Error","code":"INTERNAL_SERVER_ERROR"}"#),
            "{}",
            row.name
        );
        assert!(reply.set_cookies().is_empty(), "{} {reply:?}", row.name);
        let lines = log.take();
        let cause = lines.iter().find(|line| line["level"] == "ERROR");
        let cause = cause.unwrap_or_else(|| panic!("{} logs no cause: {lines:?}", row.name));
        assert!(cause["error"].as_str().unwrap().contains("does not exist"), "{cause:?}");
        assert_eq!(cause["spans"][0]["id"], reply.header("x-request-id"), "{}", row.name);
    }
    assert!(broken > 15, "{broken}");
}

#[tokio::test]
async fn who_cannot_be_checked_is_not_let_in() {
    let app = TestApp::new().await;
    let cookies = app.sign_up("ada@example.com").await.cookies();
    app.sql("alter table account rename to hidden_table").await;

    let signed_in = app.sign_in("ada@example.com", "correct horse").await;
    app.sql("alter table session rename to another_table").await;
    let session = app.session(&cookies).await;

    for reply in [signed_in, session] {
        assert_eq!(reply.status, 500);
        assert!(reply.set_cookies().is_empty(), "{reply:?}");
        assert_eq!(reply.header("set-auth-token"), "");
    }
}
