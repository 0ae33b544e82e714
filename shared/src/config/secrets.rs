//! Secrets in AWS Secrets Manager: read at cold start, kept, and read again when old.

use std::future::Future;
use std::sync::RwLock;
use std::time::Duration;

pub use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::BehaviorVersion;
use aws_sdk_secretsmanager::error::DisplayErrorContext;
use tokio::sync::Mutex;

use super::aws::Aws;
use super::{ConfigError, Vars};
use crate::clock::Moment;
use crate::error::{Cause, Error};
use crate::secret::Secret;

const MIGRATE_DATABASE_URL_ARN: &str = "MIGRATE_DATABASE_URL_ARN";

/// A copy older than this is read again.
const MAX_AGE: Duration = Duration::from_mins(5);
/// How long a read may take: what the request waits for on top of its own work.
const READ_TIMEOUT: Duration = Duration::from_millis(1300);
/// After a failed read the next one waits this long: with an old copy, and without any.
const RETRY_AFTER_STALE: Duration = Duration::from_secs(30);
const RETRY_AFTER_NONE: Duration = Duration::from_secs(1);

/// The ARNs of a function's secrets. The environment holds names, never a secret.
#[derive(Clone, Debug)]
pub struct SecretNames {
    /// `BETTER_AUTH_SECRET_ARN`.
    pub signing_secret: String,
    /// `DATABASE_URL_ARN`.
    pub database_url: String,
}

impl SecretNames {
    /// Reads both names.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Ok(Self {
            signing_secret: Self::signing_secret(&var)?,
            database_url: Self::database_url(&var)?,
        })
    }

    fn signing_secret(var: impl Fn(&str) -> Option<String>) -> Result<String, ConfigError> {
        let cure = "set it to the ARN of the secret that signs cookies (the template does), whose \
                    value comes from: openssl rand -base64 32";
        required(&Vars(&var), "BETTER_AUTH_SECRET_ARN", cure)
    }

    /// The URL that `migrate` takes, with the variable that names it: `MIGRATE_DATABASE_URL_ARN`, of a
    /// role that may change the schema, else `DATABASE_URL_ARN`.
    pub fn migration_url(
        var: impl Fn(&str) -> Option<String>,
    ) -> Result<(&'static str, String), ConfigError> {
        match Vars(&var).get(MIGRATE_DATABASE_URL_ARN) {
            Some(arn) => Ok((MIGRATE_DATABASE_URL_ARN, arn)),
            None => Ok(("DATABASE_URL_ARN", Self::database_url(var)?)),
        }
    }

    /// Reads `DATABASE_URL_ARN` alone, for a function that signs nothing.
    pub fn database_url(var: impl Fn(&str) -> Option<String>) -> Result<String, ConfigError> {
        let cure =
            "set it to the ARN of the secret that holds the database's URL (the template does)";
        required(&Vars(&var), "DATABASE_URL_ARN", cure)
    }
}

fn required(vars: &Vars<'_>, name: &'static str, cure: &str) -> Result<String, ConfigError> {
    vars.get(name).ok_or_else(|| ConfigError::missing(name, cure))
}

/// A client from the variables that Lambda sets itself.
pub fn client(var: impl Fn(&str) -> Option<String>) -> Result<Client, ConfigError> {
    let aws = Aws::from_vars(var, "AWS_ENDPOINT_URL_SECRETS_MANAGER")?;
    let mut config = aws_sdk_secretsmanager::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(aws.credentials)
        .region(aws.region)
        .http_client(aws.http);
    config.set_endpoint_url(aws.endpoint);
    Ok(Client::from_conf(config.build()))
}

/// One call to Secrets Manager. Errors name `name`, the variable, and the ARN that it holds.
pub async fn read(client: &Client, name: &'static str, arn: &str) -> Result<Secret, Cause> {
    request(client, arn).await.map_err(|error| format!("{name} ({arn}): {error}").into())
}

async fn request(client: &Client, arn: &str) -> Result<Secret, Cause> {
    let read = client.get_secret_value().secret_id(arn).send();
    let answer = tokio::time::timeout(READ_TIMEOUT, read)
        .await
        .map_err(|_| "Secrets Manager did not answer in time")?
        .map_err(|error| format!("Secrets Manager: {}", DisplayErrorContext(&error)))?;
    let text = answer.secret_string.ok_or("the secret holds bytes, not a text")?;
    Ok(Secret::new(text))
}

/// A value made from a secret, read again when it is old. One read at a time; a failed one keeps
/// the old value.
#[derive(Debug, Default)]
pub struct Cached<T> {
    state: RwLock<State<T>>,
    /// Held while a read is under way; holds when a refused value was last read again.
    flight: Mutex<Option<Moment>>,
}

#[derive(Debug)]
struct State<T> {
    value: Option<T>,
    /// When it was last read, and how long after that the next read is due; at once, where there was none.
    read: Option<(Moment, Duration)>,
}

impl<T> Default for State<T> {
    fn default() -> Self {
        Self { value: None, read: None }
    }
}

impl<T: Clone> Cached<T> {
    /// Starts with what the read at cold start brought.
    pub fn started(first: Option<T>, now: Moment) -> Self {
        let cached = Self { state: RwLock::default(), flight: Mutex::default() };
        let next_read = if first.is_some() { MAX_AGE } else { RETRY_AFTER_NONE };
        cached.keep(first, now, next_read);
        cached
    }

    /// Whether there is a value.
    pub fn is_known(&self) -> bool {
        self.old().is_some()
    }

    /// The value, read anew with `read` when it is due.
    ///
    /// Errors: 503 when there is none and it can't be had.
    pub async fn get<F>(&self, now: Moment, read: impl FnOnce(Option<T>) -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Cause>>,
    {
        if let Some(value) = self.fresh(now) {
            return value;
        }
        let old = self.old();
        let _flight = match (&old, self.flight.try_lock()) {
            (_, Ok(flight)) => flight,
            (Some(old), Err(_)) => return Ok(old.clone()),
            (None, Err(_)) => self.flight.lock().await,
        };
        // The flight that this one waited for may have brought it.
        if let Some(value) = self.fresh(now) {
            return value;
        }
        match read(old.clone()).await {
            Ok(value) => {
                self.keep(Some(value.clone()), now, MAX_AGE);
                Ok(value)
            }
            Err(cause) => {
                log_unread(&cause);
                let retry = if old.is_some() { RETRY_AFTER_STALE } else { RETRY_AFTER_NONE };
                self.keep(old.clone(), now, retry);
                old.ok_or_else(unread)
            }
        }
    }

    /// A value that is not `refused`: somebody else's newer one, or one that `read` brings before it is
    /// due. `None` where nothing newer is to be had; asked for once a second at most.
    pub async fn instead_of<F>(
        &self,
        now: Moment,
        is_refused: impl Fn(&T) -> bool,
        read: impl FnOnce(Option<T>) -> F,
    ) -> Option<T>
    where
        F: Future<Output = Result<T, Cause>>,
    {
        let mut last_refusal = self.flight.lock().await;
        if let Some(value) = self.old().filter(|value| !is_refused(value)) {
            return Some(value);
        }
        if last_refusal.is_some_and(|last| now.since(last) < RETRY_AFTER_NONE) {
            return None;
        }
        *last_refusal = Some(now);
        let value = read(self.old()).await.inspect_err(log_unread).ok()?;
        self.keep(Some(value.clone()), now, MAX_AGE);
        Some(value).filter(|value| !is_refused(value))
    }

    /// The value while no read is due; an error where the last read failed a moment ago.
    fn fresh(&self, now: Moment) -> Option<Result<T, Error>> {
        let state = self.state.read().expect("no holder of the lock panics");
        let is_due = state.read.is_none_or(|(at, wait)| now.since(at) >= wait);
        (!is_due).then(|| state.value.clone().ok_or_else(unread))
    }

    fn old(&self) -> Option<T> {
        self.state.read().expect("no holder of the lock panics").value.clone()
    }

    fn keep(&self, value: Option<T>, now: Moment, wait: Duration) {
        let state = State { value, read: Some((now, wait)) };
        *self.state.write().expect("no holder of the lock panics") = state;
    }
}

fn log_unread(cause: &Cause) {
    tracing::error!(error = %cause, "a secret could not be read");
}

fn unread() -> Error {
    Error::unavailable("a secret could not be read")
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// A secret that is asked for, and how often it was read.
    struct Asked {
        cached: Cached<u32>,
        reads: Cell<u32>,
        start: Moment,
    }

    impl Asked {
        fn new() -> Self {
            Self { cached: Cached::default(), reads: Cell::new(0), start: Moment::now() }
        }

        /// The value `secs` seconds after the start, when a read would give `answer`.
        async fn get(&self, secs: u64, answer: Result<u32, &'static str>) -> Option<u32> {
            let read = |_| {
                self.reads.set(self.reads.get() + 1);
                std::future::ready(answer.map_err(Cause::from))
            };
            self.cached.get(self.start + Duration::from_secs(secs), read).await.ok()
        }
    }

    #[tokio::test]
    async fn a_value_is_read_again_after_five_minutes_and_never_before() {
        let asked = Asked::new();

        assert_eq!(asked.get(0, Ok(1)).await, Some(1));
        assert_eq!(asked.get(299, Ok(2)).await, Some(1));
        assert_eq!(asked.get(300, Ok(2)).await, Some(2));
        assert_eq!(asked.reads.get(), 2);
    }

    #[tokio::test]
    async fn a_failed_read_keeps_the_old_value_and_is_not_repeated_at_once() {
        let asked = Asked::new();
        asked.get(0, Ok(1)).await;

        assert_eq!(asked.get(300, Err("away")).await, Some(1));
        assert_eq!(asked.get(329, Ok(2)).await, Some(1));
        assert_eq!(asked.get(330, Ok(2)).await, Some(2));
        assert_eq!(asked.reads.get(), 3);
    }

    #[tokio::test]
    async fn without_a_value_a_failed_read_is_an_error_until_the_next_succeeds() {
        let asked = Asked::new();

        assert_eq!(asked.get(10, Err("away")).await, None);
        assert_eq!(asked.get(10, Ok(1)).await, None, "a moment later: not asked again");
        assert_eq!(asked.get(11, Ok(1)).await, Some(1));
        assert_eq!(asked.reads.get(), 2);
    }

    #[tokio::test]
    async fn one_read_at_a_time_serves_all() {
        let asked = Asked::new();
        let slow = |_| async {
            asked.reads.set(asked.reads.get() + 1);
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok(1)
        };
        let get = || asked.cached.get(asked.start, slow);

        let (one, two, three) = tokio::join!(get(), get(), get());

        assert!([one, two, three].into_iter().all(|value| value.is_ok_and(|value| value == 1)));
        assert_eq!(asked.reads.get(), 1);
    }

    #[test]
    fn both_names_are_needed() {
        let error = SecretNames::from_vars(|_| None).unwrap_err().to_string();

        assert!(
            error.contains("BETTER_AUTH_SECRET_ARN") && error.contains("openssl rand -base64 32")
        );
    }
}
