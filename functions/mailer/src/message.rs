//! A mail as it travels: MIME with a text and an HTML part (RFC 5322, RFC 2046).

use std::time::SystemTime;

use lettre::Message;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use shared::config::ConfigError;
use time::OffsetDateTime;

use crate::mail::Mail;
use crate::template::Rendered;
use crate::transport::Failure;

/// Reads `MAIL_FROM`: an address, with or without a name before it.
pub fn sender(from: &str) -> Result<Mailbox, ConfigError> {
    let problem = "it has to be an address, like Example <no-reply@example.com>";
    from.trim()
        .parse()
        .map_err(|_| ConfigError::Malformed { name: "MAIL_FROM", problem: problem.into() })
}

/// `Auto-Submitted: auto-generated` (RFC 3834): nobody's out-of-office answers it.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".into())
    }
}

/// Puts a mail together. A sender without a name gets the service's.
///
/// Errors: permanent, an address that no mail can go to.
pub fn message(
    mail: &Mail,
    rendered: Rendered,
    from: &Mailbox,
    now: OffsetDateTime,
) -> Result<Message, Failure> {
    let to = mail
        .to
        .parse()
        .map_err(|_| Failure::Permanent("no mail can go to such an address".into()))?;
    let name = from.name.clone().unwrap_or_else(|| one_line(&mail.app_name));
    Message::builder()
        .from(Mailbox::new(Some(name), from.email.clone()))
        .to(Mailbox::new(None, to))
        .subject(one_line(&rendered.subject))
        .message_id(Some(message_id(mail)))
        .date(SystemTime::from(now))
        .header(AutoSubmitted)
        .multipart(MultiPart::alternative_plain_html(rendered.text, rendered.html))
        .map_err(|_| Failure::Permanent("it makes no message".into()))
}

/// The same on every attempt, so that a mailbox shows a mail once that was sent twice.
pub fn message_id(mail: &Mail) -> String {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_ascii_alphanumeric() || ".-_".contains(*c)).collect()
    };
    format!("<{}@{}>", plain(&mail.id), plain(&mail.host))
}

/// Without line breaks or other control characters: they would begin a header of their own.
pub fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}
