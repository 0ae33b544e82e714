//! Lease, send, mark: the one loop by which every mail leaves.

use std::fmt;
use std::time::{Duration as StdDuration, Instant};

use futures_util::future::join_all;
use serde::Serialize;
use shared::Error;
use shared::clock::Clock;
use shared::config::ConfigError;
use shared::config::mail::MailerSettings;
use shared::db::Pool;
use shared::db::outbox::{self, Leased};
use shared::keys::Keyring;
use shared::token;
use time::Duration;

use crate::backoff;
use crate::mail::Mail;
use crate::template::Templates;
use crate::transport::inbox::Inbox;
use crate::transport::{Failure, Transport, Transports};

/// How long a mail is one mailer's. Longer than sending and marking a batch can take.
pub const LEASE: Duration = Duration::seconds(60);
/// After so many failed attempts, about a day's, a mail is given up.
pub const MAX_ATTEMPTS: i32 = 10;
/// Mails that are sent side by side.
const BATCH: i64 = 10;
/// What one attempt may take, connecting included.
const SEND_LIMIT: StdDuration = StdDuration::from_secs(10);
/// A mail that has left and could not be marked would leave again: that is tried more than once.
const MARK_TRIES: u32 = 3;

/// Sends what waits in the outbox.
pub struct Mailer {
    settings: MailerSettings,
    templates: Templates,
    transports: Transports,
    send_limit: StdDuration,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailer(…)")
    }
}

/// What became of the mails that were due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Left.
    pub sent: u64,
    /// Failed, to be tried again.
    pub retried: u64,
    /// Given up.
    pub dead: u64,
    /// Whether nothing due was left; `false` when time ran out.
    pub complete: bool,
}

impl Report {
    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.retried += other.retried;
        self.dead += other.dead;
    }

    fn is_empty(&self) -> bool {
        self.sent + self.retried + self.dead == 0
    }
}

enum Outcome {
    Sent,
    Retried,
    Dead,
}

impl Mailer {
    /// Reads settings and templates, and the transport's secret where it is in Secrets Manager.
    ///
    /// Errors: a missing or malformed setting, secret or template. That Secrets Manager is away is
    /// none.
    pub async fn load(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let settings = MailerSettings::from_vars(&var)?;
        let transports = Transports::load(&settings, &var).await?;
        Self::new(settings, transports)
    }

    /// With a transport of the caller's own.
    ///
    /// Errors: a malformed template.
    pub fn with(settings: MailerSettings, transport: Transport) -> Result<Self, ConfigError> {
        Self::new(settings, Transports::Fixed(transport.into()))
    }

    fn new(settings: MailerSettings, transports: Transports) -> Result<Self, ConfigError> {
        let templates = Templates::load(settings.templates.as_deref())?;
        Ok(Self { settings, templates, transports, send_limit: SEND_LIMIT })
    }

    /// Gives an attempt another limit than ten seconds. It has to stay well under [`LEASE`].
    #[must_use]
    pub fn with_send_limit(self, send_limit: StdDuration) -> Self {
        Self { send_limit, ..self }
    }

    /// Whether there is a way by which mails leave.
    pub fn can_send(&self) -> bool {
        !matches!(self.transports, Transports::None)
    }

    /// Where mails arrive that leave by `inbox`.
    pub fn inbox(&self) -> Option<Inbox> {
        match &self.transports {
            Transports::Fixed(transport) => match transport.as_ref() {
                Transport::Inbox(inbox) => Some(inbox.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Sends batches until nothing is due or `stop_at` has come. What was done counts, also before an error.
    ///
    /// Errors: the database or the transport's secret can't be reached.
    pub async fn drain(
        &self,
        db: &Pool,
        keys: &Keyring,
        clock: &Clock,
        stop_at: Instant,
    ) -> (Report, Result<(), Error>) {
        let mut report = Report::default();
        while Instant::now() < stop_at {
            let (batch, outcome) = self.run_once(db, keys, clock).await;
            report.add(batch);
            if outcome.is_err() {
                return (report, outcome);
            }
            if batch.is_empty() {
                report.complete = true;
                break;
            }
        }
        (report, Ok(()))
    }

    /// Leases a batch and sends it, with no connection held while a mail is on its way. An empty
    /// report means that nothing was due.
    ///
    /// Errors: the database or the transport's secret can't be reached.
    pub async fn run_once(
        &self,
        db: &Pool,
        keys: &Keyring,
        clock: &Clock,
    ) -> (Report, Result<(), Error>) {
        let mut report = Report::default();
        let outcome = self.send_batch(db, keys, clock, &mut report).await;
        (report, outcome)
    }

    async fn send_batch(
        &self,
        db: &Pool,
        keys: &Keyring,
        clock: &Clock,
        report: &mut Report,
    ) -> Result<(), Error> {
        // Asked for before anything is leased: without it nothing could be sent.
        let Some(transport) = self.transports.get().await? else {
            report.complete = true;
            return Ok(());
        };
        let now = clock.now();
        let leased = outbox::lease(db, now, now + LEASE, BATCH).await?;

        let deliveries = leased.iter().map(|row| self.deliver(row, &transport, db, keys, clock));
        report.complete = leased.is_empty();
        let mut lost = None;
        for outcome in join_all(deliveries).await {
            match outcome {
                Ok(Outcome::Sent) => report.sent += 1,
                Ok(Outcome::Retried) => report.retried += 1,
                Ok(Outcome::Dead) => report.dead += 1,
                Err(error) => lost = Some(error),
            }
        }
        lost.map_or(Ok(()), |error| Err(error.into()))
    }

    async fn deliver(
        &self,
        leased: &Leased,
        transport: &Transport,
        db: &Pool,
        keys: &Keyring,
        clock: &Clock,
    ) -> sqlx::Result<Outcome> {
        let (id, kind, attempt) = (leased.id.as_str(), leased.kind.as_str(), leased.attempts);
        let failure = match self.send(leased, transport, keys, clock).await {
            Ok(()) => {
                tracing::info!(id, kind, attempt, "a mail was sent");
                return mark_sent(db, id, clock).await.map(|()| Outcome::Sent);
            }
            Err(failure) => failure,
        };
        let now = clock.now();
        match failure {
            Failure::Temporary(error) if attempt < MAX_ATTEMPTS => {
                tracing::warn!(id, kind, attempt, %error, "a mail could not be sent; later again");
                let due_at = now + backoff::wait(attempt, random());
                outbox::retry_later(db, leased, due_at, &error).await?;
                Ok(Outcome::Retried)
            }
            Failure::Temporary(error) | Failure::Permanent(error) => {
                tracing::error!(id, kind, attempt, %error, "a mail was given up");
                outbox::mark_dead(db, leased, now, &error).await?;
                Ok(Outcome::Dead)
            }
        }
    }

    async fn send(
        &self,
        leased: &Leased,
        transport: &Transport,
        keys: &Keyring,
        clock: &Clock,
    ) -> Result<(), Failure> {
        if leased.attempts > MAX_ATTEMPTS {
            // Every attempt ended the process before it could say so.
            return Err(Failure::Permanent("too many attempts came to no end".into()));
        }
        let now = clock.now();
        let mail = Mail::prepare(leased, keys, &self.settings, now)
            .map_err(|reason| Failure::Permanent(reason.into()))?;
        let send = transport.send(&mail, &self.templates, now);
        tokio::time::timeout(self.send_limit, send)
            .await
            .unwrap_or_else(|_| Err(Failure::Temporary("no answer in time".into())))
    }
}

async fn mark_sent(db: &Pool, id: &str, clock: &Clock) -> sqlx::Result<()> {
    let mut tries = 1;
    loop {
        match outbox::mark_sent(db, id, clock.now()).await {
            Err(_) if tries < MARK_TRIES => tries += 1,
            marked => return marked,
        }
    }
}

/// From 0 to 1.
fn random() -> f64 {
    f64::from(u32::from_ne_bytes(token::random_bytes())) / f64::from(u32::MAX)
}
