//! Host headers: no header of a request says where the service is, so that no link in a mail leads elsewhere.

use std::time::{Duration, Instant};

use mailer::transport::Transport;
use mailer::{Inbox, Mailer};
use serde_json::json;
use shared::config::mail::MailerSettings;
use shared::keys::Keyring;
use tests::app::{BASE, SECRET, TestApp, TestRequest};
use tests::scene::{SETTINGS, Scene, endpoints};

const EVIL: &str = "evil.example";
/// What proxies, frameworks and caches have read a host from.
const HEADERS: [(&str, &str); 14] = [
    ("host", EVIL),
    ("x-forwarded-host", EVIL),
    ("x-forwarded-server", EVIL),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-port", "1337"),
    ("x-forwarded-prefix", "//evil.example"),
    ("forwarded", "host=evil.example;proto=https"),
    ("x-host", EVIL),
    ("x-original-host", EVIL),
    ("x-http-host-override", EVIL),
    ("x-original-url", "//evil.example/"),
    ("x-rewrite-url", "//evil.example/"),
    ("base-url", "https://evil.example"),
    ("true-client-ip", EVIL),
];

fn misled(request: TestRequest) -> TestRequest {
    HEADERS.iter().fold(request, |request, (name, value)| request.header(*name, value))
}

/// Source: CWE-640
#[tokio::test]
async fn a_link_in_a_mail_leads_to_the_public_url_alone() {
    let mailing = [("SEND_VERIFICATION_ON_SIGN_UP", "true"), ("DELETE_USER_VERIFICATION", "true")];
    let app = TestApp::with(&[&SETTINGS[..], &mailing].concat()).await;
    let scene = Scene::over(app).await;
    for (row, endpoint) in endpoints().filter(|(row, _)| {
        let are_mailing = [
            "sign_up_email",
            "request_password_reset",
            "send_verification_email",
            "change_email",
            "delete_user",
        ];
        are_mailing.contains(&row.name)
    }) {
        let reply = misled(scene.signed_in(row, endpoint)).send().await;
        assert_eq!(reply.status, 200, "{} {reply:?}", row.name);
    }

    let inbox = Inbox::default();
    let settings = MailerSettings::from_vars(|_| None).unwrap();
    let mailer = Mailer::with(settings, Transport::Inbox(inbox.clone())).unwrap();
    let keys = Keyring::parse(SECRET).unwrap();
    let stop_at = Instant::now() + Duration::from_mins(1);
    mailer.drain(&scene.app.db, &keys, &scene.app.clock, stop_at).await.1.unwrap();

    let mails = inbox.list();
    // Ada has signed up before, and Bob here.
    assert_eq!(mails.len(), 6);
    for mail in mails {
        let url = &mail.link.as_ref().unwrap().url;
        let text = format!("{url} {} {}", mail.rendered.text, mail.rendered.html);
        assert!(url.starts_with(&format!("{BASE}/api/auth/")), "{text}");
        assert!(!text.contains(EVIL) && !text.contains("1337"), "{text}");
    }
}

/// Source: CWE-348
#[tokio::test]
async fn no_header_makes_an_origin_the_services_own() {
    let scene = Scene::new().await;
    let before = scene.app.rows().await;
    for (row, endpoint) in endpoints().filter(|(_, endpoint)| endpoint.method == "POST") {
        for origin in ["http://evil.example", "https://evil.example", "https://evil.example:1337"] {
            let request = scene.request(row, endpoint).cookie(&scene.cookies).origin(origin);
            let reply = misled(request).send().await;

            assert_eq!(
                (reply.status, reply.code().as_str()),
                (403, "INVALID_ORIGIN"),
                "{}",
                row.name
            );
        }
        let url = "https://evil.example/x";
        let body = json!({ "callbackURL": url });
        let reply = misled(scene.app.act(endpoint.path, &scene.cookies, &body)).send().await;
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (403, "INVALID_CALLBACK_URL"),
            "{}",
            row.name
        );
    }
    assert_eq!(scene.app.rows().await, before);
}

/// Source: RFC 9110, section 7.2
#[tokio::test]
async fn no_answer_repeats_a_host_that_a_header_named() {
    let scene = Scene::new().await;
    for (row, endpoint) in endpoints() {
        let reply = misled(scene.request(row, endpoint)).send().await;

        let headers = format!("{:?}", reply.headers);
        assert!(!headers.contains(EVIL) && !reply.text.contains(EVIL), "{} {reply:?}", row.name);
        assert!(!headers.contains("Secure"), "{} believes it is at https: {reply:?}", row.name);
    }
}
