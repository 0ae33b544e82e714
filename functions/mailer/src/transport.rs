//! By which way mails leave.

pub mod inbox;
mod ses;
pub mod smtp;
pub mod webhook;

use std::sync::Arc;

use shared::clock::Moment;
use shared::config::ConfigError;
use shared::config::mail::{MailerSettings, SecretSetting, TransportSettings};
use shared::config::secrets::Client;
use shared::config::secrets::{self, Cached};
use shared::secret::Secret;
use time::OffsetDateTime;

use crate::mail::Mail;
use crate::template::Templates;
use inbox::Inbox;
use ses::Ses;
use smtp::Smtp;
use webhook::Webhook;

/// A way by which mails leave.
#[derive(Debug)]
pub enum Transport {
    /// A mail server.
    Smtp(Smtp),
    /// Amazon SES.
    Ses(Ses),
    /// A service of the operator's own.
    Webhook(Box<Webhook>),
    /// A list in memory: a laptop's, and the tests'.
    Inbox(Inbox),
}

/// Why a mail did not leave. The texts are kept and logged: they hold no token, URL or password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It may leave later.
    Temporary(String),
    /// It never will.
    Permanent(String),
}

impl Transport {
    /// Sends one mail.
    pub async fn send(
        &self,
        mail: &Mail,
        templates: &Templates,
        now: OffsetDateTime,
    ) -> Result<(), Failure> {
        match self {
            Self::Smtp(smtp) => smtp.send(mail, templates.render(mail)?, now).await,
            Self::Ses(ses) => ses.send(mail, templates.render(mail)?, now).await,
            Self::Webhook(webhook) => webhook.send(mail, now).await,
            Self::Inbox(inbox) => {
                inbox.receive(mail, templates.render(mail)?, now);
                Ok(())
            }
        }
    }
}

/// The transport of the settings; made anew when its secret changes.
#[derive(Debug)]
pub(crate) enum Transports {
    None,
    Fixed(Arc<Transport>),
    Managed(Box<Managed>),
}

#[derive(Debug)]
pub(crate) struct Managed {
    client: Client,
    name: &'static str,
    arn: String,
    settings: MailerSettings,
    transport: Cached<(Secret, Arc<Transport>)>,
}

impl Transports {
    /// Reads the secret now, where it is in Secrets Manager.
    pub(crate) async fn load(
        settings: &MailerSettings,
        var: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let fixed = |transport| Ok(Self::Fixed(Arc::new(transport)));
        let secret = match &settings.transport {
            TransportSettings::None => return Ok(Self::None),
            TransportSettings::Ses { from } => return fixed(Transport::Ses(Ses::new(from, var)?)),
            TransportSettings::Inbox { .. } => return fixed(Transport::Inbox(Inbox::default())),
            TransportSettings::Smtp { url: secret, .. }
            | TransportSettings::Webhook { secret, .. } => secret,
        };
        let (name, arn) = match secret {
            SecretSetting::Given(secret) => {
                return fixed(from_secret(settings, given_name(settings), secret)?);
            }
            SecretSetting::Managed { name, arn } => (*name, arn.clone()),
        };
        let client = secrets::client(var)?;
        let transport = match secrets::read(&client, name, &arn).await {
            Ok(secret) => {
                let transport = from_secret(settings, name, &secret)?;
                Some((secret, Arc::new(transport)))
            }
            Err(error) => {
                tracing::error!(%error, "a secret could not be read at start");
                None
            }
        };
        let transport = Cached::started(transport, Moment::now());
        let settings = settings.clone();
        Ok(Self::Managed(Box::new(Managed { client, name, arn, settings, transport })))
    }

    /// The transport; `None` where mails don't leave.
    ///
    /// Errors: 503 when its secret could not be read so far.
    pub(crate) async fn get(&self) -> Result<Option<Arc<Transport>>, shared::Error> {
        let managed = match self {
            Self::None => return Ok(None),
            Self::Fixed(transport) => return Ok(Some(Arc::clone(transport))),
            Self::Managed(managed) => managed.as_ref(),
        };
        let read = |old: Option<(Secret, Arc<Transport>)>| async move {
            let secret = secrets::read(&managed.client, managed.name, &managed.arn).await?;
            match old {
                Some((old_secret, transport)) if old_secret == secret => Ok((secret, transport)),
                _ => {
                    let transport = from_secret(&managed.settings, managed.name, &secret)?;
                    Ok((secret, Arc::new(transport)))
                }
            }
        };
        let (_, transport) = managed.transport.get(Moment::now(), read).await?;
        Ok(Some(transport))
    }
}

fn given_name(settings: &MailerSettings) -> &'static str {
    match settings.transport {
        TransportSettings::Webhook { .. } => "MAIL_WEBHOOK_SECRET",
        _ => "SMTP_URL",
    }
}

/// `name` is the variable that an error names.
fn from_secret(
    settings: &MailerSettings,
    name: &'static str,
    secret: &Secret,
) -> Result<Transport, ConfigError> {
    match &settings.transport {
        TransportSettings::Webhook { url, .. } => {
            let fields = settings.user_fields.clone();
            Ok(Transport::Webhook(Box::new(Webhook::new(url.clone(), name, secret, fields)?)))
        }
        TransportSettings::Smtp { from, plain, .. } => {
            Ok(Transport::Smtp(Smtp::new(name, secret, *plain, from, &[])?))
        }
        TransportSettings::None
        | TransportSettings::Ses { .. }
        | TransportSettings::Inbox { .. } => unreachable!("these have no secret"),
    }
}
