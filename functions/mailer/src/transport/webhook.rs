//! A service of the operator's own that sends the mails. It is told by a POST that is signed as
//! Standard Webhooks has it (<https://www.standardwebhooks.com>, `spec/standard-webhooks.md`).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use serde_json::Value;
use sha2::Sha256;
use shared::config::ConfigError;
use shared::secret::Secret;
use time::OffsetDateTime;
use url::Url;

use super::Failure;
use crate::mail::Mail;
use crate::roots;

/// Before a secret whose bytes are written as base64.
const PREFIX: &str = "whsec_";
/// A shorter key can be guessed, in bytes.
const SHORTEST_KEY: usize = 16;

/// Tells a service what to send.
pub struct Webhook {
    client: Client<HttpsConnector<HttpConnector>, String>,
    uri: Uri,
    key: Hmac<Sha256>,
    user_fields: Vec<(String, String)>,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Webhook(…)")
    }
}

/// What the service is told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    /// The same on every attempt: who has seen it need not send again.
    id: &'a str,
    r#type: &'a str,
    to: &'a str,
    user: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_email: Option<&'a str>,
}

impl Webhook {
    /// From `MAIL_WEBHOOK_URL` and its secret: `whsec_` and base64, or any text. `name` is the variable
    /// that an error names; `user_fields` are names and columns of what users have beyond the core.
    pub fn new(
        url: Url,
        name: &'static str,
        secret: &Secret,
        user_fields: Vec<(String, String)>,
    ) -> Result<Self, ConfigError> {
        let malformed =
            |name, problem: &str| ConfigError::Malformed { name, problem: problem.into() };
        let uri = String::from(url)
            .parse()
            .map_err(|_| malformed("MAIL_WEBHOOK_URL", "it has to be an https:// URL"))?;
        let key = match secret.expose().trim().strip_prefix(PREFIX) {
            Some(base64) => STANDARD
                .decode(base64)
                .map_err(|_| malformed(name, "what follows whsec_ has to be base64"))?,
            None => secret.expose().trim().as_bytes().to_vec(),
        };
        if key.len() < SHORTEST_KEY {
            return Err(malformed(
                name,
                "it has to be of 16 bytes or more: openssl rand -base64 32",
            ));
        }
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(roots::client_config())
            .https_or_http()
            .enable_http1()
            .build();
        // A connection kept by an instance that slept would be dead.
        let client =
            Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        let key = Hmac::new_from_slice(&key).expect("HMAC takes keys of any length");
        Ok(Self { client, uri, key, user_fields })
    }

    pub(super) async fn send(&self, mail: &Mail, now: OffsetDateTime) -> Result<(), Failure> {
        let body = Body {
            id: &mail.id,
            r#type: mail.kind.as_str(),
            to: &mail.to,
            user: mail.user_json(&self.user_fields),
            url: mail.link.as_ref().map(|link| link.url.as_str()),
            token: mail.link.as_ref().map(|link| link.token.as_str()),
            new_email: mail.new_email.as_deref(),
        };
        let body = serde_json::to_string(&body).expect("it has string keys alone");
        let request = self
            .request(&mail.id, now.unix_timestamp(), body)
            .map_err(|_| Failure::Permanent("its id is no header".into()))?;
        let response = self
            .client
            .request(request)
            .await
            .map_err(|_| Failure::Temporary("no connection to the webhook".into()))?;
        outcome(response.status())
    }

    fn request(&self, id: &str, timestamp: i64, body: String) -> http::Result<Request<String>> {
        let mut key = self.key.clone();
        key.update(format!("{id}.{timestamp}.{body}").as_bytes());
        let signature = STANDARD.encode(key.finalize().into_bytes());
        Request::post(self.uri.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "latchkey")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", format!("v1,{signature}"))
            .body(body)
    }
}

fn outcome(status: StatusCode) -> Result<(), Failure> {
    let text = || format!("the webhook answered {}", status.as_u16());
    match status {
        status if status.is_success() => Ok(()),
        // It has looked at this mail and does not want it.
        StatusCode::BAD_REQUEST | StatusCode::GONE | StatusCode::UNPROCESSABLE_ENTITY => {
            Err(Failure::Permanent(text()))
        }
        _ => Err(Failure::Temporary(text())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(secret: &str) -> Result<Webhook, ConfigError> {
        let url = Url::parse("http://localhost:1/mail").unwrap();
        Webhook::new(url, "MAIL_WEBHOOK_SECRET", &Secret::new(secret), Vec::new())
    }

    #[test]
    fn the_signature_is_the_specifications_own_example() {
        let webhook = webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = r#"{"test": 2432232314}"#.to_owned();

        let request = webhook.request("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body).unwrap();

        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(request.headers()["webhook-signature"], expected);
        assert_eq!(request.headers()["webhook-timestamp"], "1614265330");
    }

    #[test]
    fn a_short_secret_is_refused() {
        for secret in ["whsec_", "whsec_c2VjcmV0", "secret", "fifteen letters"] {
            let error = webhook(secret).unwrap_err().to_string();
            assert!(error.contains("MAIL_WEBHOOK_SECRET") && error.contains("openssl"), "{error}");
        }
    }

    #[test]
    fn a_secret_that_is_none_is_not_repeated() {
        let error = webhook("whsec_hunter2!").unwrap_err().to_string();

        assert!(error.contains("MAIL_WEBHOOK_SECRET") && !error.contains("hunter2"), "{error}");
    }

    #[test]
    fn some_answers_are_final_and_most_are_not() {
        for (status, is_final) in
            [(400, true), (410, true), (422, true), (401, false), (404, false), (429, false)]
        {
            let outcome = outcome(StatusCode::from_u16(status).unwrap());
            assert_eq!(matches!(outcome, Err(Failure::Permanent(_))), is_final, "{status}");
        }
        assert!(matches!(outcome(StatusCode::FOUND), Err(Failure::Temporary(_))));
        assert_eq!(outcome(StatusCode::NO_CONTENT), Ok(()));
    }
}
