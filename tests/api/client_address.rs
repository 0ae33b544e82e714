//! Whose address a session has, and whom a limit is for. core.md §18.4

use serde_json::json;
use tests::app::TestApp;
use tests::reply::Reply;

const PATH: &str = "/api/auth/sign-up/email";

/// Signs somebody up from `peer`, who says to speak for `forwarded`.
async fn sign_up(app: &TestApp, email: &str, peer: &str, forwarded: &str) -> Reply {
    let body = json!({ "name": "Ada", "email": email, "password": "correct horse" });
    let request = app.post(PATH).json(&body).from(peer).header("x-forwarded-for", forwarded);
    request.send().await
}

async fn addresses(app: &TestApp) -> Vec<String> {
    sqlx::query_scalar(r#"select "ipAddress" from session order by "ipAddress""#)
        .fetch_all(&app.db)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_header_is_hearsay_unless_a_trusted_proxy_wrote_it() {
    for (settings, peer, expected) in [
        (&[][..], "198.51.100.1", "198.51.100.1"),
        (&[], "127.0.0.1", "127.0.0.1"),
        (&[("TRUSTED_PROXIES", "10.0.0.0/8")], "198.51.100.1", "198.51.100.1"),
        (&[("TRUSTED_PROXIES", "10.0.0.0/8")], "10.0.0.1", "203.0.113.9"),
        (&[("TRUSTED_PROXIES", "10.0.0.0/8"), ("IP_ADDRESS_HEADERS", "x-real-ip")], "10.0.0.1", ""),
        (&[("DISABLE_IP_TRACKING", "true")], "198.51.100.1", ""),
    ] {
        let app = TestApp::with(settings).await;

        let reply = sign_up(&app, "ada@example.com", peer, "1.2.3.4, 203.0.113.9, 10.9.9.9").await;

        assert_eq!(reply.status, 200);
        assert_eq!(addresses(&app).await, [expected], "{settings:?} {peer}");
    }
}

#[tokio::test]
async fn behind_a_proxy_each_client_has_a_counter_and_nobody_shares_the_proxys() {
    let app =
        TestApp::with(&[("RATE_LIMIT_ENABLED", "true"), ("TRUSTED_PROXIES", "10.0.0.1")]).await;
    let status = async |n: usize, forwarded: &str| {
        sign_up(&app, &format!("a{n}@b.co"), "10.0.0.1", forwarded).await.status
    };

    for n in 0..3 {
        assert_eq!(status(n, &format!("1.2.3.{n}, 203.0.113.9")).await, 200);
    }
    assert_eq!(status(3, "5.6.7.8, 203.0.113.9").await, 429);
    assert_eq!(status(4, "203.0.113.9, 203.0.113.10").await, 200);
    for n in 5..10 {
        assert_eq!(status(n, "unknown").await, 200, "no address, no counter of all such clients");
    }
}

#[tokio::test]
async fn without_tracking_no_address_is_counted() {
    let app =
        TestApp::with(&[("RATE_LIMIT_ENABLED", "true"), ("DISABLE_IP_TRACKING", "true")]).await;

    for n in 0..5 {
        assert_eq!(sign_up(&app, &format!("a{n}@b.co"), "203.0.113.5", "").await.status, 200);
    }

    assert_eq!(app.count(r#"select count(*) from "rateLimit""#).await, 0);
}
