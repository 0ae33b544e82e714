//! Serving every endpoint until Ctrl-C.

use std::convert::Infallible;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use ::mailer::Mailer;
use axum::Router;
use functions::routes;
use shared::Source;
use shared::base_url::BaseUrl;
use shared::clock::Clock;
use shared::config::{Config, LocalSecrets, SessionSettings, database_options, keyring, warnings};
use shared::db::migrate::{self, Consent};
use shared::db::{Pool, connect_once};
use shared::doorbell::Doorbell;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::connections::Connections;
use crate::embedded::Embedded;
use crate::environment::Environment;
use crate::{cors, development, docs, inbox, mailer, sql};

/// How long open requests may take to end.
const GRACE: Duration = Duration::from_secs(5);
/// How long the server of `DATABASE_URL` may take to answer at start; a sleeping one wakes up.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// How often expired rows are deleted; on AWS a schedule does it.
const CLEANUP_EVERY: Duration = Duration::from_hours(1);

type Failure = Box<dyn std::error::Error>;

/// The database, and the embedded server behind it where there is one.
struct Database {
    pool: Pool,
    embedded: Option<Embedded>,
}

impl Database {
    /// Connects and migrates.
    async fn open(
        config: &Config,
        secrets: &LocalSecrets,
        consent: Consent,
    ) -> Result<Self, Failure> {
        let Some(url) = &secrets.database_url else {
            let embedded = Embedded::start().await?;
            let pool = embedded.pool()?;
            let mut lease = pool.acquire().await?;
            migrate::migrate(&mut lease, &config.fields, consent).await?;
            lease.give_back();
            return Ok(Self { pool, embedded: Some(embedded) });
        };
        let options = database_options("DATABASE_URL", url, &config.database_tls)?;
        let mut connection = connect("DATABASE_URL", &options).await?;
        migrate::migrate(&mut connection, &config.fields, consent)
            .await
            .map_err(|error| format!("the database of DATABASE_URL can't be migrated: {error}"))?;
        connection.close().await?;
        let pool = Pool::new(options, config.database_max_connections);
        Ok(Self { pool, embedded: None })
    }

    async fn close(self) -> Result<(), Failure> {
        let close = async {
            self.pool.close().await;
            match self.embedded {
                Some(embedded) => embedded.stop().await,
                None => Ok(()),
            }
        };
        // Postgres keeps what was committed, however it ends.
        tokio::time::timeout(GRACE, close).await.unwrap_or(Ok(()))
    }
}

/// Connects to the database of `name`.
///
/// Errors: it does not answer, or refuses; the text says so, without the URL.
pub async fn connect(name: &str, options: &PgConnectOptions) -> Result<PgConnection, Failure> {
    tokio::time::timeout(CONNECT_TIMEOUT, connect_once(options))
        .await
        .map_err(|_| {
            format!("the server of {name} does not answer: is its address right, and does it run?")
        })?
        .map_err(|error| format!("can't connect to {name}: {error}").into())
}

/// Brings the schema up to date and ends.
pub async fn migrate(environment: &Environment, consent: Consent) -> Result<(), Failure> {
    let var = |name: &str| environment.var(name);
    let (config, secrets) = (Config::from_vars(var)?, LocalSecrets::from_vars(var)?);
    let database = Database::open(&config, &secrets, consent).await?;
    println!("The schema is up to date.");
    database.close().await
}

/// Serves until Ctrl-C or SIGTERM.
pub async fn run(environment: &Environment) -> Result<(), Failure> {
    let var = |name: &str| environment.var(name);
    let mut config = Config::from_vars(var)?;
    let secrets = LocalSecrets::from_vars(var)?;
    let keys = match &secrets.signing_secret {
        Some(secret) => keyring("BETTER_AUTH_SECRET", secret)?,
        None => keyring("BETTER_AUTH_SECRET", &development::signing_secret()?)?,
    };
    let mailer = Mailer::load(var).await?;
    let listener = listen(address(var)?).await?;
    let address = listener.local_addr()?;
    if config.base_url.is_none() {
        config.base_url = BaseUrl::parse(&format!("http://localhost:{}", address.port()));
    }
    warnings::warn(&config);
    let database = Database::open(&config, &secrets, Consent::default()).await?;
    let cors = cors::layer(&config);
    let docs = docs::router(&config);
    let (sessions, longest_window) = (config.sessions.clone(), config.rate_limit_longest_window);

    let doorbell = Doorbell::local();
    let source = Source::given(
        config,
        database.pool.clone(),
        keys.clone(),
        Clock::system(),
        doorbell.clone(),
    );
    let mut router = routes::all(&source);
    if let Some(cors) = cors {
        router = router.layer(cors);
    }
    if let Some(docs) = docs {
        router = router.merge(docs);
    }
    let inbox = mailer.inbox();
    if let Some(inbox) = &inbox {
        router = router.merge(inbox::router(inbox.clone()));
    }
    let console = match database.embedded {
        Some(_) => Some(sql::Console::open(database.pool.clone()).await?),
        None => None,
    };
    let (stop_cleanup, stopped) = oneshot::channel();
    let cleanup = clean_up(database.pool.clone(), sessions, longest_window, stopped);
    let cleanup = tokio::spawn(cleanup);
    let mailer = mailer
        .can_send()
        .then(|| mailer::Running::start(mailer, database.pool.clone(), keys, doorbell));
    let signals = StopSignals::listen()?;
    announce(address, inbox.is_some());
    serve(&listener, router, signals).await;

    tracing::info!("stopping");
    if let Some(mailer) = mailer {
        mailer.stop().await;
    }
    // The embedded server takes it amiss when a statement's connection goes away.
    drop(stop_cleanup);
    let _ = cleanup.await;
    drop(console);
    database.close().await
}

/// Where `HOST` and `AUTH_PORT` have it listen.
pub fn address(var: impl Fn(&str) -> Option<String>) -> Result<SocketAddr, Failure> {
    let set = |name, default: &str| {
        var(name).filter(|value| !value.is_empty()).unwrap_or_else(|| default.to_owned())
    };
    let host: IpAddr = set("HOST", "127.0.0.1")
        .parse()
        .map_err(|_| "HOST is malformed: it has to be an address, like 127.0.0.1 or 0.0.0.0")?;
    let port: u16 = set("AUTH_PORT", "4000").parse().map_err(
        |_| "AUTH_PORT is malformed: it has to be a port, from 0 (any free one) to 65535",
    )?;
    Ok(SocketAddr::new(host, port))
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        format!("can't listen on {address} ({error}); set AUTH_PORT to a free port").into()
    })
}

async fn serve(listener: &TcpListener, router: Router, mut signals: StopSignals) {
    let connections = Connections::new(router);
    tokio::select! {
        () = connections.accept(listener) => {}
        () = signals.next() => {}
    }
    // Whoever asks a second time does not want to wait.
    tokio::spawn(async move {
        signals.next().await;
        std::process::exit(130);
    });
    if tokio::time::timeout(GRACE, connections.finish()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

/// Ctrl-C, or SIGTERM. From when this is made neither ends the process by itself.
struct StopSignals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl StopSignals {
    fn listen() -> std::io::Result<Self> {
        #[cfg(unix)]
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}

async fn clean_up(
    db: Pool,
    sessions: SessionSettings,
    longest_window: time::Duration,
    mut stopped: oneshot::Receiver<Infallible>,
) {
    let (clock, mut every) = (Clock::system(), tokio::time::interval(CLEANUP_EVERY));
    loop {
        tokio::select! {
            _ = every.tick() => {}
            _ = &mut stopped => return,
        }
        let (cutoff, stop_at) = (sessions.cutoff(clock.now()), Instant::now() + GRACE);
        if let Err(error) = functions::run_cleanup(&db, cutoff, longest_window, stop_at).await {
            tracing::warn!(%error, "expired rows could not be deleted");
        }
    }
}

/// Says where it listens, and what to type first. Nobody need listen: a closed pipe is no error.
fn announce(address: SocketAddr, has_inbox: bool) {
    let port = address.port();
    let inbox = if has_inbox {
        format!("Its mails arrive at http://localhost:{port}/inbox\n\n")
    } else {
        String::new()
    };
    let text = format!(
        "Latchkey listens on http://{address}\n\n  \
         curl -X POST http://localhost:{port}/api/auth/sign-up/email \\\n    \
         -H 'Content-Type: application/json' \\\n    \
         -d '{{\"email\":\"test@example.com\",\"password\":\"password123\",\"name\":\"Test User\"}}'\n\n{inbox}"
    );
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
