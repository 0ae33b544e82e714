//! Settings of passwords and of signing up and in with one.

use time::Duration as Seconds;

use super::{ConfigError, Vars};
use crate::error::Error;
use crate::password::{self, Format, NewHash, common};

/// What `DUMMY_HASH` may be.
const DUMMY_HASHES: &str = "asvs, owasp, scrypt (Better Auth's), or a format with its costs: \
                            argon2id:m=47104,t=1,p=1, bcrypt:cost=12, pbkdf2-sha256:i=600000, \
                            scrypt:ln=15,r=8,p=1, firebase-scrypt:n=14,r=8. `latchkey inspect` \
                            says which your database has";

/// Signing up and in with a password: Better Auth's `emailAndPassword`.
#[derive(Clone, Debug)]
pub struct PasswordSettings {
    /// `EMAIL_PASSWORD_ENABLED`: whether people sign in with passwords at all.
    pub is_enabled: bool,
    /// The opposite of `DISABLE_SIGN_UP`.
    pub allows_sign_up: bool,
    /// `AUTO_SIGN_IN`: whether signing up signs in as well.
    pub auto_sign_in: bool,
    /// `REQUIRE_EMAIL_VERIFICATION`: nobody signs in before the address is proven.
    pub requires_verification: bool,
    /// `MIN_PASSWORD_LENGTH`, in UTF-16 code units; looked at when a password is set.
    pub min_length: usize,
    /// `MAX_PASSWORD_LENGTH`, in UTF-16 code units; looked at before any hash.
    pub max_length: usize,
    /// `REFUSE_COMMON_PASSWORDS`: none is set that is on the list of those which everybody tries first.
    pub refuses_common: bool,
    /// `PASSWORD_HASH`: how new hashes are made.
    pub new_hash: NewHash,
    /// `DUMMY_HASH`: the format of the hash that is computed for who has none; unset, that of new hashes.
    pub dummy: Option<Format>,
    /// `HASH_CONCURRENCY`: hashes at once.
    pub hash_concurrency: usize,
    /// `RESET_PASSWORD_TOKEN_EXPIRES_IN`: how long a reset link works.
    pub reset_expires_in: Seconds,
    /// `RESET_PASSWORD_URL`: the page for links that are asked for without `redirectTo`.
    pub reset_page: Option<String>,
    /// `REVOKE_SESSIONS_ON_PASSWORD_RESET`.
    pub revokes_sessions_on_reset: bool,
}

impl PasswordSettings {
    pub(super) fn from_vars(vars: &Vars<'_>, is_lambda: bool) -> Result<Self, ConfigError> {
        let at_once = || std::thread::available_parallelism().map_or(1, usize::from);
        let settings = Self {
            is_enabled: vars.flag("EMAIL_PASSWORD_ENABLED", true)?,
            allows_sign_up: !vars.flag("DISABLE_SIGN_UP", false)?,
            auto_sign_in: vars.flag("AUTO_SIGN_IN", true)?,
            requires_verification: vars.flag("REQUIRE_EMAIL_VERIFICATION", false)?,
            min_length: vars.number("MIN_PASSWORD_LENGTH", 1..=1024, 8)?,
            max_length: vars.number("MAX_PASSWORD_LENGTH", 1..=1024, 128)?,
            refuses_common: vars.flag("REFUSE_COMMON_PASSWORDS", false)?,
            new_hash: vars
                .parse("PASSWORD_HASH", "asvs, owasp or scrypt", |text| match text {
                    "asvs" => Some(NewHash::ASVS),
                    "owasp" => Some(NewHash::OWASP),
                    "scrypt" => Some(NewHash::BetterAuth),
                    _ => None,
                })?
                .unwrap_or(NewHash::ASVS),
            dummy: vars.parse("DUMMY_HASH", DUMMY_HASHES, |text| text.parse().ok())?,
            // An instance of a function serves one request at a time.
            hash_concurrency: vars.number(
                "HASH_CONCURRENCY",
                1..=256,
                if is_lambda { 1 } else { at_once() },
            )?,
            reset_expires_in: vars.seconds(
                "RESET_PASSWORD_TOKEN_EXPIRES_IN",
                1..=2_592_000,
                3600,
            )?,
            reset_page: vars.get("RESET_PASSWORD_URL").map(|url| url.trim().to_owned()),
            revokes_sessions_on_reset: vars.flag("REVOKE_SESSIONS_ON_PASSWORD_RESET", false)?,
        };
        if settings.min_length > settings.max_length {
            return Err(ConfigError::malformed(
                "MIN_PASSWORD_LENGTH",
                "it is more than MAX_PASSWORD_LENGTH, so that no password fits",
            ));
        }
        if settings.refuses_common && settings.min_length < common::SHORTEST {
            return Err(ConfigError::malformed(
                "MIN_PASSWORD_LENGTH",
                format!(
                    "with REFUSE_COMMON_PASSWORDS it has to be {} or more: shorter ones are all common",
                    common::SHORTEST
                ),
            ));
        }
        Ok(settings)
    }

    /// Errors: 400 `PASSWORD_TOO_SHORT`, `PASSWORD_TOO_LONG`, `PASSWORD_TOO_COMMON`.
    pub fn check_new(&self, password: &str) -> Result<(), Error> {
        if password::length(password) < self.min_length {
            return Err(Error::PasswordTooShort);
        }
        self.check_length(password)?;
        if self.refuses_common && common::is_common(password) {
            return Err(Error::PasswordTooCommon);
        }
        Ok(())
    }

    /// For a password that is not new: it was long enough when it was set.
    ///
    /// Errors: 400 `PASSWORD_TOO_LONG`.
    pub fn check_length(&self, password: &str) -> Result<(), Error> {
        if password::length(password) > self.max_length {
            return Err(Error::PasswordTooLong);
        }
        Ok(())
    }

    /// The format of the hash that is computed for who has none.
    pub fn dummy(&self) -> Format {
        self.dummy.unwrap_or_else(|| self.new_hash.format())
    }

    /// Whether signing up signs in.
    pub fn signs_in_at_sign_up(&self) -> bool {
        self.auto_sign_in && !self.requires_verification
    }
}
