//! Amazon SES, version 2 of its API.

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::BehaviorVersion;
use aws_sdk_sesv2::error::ProvideErrorMetadata;
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, RawMessage};
use lettre::message::Mailbox;
use shared::config::ConfigError;
use shared::config::aws::Aws;
use time::OffsetDateTime;

use super::Failure;
use crate::mail::Mail;
use crate::message::{message, sender};
use crate::template::Rendered;

/// Sends through SES. It gives mails a `Message-ID` of its own, so that one that is sent again after
/// a crash arrives twice.
#[derive(Debug)]
pub struct Ses {
    client: Client,
    from: Mailbox,
}

impl Ses {
    /// From the variables that Lambda sets itself.
    pub(super) fn new(
        from: &str,
        var: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let aws = Aws::from_vars(var, "AWS_ENDPOINT_URL_SESV2")?;
        let mut config = aws_sdk_sesv2::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .credentials_provider(aws.credentials)
            .region(aws.region)
            .http_client(aws.http);
        config.set_endpoint_url(aws.endpoint);
        Ok(Self { client: Client::from_conf(config.build()), from: sender(from)? })
    }

    pub(super) async fn send(
        &self,
        mail: &Mail,
        rendered: Rendered,
        now: OffsetDateTime,
    ) -> Result<(), Failure> {
        let bytes = message(mail, rendered, &self.from, now)?.formatted();
        let raw = RawMessage::builder()
            .data(Blob::new(bytes))
            .build()
            .expect("its only part, the data, is there");
        let sent = self
            .client
            .send_email()
            .destination(Destination::builder().to_addresses(&mail.to).build())
            .content(EmailContent::builder().raw(raw).build())
            .send()
            .await;
        let Err(error) = sent else { return Ok(()) };
        // Its message may quote addresses; its code says enough.
        let code = error.code().unwrap_or("no answer");
        let text = format!("SES: {code}");
        Err(match error.as_service_error() {
            Some(SendEmailError::MessageRejected(_)) => Failure::Permanent(text),
            _ => Failure::Temporary(text),
        })
    }
}
