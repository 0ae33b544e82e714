//! How mails leave: what the endpoints need to know of it, and what the mailer does.

use std::path::PathBuf;

use serde_json::{Map, Value};
use time::Duration as Seconds;
use url::Url;

use super::{ConfigError, Mode, Nearby, Vars};
use crate::secret::Secret;

/// What the endpoints need to know: whether a mail can be sent at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSettings {
    /// `MAIL_TRANSPORT`.
    pub transport: TransportKind,
    /// `SEND_CHANGE_NOTICES`: a user hears that the password or the address was changed.
    pub sends_notices: bool,
    /// `MAIL_QUEUE_URL`: the queue that wakes the mailer.
    pub queue_url: Option<String>,
}

/// By which way mails leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportKind {
    /// None leave: the endpoints answer as a Better Auth without senders does.
    None,
    /// A mail server.
    Smtp,
    /// Amazon SES.
    Ses,
    /// Your own service: it is told what to send, and sends.
    Webhook,
    /// A page of the local server; for a laptop alone.
    Inbox,
}

impl MailSettings {
    /// Reads them. Unset, a laptop has the inbox and production sends nothing.
    ///
    /// Errors: `inbox` in production; no `MAIL_FROM` where we send ourselves.
    pub(crate) fn from_vars(vars: &Vars<'_>, mode: Mode) -> Result<Self, ConfigError> {
        let read = |text: &str| match text {
            "none" => Some(TransportKind::None),
            "smtp" => Some(TransportKind::Smtp),
            "ses" => Some(TransportKind::Ses),
            "webhook" => Some(TransportKind::Webhook),
            "inbox" => Some(TransportKind::Inbox),
            _ => None,
        };
        let wanted = "none, smtp, ses, webhook or inbox";
        let is_development = mode == Mode::Development;
        let transport = match vars.parse("MAIL_TRANSPORT", wanted, read)? {
            Some(transport) => transport,
            None if is_development => TransportKind::Inbox,
            None => TransportKind::None,
        };
        if transport == TransportKind::Inbox && !is_development {
            return Err(ConfigError::malformed(
                "MAIL_TRANSPORT",
                "inbox shows mails to whoever asks, so it is for a laptop; use smtp, ses, webhook or none",
            ));
        }
        if matches!(transport, TransportKind::Smtp | TransportKind::Ses) {
            required(vars, "MAIL_FROM", "set it to the address that mails come from")?;
        }
        let sends_notices = vars.flag("SEND_CHANGE_NOTICES", false)?;
        if sends_notices && transport == TransportKind::None {
            return Err(ConfigError::missing(
                "MAIL_TRANSPORT",
                "SEND_CHANGE_NOTICES wants mails sent: set it to smtp, ses or webhook",
            ));
        }
        Ok(Self { transport, sends_notices, queue_url: vars.get("MAIL_QUEUE_URL") })
    }

    /// Whether mails can be sent.
    pub fn can_send(&self) -> bool {
        self.transport != TransportKind::None
    }
}

/// What the mailer needs beside the database and the keys.
#[derive(Clone, Debug)]
pub struct MailerSettings {
    /// By which way mails leave, with what that way needs.
    pub transport: TransportSettings,
    /// `APP_NAME`; unset: the host of the public URL.
    pub app_name: Option<String>,
    /// `MAIL_TEMPLATES`: a folder whose files take the place of the built-in templates.
    pub templates: Option<PathBuf>,
    /// `EMAIL_VERIFICATION_EXPIRES_IN`: the life of a link that verifies or changes an address.
    pub verification_expires_in: Seconds,
    /// `RESET_PASSWORD_TOKEN_EXPIRES_IN`, from the request on.
    pub reset_expires_in: Seconds,
    /// `DELETE_USER_TOKEN_EXPIRES_IN`, from the request on.
    pub deletion_expires_in: Seconds,
    /// `USER_FIELDS`: each field's name and its column, in declared order.
    pub user_fields: Vec<(String, String)>,
}

/// A way with what it needs.
#[derive(Clone, Debug)]
pub enum TransportSettings {
    /// None leave.
    None,
    /// A mail server.
    Smtp {
        /// `MAIL_FROM`.
        from: String,
        /// `SMTP_URL` or `SMTP_URL_ARN`.
        url: SecretSetting,
        /// Which servers may be spoken to without TLS, where the URL says so.
        plain: Nearby,
    },
    /// Amazon SES.
    Ses {
        /// `MAIL_FROM`.
        from: String,
    },
    /// Your own service.
    Webhook {
        /// `MAIL_WEBHOOK_URL`.
        url: Url,
        /// `MAIL_WEBHOOK_SECRET` or `MAIL_WEBHOOK_SECRET_ARN`.
        secret: SecretSetting,
    },
    /// A page of the local server.
    Inbox {
        /// `MAIL_FROM`, if it is set.
        from: Option<String>,
    },
}

/// A secret that may be a variable itself, or in Secrets Manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSetting {
    /// The variable's value.
    Given(Secret),
    /// Where it is kept.
    Managed {
        /// The variable that names it.
        name: &'static str,
        /// Its ARN.
        arn: String,
    },
}

impl MailerSettings {
    /// Reads them.
    ///
    /// Errors name the variable and the cure, and never repeat a secret.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let vars = Vars(&var);
        let mode = Mode::from_vars(&var);
        let MailSettings { transport, .. } = MailSettings::from_vars(&vars, mode)?;
        let from = || required(&vars, "MAIL_FROM", "set it to the address that mails come from");
        let transport = match transport {
            TransportKind::None => TransportSettings::None,
            TransportKind::Smtp => TransportSettings::Smtp {
                from: from()?,
                url: secret(
                    &vars,
                    mode,
                    ["SMTP_URL", "SMTP_URL_ARN"],
                    "smtp://user:password@host:587",
                )?,
                plain: Nearby::of(mode),
            },
            TransportKind::Ses => TransportSettings::Ses { from: from()? },
            TransportKind::Webhook => TransportSettings::Webhook {
                url: webhook_url(&vars)?,
                secret: secret(
                    &vars,
                    mode,
                    ["MAIL_WEBHOOK_SECRET", "MAIL_WEBHOOK_SECRET_ARN"],
                    "a secret that your service has too, made with: openssl rand -base64 32",
                )?,
            },
            TransportKind::Inbox => TransportSettings::Inbox { from: vars.get("MAIL_FROM") },
        };
        let life = |name, default| vars.seconds(name, 1..=34_560_000, default);
        Ok(Self {
            transport,
            app_name: vars.get("APP_NAME"),
            templates: vars.get("MAIL_TEMPLATES").map(PathBuf::from),
            verification_expires_in: life("EMAIL_VERIFICATION_EXPIRES_IN", 3600)?,
            reset_expires_in: life("RESET_PASSWORD_TOKEN_EXPIRES_IN", 3600)?,
            deletion_expires_in: life("DELETE_USER_TOKEN_EXPIRES_IN", 86_400)?,
            user_fields: user_fields(&vars)?,
        })
    }
}

fn required(vars: &Vars<'_>, name: &'static str, cure: &str) -> Result<String, ConfigError> {
    vars.get(name).ok_or_else(|| ConfigError::missing(name, cure))
}

/// Of the declaration the mailer needs the names alone.
fn user_fields(vars: &Vars<'_>) -> Result<Vec<(String, String)>, ConfigError> {
    let read = |text: &str| {
        let fields: Map<String, Value> = serde_json::from_str(text).ok()?;
        let column = |name: &str, field: &Value| {
            field.get("fieldName").and_then(Value::as_str).unwrap_or(name).to_owned()
        };
        Some(fields.iter().map(|(name, field)| (name.clone(), column(name, field))).collect())
    };
    let wanted = r#"JSON like {"role":{"type":"string"}}"#;
    Ok(vars.parse("USER_FIELDS", wanted, read)?.unwrap_or_default())
}

/// On Lambda the environment holds names and never secrets.
fn secret(
    vars: &Vars<'_>,
    mode: Mode,
    [value, arn]: [&'static str; 2],
    wanted: &str,
) -> Result<SecretSetting, ConfigError> {
    if let Some(text) = vars.get(arn) {
        return Ok(SecretSetting::Managed { name: arn, arn: text });
    }
    if mode == Mode::Lambda {
        let cure = format!("set it to the ARN of a secret that holds {wanted}");
        return Err(ConfigError::missing(arn, cure));
    }
    required(vars, value, &format!("set it to {wanted}"))
        .map(|text| SecretSetting::Given(Secret::new(text.trim())))
}

/// Its body holds links that sign people in: `http` is for a service on the same machine.
fn webhook_url(vars: &Vars<'_>) -> Result<Url, ConfigError> {
    let name = "MAIL_WEBHOOK_URL";
    let read = |text: &str| {
        let url = Url::parse(text).ok()?;
        let is_plain = url.username().is_empty() && url.password().is_none();
        let is_safe = match url.scheme() {
            "https" => true,
            "http" => url.host().is_some_and(|host| Nearby::Machine.includes(&host)),
            _ => false,
        };
        (is_plain && is_safe).then_some(url)
    };
    let wanted = "an https:// URL without a user (http:// for a loopback address alone)";
    vars.parse(name, wanted, read)?.ok_or_else(|| {
        ConfigError::missing(name, "set it to the https:// URL that is told what to send")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pairs = [(&'static str, &'static str)];

    fn endpoints(pairs: &[(&str, &str)]) -> Result<MailSettings, ConfigError> {
        let var = |name: &str| lookup(pairs, name);
        MailSettings::from_vars(&Vars(&var), Mode::from_vars(var))
    }

    fn mailer(pairs: &[(&str, &str)]) -> Result<MailerSettings, ConfigError> {
        MailerSettings::from_vars(|name| lookup(pairs, name))
    }

    fn lookup(pairs: &[(&str, &str)], name: &str) -> Option<String> {
        pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    const PRODUCTION: (&str, &str) = ("NODE_ENV", "production");
    const LAMBDA: (&str, &str) = ("AWS_LAMBDA_FUNCTION_NAME", "mailer");

    #[test]
    fn unset_a_laptop_has_the_inbox_and_production_sends_nothing() {
        assert_eq!(endpoints(&[]).unwrap().transport, TransportKind::Inbox);
        assert!(endpoints(&[]).unwrap().can_send());
        for mode in [PRODUCTION, LAMBDA] {
            assert!(!endpoints(&[mode]).unwrap().can_send());
        }
    }

    #[test]
    fn what_a_transport_needs_is_named_with_its_cure() {
        let smtp = ("MAIL_TRANSPORT", "smtp");
        let webhook = ("MAIL_TRANSPORT", "webhook");
        let from = ("MAIL_FROM", "a@example.com");
        let hook = ("MAIL_WEBHOOK_URL", "https://hook.example");
        let cases: &[(&Pairs, &str, &str)] = &[
            (&[("MAIL_TRANSPORT", "pigeon")], "MAIL_TRANSPORT", "smtp, ses, webhook"),
            (&[PRODUCTION, ("MAIL_TRANSPORT", "inbox")], "MAIL_TRANSPORT", "laptop"),
            (&[LAMBDA, ("MAIL_TRANSPORT", "inbox")], "MAIL_TRANSPORT", "laptop"),
            (&[smtp], "MAIL_FROM", "address"),
            (&[("MAIL_TRANSPORT", "ses")], "MAIL_FROM", "address"),
            (&[smtp, from], "SMTP_URL", "smtp://user:password@host"),
            (&[LAMBDA, smtp, from, ("SMTP_URL", "smtp://x")], "SMTP_URL_ARN", "ARN"),
            (&[webhook], "MAIL_WEBHOOK_URL", "https://"),
            (&[webhook, hook], "MAIL_WEBHOOK_SECRET", "openssl"),
            (&[webhook, ("MAIL_WEBHOOK_URL", "http://hook.example")], "MAIL_WEBHOOK_URL", "https"),
            (&[webhook, ("MAIL_WEBHOOK_URL", "https://a:hunter2@b")], "MAIL_WEBHOOK_URL", "user"),
            (&[("USER_FIELDS", "role")], "USER_FIELDS", r#"{"role""#),
            (&[("RESET_PASSWORD_TOKEN_EXPIRES_IN", "0")], "RESET_PASSWORD_TOKEN_EXPIRES_IN", "1"),
        ];
        for (pairs, name, cure) in cases {
            let message = mailer(pairs).unwrap_err().to_string();
            assert!(message.contains(name) && message.contains(cure), "{message}");
            assert!(!message.contains("hunter2"), "{message}");
        }
    }

    #[test]
    fn a_webhook_on_the_same_machine_may_be_http() {
        for url in ["http://localhost:4001/mail", "http://127.0.0.1:1", "http://[::1]:1/"] {
            let pairs = [
                ("MAIL_TRANSPORT", "webhook"),
                ("MAIL_WEBHOOK_URL", url),
                ("MAIL_WEBHOOK_SECRET", "s"),
            ];
            assert!(mailer(&pairs).is_ok(), "{url}");
        }
    }

    #[test]
    fn a_secret_of_secrets_manager_goes_first() {
        let settings = mailer(&[
            ("MAIL_TRANSPORT", "smtp"),
            ("MAIL_FROM", "a@example.com"),
            ("SMTP_URL", "smtp://x"),
            ("SMTP_URL_ARN", "arn:x"),
        ]);

        let TransportSettings::Smtp { url, .. } = settings.unwrap().transport else {
            panic!("it is smtp")
        };
        assert_eq!(url, SecretSetting::Managed { name: "SMTP_URL_ARN", arn: "arn:x".into() });
    }
}
