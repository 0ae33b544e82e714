//! Mails as intents: what a request wants sent, long before anything is sent.
//!
//! A request writes a row into the outbox, in the statement of the change that it belongs to, and talks to no mail
//! server. The mailer takes it from there.

/// What a mail is for. The text is what the outbox and the webhook call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Proves an address: `sendVerificationEmail` at Better Auth.
    VerifyEmail,
    /// Sets a new password: `sendResetPassword`.
    ResetPassword,
    /// To the old address, whether it may change: `sendChangeEmailConfirmation`.
    ChangeEmailConfirmation,
    /// To the new address, to prove it: `sendVerificationEmail` with the new address.
    ChangeEmailVerification,
    /// Whether the account is to go: `sendDeleteAccountVerification`.
    DeleteAccount,
    /// A notice: the password was changed. No link.
    PasswordChanged,
    /// A notice, to the old address and to the new one: the address was changed. No link.
    EmailChanged,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::VerifyEmail,
        Self::ResetPassword,
        Self::ChangeEmailConfirmation,
        Self::ChangeEmailVerification,
        Self::DeleteAccount,
        Self::PasswordChanged,
        Self::EmailChanged,
    ];

    /// As the outbox and the webhook have it: `verify-email`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify-email",
            Self::ResetPassword => "reset-password",
            Self::ChangeEmailConfirmation => "change-email-confirmation",
            Self::ChangeEmailVerification => "change-email-verification",
            Self::DeleteAccount => "delete-account",
            Self::PasswordChanged => "password-changed",
            Self::EmailChanged => "email-changed",
        }
    }

    /// Whether it tells of what was done, and asks for nothing.
    pub fn is_notice(self) -> bool {
        matches!(self, Self::PasswordChanged | Self::EmailChanged)
    }

    /// The other way round.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A mail that a request wants sent: what of its row does not depend on whom it goes to.
#[derive(Clone, Debug)]
pub struct NewMail {
    /// The row's id, and so the mail's `Message-ID`.
    pub id: String,
    /// What it is for.
    pub kind: Kind,
    /// Where its link leads in the end, as the request said it.
    pub callback_url: Option<String>,
    /// The origin where the service was reached.
    pub base_url: String,
    /// The link's single-use token, sealed under the keyring.
    pub sealed_token: Option<String>,
}
