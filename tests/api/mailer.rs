//! The mailer: what waits in the outbox leaves once, whatever happens on the way.

use std::collections::BTreeSet;
use std::time::{Duration as StdDuration, Instant};

use crate::mail_sinks::{HttpServer, MailServer, Manners};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use mailer::transport::Transport;
use mailer::transport::smtp::Smtp;
use mailer::{Inbox, LEASE, MAX_ATTEMPTS, Mailer, Report};
use serde_json::{Value, json};
use sha2::Sha256;
use shared::config::Nearby;
use shared::config::mail::MailerSettings;
use shared::db::outbox;
use shared::keys::Keyring;
use shared::mail::Kind;
use shared::secret::Secret;
use sqlx::Row;
use tests::app::{BASE, SECRET, START, TestApp};
use time::Duration;

const ONE_SENT: Report = Report { sent: 1, retried: 0, dead: 0, complete: false };
const ONE_RETRIED: Report = Report { sent: 0, retried: 1, dead: 0, complete: false };
const ONE_DEAD: Report = Report { sent: 0, retried: 0, dead: 1, complete: false };
const NOTHING_DUE: Report = Report { sent: 0, retried: 0, dead: 0, complete: true };

/// A mail that some endpoint wants sent.
struct Waiting<'a> {
    id: &'a str,
    kind: Kind,
    address: &'a str,
    new_email: Option<&'a str>,
}

impl Waiting<'_> {
    const RESET: Waiting<'static> = Waiting {
        id: "m1",
        kind: Kind::ResetPassword,
        address: "ada@example.com",
        new_email: None,
    };

    /// Puts it into the outbox, for the user `ada@example.com`.
    async fn queue(&self, app: &TestApp) {
        let sealed = Keyring::parse(SECRET).unwrap().seal("GF2kUUMJsoM9KPH83IWGfG2h", START);
        let written = sqlx::query(
            r#"insert into latchkey_outbox
                 (id, kind, user_id, address, new_email, callback_url, base_url, sealed_token, created_at, due_at)
               select $1, $2, id, $3, $4, '/after', $5, $6, $7, $7 from "user" where name = 'Ada'"#,
        )
        .bind(self.id)
        .bind(self.kind.as_str())
        .bind(self.address)
        .bind(self.new_email)
        .bind(BASE)
        .bind(sealed)
        .bind(START)
        .execute(&app.db)
        .await
        .unwrap();
        assert_eq!(written.rows_affected(), 1);
    }
}

/// The service with Ada in it and one reset mail due.
async fn app_with_mail() -> TestApp {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    Waiting::RESET.queue(&app).await;
    app
}

fn settings(pairs: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
    let pairs: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    move |name| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
}

pub fn by_inbox() -> (Mailer, Inbox) {
    let inbox = Inbox::default();
    let settings = MailerSettings::from_vars(|_| None).unwrap();
    (Mailer::with(settings, Transport::Inbox(inbox.clone())).unwrap(), inbox)
}

pub async fn by_smtp(port: u16) -> Mailer {
    let url = format!("smtp://127.0.0.1:{port}?tls=none");
    let smtp =
        [("MAIL_TRANSPORT", "smtp"), ("MAIL_FROM", "no-reply@example.com"), ("SMTP_URL", &url)];
    Mailer::load(settings(&smtp)).await.unwrap()
}

async fn by_webhook(port: u16) -> Mailer {
    let url = format!("http://127.0.0.1:{port}/mails?a=1");
    let webhook = [
        ("MAIL_TRANSPORT", "webhook"),
        ("MAIL_WEBHOOK_URL", url.as_str()),
        ("MAIL_WEBHOOK_SECRET", "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ="),
        ("USER_FIELDS", r#"{"role":{"type":"string"},"plan":{"type":"string"}}"#),
    ];
    Mailer::load(settings(&webhook)).await.unwrap()
}

async fn run(mailer: &Mailer, app: &TestApp) -> Report {
    let keys = Keyring::parse(SECRET).unwrap();
    let (report, outcome) = mailer.run_once(&app.db, &keys, &app.clock).await;
    outcome.unwrap();
    report
}

pub async fn drain(mailer: &Mailer, app: &TestApp) -> Report {
    let keys = Keyring::parse(SECRET).unwrap();
    let stop_at = Instant::now() + StdDuration::from_mins(1);
    let (report, outcome) = mailer.drain(&app.db, &keys, &app.clock, stop_at).await;
    outcome.unwrap();
    report
}

/// What the outbox says of `m1`.
async fn error(app: &TestApp) -> String {
    let row = sqlx::query("select coalesce(error, '') from latchkey_outbox where id = 'm1'");
    row.fetch_one(&app.db).await.unwrap().get(0)
}

fn header<'a>(mail: &'a str, name: &str) -> Vec<&'a str> {
    let head = mail.split("\r\n\r\n").next().unwrap();
    head.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).collect()
}

#[tokio::test]
async fn two_mailers_at_once_send_each_mail_once() {
    let app = app_with_mail().await;
    for n in 0..40 {
        Waiting { id: &format!("n{n}"), ..Waiting::RESET }.queue(&app).await;
    }
    let ((one, one_inbox), (other, other_inbox)) = (by_inbox(), by_inbox());

    let (a, b) = tokio::join!(drain(&one, &app), drain(&other, &app));

    assert_eq!(a.sent + b.sent, 41);
    let (here, there) = (one_inbox.list(), other_inbox.list());
    let ids: BTreeSet<_> = here.iter().chain(&there).map(|mail| mail.id.clone()).collect();
    assert_eq!((here.len() + there.len(), ids.len()), (41, 41));
    let left =
        "select count(*) from latchkey_outbox where sent_at is null or sealed_token is not null";
    assert_eq!(app.count(left).await, 0);
}

#[tokio::test]
async fn a_mail_is_leased_once_while_the_lease_lasts() {
    let app = app_with_mail().await;
    let (now, until) = (app.clock.now(), app.clock.now() + LEASE);
    let lease = |at| outbox::lease(&app.db, at, until, 10);

    assert_eq!(lease(now).await.unwrap().len(), 1);
    assert!(lease(now).await.unwrap().is_empty());
    assert_eq!(outbox::next_due_at(&app.db).await.unwrap(), Some(until));
    assert_eq!(lease(until).await.unwrap()[0].attempts, 2);
}

#[tokio::test]
async fn a_mailer_killed_before_it_could_mark_sends_again_under_the_same_message_id() {
    let app = app_with_mail().await;
    let hanging = MailServer::start(Manners { answers: false, ..Manners::default() }).await;
    let dying = by_smtp(hanging.port).await;
    tokio::select! {
        report = run(&dying, &app) => panic!("it hangs: {report:?}"),
        () = hanging.arrival() => {} // and the mailer is dropped
    }
    let server = MailServer::start(Manners::default()).await;
    let next = by_smtp(server.port).await;

    assert_eq!(run(&next, &app).await, NOTHING_DUE);
    app.clock.advance(LEASE);
    assert_eq!(run(&next, &app).await, ONE_SENT);

    let id = |server: &MailServer| header(&server.mails()[0], "Message-ID")[0].to_owned();
    assert_eq!(id(&hanging), "<m1@localhost>");
    assert_eq!(id(&server), id(&hanging));
}

#[tokio::test]
async fn a_server_that_is_down_gets_the_mail_when_it_is_back() {
    let app = app_with_mail().await;
    let port =
        tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let mailer = by_smtp(port).await;

    assert_eq!(run(&mailer, &app).await, ONE_RETRIED);
    assert_eq!(error(&app).await, "no connection to the mail server");
    assert_eq!(run(&mailer, &app).await, NOTHING_DUE, "not at once");
    let due_at = outbox::next_due_at(&app.db).await.unwrap().unwrap();
    assert!(due_at >= START + Duration::seconds(5) && due_at <= START + Duration::minutes(1));
    let server = MailServer::on(port, Manners::default()).await;
    app.clock.advance(Duration::minutes(1));

    assert_eq!(drain(&mailer, &app).await, Report { complete: true, ..ONE_SENT });
    assert_eq!(server.mails().len(), 1);
    assert_eq!(error(&app).await, "");
    assert_eq!(app.count("select count(*) from latchkey_outbox where attempts = 2").await, 1);
}

#[tokio::test]
async fn a_server_that_hangs_or_is_busy_gets_the_mail_later() {
    for (manners, expected) in [
        (Manners { answers: false, ..Manners::default() }, "no answer in time"),
        (
            Manners { recipient: "451 4.7.1 see https://x.example/?t=1", ..Manners::default() },
            "the mail server refused: 451 4.7.1",
        ),
        (
            Manners { recipient: "550 5.7.1 you are on a list", ..Manners::default() },
            "the mail server refused: 550 5.7.1",
        ),
    ] {
        let app = app_with_mail().await;
        let server = MailServer::start(manners).await;
        let mailer = by_smtp(server.port).await.with_send_limit(StdDuration::from_millis(300));

        assert_eq!(run(&mailer, &app).await, ONE_RETRIED);

        assert_eq!(error(&app).await, expected);
    }
}

#[tokio::test]
async fn an_address_that_is_refused_is_given_up_and_kept_with_the_reason() {
    let app = app_with_mail().await;
    let refusal = "550 5.1.1 no ada@example.com here, see https://x.example/?t=1";
    let server = MailServer::start(Manners { recipient: refusal, ..Manners::default() }).await;

    assert_eq!(run(&by_smtp(server.port).await, &app).await, ONE_DEAD);

    assert_eq!(error(&app).await, "the mail server refused: 550 5.1.1");
    let kept =
        "select count(*) from latchkey_outbox where dead_at is not null and sealed_token is null";
    assert_eq!(app.count(kept).await, 1);
    app.clock.advance(Duration::days(2));
    assert_eq!(run(&by_inbox().0, &app).await, NOTHING_DUE);
}

#[tokio::test]
async fn after_ten_attempts_a_mail_is_given_up() {
    let app = app_with_mail().await;
    app.sql("update latchkey_outbox set kind = 'verify-email'").await;
    let closed =
        tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let mailer = by_smtp(closed).await;

    let mut reports = Vec::new();
    for _ in 0..MAX_ATTEMPTS {
        reports.push(run(&mailer, &app).await);
        app.clock.advance(Duration::days(2));
    }

    assert_eq!(reports.pop(), Some(ONE_DEAD));
    assert!(reports.iter().all(|report| *report == ONE_RETRIED), "{reports:?}");
    assert_eq!(error(&app).await, "no connection to the mail server");
}

#[tokio::test]
async fn a_mail_that_kills_its_mailer_is_given_up() {
    let app = app_with_mail().await;
    app.sql("update latchkey_outbox set attempts = 10").await;
    let (mailer, inbox) = by_inbox();

    assert_eq!(run(&mailer, &app).await, ONE_DEAD);
    assert!(inbox.list().is_empty());
}

#[tokio::test]
async fn who_is_gone_or_has_another_address_gets_no_mail() {
    let new = Some("new@example.com");
    let verification = Kind::ChangeEmailVerification;
    for (kind, address, new_email, change, reason) in [
        (Kind::ResetPassword, "ada@example.com", None, r#"delete from "user""#, "the user is gone"),
        (Kind::VerifyEmail, "old@example.com", None, "", "no longer the user's"),
        (Kind::ResetPassword, "old@example.com", None, "", "no longer the user's"),
        (Kind::ChangeEmailConfirmation, "old@example.com", new, "", "no longer the user's"),
        (verification, "old@example.com", new, "", "no longer the user's"),
        (verification, "ada@example.com", Some("ada@example.com"), "", "changed already"),
        (
            Kind::ResetPassword,
            "ada@example.com",
            None,
            "update latchkey_outbox set created_at = created_at - interval '1 hour'",
            "expired",
        ),
        (
            Kind::ResetPassword,
            "ada@example.com",
            None,
            "update latchkey_outbox set sealed_token = '9.AAAA'",
            "the key is gone",
        ),
        (
            Kind::ResetPassword,
            "ada@example.com",
            None,
            "update latchkey_outbox set kind = 'greeting'",
            "kind is unknown",
        ),
    ] {
        let app = TestApp::new().await;
        app.sign_up("ada@example.com").await;
        Waiting { id: "m1", kind, address, new_email }.queue(&app).await;
        app.sql(change).await;
        let (mailer, inbox) = by_inbox();

        assert_eq!(run(&mailer, &app).await, ONE_DEAD, "{kind:?}");
        assert!(inbox.list().is_empty(), "{kind:?}");
        assert!(error(&app).await.contains(reason), "{}", error(&app).await);
    }
}

#[tokio::test]
async fn a_change_of_address_is_asked_of_the_old_and_proven_by_the_new() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let new = "new@example.com";
    for (id, kind, address) in [
        ("m1", Kind::ChangeEmailConfirmation, "ada@example.com"),
        ("m2", Kind::ChangeEmailVerification, new),
        ("m3", Kind::ChangeEmailVerification, "ada@example.com"),
    ] {
        Waiting { id, kind, address, new_email: Some(new) }.queue(&app).await;
    }
    let (mailer, inbox) = by_inbox();

    assert_eq!(drain(&mailer, &app).await.sent, 3);

    let to = |id| inbox.find(id).unwrap().to.clone();
    assert_eq!(
        (to("m1").as_str(), to("m2").as_str(), to("m3").as_str()),
        ("ada@example.com", new, new)
    );
    let keys = Keyring::parse(SECRET).unwrap();
    for mail in inbox.list() {
        let link = mail.link.as_ref().unwrap();
        let claims = keys.verify_jwt(&link.token, START).unwrap();
        assert_eq!(claims["email"], "ada@example.com");
        assert_eq!(
            (&claims["updateTo"], &claims["requestType"]),
            (&json!(new), &json!(mail.kind.as_str()))
        );
        assert!(mail.rendered.text.contains(&link.url) && mail.rendered.text.contains(new));
    }
}

#[tokio::test]
async fn a_mail_travels_by_smtp_with_text_and_html() {
    let app = app_with_mail().await;
    app.sql(r#"update "user" set name = 'Ädä'"#).await;
    let server = MailServer::start(Manners::default()).await;

    assert_eq!(run(&by_smtp(server.port).await, &app).await, ONE_SENT);

    let mail = &server.mails()[0];
    let one = |name| header(mail, name).join("|");
    assert_eq!(one("From"), "localhost <no-reply@example.com>");
    assert_eq!(one("To"), "ada@example.com");
    assert_eq!(one("Subject"), "Reset your password for localhost");
    assert_eq!(one("Date"), "Mon, 23 Nov 2026 12:00:00 +0000");
    assert_eq!(one("Auto-Submitted"), "auto-generated");
    assert!(mail.contains("multipart/alternative") && mail.contains("text/html; charset=utf-8"));
    let text = mail.replace("=\r\n", "").replace("=3D", "=");
    let url =
        format!("{BASE}/api/auth/reset-password/GF2kUUMJsoM9KPH83IWGfG2h?callbackURL=%2Fafter");
    assert!(text.contains(&url), "{text}");
}

#[tokio::test]
async fn starttls_comes_before_password_and_mail() {
    let app = app_with_mail().await;
    let (manners, certificate) = Manners::with_tls();
    let server = MailServer::start(Manners { wants_password: true, ..manners }).await;
    let url = Secret::new(format!("smtp://ada:p%40ss@localhost:{}", server.port));
    let mailer = |trusted: &[Vec<u8>]| {
        let from = "App <no-reply@example.com>";
        let smtp = Smtp::new("SMTP_URL", &url, Nearby::Machine, from, trusted).unwrap();
        Mailer::with(MailerSettings::from_vars(|_| None).unwrap(), Transport::Smtp(smtp)).unwrap()
    };

    assert_eq!(run(&mailer(&[]), &app).await, ONE_RETRIED, "whose certificate nobody knows");
    assert!(error(&app).await.contains("certificate"), "{}", error(&app).await);
    assert!(server.mails().is_empty() && server.passwords().is_empty());
    app.clock.advance(Duration::minutes(2));
    assert_eq!(run(&mailer(&[certificate]), &app).await, ONE_SENT);

    assert_eq!(server.passwords(), [format!("AUTH PLAIN {}", STANDARD.encode("\0ada\0p@ss"))]);
    assert_eq!((server.mails().len(), server.plain_mails()), (1, 0));
}

#[tokio::test]
async fn a_server_without_starttls_gets_neither_password_nor_mail() {
    let app = app_with_mail().await;
    let server = MailServer::start(Manners { wants_password: true, ..Manners::default() }).await;
    let url = Secret::new(format!("smtp://ada:pass@localhost:{}", server.port));
    let smtp = Smtp::new("SMTP_URL", &url, Nearby::Machine, "no-reply@example.com", &[]).unwrap();
    let settings = MailerSettings::from_vars(|_| None).unwrap();

    assert_eq!(
        run(&Mailer::with(settings, Transport::Smtp(smtp)).unwrap(), &app).await,
        ONE_RETRIED
    );

    assert!(server.passwords().is_empty() && server.mails().is_empty());
    assert!(error(&app).await.contains("STARTTLS"), "{}", error(&app).await);
}

#[tokio::test]
async fn nothing_gets_into_the_headers() {
    let app = app_with_mail().await;
    app.sql(
        r#"update "user" set name = E'Ada\r\nBcc: eve@example.com\r\n\r\nbody';
           update latchkey_outbox set id = E'm1>\r\nBcc: eve@example.com'"#,
    )
    .await;
    let server = MailServer::start(Manners::default()).await;
    let url = format!("smtp://127.0.0.1:{}?tls=none", server.port);
    let smtp = [
        ("MAIL_TRANSPORT", "smtp"),
        ("MAIL_FROM", "no-reply@example.com"),
        ("SMTP_URL", url.as_str()),
        ("APP_NAME", "App\r\nBcc: eve@example.com"),
    ];
    let mailer = Mailer::load(settings(&smtp)).await.unwrap();

    assert_eq!(run(&mailer, &app).await, ONE_SENT);

    let mail = &server.mails()[0];
    assert!(header(mail, "Bcc").is_empty(), "{mail}");
    assert_eq!(header(mail, "Subject").len(), 1);
    assert_eq!(header(mail, "Message-ID"), ["<m1Bcceveexample.com@localhost>"]);
}

#[tokio::test]
async fn a_webhook_is_told_what_to_send_under_its_signature() {
    let app = app_with_mail().await;
    app.sql(
        r#"alter table "user" add column role text, add column secret text;
           delete from session; delete from account;
           update "user" set role = 'admin', secret = 'hidden', id = 'u1'"#,
    )
    .await;
    app.sql("update latchkey_outbox set user_id = 'u1'").await;
    let server = HttpServer::start(&[]).await;

    assert_eq!(run(&by_webhook(server.port).await, &app).await, ONE_SENT);

    let request = &server.received()[0];
    assert!(request.head.starts_with("post /mails?a=1 http/1.1"), "{}", request.head);
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("webhook-id"), "m1");
    assert_eq!(request.header("webhook-timestamp"), START.unix_timestamp().to_string());
    let mut mac = Hmac::<Sha256>::new_from_slice(b"secret-secret-secret").unwrap();
    mac.update(format!("m1.{}.{}", START.unix_timestamp(), request.body).as_bytes());
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(request.header("webhook-signature"), expected);
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(
        body,
        json!({
            "id": "m1", "type": "reset-password", "to": "ada@example.com",
            "url": format!("{BASE}/api/auth/reset-password/GF2kUUMJsoM9KPH83IWGfG2h?callbackURL=%2Fafter"),
            "token": "GF2kUUMJsoM9KPH83IWGfG2h",
            "user": {
                "name": "Ada", "email": "ada@example.com", "emailVerified": false, "image": null,
                "createdAt": "2026-11-23T12:00:00.000Z", "updatedAt": "2026-11-23T12:00:00.000Z",
                "role": "admin", "plan": null, "id": "u1",
            },
        })
    );
    assert!(request.body.find("plan") < request.body.find(r#""id":"u1""#), "the id comes last");
}

#[tokio::test]
async fn a_webhook_sees_a_new_address_in_the_user_as_better_auths_sender_does() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let (kind, new) = (Kind::ChangeEmailVerification, "new@example.com");
    Waiting { id: "m1", kind, address: new, new_email: Some(new) }.queue(&app).await;
    let server = HttpServer::start(&[]).await;

    run(&by_webhook(server.port).await, &app).await;

    let body: Value = serde_json::from_str(&server.received()[0].body).unwrap();
    assert_eq!(
        (&body["to"], &body["user"]["email"], &body["newEmail"]),
        (&json!(new), &json!(new), &json!(new))
    );
}

#[tokio::test]
async fn a_webhook_gets_no_link_with_a_notice() {
    let app = TestApp::new().await;
    app.sign_up("ada@example.com").await;
    let (kind, address) = (Kind::PasswordChanged, "old@example.com");
    Waiting { id: "m1", kind, address, new_email: None }.queue(&app).await;
    let server = HttpServer::start(&[]).await;

    run(&by_webhook(server.port).await, &app).await;

    let body: Value = serde_json::from_str(&server.received()[0].body).unwrap();
    assert_eq!((&body["type"], &body["to"]), (&json!("password-changed"), &json!(address)));
    assert_eq!((body.get("url"), body.get("token")), (None, None));
}

#[tokio::test]
async fn a_webhook_that_fails_is_told_again_and_one_that_refuses_is_not() {
    let app = app_with_mail().await;
    let server = HttpServer::start(&[
        "503 Service Unavailable",
        "302 Found\nlocation: http://127.0.0.1:1/",
        "410 Gone",
    ])
    .await;
    let mailer = by_webhook(server.port).await;

    let mut reports = Vec::new();
    for _ in 0..4 {
        reports.push(run(&mailer, &app).await);
        app.clock.advance(Duration::minutes(3));
    }

    assert_eq!(reports, [ONE_RETRIED, ONE_RETRIED, ONE_DEAD, NOTHING_DUE]);
    assert_eq!(error(&app).await, "the webhook answered 410");
    let ids: BTreeSet<_> =
        server.received().iter().map(|request| request.header("webhook-id").to_owned()).collect();
    assert_eq!((server.received().len(), ids.len()), (3, 1));
}

#[tokio::test]
async fn ses_is_given_the_whole_message_and_its_refusal_is_final() {
    let app = app_with_mail().await;
    let server = HttpServer::start(&[
        "429 Too Many Requests\nx-amzn-errortype: TooManyRequestsException\n\n{}",
        "200 OK\ncontent-type: application/json\n\n{\"MessageId\":\"x\"}",
        "400 Bad Request\nx-amzn-errortype: MessageRejected\n\n{\"message\":\"hunter2\"}",
    ])
    .await;
    let endpoint = format!("http://127.0.0.1:{}", server.port);
    let ses = [
        ("MAIL_TRANSPORT", "ses"),
        ("MAIL_FROM", "Acme <no-reply@example.com>"),
        ("AWS_ENDPOINT_URL_SESV2", endpoint.as_str()),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "x"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
    ];
    let mailer = Mailer::load(settings(&ses)).await.unwrap();

    assert_eq!(run(&mailer, &app).await, ONE_SENT, "the SDK asks again when it is told to wait");
    Waiting { id: "m2", ..Waiting::RESET }.queue(&app).await;
    assert_eq!(run(&mailer, &app).await, ONE_DEAD);

    let request = &server.received()[1];
    assert!(request.head.starts_with("post /v2/email/outbound-emails"), "{}", request.head);
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(body["Destination"]["ToAddresses"], json!(["ada@example.com"]));
    let raw = STANDARD.decode(body["Content"]["Raw"]["Data"].as_str().unwrap()).unwrap();
    let mail = String::from_utf8(raw).unwrap();
    assert_eq!(header(&mail, "From"), ["Acme <no-reply@example.com>"]);
    let error = sqlx::query("select error from latchkey_outbox where id = 'm2'");
    let error: String = error.fetch_one(&app.db).await.unwrap().get(0);
    assert_eq!(error, "SES: MessageRejected");
}

#[tokio::test]
async fn without_a_transport_nothing_is_touched() {
    let app = app_with_mail().await;
    let mailer = Mailer::load(settings(&[("MAIL_TRANSPORT", "none")])).await.unwrap();

    assert_eq!(drain(&mailer, &app).await, NOTHING_DUE);
    assert_eq!(app.count("select count(*) from latchkey_outbox where attempts = 0").await, 1);
}

#[tokio::test]
async fn no_mail_is_leased_when_time_is_up() {
    let app = app_with_mail().await;
    let keys = Keyring::parse(SECRET).unwrap();
    let (mailer, inbox) = by_inbox();

    let (report, _) = mailer.drain(&app.db, &keys, &app.clock, Instant::now()).await;

    assert_eq!(report, Report::default());
    assert!(inbox.list().is_empty());
}
