//! What a handler is given, and where it comes from.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::audit::Audit;
use crate::base_url::BaseUrl;
use crate::client::{Client, ClientIp};
use crate::clock::Clock;
use crate::config::secrets::{self, SecretNames};
use crate::config::{Config, ConfigError};
use crate::cookies::CookieStyle;
use crate::db::{self, Pool};
use crate::doorbell::Doorbell;
use crate::error::Error;
use crate::keys::Keyring;
use crate::mail::{Kind, NewMail};
use crate::managed::{ManagedDatabase, ManagedKeys};
use crate::origin::{RoutePath, Trust, UrlFields};
use crate::password::Passwords;
use crate::rate_limit::Counters;
use crate::token;

/// What a handler is given for one request. Cheap to make.
#[derive(Clone, Debug)]
pub struct App {
    /// The settings.
    pub config: Arc<Config>,
    /// The database.
    pub db: Pool,
    /// The keys that sign and verify.
    pub keys: Arc<Keyring>,
    /// Hashing, with its limits.
    pub passwords: Passwords,
    /// The time.
    pub clock: Clock,
    /// Where this request reached the service.
    pub base_url: BaseUrl,
    /// Wakes the mailer.
    pub doorbell: Doorbell,
    /// What is noted of this request for the log.
    pub audit: Audit,
}

impl App {
    /// Names and attributes of the cookies.
    pub fn cookie_style(&self) -> CookieStyle<'_> {
        CookieStyle { settings: &self.config.cookies, base_url: &self.base_url }
    }
}

impl App {
    /// A mail that is to be asked for.
    pub fn mail(&self, kind: Kind, callback_url: Option<String>) -> NewMail {
        NewMail {
            id: token::random(),
            kind,
            callback_url,
            base_url: self.base_url.url(),
            sealed_token: None,
        }
    }

    /// A mail that tells of a change, where the settings want one. The change is all that is counted: to make
    /// one takes the password, a link or a session.
    pub fn notice(&self, kind: Kind) -> Option<NewMail> {
        self.config.mail.sends_notices.then(|| self.mail(kind, None))
    }

    /// The same of a change of address: one to the old address and one to the new.
    pub fn notices(&self, kind: Kind) -> Option<[NewMail; 2]> {
        self.notice(kind).map(|to_old| [to_old, self.mail(kind, None)])
    }

    /// What a request counts, and a mail to this address, which the request names.
    pub fn counting_mails(&self, counters: Counters, email: &str) -> Counters {
        let account_key = self.keys.account_key(email);
        self.audit.account_key(&account_key);
        counters.with_mails(&account_key)
    }
}

/// Where an [`App`] comes from: the router's state. Knows which settings hold from the start, and
/// fetches what may change while the process lives.
#[derive(Clone, Debug)]
pub struct Source(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: Arc<Config>,
    passwords: Passwords,
    clock: Clock,
    doorbell: Doorbell,
    secrets: Secrets,
}

#[derive(Debug)]
enum Secrets {
    /// Given at start.
    Given { db: Pool, keys: Arc<Keyring> },
    /// In Secrets Manager.
    Managed(Box<(ManagedDatabase, ManagedKeys)>),
}

impl Source {
    /// From values at hand: the local server's, or a test's.
    pub fn given(
        config: Config,
        db: Pool,
        keys: Keyring,
        clock: Clock,
        doorbell: Doorbell,
    ) -> Self {
        Self::new(config, clock, doorbell, Secrets::Given { db, keys: Arc::new(keys) })
    }

    /// From Secrets Manager: reads both secrets now.
    ///
    /// Errors: a missing or malformed setting or secret. That Secrets Manager is away is none: the
    /// endpoints answer 503 until it is back.
    pub async fn managed(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let config = Config::from_vars(&var)?;
        let names = SecretNames::from_vars(&var)?;
        let client = secrets::client(&var)?;

        // One after the other, over one connection to Secrets Manager: connecting to Postgres, which the
        // first begins, takes longer than the second.
        let database = ManagedDatabase::load(client.clone(), names.database_url, &config).await?;
        let keys = if database.is_known() {
            ManagedKeys::load(client, names.signing_secret).await?
        } else {
            ManagedKeys::unread(client, names.signing_secret)
        };
        let doorbell = Doorbell::from_vars(&var)?;
        let secrets = Secrets::Managed(Box::new((database, keys)));
        Ok(Self::new(config, Clock::system(), doorbell, secrets))
    }

    fn new(config: Config, clock: Clock, doorbell: Doorbell, secrets: Secrets) -> Self {
        let settings = &config.passwords;
        let passwords =
            Passwords::new(settings.new_hash, settings.dummy(), settings.hash_concurrency);
        Self(Arc::new(Inner { config: Arc::new(config), passwords, clock, doorbell, secrets }))
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Where a request reached the service: the setting, else the domain that the gateway stated.
    /// Never a header.
    pub fn base_url(&self, parts: &Parts) -> Result<BaseUrl, Error> {
        let of_gateway = || parts.extensions.get::<BaseUrl>().cloned();
        self.0.config.base_url.clone().or_else(of_gateway).ok_or_else(|| {
            Error::internal(
                "PUBLIC_URL is not set, and the event names no domain to take its place",
            )
        })
    }

    /// Runs a check with the origins that this request may come from.
    pub fn with_trust<T>(
        &self,
        parts: &Parts,
        check: impl FnOnce(Trust<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let base_url = self.base_url(parts)?;
        let config = &self.0.config;
        let path = parts.extensions.get::<RoutePath>().map_or("", |RoutePath(path)| path);
        let checks = config.origin_checks.at(path);
        check(Trust { base_url: &base_url, origins: &config.trusted_origins, checks })
    }

    /// What a request to an endpoint counts.
    pub fn counters(&self, parts: &Parts, path: &str) -> Counters {
        let config = &self.0.config;
        let peer = parts.extensions.get::<ClientIp>().copied();
        let address = config.client_address.of_request(peer, &parts.headers);
        Counters::of_request(&config.rate_limits, &address, path)
    }

    /// Counts a request in a statement of its own; no statement where there is nothing to count.
    ///
    /// Errors: 429 when a counter is full, 503.
    pub async fn count(&self, counters: &Counters) -> Result<(), Error> {
        if counters.is_empty() {
            return Ok(());
        }
        let db = match &self.0.secrets {
            Secrets::Given { db, .. } => db.clone(),
            Secrets::Managed(managed) => managed.0.pool().await?,
        };
        match db::rate_limit::consume(&db, counters, self.0.clock.now()).await? {
            Some(wait) => Err(Error::too_many_requests(wait)),
            None => Ok(()),
        }
    }

    async fn app(&self, parts: &Parts) -> Result<App, Error> {
        let inner = &self.0;
        let (db, keys) = match &inner.secrets {
            Secrets::Given { db, keys } => (db.clone(), Arc::clone(keys)),
            Secrets::Managed(managed) => {
                let (database, keys) = managed.as_ref();
                tokio::try_join!(database.pool(), keys.keys())?
            }
        };
        Ok(App {
            config: Arc::clone(&inner.config),
            db,
            keys,
            passwords: inner.passwords.timed(of_request(parts)),
            clock: inner.clock.clone(),
            base_url: self.base_url(parts)?,
            doorbell: inner.doorbell.clone(),
            audit: of_request(parts),
        })
    }
}

/// What the pipeline has put beside the request.
fn of_request<T: Clone + Default + Send + Sync + 'static>(parts: &Parts) -> T {
    parts.extensions.get().cloned().unwrap_or_default()
}

impl FromRequestParts<Source> for App {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, source: &Source) -> Result<Self, Error> {
        source.app(parts).await
    }
}

impl FromRequestParts<Source> for Client {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, source: &Source) -> Result<Self, Error> {
        Ok(Self::read(parts, &source.config().client_address))
    }
}

/// What this request counts, for a handler that takes it into its first statement.
impl FromRequestParts<Source> for Counters {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &Source) -> Result<Self, Error> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// The URL fields, as the pipeline has checked them.
impl FromRequestParts<Source> for UrlFields {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &Source) -> Result<Self, Error> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// Extracted after the body has been checked: refuses what may be a foreign page signing its
/// visitor in (core.md §17.2).
#[derive(Clone, Copy, Debug)]
pub struct SignInGuard;

impl FromRequestParts<Source> for SignInGuard {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, source: &Source) -> Result<Self, Error> {
        source.with_trust(parts, |trust| trust.check_sign_in(&parts.headers)).map(|()| Self)
    }
}
