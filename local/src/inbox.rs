//! `GET /inbox`: the mails of a laptop, shown to who sits at it and to nobody else.
//!
//! The mails hold links that sign people in. So a request has to come from this machine and to name
//! it: a page elsewhere that had its own name resolve to 127.0.0.1 would name itself (DNS rebinding).

use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use mailer::{Inbox, Received};
use serde_json::json;
use shared::client::ClientIp;
use shared::timestamp::Timestamp;

/// Nothing from outside, no script, and no page around this one.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:16px/1.5 system-ui,sans-serif;max-width:760px;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.4rem}\
a{color:light-dark(#2b4ecb,#9db2ff)}\
ul{list-style:none;padding:0}\
li{border-bottom:1px solid light-dark(#ddd,#444);padding:.7rem 0}\
small{opacity:.7;display:block}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;padding:1rem;border:1px solid light-dark(#ddd,#444);border-radius:8px}\
iframe{width:100%;height:560px;border:1px solid light-dark(#ddd,#444);border-radius:8px}\
.url{overflow-wrap:anywhere}";

/// The pages, and the list as JSON for a script that asks for it with `Accept: application/json`.
pub fn router(inbox: Inbox) -> Router {
    Router::new()
        .route("/inbox", get(list))
        .route("/inbox/{id}", get(show))
        .with_state(inbox)
        .layer(from_fn(for_this_machine))
}

async fn for_this_machine(
    Extension(ClientIp(peer)): Extension<ClientIp>,
    request: Request,
    next: Next,
) -> Response {
    if !(peer.to_canonical().is_loopback() && names_this_machine(request.headers())) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let headers = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, next.run(request).await).into_response()
}

fn names_this_machine(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let authority = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
    authority.is_some_and(|authority| {
        !authority.as_str().contains('@')
            && matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]")
    })
}

async fn list(State(inbox): State<Inbox>, headers: HeaderMap) -> Response {
    let mails = inbox.list();
    let accepts = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accepts.contains("application/json") {
        let mails: Vec<_> = mails.iter().map(|mail| as_json(mail)).collect();
        return ([(CONTENT_TYPE, "application/json")], json!(mails).to_string()).into_response();
    }
    let rows: String = mails.iter().map(|mail| row(mail)).collect();
    let body = if rows.is_empty() {
        "<p>No mail so far. What Latchkey would send appears here, until it stops.</p>".to_owned()
    } else {
        format!("<ul>{rows}</ul>")
    };
    let refresh = r#"<meta http-equiv="refresh" content="5">"#;
    page("Inbox", refresh, &format!("<h1>Inbox</h1>{body}")).into_response()
}

async fn show(State(inbox): State<Inbox>, Path(id): Path<String>) -> Response {
    let Some(mail) = inbox.find(&id) else { return StatusCode::NOT_FOUND.into_response() };
    let subject = escaped(&mail.rendered.subject);
    let link = mail.link.as_ref().map_or_else(String::new, |link| {
        let url = escaped(&link.url);
        format!(
            "<p class=\"url\"><a href=\"{url}\" target=\"_blank\" rel=\"noopener\">{url}</a></p>"
        )
    });
    // A sandbox without scripts, and of an origin of its own; its links open a tab.
    let html = escaped(&format!("<base target=\"_blank\">{}", mail.rendered.html));
    let body = format!(
        "<p><a href=\"/inbox\">Inbox</a></p><h1>{subject}</h1>\
         <small>to {} · {} · {}</small>\
         {link}\
         <iframe sandbox=\"allow-popups allow-popups-to-escape-sandbox\" title=\"HTML\" srcdoc=\"{html}\"></iframe>\
         <h2>Text</h2><pre>{}</pre>",
        escaped(&mail.to),
        mail.kind.as_str(),
        instant(&mail),
        escaped(&mail.rendered.text),
    );
    page(&subject, "", &body).into_response()
}

fn row(mail: &Received) -> String {
    format!(
        "<li><a href=\"/inbox/{}\">{}</a><small>to {} · {}</small></li>",
        escaped(&mail.id),
        escaped(&mail.rendered.subject),
        escaped(&mail.to),
        instant(mail),
    )
}

fn as_json(mail: &Received) -> serde_json::Value {
    json!({
        "id": mail.id,
        "type": mail.kind.as_str(),
        "to": mail.to,
        "subject": mail.rendered.subject,
        "url": mail.link.as_ref().map(|link| &link.url),
        "token": mail.link.as_ref().map(|link| &link.token),
        "text": mail.rendered.text,
        "at": Timestamp(mail.at),
    })
}

fn instant(mail: &Received) -> String {
    serde_json::to_value(Timestamp(mail.at))
        .ok()
        .and_then(|at| at.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn page(title: &str, head: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">{head}\
         <title>{title}</title><style>{STYLE}</style></head><body>{body}</body></html>"
    ))
}

/// For text and for attributes in double quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use mailer::Link;
    use mailer::template::Rendered;
    use shared::mail::Kind;
    use time::OffsetDateTime;
    use tower::ServiceExt as _;

    use super::*;

    fn inbox() -> Inbox {
        let inbox = Inbox::default();
        inbox.put(Received {
            id: "m1".into(),
            kind: Kind::VerifyEmail,
            to: "<i>ada@example.com".into(),
            rendered: Rendered {
                subject: "Verify <script>".into(),
                text: "Hello <script>".into(),
                html: "<p title=\"x\">Hello</p><script>alert(1)</script>".into(),
            },
            link: Some(Link {
                url: "http://localhost:4000/x?a=1&b=\"".into(),
                token: "t".into(),
                valid_for: time::Duration::HOUR,
            }),
            at: OffsetDateTime::UNIX_EPOCH,
        });
        inbox
    }

    async fn get(path: &str, peer: &str, headers: &[(&str, &str)]) -> (Response, String) {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        for (name, value) in headers {
            let name = axum::http::HeaderName::try_from(*name).unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        request.extensions_mut().insert(ClientIp(peer.parse().unwrap()));
        let mut response = router(inbox()).oneshot(request).await.unwrap();
        let body = std::mem::take(response.body_mut());
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        (response, String::from_utf8(bytes.to_vec()).unwrap())
    }

    const PEER: &str = "127.0.0.1";
    const LOCALHOST: (&str, &str) = ("host", "localhost:4000");

    #[tokio::test]
    async fn only_this_machine_under_its_own_name_is_answered() {
        for (peer, host, is_answered) in [
            (PEER, "localhost:4000", true),
            (PEER, "127.0.0.1", true),
            ("::1", "[::1]:4000", true),
            ("::ffff:127.0.0.1", "localhost", true),
            ("192.168.0.7", "localhost:4000", false),
            (PEER, "evil.example:4000", false),
            (PEER, "localhost.evil.example", false),
            (PEER, "localhost@evil.example", false),
            (PEER, "evil.example@localhost", false),
            (PEER, "", false),
        ] {
            for path in ["/inbox", "/inbox/m1"] {
                let (response, body) = get(path, peer, &[("host", host)]).await;
                assert_eq!(response.status() == StatusCode::OK, is_answered, "{peer} {host}");
                assert!(is_answered || body.is_empty());
            }
        }
        let twice = [LOCALHOST, ("host", "evil.example")];
        assert_eq!(get("/inbox", PEER, &twice).await.0.status(), StatusCode::NOT_FOUND);
        assert_eq!(get("/inbox", PEER, &[]).await.0.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn nothing_of_a_mail_runs_in_the_page() {
        for path in ["/inbox", "/inbox/m1"] {
            let (response, body) = get(path, PEER, &[LOCALHOST]).await;

            assert!(!body.contains("<script") && !body.contains("<i>"), "{body}");
            let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none';") && !policy.contains("script-src"));
            assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        }
        let (_, body) = get("/inbox/m1", PEER, &[LOCALHOST]).await;
        let frame = body.split("<iframe ").nth(1).unwrap();
        assert!(frame.starts_with("sandbox=\"allow-popups allow-popups-to-escape-sandbox\""));
        assert!(frame.contains("&lt;p title=&quot;x&quot;&gt;Hello"), "{frame}");
        assert!(body.contains("href=\"http://localhost:4000/x?a=1&amp;b=&quot;\""));
    }

    #[tokio::test]
    async fn a_script_gets_the_list_as_json() {
        let (_, body) = get("/inbox", PEER, &[LOCALHOST, ("accept", "application/json")]).await;

        let mails: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(mails[0]["type"], "verify-email");
        assert_eq!(
            (&mails[0]["token"], &mails[0]["at"]),
            (&json!("t"), &json!("1970-01-01T00:00:00.000Z"))
        );
    }

    #[tokio::test]
    async fn a_mail_that_is_not_there_is_not_found() {
        assert_eq!(get("/inbox/m2", PEER, &[LOCALHOST]).await.0.status(), StatusCode::NOT_FOUND);
    }
}
