//! A mail that is ready to leave.

use std::fmt;

use serde_json::{Map, Value};
use shared::config::mail::MailerSettings;
use shared::db::outbox::{Addressee, Leased};
use shared::keys::Keyring;
use shared::mail::Kind;
use time::OffsetDateTime;
use url::Url;

use crate::link::{self, Link};

/// A mail that is ready to leave. `Debug` prints neither link nor address.
#[derive(Clone)]
pub struct Mail {
    /// The outbox row's id, the same on every attempt.
    pub id: String,
    /// What it is for.
    pub kind: Kind,
    /// To whom it goes.
    pub to: String,
    /// When an address is to change: to what.
    pub new_email: Option<String>,
    /// What the mail asks the reader to open; a notice asks for nothing.
    pub link: Option<Link>,
    /// Whom it concerns.
    pub user: Addressee,
    /// `APP_NAME`, or the host of the public URL.
    pub app_name: String,
    /// The host of the public URL.
    pub host: String,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl Mail {
    /// Makes a leased row into a mail.
    ///
    /// Errors say why it must not be sent, and hold nothing secret.
    pub fn prepare(
        leased: &Leased,
        keys: &Keyring,
        settings: &MailerSettings,
        now: OffsetDateTime,
    ) -> Result<Self, &'static str> {
        let kind = Kind::from_name(&leased.kind).ok_or("its kind is unknown")?;
        let user = leased.user.clone().ok_or("the user is gone")?;
        let to = recipient(leased, kind, &user.user.email)?;
        let link = link::mint(leased, kind, &user.user, keys, settings, now)?;
        let host = Url::parse(&leased.base_url)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
            .ok_or("its base URL is none")?;
        Ok(Self {
            id: leased.id.clone(),
            kind,
            to,
            new_email: leased.new_email.clone(),
            link,
            user,
            app_name: settings.app_name.clone().unwrap_or_else(|| host.clone()),
            host,
        })
    }

    /// The user as the API shows one, with the declared `fields`. Who is to prove a new address is
    /// shown with it, as Better Auth's `sendVerificationEmail` is (core.md §9.4).
    pub fn user_json(&self, fields: &[(String, String)]) -> Value {
        let user = serde_json::to_value(&self.user.user).expect("a user serialises");
        let mut json = Map::new();
        for (name, value) in user.as_object().into_iter().flatten() {
            if name == "id" {
                for (field, column) in fields {
                    let value = self.user.extras.get(column).cloned().unwrap_or(Value::Null);
                    json.insert(field.clone(), value);
                }
            }
            json.insert(name.clone(), value.clone());
        }
        if self.kind == Kind::ChangeEmailVerification {
            json.insert("email".into(), Value::String(self.to.clone()));
        }
        Value::Object(json)
    }
}

/// An address that is no longer the user's gets no link into the account, but every notice: who takes an
/// account over may change its address at once.
fn recipient(leased: &Leased, kind: Kind, email: &str) -> Result<String, &'static str> {
    let is_users = leased.address.eq_ignore_ascii_case(email);
    let new_email = leased.new_email.as_deref();
    match kind {
        Kind::PasswordChanged | Kind::EmailChanged => Ok(leased.address.clone()),
        Kind::VerifyEmail | Kind::ResetPassword | Kind::DeleteAccount => {
            is_users.then(|| leased.address.clone()).ok_or("the address is no longer the user's")
        }
        Kind::ChangeEmailConfirmation | Kind::ChangeEmailVerification => {
            let new_email = new_email.ok_or("the new address is missing")?;
            let goes_to_new = kind == Kind::ChangeEmailVerification;
            if new_email == email {
                return Err("the address has been changed already");
            }
            // The row names whom it goes to; one that names the old address says where it began.
            let may_go = is_users || (goes_to_new && leased.address == new_email);
            if !may_go {
                return Err("the address is no longer the user's");
            }
            Ok(if goes_to_new { new_email.to_owned() } else { leased.address.clone() })
        }
    }
}
