//! Wakes the mailer: who has written a mail into the outbox rings, so that it goes out at once.
//!
//! A lost ring does no harm. The outbox is what counts, and the mailer looks into it on its own, only
//! later.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::BehaviorVersion;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::error::DisplayErrorContext;
use tokio::sync::Notify;

use crate::config::aws::Aws;
use crate::config::{ConfigError, Vars};

/// What a request waits for at most.
const LIMIT: Duration = Duration::from_millis(250);
/// SQS takes no empty message; nobody reads it.
const MESSAGE: &str = "mail";

/// How the mailer is woken. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Doorbell(Bell);

#[derive(Clone, Debug)]
enum Bell {
    /// The mailer looks on its own.
    None,
    /// It is in this process.
    Local(Arc<Notify>),
    /// It is a function behind a queue.
    Queue { client: Client, url: String },
}

impl Doorbell {
    /// Wakes nobody.
    pub fn none() -> Self {
        Self(Bell::None)
    }

    /// Wakes who waits at [`Doorbell::rung`] of a clone of it.
    pub fn local() -> Self {
        Self(Bell::Local(Arc::new(Notify::new())))
    }

    /// Sends a message to the queue of `MAIL_QUEUE_URL`, with a client from the variables that Lambda
    /// sets itself; wakes nobody where that is unset.
    ///
    /// Errors: a variable that Lambda sets is missing.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let Some(url) = Vars(&var).get("MAIL_QUEUE_URL") else { return Ok(Self::none()) };
        let aws = Aws::from_vars(&var, "AWS_ENDPOINT_URL_SQS")?;
        let mut config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .credentials_provider(aws.credentials)
            .region(aws.region)
            .http_client(aws.http)
            .retry_config(RetryConfig::disabled());
        config.set_endpoint_url(aws.endpoint);
        Ok(Self(Bell::Queue { client: Client::from_conf(config.build()), url }))
    }

    /// Rings. Takes 250 ms at most and never fails: a failure is logged, and the mailer comes later.
    pub async fn ring(&self) {
        match &self.0 {
            Bell::None => {}
            Bell::Local(notify) => notify.notify_one(),
            Bell::Queue { client, url } => {
                let send = client.send_message().queue_url(url).message_body(MESSAGE).send();
                match tokio::time::timeout(LIMIT, send).await {
                    Ok(Ok(_)) => {}
                    Ok(Err(error)) => {
                        let error = DisplayErrorContext(&error);
                        tracing::warn!(%error, "the mailer could not be woken; mails go out later");
                    }
                    Err(_) => tracing::warn!(
                        "the mailer could not be woken in time; mails may go out later"
                    ),
                }
            }
        }
    }

    /// Waits for a ring; one that came while nobody waited counts. Never comes back for a doorbell
    /// that is not of this process.
    pub async fn rung(&self) {
        match &self.0 {
            Bell::Local(notify) => notify.notified().await,
            Bell::None | Bell::Queue { .. } => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// A doorbell whose queue is behind `port`.
    fn queue(port: u16) -> Doorbell {
        let doorbell = Doorbell::from_vars(|name| {
            let value = match name {
                "MAIL_QUEUE_URL" => "https://sqs.eu-central-1.amazonaws.com/1/MailQueue".to_owned(),
                "AWS_ENDPOINT_URL_SQS" => format!("http://127.0.0.1:{port}"),
                "AWS_REGION" => "eu-central-1".to_owned(),
                "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "x".to_owned(),
                _ => return None,
            };
            Some(value)
        });
        doorbell.unwrap()
    }

    #[tokio::test]
    async fn a_ring_before_the_wait_counts() {
        let doorbell = Doorbell::local();

        doorbell.clone().ring().await;

        tokio::time::timeout(Duration::from_secs(5), doorbell.rung()).await.unwrap();
    }

    #[tokio::test]
    async fn a_ring_is_a_message_to_the_queue() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let doorbell = queue(listener.local_addr().unwrap().port());
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = String::new();
            while !request.contains("MessageBody") {
                let mut bytes = [0; 4096];
                let read = stream.read(&mut bytes).await.unwrap();
                request.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
            request
        });

        doorbell.ring().await;

        let request = served.await.unwrap();
        assert!(request.contains("AmazonSQS.SendMessage"), "{request}");
        assert!(request.contains("https://sqs.eu-central-1.amazonaws.com/1/MailQueue"));
    }

    #[tokio::test]
    async fn a_queue_that_is_away_or_hangs_costs_a_quarter_of_a_second() {
        let hanging = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();

        for port in [hanging.local_addr().unwrap().port(), closed.port()] {
            let started = Instant::now();
            queue(port).ring().await;
            assert!(started.elapsed() < Duration::from_millis(900), "{:?}", started.elapsed());
        }
    }

    #[test]
    fn a_queue_without_aws_variables_is_refused_and_no_queue_needs_none() {
        let var = |name: &str| (name == "MAIL_QUEUE_URL").then(|| "https://q".to_owned());

        let error = Doorbell::from_vars(var).unwrap_err().to_string();

        assert!(error.contains("AWS_ACCESS_KEY_ID"), "{error}");
        assert!(matches!(Doorbell::from_vars(|_| None).unwrap().0, Bell::None));
    }
}
