//! From a request over a mail server to the link that is followed, and what has changed then.

use crate::mail_sinks::{MailServer, Manners};
use crate::mailer::{by_smtp, drain};
use mailer::Mailer;
use serde_json::json;
use tests::app::{BASE, TestApp};
use tests::reply::Reply;

/// The service, its mailer, and the server that the mails reach.
struct Post {
    app: TestApp,
    mailer: Mailer,
    server: MailServer,
}

impl Post {
    async fn new(settings: &[(&str, &str)]) -> Self {
        let server = MailServer::start(Manners::default()).await;
        let mailer = by_smtp(server.port).await;
        Self { app: TestApp::with(settings).await, mailer, server }
    }

    /// The only mail that has come since, which has to be to `address`: the path of its link.
    async fn link(&self, address: &str, known: usize) -> String {
        drain(&self.mailer, &self.app).await;
        let mails = self.server.mails();
        assert_eq!(mails.len(), known + 1, "{mails:?}");
        // Quoted-printable (RFC 2045, section 6.7), as far as a link needs it.
        let text = mails[known].replace("=\r\n", "").replace("=3D", "=");
        assert!(text.contains(&format!("To: {address}")), "{text}");
        let from = text.find(&format!("{BASE}/api/auth/")).expect("a link");
        let link = text[from..].split_whitespace().next().unwrap();
        link.strip_prefix(BASE).unwrap().to_owned()
    }

    async fn follow(&self, link: &str, cookies: &str) -> Reply {
        self.app.get(link).cookie(cookies).send().await
    }
}

#[tokio::test]
async fn who_signs_up_proves_the_address_and_signs_in() {
    let post = Post::new(&[("REQUIRE_EMAIL_VERIFICATION", "true")]).await;
    let body = json!({
        "name": "Ada", "email": "ada@example.com", "password": "correct horse",
        "callbackURL": "/welcome?a=1",
    });
    post.app.post("/api/auth/sign-up/email").json(&body).send().await;
    assert_eq!(post.app.sign_in("ada@example.com", "correct horse").await.status, 403);

    let link = post.link("ada@example.com", 0).await;
    let followed = post.follow(&link, "").await;

    assert_eq!((followed.status, followed.header("location")), (302, "/welcome?a=1"));
    assert_eq!(post.app.sign_in("ada@example.com", "correct horse").await.status, 200);
}

#[tokio::test]
async fn a_forgotten_password_gives_way_to_a_new_one() {
    let post = Post::new(&[]).await;
    post.app.sign_up("ada@example.com").await;
    let body = json!({ "email": "ada@example.com", "redirectTo": "/new-password" });
    post.app.post("/api/auth/request-password-reset").json(&body).send().await;

    let link = post.link("ada@example.com", 0).await;
    let page = post.follow(&link, "").await;
    let (path, token) = page.header("location").split_once("?token=").unwrap();
    let body = json!({ "newPassword": "battery staple", "token": token });
    let reset = post.app.post("/api/auth/reset-password").json(&body).send().await;

    assert_eq!((page.status, path), (302, "http://localhost:4000/new-password"));
    assert_eq!((reset.status, reset.text.as_str()), (200, r#"{"status":true}"#));
    assert_eq!(post.app.sign_in("ada@example.com", "correct horse").await.status, 401);
    assert_eq!(post.app.sign_in("ada@example.com", "battery staple").await.status, 200);
}

#[tokio::test]
async fn a_proven_address_changes_after_a_mail_to_each() {
    let post =
        Post::new(&[("CHANGE_EMAIL_ENABLED", "true"), ("CHANGE_EMAIL_CONFIRMATION", "true")]).await;
    let cookies = post.app.sign_up("ada@example.com").await.cookies();
    post.app.sql(r#"update "user" set "emailVerified" = true"#).await;
    let body = json!({ "newEmail": "ada@new.example", "callbackURL": "/changed" });
    post.app.act("/api/auth/change-email", &cookies, &body).send().await;

    let asked = post.link("ada@example.com", 0).await;
    assert_eq!(post.follow(&asked, &cookies).await.header("location"), "/changed");
    let unchanged = post.app.session(&cookies).await.json();
    let proven = post.link("ada@new.example", 1).await;
    let followed = post.follow(&proven, &cookies).await;

    assert_eq!(unchanged["user"]["email"], "ada@example.com");
    assert_eq!((followed.status, followed.header("location")), (302, "/changed"));
    let user = &post.app.session(&cookies).await.json()["user"];
    assert_eq!((&user["email"], &user["emailVerified"]), (&json!("ada@new.example"), &json!(true)));
}

#[tokio::test]
async fn an_account_goes_by_the_link_of_a_mail() {
    let post =
        Post::new(&[("DELETE_USER_ENABLED", "true"), ("DELETE_USER_VERIFICATION", "true")]).await;
    let cookies = post.app.sign_up("ada@example.com").await.cookies();
    let body = json!({ "callbackURL": "/bye" });
    post.app.act("/api/auth/delete-user", &cookies, &body).send().await;
    assert_eq!(post.app.count(r#"select count(*) from "user""#).await, 1);

    let link = post.link("ada@example.com", 0).await;
    let followed = post.follow(&link, &cookies).await;

    assert_eq!((followed.status, followed.header("location")), (302, "/bye"));
    assert_eq!(post.app.count(r#"select count(*) from "user""#).await, 0);
    assert_eq!(post.app.session(&cookies).await.text, "null");
}
