//! Settings of e-mail verification, and of what users may do to their accounts.

use time::Duration as Seconds;

use super::{ConfigError, Vars};

/// Proving addresses: Better Auth's `emailVerification` and `verification`.
#[derive(Clone, Debug)]
pub struct VerificationSettings {
    /// `SEND_VERIFICATION_ON_SIGN_UP`; unset: where an address has to be proven.
    pub sends_on_sign_up: bool,
    /// `SEND_VERIFICATION_ON_SIGN_IN`: whoever is turned away for an unproven address is sent a mail.
    pub sends_on_sign_in: bool,
    /// `AUTO_SIGN_IN_AFTER_VERIFICATION`.
    pub signs_in: bool,
    /// `EMAIL_VERIFICATION_EXPIRES_IN`: how long a link works.
    pub expires_in: Seconds,
    /// `STORE_IDENTIFIER=hashed`: rows hold the SHA-256 of a token in place of the token.
    pub hashes_identifiers: bool,
}

/// What users may do: Better Auth's `user.changeEmail`, `user.deleteUser` and `account`.
#[derive(Clone, Debug)]
pub struct UserSettings {
    /// `CHANGE_EMAIL_ENABLED` and its ways.
    pub change_email: Option<ChangeEmail>,
    /// `DELETE_USER_ENABLED` and its ways.
    pub delete: Option<DeleteUser>,
    /// `ALLOW_UNLINKING_ALL`: a user may be left without any account.
    pub may_unlink_all: bool,
}

/// How an address changes.
#[derive(Clone, Copy, Debug)]
pub struct ChangeEmail {
    /// `CHANGE_EMAIL_CONFIRMATION`: a proven address is asked first.
    pub asks_old_address: bool,
    /// `CHANGE_EMAIL_WITHOUT_VERIFICATION`: an unproven one changes at once.
    pub without_verification: bool,
}

/// How a user is deleted.
#[derive(Clone, Copy, Debug)]
pub struct DeleteUser {
    /// `DELETE_USER_VERIFICATION`: a mail has to be followed.
    pub by_mail: bool,
    /// `DELETE_USER_TOKEN_EXPIRES_IN`: how long its link works.
    pub expires_in: Seconds,
}

impl VerificationSettings {
    pub(super) fn from_vars(vars: &Vars<'_>, is_required: bool) -> Result<Self, ConfigError> {
        Ok(Self {
            sends_on_sign_up: vars.flag("SEND_VERIFICATION_ON_SIGN_UP", is_required)?,
            sends_on_sign_in: vars.flag("SEND_VERIFICATION_ON_SIGN_IN", false)?,
            signs_in: vars.flag("AUTO_SIGN_IN_AFTER_VERIFICATION", false)?,
            expires_in: vars.seconds("EMAIL_VERIFICATION_EXPIRES_IN", 1..=2_592_000, 3600)?,
            hashes_identifiers: vars
                .parse("STORE_IDENTIFIER", "plain or hashed", |text| match text {
                    "plain" => Some(false),
                    "hashed" => Some(true),
                    _ => None,
                })?
                .unwrap_or(false),
        })
    }
}

impl UserSettings {
    pub(super) fn from_vars(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let change_email = ChangeEmail {
            asks_old_address: vars.flag("CHANGE_EMAIL_CONFIRMATION", false)?,
            without_verification: vars.flag("CHANGE_EMAIL_WITHOUT_VERIFICATION", false)?,
        };
        let delete = DeleteUser {
            by_mail: vars.flag("DELETE_USER_VERIFICATION", false)?,
            expires_in: vars.seconds("DELETE_USER_TOKEN_EXPIRES_IN", 1..=2_592_000, 86_400)?,
        };
        Ok(Self {
            change_email: vars.flag("CHANGE_EMAIL_ENABLED", false)?.then_some(change_email),
            delete: vars.flag("DELETE_USER_ENABLED", false)?.then_some(delete),
            may_unlink_all: vars.flag("ALLOW_UNLINKING_ALL", false)?,
        })
    }
}
