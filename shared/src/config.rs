//! Settings, read once at start into one typed struct. No code past it sees the environment.

pub mod aws;
mod cookie_cache;
mod cookies;
mod database_url;
mod disabled_paths;
mod error;
pub mod mail;
mod nearby;
mod passwords;
mod rate_limits;
pub mod secrets;
mod sessions;
mod users;
pub mod warnings;

use time::Duration as Seconds;

use crate::additional::Declared;
use crate::base_url::BaseUrl;
use crate::client::AddressRules;
use crate::keys::Keyring;
use crate::origin::{OriginChecks, TrustedOrigins};
use crate::secret::Secret;

pub use cookie_cache::{CacheStrategy, CookieCache};
pub use cookies::{CookieAttributes, CookieSettings, OwnCookie, SameSite};
pub use database_url::{DatabaseTls, database_options};
pub use disabled_paths::DisabledPaths;
pub use error::ConfigError;
pub use mail::MailSettings;
pub use nearby::Nearby;
pub use passwords::PasswordSettings;
pub use rate_limits::{RateLimits, Rule};
pub use sessions::{Refresh, SessionSettings};
pub use users::{ChangeEmail, DeleteUser, UserSettings, VerificationSettings};

/// Every setting of the endpoints. Where the secrets come from is [`secrets::SecretNames`]'s.
#[derive(Clone, Debug)]
pub struct Config {
    /// Production turns off what is for a laptop alone.
    pub mode: Mode,
    /// `PUBLIC_URL`; on Lambda the API's own domain takes its place where it is unset.
    pub base_url: Option<BaseUrl>,
    /// `CORS_ORIGIN` and `BETTER_AUTH_TRUSTED_ORIGINS`: may call with cookies, and redirects may lead
    /// there.
    pub trusted_origins: TrustedOrigins,
    /// `DISABLE_CSRF_CHECK` and `DISABLE_ORIGIN_CHECK`.
    pub origin_checks: OriginChecks,
    /// `TRUSTED_PROXIES` and what else says who the client is.
    pub client_address: AddressRules,
    /// `RATE_LIMIT_*` and `ACCOUNT_*`.
    pub rate_limits: RateLimits,
    /// `DISABLED_PATHS`: endpoints that answer 404. On Lambda `/ok` is none of them: leave its function
    /// out of the template.
    pub disabled_paths: DisabledPaths,
    /// `SKIP_TRAILING_SLASHES`: `/ok/` is `/ok`. On Lambda the gateway routes, and knows no such paths:
    /// add them to the template.
    pub skip_trailing_slashes: bool,
    /// Signing up and in with a password.
    pub passwords: PasswordSettings,
    /// Proving addresses.
    pub verification: VerificationSettings,
    /// What users may do to their accounts.
    pub users: UserSettings,
    /// How long sessions live.
    pub sessions: SessionSettings,
    /// Names and attributes of the cookies.
    pub cookies: CookieSettings,
    /// `COOKIE_CACHE…`: the cached session in a cookie, if there is to be one.
    pub cookie_cache: Option<CookieCache>,
    /// By which way mails leave.
    pub mail: MailSettings,
    /// `USER_FIELDS` and `SESSION_FIELDS`: the columns that the operator added.
    pub fields: Declared,
    /// `ERROR_URL`: where `/error` leads, in place of its own page.
    pub error_url: Option<String>,
    /// `BEARER_REQUIRE_SIGNATURE`: refuse the bare session token as a bearer token.
    pub bearer_requires_signature: bool,
    /// `DISABLE_BEARER`: no bearer token is taken or handed out.
    pub disables_bearer: bool,
    /// `DATABASE_CA`, and which servers need no TLS.
    pub database_tls: DatabaseTls,
    /// `DATABASE_MAX_CONNECTIONS` of one process.
    pub database_max_connections: u32,
    /// `RATE_LIMIT_LONGEST_WINDOW`: `cleanup` keeps counters this long.
    pub rate_limit_longest_window: Seconds,
}

/// Where the process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A laptop.
    Development,
    /// `NODE_ENV=production` outside Lambda.
    Production,
    /// AWS Lambda, which is production.
    Lambda,
}

impl Mode {
    /// Lambda says so itself; elsewhere `NODE_ENV` does.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Self {
        if var("AWS_LAMBDA_FUNCTION_NAME").is_some() {
            Self::Lambda
        } else if var("NODE_ENV").as_deref() == Some("production") {
            Self::Production
        } else {
            Self::Development
        }
    }
}

impl Config {
    /// Builds the settings from a lookup: `main` passes the environment, a test passes a map. An
    /// empty value counts as unset.
    ///
    /// Errors name the variable and say what to write.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let vars = Vars(&var);
        let mode = Mode::from_vars(&var);
        let is_lambda = mode == Mode::Lambda;
        let rate_limits = RateLimits::from_vars(&vars, mode)?;
        let passwords = PasswordSettings::from_vars(&vars, is_lambda)?;
        let users = UserSettings::from_vars(&vars)?;
        let mail = MailSettings::from_vars(&vars, mode)?;
        if users.delete.is_some_and(|ways| ways.by_mail) && !mail.can_send() {
            return Err(ConfigError::missing(
                "MAIL_TRANSPORT",
                "DELETE_USER_VERIFICATION wants a mail followed, and none can be sent without it",
            ));
        }
        let base_url = vars.parse(
            "PUBLIC_URL",
            "an origin, like https://auth.example.com, with what stands before /api/auth if anything does",
            BaseUrl::parse,
        )?;
        let cookies = CookieSettings::from_vars(&vars)?;
        // Unset it is http://localhost, but on Lambda the API's own domain.
        if cookies.is_host && !base_url.as_ref().map_or(is_lambda, BaseUrl::is_https) {
            return Err(ConfigError::malformed(
                "USE_HOST_COOKIES",
                "browsers take a __Host- cookie over https alone: set PUBLIC_URL to the https:// URL that they use",
            ));
        }
        Ok(Self {
            mode,
            base_url,
            trusted_origins: TrustedOrigins::from_vars(&vars)?,
            origin_checks: OriginChecks::from_vars(&vars)?,
            client_address: AddressRules::from_vars(&vars)?,
            disabled_paths: DisabledPaths::from_vars(&vars),
            skip_trailing_slashes: vars.flag("SKIP_TRAILING_SLASHES", false)?,
            verification: VerificationSettings::from_vars(&vars, passwords.requires_verification)?,
            passwords,
            users,
            sessions: SessionSettings::from_vars(&vars)?,
            cookies,
            cookie_cache: CookieCache::from_vars(&vars)?,
            mail,
            fields: Declared::from_vars(&vars)?,
            error_url: vars.get("ERROR_URL").map(|url| url.trim().to_owned()),
            disables_bearer: vars.flag("DISABLE_BEARER", false)?,
            bearer_requires_signature: vars.flag("BEARER_REQUIRE_SIGNATURE", false)?,
            database_tls: DatabaseTls::from_vars(&vars, Nearby::of(mode))?,
            database_max_connections: vars.number(
                "DATABASE_MAX_CONNECTIONS",
                1..=1000,
                if is_lambda { 1 } else { 10 },
            )?,
            rate_limit_longest_window: vars
                .seconds("RATE_LIMIT_LONGEST_WINDOW", 1..=31_536_000, 3600)?
                .max(rate_limits.longest_window()),
            rate_limits,
        })
    }
}

/// Reads a signing secret, and warns of a weak one.
///
/// Errors name `name`, the variable, and never repeat the secret.
pub fn keyring(name: &'static str, secret: &Secret) -> Result<Keyring, ConfigError> {
    let keys = Keyring::parse(secret.expose())
        .map_err(|problem| ConfigError::SigningSecret { name, problem })?;
    for version in keys.short_versions() {
        tracing::warn!(
            "the signing secret of {name} (version {version}) has fewer than 32 characters; {}",
            error::MAKE_A_SECRET
        );
    }
    Ok(keys)
}

/// The variables, and the ways to read one.
pub(crate) struct Vars<'a>(pub(crate) &'a dyn Fn(&str) -> Option<String>);

impl Vars<'_> {
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.trim().is_empty())
    }

    pub(crate) fn parse<T>(
        &self,
        name: &'static str,
        wanted: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        match read(text.trim()) {
            Some(value) => Ok(Some(value)),
            None => Err(ConfigError::malformed(name, format!("it has to be {wanted}"))),
        }
    }

    pub(crate) fn number<T>(
        &self,
        name: &'static str,
        range: std::ops::RangeInclusive<T>,
        default: T,
    ) -> Result<T, ConfigError>
    where
        T: std::str::FromStr + PartialOrd + std::fmt::Display,
    {
        let wanted = format!("a whole number from {} to {}", range.start(), range.end());
        let read = |text: &str| text.parse().ok().filter(|value| range.contains(value));
        Ok(self.parse(name, &wanted, read)?.unwrap_or(default))
    }

    pub(crate) fn seconds(
        &self,
        name: &'static str,
        range: std::ops::RangeInclusive<i64>,
        default: i64,
    ) -> Result<Seconds, ConfigError> {
        self.number(name, range, default).map(Seconds::seconds)
    }

    pub(crate) fn flag(&self, name: &'static str, default: bool) -> Result<bool, ConfigError> {
        Ok(self.optional_flag(name)?.unwrap_or(default))
    }

    pub(crate) fn optional_flag(&self, name: &'static str) -> Result<Option<bool>, ConfigError> {
        self.parse(name, "true or false", |text| match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        })
    }
}

/// The secrets of a process outside Lambda, where they are variables themselves.
#[derive(Clone, Debug)]
pub struct LocalSecrets {
    /// `DATABASE_URL`.
    pub database_url: Option<Secret>,
    /// `BETTER_AUTH_SECRET`.
    pub signing_secret: Option<Secret>,
}

impl LocalSecrets {
    /// Reads both; either may be unset on a laptop alone.
    ///
    /// Errors: one is missing in production.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let vars = Vars(&var);
        let mode = Mode::from_vars(&var);
        let secret = |name, cure| match vars.get(name) {
            Some(text) => Ok(Some(Secret::new(text))),
            None if mode == Mode::Development => Ok(None),
            None => Err(ConfigError::missing(name, cure)),
        };
        Ok(Self {
            database_url: secret(
                "DATABASE_URL",
                "set it to postgres://user:password@host/database",
            )?,
            signing_secret: secret("BETTER_AUTH_SECRET", error::MAKE_A_SECRET)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::NewHash;

    fn config(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_vars(|name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn nothing_set_gives_better_auths_defaults() {
        let config = config(&[("PUBLIC_URL", ""), ("CORS_ORIGIN", " ")]).unwrap();

        assert_eq!(config.mode, Mode::Development);
        assert_eq!(config.base_url, None);
        assert_eq!(config.sessions.expires_in, Seconds::days(7));
        assert_eq!(config.sessions.update_age, Seconds::days(1));
        assert_eq!((config.passwords.min_length, config.passwords.max_length), (8, 128));
        assert_eq!(config.passwords.new_hash, NewHash::ASVS);
        assert!(config.passwords.signs_in_at_sign_up() && !config.verification.sends_on_sign_up);
        assert!(!config.bearer_requires_signature);
    }

    #[test]
    fn what_is_malformed_is_named_with_its_cure() {
        for (name, value, cure) in [
            ("PUBLIC_URL", "auth.example.com", "https://auth.example.com"),
            ("CORS_ORIGIN", "*", "list each origin"),
            ("SESSION_EXPIRES_IN", "0", "a whole number from 1 to 34560000"),
            ("SESSION_UPDATE_AGE", "one day", "a whole number"),
            ("PASSWORD_HASH", "bcrypt", "asvs, owasp or scrypt"),
            ("DUMMY_HASH", "bcrypt", "bcrypt:cost=12"),
            ("DUMMY_HASH", "bcrypt:cost=31", "bcrypt:cost=12"),
            ("BEARER_REQUIRE_SIGNATURE", "maybe", "true or false"),
            ("MIN_PASSWORD_LENGTH", "200", "MAX_PASSWORD_LENGTH"),
            ("SESSION_MAX_AGE", "-1", "a whole number from 0 to 34560000"),
            ("HASH_CONCURRENCY", "-1", "a whole number"),
            ("DATABASE_MAX_CONNECTIONS", "0", "a whole number"),
        ] {
            let message = config(&[(name, value)]).unwrap_err().to_string();
            assert!(message.contains(name) && message.contains(cure), "{message}");
        }
    }

    #[test]
    fn nobodys_hash_is_made_as_new_ones_are_unless_it_is_said() {
        for (settings, dummy) in [
            (&[][..], "argon2id:m=47104,t=1,p=1"),
            (&[("PASSWORD_HASH", "scrypt")], "scrypt"),
            (&[("PASSWORD_HASH", "scrypt"), ("DUMMY_HASH", "owasp")], "argon2id:m=19456,t=2,p=1"),
            (&[("DUMMY_HASH", "bcrypt:cost=12")], "bcrypt:cost=12"),
        ] {
            assert_eq!(config(settings).unwrap().passwords.dummy().to_string(), dummy);
        }
    }

    #[test]
    fn common_passwords_are_looked_for_from_eight_characters_on() {
        let refuses = ("REFUSE_COMMON_PASSWORDS", "true");

        assert!(config(&[refuses]).is_ok());
        let message = config(&[refuses, ("MIN_PASSWORD_LENGTH", "7")]).unwrap_err().to_string();
        assert!(
            message.contains("MIN_PASSWORD_LENGTH") && message.contains("8 or more"),
            "{message}"
        );
    }

    #[test]
    fn notices_of_changes_need_mails() {
        let wants = ("SEND_CHANGE_NOTICES", "true");

        assert!(config(&[wants]).is_ok(), "a laptop has its inbox");
        for settings in [[wants, ("MAIL_TRANSPORT", "none")], [wants, ("NODE_ENV", "production")]] {
            let message = config(&settings).unwrap_err().to_string();
            assert!(message.contains("MAIL_TRANSPORT") && message.contains(wants.0), "{message}");
        }
    }

    #[test]
    fn host_cookies_need_https() {
        let wants = ("USE_HOST_COOKIES", "true");
        let lambda = ("AWS_LAMBDA_FUNCTION_NAME", "sign-in-email");

        for settings in [&[wants, ("PUBLIC_URL", "https://a.example")][..], &[wants, lambda]] {
            assert!(config(settings).is_ok(), "{settings:?}");
        }
        for settings in [
            &[wants][..],
            &[wants, ("PUBLIC_URL", "http://localhost:4000")],
            &[wants, lambda, ("PUBLIC_URL", "http://a.example")],
        ] {
            let message = config(settings).unwrap_err().to_string();
            assert!(
                message.contains("USE_HOST_COOKIES") && message.contains("PUBLIC_URL"),
                "{message}"
            );
        }
    }

    #[test]
    fn an_account_that_a_mail_has_to_delete_needs_mails() {
        let wants = [("DELETE_USER_ENABLED", "true"), ("DELETE_USER_VERIFICATION", "true")];
        let none = [wants[0], wants[1], ("MAIL_TRANSPORT", "none")];

        assert!(config(&wants).is_ok(), "a laptop has its inbox");
        assert!(config(&none).unwrap_err().to_string().contains("MAIL_TRANSPORT"));
    }

    #[test]
    fn an_instance_of_a_function_does_one_thing_at_a_time() {
        let config = config(&[("AWS_LAMBDA_FUNCTION_NAME", "sign-in-email")]).unwrap();

        assert_eq!(config.mode, Mode::Lambda);
        assert_eq!((config.passwords.hash_concurrency, config.database_max_connections), (1, 1));
    }

    #[test]
    fn production_needs_both_secrets() {
        let secrets = |pairs: &'static [(&str, &str)]| {
            LocalSecrets::from_vars(|name| {
                pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };

        assert!(secrets(&[]).unwrap().signing_secret.is_none());
        let message = secrets(&[("NODE_ENV", "production"), ("DATABASE_URL", "postgres://x")])
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("BETTER_AUTH_SECRET") && message.contains("openssl rand -base64 32")
        );
    }
}
